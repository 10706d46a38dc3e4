import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// Meter modifications and what is refused, as ovs-vswitchd 3.1 refuses it. The mock has four meters of two bands.
@Suite struct MeterTests {
    private func config(
        _ id: UInt32, _ flags: MeterConfig.Flags = .kbps, _ bands: [MeterBand] = [MeterBand(.drop, rate: 100, burst: 0)]
    ) -> MeterConfig { MeterConfig(meter: id, flags: flags, bands: bands) }

    private func apply(_ net: TestSwitch, _ command: MeterMod.Command, _ config: MeterConfig) throws(OFError) {
        try net.bridge.apply(MeterMod(command, config), now: net.now)
    }

    @Test func addModifyAndDelete() throws {
        let net = try TestSwitch()
        try apply(net, .add, config(5, [.kbps, .burst], [MeterBand(.drop, rate: 100, burst: 50), MeterBand(.drop, rate: 200, burst: 0)]))
        try apply(net, .add, config(2, .pktps, [MeterBand(.drop, rate: 7, burst: 9)]))
        #expect(net.dpif.meters[0] == DPMeterConfig(packetsPerSecond: false, bands: [.init(rate: 100, burst: 50), .init(rate: 200, burst: 200)]))
        #expect(net.dpif.meters[1] == DPMeterConfig(packetsPerSecond: true, bands: [.init(rate: 7, burst: 9)]))
        #expect(try net.bridge.meterConfigs().map(\.meter) == [2, 5])
        #expect(try net.bridge.meterConfigs(5).first?.bands.map(\.burst) == [50, 200])
        #expect(throws: OFError.mmfcMeterExists) { try apply(net, .add, config(5)) }
        try apply(net, .modify, config(5, .pktps))
        #expect(net.dpif.meters[0] == DPMeterConfig(packetsPerSecond: true, bands: [.init(rate: 100, burst: 100)]))
        #expect(throws: OFError.mmfcUnknownMeter) { try apply(net, .modify, config(6)) }
        try apply(net, .delete, config(6))
        try apply(net, .delete, config(5, [], []))
        #expect(net.dpif.meters.keys.sorted() == [1])
        #expect(throws: OFError.mmfcUnknownMeter) { try net.bridge.meterConfigs(5) }
        #expect(throws: OFError.mmfcUnknownMeter) { try net.bridge.meterStats(5, now: net.now) }
        try apply(net, .delete, config(MeterNumber.all))
        #expect(try net.dpif.meters.isEmpty && net.bridge.meterConfigs(MeterNumber.all).isEmpty)
    }

    @Test(arguments: [
        (0, MeterConfig.Flags.kbps, [MeterBand(.drop, rate: 1, burst: 0)], OFError.mmfcInvalidMeter),
        (MeterNumber.maximum + 1, .kbps, [MeterBand(.drop, rate: 1, burst: 0)], .mmfcInvalidMeter),
        (MeterNumber.all, .kbps, [MeterBand(.drop, rate: 1, burst: 0)], .mmfcInvalidMeter),
        (1, [], [MeterBand(.drop, rate: 1, burst: 0)], .mmfcBadFlags),
        (1, [.kbps, .pktps], [MeterBand(.drop, rate: 1, burst: 0)], .mmfcBadFlags),
        (1, [.kbps, MeterConfig.Flags(rawValue: 16)], [MeterBand(.drop, rate: 1, burst: 0)], .mmfcBadFlags),
        (1, .kbps, [], .mmfcOutOfBands),
        (1, .kbps, [MeterBand](repeating: MeterBand(.drop, rate: 1, burst: 0), count: 3), .mmfcOutOfBands),
        (1, .kbps, [MeterBand(.drop, rate: 0, burst: 0)], .mmfcBadRate),
        (1, .kbps, [MeterBand(.dscpRemark, rate: 1, burst: 0, precedenceLevel: 1)], .mmfcBadBand),
    ] as [(UInt32, MeterConfig.Flags, [MeterBand], OFError)])
    func badMeters(id: UInt32, flags: MeterConfig.Flags, bands: [MeterBand], error: OFError) throws {
        let net = try TestSwitch()
        #expect(throws: error) { try apply(net, .add, config(id, flags, bands)) }
        #expect(net.dpif.meters.isEmpty)
        try apply(net, .add, config(1))
        #expect(throws: error) { try apply(net, .modify, config(id, flags, bands)) }
        #expect(net.dpif.meters[0] == DPMeterConfig(packetsPerSecond: false, bands: [.init(rate: 100, burst: 100)]))
    }

