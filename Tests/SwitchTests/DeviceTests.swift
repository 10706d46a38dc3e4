import Flow
import Foundation
import NetDev
import Testing
import TestSupport
@testable import Datapath
@testable import OFProto

extension SwitchTests {
    /// The same through DPDK devices: files, rings, and a device that never runs dry.
    @Suite(.serialized) struct DeviceTests {
        @Test func aFileOfPacketsComesOutAsTheSameFile() async throws {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("switch-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let input = folder.appendingPathComponent("in.pcap"), output = folder.appendingPathComponent("out.pcap")
            let frames = ForwardingTests.traffic(seed: 31, flows: 0..<40, sequences: 0..<50)
            try Data(Self.file(frames)).write(to: input)
            try TestBed.run { bed in
                let out = try bed.addDevice("out", "net_pcap_out,tx_pcap=\(output.path)")
                // The megaflow is there before the first packet comes, so the whole file keeps its order.
                var key = FlowKey()
                key.l0.inPort = out.odp.number + 1
                _ = try bed.dpif.flowPut(DPFlowPut(pmd: 0, key: key, mask: FlowMask(), actions: [.output(out.odp)]), waiting: nil)
                let source = try bed.addDevice("in", "net_pcap_in,rx_pcap=\(input.path)")
                #expect(source.odp.number == key.l0.inPort)
                try bed.wait("the file is read") { bed.dpif.portStats(source.odp)?.rxPackets == UInt64(frames.count) }
                bed.waitTurns()
                let stats = try #require(bed.dpif.portStats(out.odp))
                #expect(stats.txPackets == UInt64(frames.count) && stats.drops.isEmpty)
                #expect(bed.totals.upcalls == 0)
            }
            let program = """
                import sys
                from scapy.all import rdpcap
                for packet in rdpcap(sys.argv[1]): print(bytes(packet).hex())
                """
            let read = try await python(program, [output.path])
            #expect(read.status == 0, "\(read.errors)")
            let expected = frames.map { frame in frame.map { String(format: "%02x", $0) }.joined() }
            #expect(read.output.split(separator: "\n").map(String.init) == expected)
        }

        /// A capture file (libpcap's format, version 2.4) of Ethernet frames.
        private static func file(_ frames: [[UInt8]]) -> [UInt8] {
            var file = join([bytes(0xa1b2_c3d4, 4), bytes(2, 2), bytes(4, 2), bytes(0, 8), bytes(65_535, 4), bytes(1, 4)])
            for (index, frame) in frames.enumerated() {
                file += join([bytes(1, 4), bytes(UInt64(index), 4), bytes(UInt64(frame.count), 4), bytes(UInt64(frame.count), 4), frame])
            }
            return file
        }

        @Test(arguments: [[1], [0, 1]]) func aRingDeviceGivesBackWhatWasSent(cores: [Int]) throws {
            try TestBed.run(cores: cores) { bed in
                let ports = try bed.addPorts("a", "b")
                let ring = try bed.addDevice("ring", "net_ring_switch\(cores.count)")
                try bed.flows("in_port=1,actions=output:\(ring.number.number)", "in_port=\(ring.number.number),actions=output:2")
                let first = ForwardingTests.traffic(seed: 32, flows: 0..<40, sequences: 0..<1)
                try bed.inject(first, ports[0])
                try bed.wait("all are through") { ports[1].frames.count == first.count }
                expectSame(ports[1].frames, first)
                let frames = ForwardingTests.traffic(seed: 33, flows: 0..<40, sequences: 1..<51)
                for start in stride(from: 0, to: frames.count, by: 200) {
                    let chunk = Array(frames[start..<start + 200])
                    let before = ports[1].frames.count
                    try bed.inject(chunk, ports[0])
                    // The device holds no more than its ring.
                    try bed.wait("a chunk is through") { ports[1].frames.count == before + 200 }
                }
                expectSameOrder(Array(ports[1].frames.dropFirst(first.count)), frames)
                // Who has sent the last of them may not have counted it when another thread has received it.
                bed.waitTurns()
                let stats = try #require(bed.dpif.portStats(ring.odp))
                #expect(stats.rxPackets == 2040 && stats.txPackets == 2040 && stats.drops.isEmpty)
            }
        }

        @Test(arguments: [[1], [0, 1]]) func aSourceWithoutEndIsCountedToTheLastPacket(cores: [Int]) throws {
            try TestBed.run(cores: cores) { bed in
                let source = try bed.addDevice("source", "net_null_source\(cores.count),size=64")
                let sink = try bed.addDevice("sink", "net_null_sink\(cores.count),no-rx=1")
                try bed.flows("in_port=\(source.number.number),actions=output:\(sink.number.number)")
                try bed.wait("packets flow") { bed.dpif.portStats(sink.odp).map { $0.txPackets > 20_000 } ?? false }
                try bed.bridge.removePort("source")
                try bed.settle()
                let stats = try #require(bed.dpif.portStats(sink.odp))
                let pmd = bed.totals
                #expect(stats.txBytes == stats.txPackets * 64)
                // The lost ones were counted at the port that is gone.
                let dropped = stats.drops.reduce(0) { $0 + $1.packets } + pmd.upcallsLost + bed.ofproto.counters.unknownPort
                #expect(pmd.rxPackets == stats.txPackets + dropped)
                #expect(pmd.rxPackets + pmd.lookedUpAgain == pmd.hintHits + pmd.emcHits + pmd.smcHits + pmd.megaflowHits + pmd.upcalls + pmd.upcallsLost)
            }
        }
    }
}
