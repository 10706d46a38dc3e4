import Foundation
import TestSupport
import Testing

extension HostTests {
    /// OS-Ken's encoders and decoders: a controller's messages, answered by ours as by a real ovs-vswitchd, but for what
    /// `python/codec.py` names.
    @Suite(.serialized) struct OSKenCodecTests {
        /// The version on the wire, how much is compared at least, and how many flows come back just as they were sent.
        @Test(arguments: [(4, 480, 140), (5, 320, 140)])
        func messagesAreUnderstoodAlike(_ version: Int, _ compared: Int, _ echoed: Int) async throws {
            try await Bed.with { bed in
                let peer = try await OVSPeer(bed, OVSPeer.patched("dummy"))
                let vswitch = try await bed.start([
                    BridgeText("br0", [
                        PortText("p1", "type: dpdk, devargs: \"net_null0,no-rx=1\", of-port: 1"), PortText("p2", "type: dpdk, devargs: \"net_null1,no-rx=1\", of-port: 2"),
                        PortText("pa", "type: patch, peer: pb"),
                    ]),
                    BridgeText("br1", [PortText("pb", "type: patch, peer: pa")]),
                ])
                let result = try await command(pythonTool("python"), [pythonProgram("codec.py"), "\(version)", vswitch.socket(), peer.socket()], seconds: 60)
                let last = try #require(lines(result.output).last, "\(result.errors)")
                let words = last.split(separator: " ")
                #expect(last.hasSuffix(" as sent, 0 differences"), "\(result.output) \(result.errors)")
                try #require(words.count == 7, "\(last)")
                let counts = [words[0], words[2]].compactMap { Int($0) }
                #expect(counts.count == 2 && counts[0] >= compared && counts[1] >= echoed, "\(last)")
            }
        }
    }
}
