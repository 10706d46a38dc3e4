import Foundation
import TestSupport
import Testing

extension HostTests {
    /// Real frames through the running daemon, made and decoded by scapy.
    @Suite(.serialized) struct FrameTests {
        @Test(arguments: ["OpenFlow15", "OpenFlow10"]) func headersLeaveAsActionsSay(version: String) async throws {
            let rows = version == "OpenFlow10" ? HeaderFrames.openFlow10 : HeaderFrames.all
            try await Bed.with { bed in
                let frames = try await FrameBed(bed, ports: 2)
                let flows = rows.enumerated().map { index, row in
                    let source = "dl_src=02:00:00:00:" + [index >> 8, index & 255].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
                    return "\(row.match.isEmpty ? "" : row.match + ",")\(source),actions=\(row.actions),output:PORT1"
                }
                try await frames.add("add-flows", flows, version: version)
                let steps = rows.map { FrameStep(name: $0.actions, frame: $0.frame, out: [1: [$0.expected]]) }
                // By the upcall, and by the megaflow that it has made.
                for _ in 0..<2 {
                    let wrong = try await frames.play(steps)
                    #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
                }
            }
        }

        @Test func whatIsCutIsCutForOneOutputAlone() async throws {
            try await Bed.with { bed in
                let frames = try await FrameBed(bed, settings: ["mirrors: { m: { select-src-port: [PORT1], output-port: PORT2, snaplen: 60 } }"])
                try await frames.add("add-flows", [
                    "in_port=PORT0,actions=output(port=PORT1,max_len=64)", "in_port=PORT1,actions=output:PORT0",
                ], version: "OpenFlow10")
                let wrong = try await frames.play([
                    FrameStep(name: "max_len", frame: "eth()/ip4()/udp()", out: [1: ["cut(eth()/ip4()/udp(), 64)"]]),
                    FrameStep(name: "mirror", at: 1, frame: "eth()/ip4()/udp()", out: [0: ["eth()/ip4()/udp()"], 2: ["cut(eth()/ip4()/udp(), 60)"]]),
                    FrameStep(name: "mirrored ARP", at: 1, frame: "eth()/arp()", out: [0: ["eth()/arp()"], 2: ["cut(eth()/arp(), 60)"]]),
                ])
                #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
            }
        }

        @Test func longFramesGoAnotherWay() async throws {
            try await Bed.with { bed in
                let frames = try await FrameBed(bed)
                try await frames.add("add-flows", [
                    "in_port=PORT0,actions=check_pkt_larger(200)->NXM_NX_REG0[0],resubmit(,1)",
                    "table=1,reg0=1,actions=output:PORT1", "table=1,reg0=0,actions=push_vlan:0x8100,set_field:4101->vlan_vid,output:PORT2",
                ])
                func frame(_ length: Int, _ tag: String = "") -> String { "eth()\(tag)/ip4()/UDP(sport=1, dport=2)/bytes(\(length) - 42)" }
                let wrong = try await frames.play([200, 201, 1000, 60].map { length in
                    FrameStep(name: "\(length)", frame: frame(length), out: length > 200 ? [1: [frame(length)]] : [2: [frame(length, "/Dot1Q(vlan=5)")]])
                })
                #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
            }
        }

        /// The example of ovs-actions(7), learn: a switch that learns addresses by flows.
        @Test func flowsLearnWhereStationsAre() async throws {
            try await Bed.with { bed in
                let frames = try await FrameBed(bed)
                try await frames.add("add-flows", [
                    "table=0,actions=learn(table=1,hard_timeout=60,NXM_OF_VLAN_TCI[0..11],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),resubmit(,1)",
                    "table=1,priority=0,actions=flood",
                ], version: "OpenFlow10")
                func step(_ at: Int, _ frame: String, _ out: [Int]) -> FrameStep {
                    FrameStep(name: "\(frame) at \(at)", at: at, frame: frame, out: Dictionary(uniqueKeysWithValues: out.map { ($0, [frame]) }))
                }
                let there = "eth(src=A, dst=B)/ip4()/udp()", back = "eth(src=B, dst=A)/ip4()/udp()"
                let tagged = "eth(src=B, dst=A)/Dot1Q(vlan=5)/ip4()/udp()"
                let wrong = try await frames.play([
                    step(0, there, [1, 2]), step(1, back, [0]), step(0, there, [1]),
                    // Another VLAN is another place.
                    step(1, tagged, [0, 2]),
                    // The station moves; it is found where it has spoken last.
                    step(2, back, [0]), step(0, there, [2]), step(0, there, [2]),
                ])
                #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
            }
        }

        @Test(arguments: ["", "selection_method=dp_hash,", "selection_method=hash,fields(udp_src),"])
        func aSelectGroupSpreadsConnections(_ method: String) async throws {
            try await Bed.with { bed in
                let frames = try await FrameBed(bed)
                try await frames.add("add-groups", ["group_id=1,type=select,\(method)bucket=weight:1,actions=output:PORT1,bucket=weight:1,actions=output:PORT2"])
                try await frames.add("add-flows", ["in_port=PORT0,udp,actions=group:1"])
                try await expectSpread(frames)
            }
        }

        @Test func multipathSpreadsConnections() async throws {
            try await Bed.with { bed in
                let frames = try await FrameBed(bed)
                try await frames.add("add-flows", [
                    "in_port=PORT0,udp,actions=multipath(symmetric_l3l4+udp,50,hrw,2,0,NXM_NX_REG0[]),resubmit(,1)",
                    "table=1,reg0=0,actions=output:PORT1", "table=1,reg0=1,actions=output:PORT2",
                ], version: "OpenFlow10")
                try await expectSpread(frames)
            }
        }

        /// 20 connections, twice: each keeps its way, and each way has some.
        private func expectSpread(_ frames: FrameBed) async throws {
            let first = try await frames.ways("eth()/ip4()/udp(sport=1000 + n)", 0..<20)
            let again = try await frames.ways("eth()/ip4(ttl=9)/udp(sport=1000 + n)", 0..<20)
            #expect(first == again)
            #expect(Set(first) == [1, 2])
        }
    }
}