    @Test func thereAreAsManyAsTheDatapathHasAndNumbersComeBackLate() throws {
        let net = try TestSwitch()
        for id in 1...4 as ClosedRange<UInt32> { try apply(net, .add, config(id)) }
        #expect(throws: OFError.mmfcOutOfMeters) { try apply(net, .add, config(5)) }
        try apply(net, .delete, config(2))
        try apply(net, .delete, config(1))
        try apply(net, .add, config(5))
        try apply(net, .add, config(6))
        #expect(throws: OFError.mmfcOutOfMeters) { try apply(net, .add, config(7)) }
        #expect(net.bridge.meterFeatures == MeterFeatures(maximumMeters: 4, bandKinds: 2, capabilities: 0xf, maximumBands: 2, maximumColor: 0))
        net.ofproto.removeBridge("br0")
        #expect(net.dpif.meters.isEmpty)
        let other = try net.ofproto.addBridge("br1")
        for id in 1...4 as ClosedRange<UInt32> { try other.apply(MeterMod(.add, config(id)), now: net.now) }
        var numbers = MeterNumbers(capacity: 3)
        #expect([numbers.take(), numbers.take()] == [0, 1])
        numbers.giveBack(0)
        #expect([numbers.take(), numbers.take(), numbers.take()] == [2, 0, nil])
    }

    @Test func flowsPassThroughTheirMeter() throws {
        let net = try TestSwitch()
        var removed: [FlowRemoved] = []
        net.bridge.connections.flowRemovedSink = { removed.append($0) }
        try net.addMeter(9)
        try net.addMeter(4)
        try net.add(priority: 3, from(1), [.meter(4), out(2)]) { $0.flags = .sendFlowRemoved }
        try net.add(priority: 2, from(2), [.clone([.meter(4), out(3)])]) { $0.flags = .sendFlowRemoved }
        try net.add(priority: 1, Match(), [.meter(9), out(4)]) { $0.flags = .sendFlowRemoved }
        #expect(net.send(ipv4(1)).meters == [1])
        #expect(net.send(ipv4(3)).meters == [0])
        net.pass(milliseconds: 1_500)
        var counted = DPMeterStats()
        (counted.packets, counted.bytes, counted.bandPackets, counted.bandBytes) = (8, 800, [3], [300])
        net.dpif.meterCounts[1] = counted
        #expect(try net.bridge.meterStats(4, now: net.now) == [MeterStatistics(
            meter: 4, flows: 2, packets: 8, bytes: 800, duration: 1_500_000_000, bands: [.init(packets: 3, bytes: 300)])])
        #expect(try net.bridge.meterStats(now: net.now).map(\.flows) == [2, 1])
        try apply(net, .delete, config(4))
        net.settle()
        #expect(removed.map(\.flow.priority).sorted() == [2, 3])
        #expect(removed.allSatisfy { $0.reason == .meterDelete })
        #expect(net.ports(ipv4(1)) == [4])
    }

    @Test func packetsToTheControllerPassThroughItsMeter() throws {
        let net = try TestSwitch()
        try net.add(priority: 1, from(1), [.controller(ControllerSpec()), out(2)])
        try net.add(priority: 1, from(2), [.controller(ControllerSpec(meter: 3)), out(3)])
        #expect(net.send(ipv4(1)).meters == [])
        try apply(net, .add, config(MeterNumber.slowpath))
        try apply(net, .add, config(MeterNumber.controller))
        try apply(net, .add, config(3))
        net.settle()
        let first = net.send(ipv4(1))
        #expect(first.meters == [1] && first.userdata.count == 1 && first.sent.map(\.port.number) == [2])
        #expect(net.send(ipv4(2)).meters == [2])
        #expect(net.dpif.flowDump().allSatisfy { flow in
            // What is not for the controller is outside of what the meter may drop.
            if case .sample(.max, let nested)? = flow.actions.first { nested.count == 2 && flow.actions.count == 2 } else { false }
        })
        try apply(net, .delete, config(MeterNumber.controller))
        net.settle()
        #expect(net.send(ipv4(1)).meters == [])
    }
}
