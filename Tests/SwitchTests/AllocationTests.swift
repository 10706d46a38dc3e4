import AllocationCounter
import Foundation
import Testing
@testable import Datapath

extension SwitchTests {
    /// No heap call on a packet's way: what `@_noLocks` promises, counted.
    @Suite(.serialized) struct AllocationTests {
        /// A way through the datapath: the caches, the flows, and whether the ofproto thread takes part while heap calls are counted.
        struct Case: Sendable, CustomTestStringConvertible {
            var name: String
            var emc: UInt32 = 0
            var smc = false
            var flows = ["in_port=1,actions=output:2"]
            var handling = false
            /// The counter that all 640 packets must raise, but for those that follow one of their own megaflow.
            var counter: @Sendable (PMDStats) -> UInt64
            var testDescription: String { name }
        }

        static let cases = [
            Case(name: "EMC", emc: 1) { $0.emcHits },
            Case(name: "SMC", smc: true) { $0.smcHits },
            Case(name: "dpcls") { $0.megaflowHits },
            Case(name: "misses", flows: [], handling: false) { $0.upcalls + $0.held },
            Case(name: "VLAN", flows: ["in_port=1,actions=push_vlan:0x8100,mod_vlan_vid:5,output:2"]) { $0.megaflowHits },
            Case(name: "set-field", flows: ["in_port=1,ip,actions=mod_nw_src:10.9.9.9,mod_nw_ttl:9,mod_dl_dst:02:00:00:00:00:07,output:2",
                "priority=1,in_port=1,actions=mod_dl_src:02:00:00:00:00:08,output:2"]) { $0.megaflowHits },
            Case(name: "copies", smc: true, flows: ["in_port=1,actions=output:2,push_vlan:0x8100,output:3,mod_vlan_vid:6,output:2,strip_vlan,output:3"]) { $0.smcHits },
            Case(name: "to the controller", emc: 1, flows: ["in_port=1,actions=controller,output:2"], handling: true) { $0.emcHits },
        ]

        @Test(arguments: cases) func aPacketsWayHasNoHeapCall(way: Case) throws {
            let threads = Self.threads()
            try TestBed.run(adjust: { $0.emcInsertInverseProbability = way.emc; $0.smcEnabled = way.smc }) { bed in
                let thread = try #require(try Self.newThread(threads, core: 1))
                let ports = try bed.addPorts("a", "b", "c")
                for flow in way.flows { try bed.flows(flow) }
                let misses = way.flows.isEmpty
                let frames = ForwardingTests.traffic(seed: 61, flows: 0..<64, sequences: 0..<10)
                for _ in 0..<2 where !misses {
                    try bed.inject(frames, ports[0])
                    try bed.settle()
                }
                let before = bed.totals
                ac_watch(thread)
                try bed.inject(frames, ports[0], handling: way.handling)
                try bed.waitReceived(handling: way.handling)
                let calls = ac_count()
                ac_watch(0)
                #expect(calls == 0)
                let hits = way.counter(bed.totals) - way.counter(before)
                #expect(hits > 0 && hits + bed.totals.hintHits - before.hintHits == 640)
                try bed.settle()
            }
        }

        @Test func installingAndRemovingMegaflowsCostsAPollModeThreadNoHeapCall() throws {
            let threads = Self.threads()
            try TestBed.run { bed in
                let thread = try #require(try Self.newThread(threads, core: 1))
                let ports = try bed.addPorts("a", "b")
                try bed.flows("actions=normal")
                // The thread has registered itself with EAL, which takes memory, when it does turns.
                bed.waitTurns()
                ac_watch(thread)
                // Enough megaflows that tables have to grow.
                try bed.inject(ForwardingTests.traffic(seed: 62, flows: 0..<500, sequences: 0..<2), ports[0])
                try bed.settle()
                #expect(bed.dpif.flowCount > 300)
                bed.ofproto.flushMegaflows()
                try bed.settle()
                let calls = ac_count()
                ac_watch(0)
                #expect(calls == 0)
                #expect(ports[1].frames.count == 1000)
            }
        }

        @Test func theCounterCounts() {
            ac_watch(ac_thread())
            let array = [UInt8](repeating: 1, count: Int.random(in: 5000...6000))
            let calls = ac_count()
            ac_watch(0)
            #expect(calls > 0 && array.count >= 5000)
        }

        static func threads() -> Set<Int32> {
            Set((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task"))?.compactMap { Int32($0) } ?? [])
        }

        /// The thread that is there since `before` and bound to one core.
        static func newThread(_ before: Set<Int32>, core: Int) throws -> Int32? {
            let deadline = Deadline()
            while !deadline.isOver {
                for thread in threads().subtracting(before) {
                    guard let status = try? String(contentsOfFile: "/proc/self/task/\(thread)/status", encoding: .utf8) else { continue }
                    if status.contains("Cpus_allowed_list:\t\(core)\n") { return thread }
                }
                sched_yield()
            }
            return nil
        }
    }
}
