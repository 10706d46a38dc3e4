import Datapath
import OpenFlow
import Testing
import Wire
@testable import OFProto

@Suite struct FlowLimitTests {
    @Test func theLimitFollowsTheDurationOfSweeps() {
        var limit = FlowLimit(200_000)
        // Milliseconds, megaflows, and what the limit becomes.
        let sweeps: [(Int64, Int, Int)] = [
            (900, 150_000, 200_000), (1_200, 150_000, 200_000), (1_400, 150_000, 150_000), (2_000, 140_000, 112_500), (4_999, 110_000, 28_125),
            (1_000, 28_000, 28_125), (500, 28_000, 29_125), (999, 29_000, 29_125), (400, 2_000, 29_125), (60_000, 20_000, 1_000), (0, 2_001, 2_000),
        ]
        for (milliseconds, count, expected) in sweeps {
            limit.noteSweep(of: count, milliseconds: milliseconds)
            #expect(limit.current == expected, "\(milliseconds) ms")
        }
        #expect(limit.maximum == 150_000 && limit.average < 30_000 && limit.duration == 1)
        limit.configured = 500
        limit.noteSweep(of: 100_000, milliseconds: 10)
        #expect(limit.current == 500)
    }

    private func stations(_ count: Int, _ limits: OFProtoLimits) throws -> TestSwitch {
        let net = try TestSwitch(limits: limits)
        try net.add(match { $0.l0.dlSrc = EthernetAddress(1); $1.l0.dlSrc = .broadcast }, [])
        try net.add(priority: 1, Match(), [.output(OFPort(2), maxLength: 0)])
        for station in 0..<count { net.dpif.receive(ipv4(1, from: 0x1_0000 + UInt64(station))) }
        net.settle()
        #expect(net.dpif.flowCount == count)
        return net
    }

    @Test func aSwitchThatIsTooSlowHasFewerMegaflows() throws {
        var limits = OFProtoLimits()
        (limits.flowLimit, limits.sweepBudget) = (2_400, 500)
        let net = try stations(2_400, limits)
        // A sweep takes five turns; the time that they take is as an argument says.
        net.pass(milliseconds: 500)
        func sweep(_ milliseconds: Int64) {
            let before = net.ofproto.counters.sweeps
            net.now += 500
            for _ in 0..<20 where net.ofproto.counters.sweeps == before {
                _ = net.ofproto.run(now: net.now)
                if net.ofproto.counters.sweeps == before { net.now += milliseconds / 4 }
            }
        }
        sweep(1_400)
        #expect(net.ofproto.sweepReport.limit == 1_800 && net.ofproto.sweepReport.duration == 1_400)
        // None has had a packet within 100 ms.
        sweep(400)
        #expect(net.dpif.flowCount < 1_800)
        #expect(net.ofproto.counters.idled > 0 && net.ofproto.counters.crowdedOut == 0)
    }

    @Test func withTwiceTooManyAllGo() throws {
        var limits = OFProtoLimits()
        limits.sweepBudget = 500
        let net = try stations(2_100, limits)
        net.ofproto.configure(flowLimit: 1_000, maxIdle: 10_000)
        net.pass(milliseconds: 600)
        // Slices of 500: the first finds more than twice as many, two more too many.
        #expect(net.ofproto.counters.crowdedOut == 500 && net.ofproto.counters.idled == 1_000)
        #expect(net.dpif.flowCount == 600)
    }
}
