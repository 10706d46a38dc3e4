import Foundation
import TestSupport
import Testing

extension HostTests {
    /// OS-Ken's encoders and decoders: every message that a controller can send, answered by ours as by a real ovs-vswitchd, but for what
    /// `python/codec.py` names.
    @Suite(.serialized) struct OSKenCodecTests {
        /// The version on the wire, how much is compared at least, and how many flows come back just as they were sent.
        @Test(arguments: [(1, 600, 25), (3, 790, 130), (4, 1000, 155), (5, 1250, 155), (6, 1400, 150)])
        func messagesAreUnderstoodAlike(_ version: Int, _ compared: Int, _ echoed: Int) async throws {
            // The messages by which ovs-vswitchd 3.1 refuses flow monitors are made of memory that is something else's: now and then none can be
            // read behind them, and then there is nothing to compare with.
            for _ in 0..<3 where try await isCompared(version, compared, echoed) { return }
            Issue.record("ovs-vswitchd was lost three times")
        }

        /// False: the ovs-vswitchd is lost.
        private func isCompared(_ version: Int, _ compared: Int, _ echoed: Int) async throws -> Bool {
            try await Bed.with { bed in
                let peer = try await OVSPeer(bed, [
                    "add-br br0", "set bridge br0 datapath_type=netdev fail_mode=secure", "add-br br1", "set bridge br1 datapath_type=netdev",
                    "add-port br0 p1", "set interface p1 type=dummy ofport_request=1", "add-port br0 p2 tag=10", "set interface p2 type=dummy ofport_request=2",
                    "add-port br0 pa", "set interface pa type=patch options:peer=pb ofport_request=3", "add-port br1 pb", "set interface pb type=patch options:peer=pa",
                ])
                let vswitch = try await bed.start([
                    BridgeText("br0", [
                        PortText("br0", "type: dummy"), PortText("p1", "type: dummy, of-port: 1"), PortText("p2", "type: dummy, of-port: 2, tag: 10"),
                        PortText("pa", "type: patch, peer: pb, of-port: 3"),
                    ], settings: ["fail-mode: secure"]),
                    BridgeText("br1", [PortText("br1", "type: dummy"), PortText("pb", "type: patch, peer: pa")]),
                ])
                let result = try await command(pythonTool("python"), [pythonProgram("codec.py"), "\(version)", vswitch.socket(), peer.socket()], seconds: 400)
                if result.status == 3 { return false }
                let last = try #require(lines(result.output).last, "\(result.errors)")
                let words = last.split(separator: " ")
                #expect(last.hasSuffix(" as sent, 0 differences"), "\(result.output) \(result.errors)")
                try #require(words.count == 7, "\(last)")
                let counts = [words[0], words[2]].compactMap { Int($0) }
                #expect(counts.count == 2 && counts[0] >= compared && counts[1] >= echoed, "\(last)")
                return true
            }
        }
    }
}
