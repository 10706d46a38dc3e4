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

    /// A dump of many megaflows is made a slice a turn, and is whole; commands behind it are answered after it.
    @Test func aLongDumpIsMadeInSlices() async throws {
        let datapath = try ThreadlessDatapath()
        let vswitch = Switch(datapath: datapath, config: DatapathConfig(), seed: 1)
        #expect(vswitch.apply(try SwitchConfig.parse(Array("bridges: {br0: {ports: {p: {type: dummy}}}}".utf8), file: "c")).isEmpty)
        let count = 1000
        for number in 0..<count {
            var key = FlowKey(), mask = FlowMask()
            key.l0.inPort = 1
            key.l0.dlSrc = EthernetAddress(UInt64(number))
            mask.l0.dlSrc = EthernetAddress(0xffff_ffff_ffff)
            _ = try datapath.netdev.flowPut(DPFlowPut(pmd: 0, key: key, mask: mask, actions: [.output(ODPPort(1))]), waiting: nil)
        }
        let path = FileManager.default.temporaryDirectory.path + "/dump-\(UInt64.random(in: 0 ... .max)).ctl"
        let context = UnixctlContext()
        context.attach(vswitch, datapath.netdev)
        let server = try UnixctlServer(path: path, context: context, waker: datapath.waker)
        let client = IOThread()
        let box = ReplyBox()
        client.connect(.unix(path), decoder: { JSONRPCDecoder() }, receiver: { connection, event in
            switch event {
            case .opened:
                for (id, method) in ["dpctl/dump-flows", "ofproto/list"].enumerated() {
                    _ = connection.send(JSONRPCMessage.request(method: method, params: [], id: .integer(Int64(id))).bytes)
                }
            case .message(let message):
                connection.handled()
                box.replies.withLock { $0.append(message) }
            case .read, .closed: break
            }
        }, failed: { Issue.record("\($0)") })
        var turns = 0
        for _ in 0..<3000 where box.replies.withLock({ $0.count }) < 2 {
            if server.run() { turns += 1 } else { try await Task.sleep(for: .milliseconds(5)) }
        }
        // The command, a slice each, the end, and the other command.
        #expect(turns == 1 + (count + Limits.dumpSlice - 1) / Limits.dumpSlice + 1 + 1)
        let messages = box.replies.withLock { $0 }
        guard case .reply(.string(let text), .integer(0)) = messages.first else {
            Issue.record("\(messages)")
            return
        }
        #expect(Set(text.split(separator: "\n").dropFirst()).count == count)
        #expect(text.hasPrefix("flow-dump from pmd on cpu core: 0\n"))
        #expect(messages.last == .reply(result: .string("br0\n"), id: .integer(1)))
        client.end()
        server.close()
        vswitch.close()
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
