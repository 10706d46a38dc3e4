import Flow
import Foundation
import OVSDB
import Stream
import Synchronization
import TestSupport
import Testing
import Wire
@testable import Datapath
@testable import VSwitch

@Suite(.serialized) struct UnixctlDumpTests {
    private final class ReplyBox: Sendable {
        let replies = Mutex<[JSONRPCMessage]>([])
    }

    /// What a switch of `count` megaflows answers, and the turns that it takes for that.
    private func answers(to requests: [(method: String, params: [JSON])], megaflows count: Int) async throws -> (messages: [JSONRPCMessage], turns: Int) {
        let datapath = try ThreadlessDatapath()
        let vswitch = Switch(datapath: datapath, config: DatapathConfig(), seed: 1)
        #expect(vswitch.apply(try SwitchConfig.parse(Array("bridges: {br0: {ports: {p: {type: dummy}}}}".utf8), file: "c")).isEmpty)
        for number in 0..<count {
            var key = FlowKey(), mask = FlowMask()
            key.l0.inPort = 1
            key.l0.dlSrc = EthernetAddress(UInt64(number))
            mask.l0.dlSrc = EthernetAddress(0xffff_ffff_ffff)
            _ = try datapath.netdev.flowPut(DPFlowPut(pmd: 0, key: key, mask: mask, actions: [.output(ODPPort(1))]), waiting: nil)
        }
        let path = FileManager.default.temporaryDirectory.path + "/dump-\(UInt64.random(in: 0 ... .max)).ctl"
        let context = UnixctlContext()
        context.attach(vswitch)
        let server = try UnixctlServer(path: path, context: context, waker: datapath.waker)
        let client = IOThread()
        let box = ReplyBox()
        client.connect(.unix(path), decoder: { JSONRPCDecoder() }, receiver: { connection, event in
            switch event {
            case .opened:
                for (id, request) in requests.enumerated() {
                    _ = connection.send(JSONRPCMessage.request(method: request.method, params: request.params, id: .integer(Int64(id))).bytes)
                }
            case .message(let message):
                connection.handled()
                box.replies.withLock { $0.append(message) }
            case .read, .closed: break
            }
        }, failed: { Issue.record("\($0)") })
        var turns = 0
        for _ in 0..<3000 where box.replies.withLock({ $0.count }) < requests.count {
            if server.run() { turns += 1 } else { try await Task.sleep(for: .milliseconds(5)) }
        }
        client.end()
        server.close()
        vswitch.close()
        #expect(!FileManager.default.fileExists(atPath: path))
        return (box.replies.withLock { $0 }, turns)
    }

    /// A dump of many megaflows is made a slice a turn, and is whole; commands behind it are answered after it.
    @Test func aLongDumpIsMadeInSlices() async throws {
        let count = 1000
        let (messages, turns) = try await answers(to: [("dpctl/dump-flows", []), ("ofproto/list", [])], megaflows: count)
        // The command, a slice each, the end, and the other command.
        #expect(turns == 1 + (count + Limits.dumpSlice - 1) / Limits.dumpSlice + 1 + 1)
        guard case .reply(.string(let text), .integer(0)) = messages.first else {
            Issue.record("\(messages)")
            return
        }
        #expect(Set(text.split(separator: "\n").dropFirst()).count == count)
        #expect(text.hasPrefix("flow-dump from pmd on cpu core: 0\n"))
        #expect(messages.last == .reply(result: .string("br0\n"), id: .integer(1)))
    }

    /// So is one as JSON.
    @Test(arguments: [0, 1000]) func aLongListIsMadeInSlices(count: Int) async throws {
        let requests: [(String, [JSON])] = [
            ("set-options", ["--format", "json"]), ("dpctl/dump-flows", []), ("ofproto/list", []), ("set-options", ["--format", "text"]), ("ofproto/list", []),
        ]
        let (messages, turns) = try await answers(to: requests, megaflows: count)
        #expect(turns == requests.count + max(1, (count + Limits.dumpSlice - 1) / Limits.dumpSlice) + 1)
        guard messages.count == requests.count, case .reply(.array(let flows), .integer(1)) = messages[1] else {
            Issue.record("\(messages)")
            return
        }
        #expect(flows.count == count && Set(flows.compactMap { $0.object?["match"]?.string }).count == count)
        #expect(flows.allSatisfy { $0.object?["actions"] == "1" && $0.object?["packets"] == .integer(0) && $0.object?["pmd"] == "pmd-c00" })
        #expect(messages[0] == .reply(result: ["reply": "", "reply-format": "plain"], id: .integer(0)))
        #expect(messages[2] == .reply(result: ["br0"], id: .integer(2)))
        #expect(messages[3] == .reply(result: "", id: .integer(3)))
        #expect(messages[4] == .reply(result: "br0\n", id: .integer(4)))
    }

    @Test func otherFormatsAreRefused() async throws {
        let requests: [(String, [JSON])] = [
            ("set-options", []), ("set-options", ["--format", "xml"]), ("set-options", ["--format"]), ("set-options", ["--zz", "json"]),
            ("set-options", ["--format", "json", "x"]), ("ofproto/list", []),
        ]
        let messages = try await answers(to: requests, megaflows: 0).messages
        let errors = [
            "\"set-options\" command requires at least 1 arguments\n", "option format has invalid value xml\n", "Missing argument for option --format\n",
            "Unrecognized option --zz\n", "\"set-options\" command takes at most 2 arguments\n",
        ]
        #expect(messages == errors.enumerated().map { .error(.string($1), id: .integer(Int64($0))) } + [.reply(result: "br0\n", id: .integer(5))])
    }
}
