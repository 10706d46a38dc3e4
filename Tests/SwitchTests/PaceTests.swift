import NetDev
import Testing
@testable import Datapath
@testable import OFProto

extension SwitchTests {
    /// PMDs that sleep, and packets that wait to be sent.
    @Suite(.serialized) struct PaceTests {
        /// A PMD with nothing to do sleeps, and everything that it is told or receives goes on.
        @Test func anIdlePMDSleeps() throws {
            try TestBed.run(cores: [1], adjust: { $0.longestSleep = 10_000 }) { bed in
                let (a, b) = (try bed.addPort("a"), try bed.addPort("b"))
                try bed.flows("in_port=1,actions=output:2")
                try bed.wait("sleeps") { bed.dpif.pmdStats()[0].stats.sleeps > 20 }
                let stats = bed.dpif.pmdStats()[0].stats
                #expect(stats.sleepCycles > 0 && stats.sleeps <= stats.iterations)
                // A command ends a sleep: else each barrier would take most of one. Those that the machine holds up do not count.
                try bed.wait("long sleeps") { unsafe bed.dpif.pmds[0].pmd.pointee.sleep >= 4_000 }
                let quick = (0..<200).count { _ in
                    let start = ContinuousClock.now
                    bed.dpif.barrier()
                    return ContinuousClock.now - start < .milliseconds(2)
                }
                #expect(quick >= 50, "\(quick) of 200")
                let frames = ForwardingTests.traffic(seed: 1, flows: 0..<8, sequences: 0..<50)
                try bed.inject(frames, a)
                try bed.settle()
                bed.collect()
                expectSame(b.frames, frames)
                #expect(PMDStatsText.perfShow(core: 1, numa: 0, stats, seconds: 1, hertz: bed.dpif.hertz, histograms: false).contains("- sleep iterations: "))
                // Off again: it polls on.
                var settings = bed.dpif.settings
                settings.longestSleep = 0
                try bed.dpif.change(settings)
                bed.dpif.barrier()
                let before = bed.dpif.pmdStats()[0].stats
                try bed.wait("turns") { bed.dpif.pmdStats()[0].stats.iterations > before.iterations + 1_000 }
                #expect(bed.dpif.pmdStats()[0].stats.sleeps <= before.sleeps + 1)
            }
        }

        /// Sleeps grow by 10 µs up to the longest one, and begin anew after 16 packets.
        @Test func sleepsGrow() throws {
            try TestBed.run(cores: [], adjust: { $0.longestSleep = 35 }) { bed in
                _ = try bed.addPort("a")
                bed.dpif.barrier()
                let pmd = unsafe bed.dpif.pmds[0].pmd
                func sleep(after packets: UInt64) -> UInt32 {
                    unsafe pmd.pointee.stats.pointee.rxPackets += packets
                    _ = unsafe sleepAfterTurn(pmd, 0)
                    return unsafe pmd.pointee.sleep
                }
                #expect([0, 15, 1, 0, 0, 16, 32, 3, 0].map(sleep) == [10, 20, 30, 35, 35, 0, 0, 10, 20])
                #expect(unsafe pmd.pointee.stats.pointee.sleeps == 7)
            }
        }

        /// With an interval a frame leaves when that is over; a full buffer leaves at once.
        @Test func packetsWaitToBeSent() throws {
            try TestBed.run(cores: [], adjust: { $0.flushInterval = 1_000 }) { bed in
                let (a, b) = (try bed.addPort("a"), try bed.addPort("b"))
                try bed.flows("in_port=1,actions=output:2")
                let interval = bed.dpif.clock.hertz / 1_000
                let frames = ForwardingTests.traffic(seed: 2, flows: 0..<1, sequences: 0..<100)
                // The miss, its answer, and what it has to wait.
                #expect(a.device.inject(frames[0]))
                try bed.wait("the first one") { bed.collect(); return b.frames.count == 1 }
                func turn(_ cycles: UInt64) -> Int {
                    bed.dpif.virtualCycles += cycles
                    _ = bed.dpif.turn()
                    bed.collect()
                    return b.frames.count
                }
                #expect(a.device.inject(frames[1]))
                #expect(turn(1) == 1)
                #expect(turn(interval / 2) == 1)
                #expect(a.device.inject(frames[2]))
                #expect(turn(interval / 4) == 1)
                #expect(turn(interval / 2) == 3)
                for frame in frames[3..<36] { #expect(a.device.inject(frame)) }
                // A burst of 32 fills the buffer, which leaves when the next packet comes.
                _ = turn(1)
                #expect(turn(1) >= 35)
                #expect(turn(2 * interval) == 36)
                // Ports go with what waits at them, and so do PMDs.
                #expect(a.device.inject(frames[36]))
                #expect(turn(1) == 36)
                var settings = bed.dpif.settings
                settings.flushInterval = 0
                try bed.dpif.change(settings)
                #expect(turn(1) == 37)
                #expect(bed.dpif.portStats(b.odp)?.txPackets == 37)
            }
        }
    }
}
