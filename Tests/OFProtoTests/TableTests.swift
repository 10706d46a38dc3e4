import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

@Suite struct TableTests {
    private let any = Match()
    private func port(_ number: UInt32) -> Match { match { $0.l0.inPort = number; $1.l0.inPort = .max } }
    private func udp(_ port: UInt16) -> Match {
        match {
            $0.l0.dlType = BE16(EtherType.ipv4); $0.l0.nwProto = IPProtocol.udp; $0.l0.tpDst = BE16(port)
            $1.l0.dlType = .ones; $1.l0.nwProto = .max; $1.l0.tpDst = .ones
        }
    }
    private func out(_ port: UInt16) -> [OFAction] { [.output(OFPort(port), maxLength: 0)] }
    private func mod(_ match: Match, priority: UInt16 = 100, table: UInt8 = 0, _ actions: [OFAction] = []) -> FlowMod {
        var mod = FlowMod()
        (mod.match, mod.priority, mod.table, mod.actions) = (match, priority, table, actions)
        return mod
    }

    @Test func theHighestPriorityWinsAndLowerOnesComeBack() throws {
        let net = try TestSwitch()
        try net.add(priority: 1, any, out(2))
        try net.add(priority: 3, any, out(4))
        try net.add(priority: 2, any, out(3))
        #expect(net.ports(ipv4(1)) == [4])
        try net.bridge.apply(mod(any, priority: 3), command: .deleteStrict, now: net.now)
        net.settle()
        #expect(net.ports(ipv4(1)) == [3])
        #expect(net.bridge.dumpFlows().map(\.0.priority) == [2, 1])
        #expect(net.bridge.dumpFlows().first?.0.match == any)
    }

    @Test func anAddReplacesAndKeepsCountersUnlessToldOtherwise() throws {
        let net = try TestSwitch()
        try net.add(any, out(2))
        net.send(ipv4(1))
        net.pass(milliseconds: 1_000)
        try net.add(any, out(3))
        #expect(net.bridge.dumpFlows().map(\.1.packets) == [1])
        net.settle()
        #expect(net.ports(ipv4(1)) == [3])
        try net.add(any, out(3)) { $0.flags = .resetCounts }
        #expect(net.bridge.flowCount == 1)
        #expect(net.bridge.dumpFlows().map(\.1.packets) == [0])
    }

    @Test func modifyAndDeleteMeanAllNarrowerFlowsUnlessStrict() throws {
        let net = try TestSwitch()
        try net.add(priority: 5, udp(53), out(2))
        try net.add(priority: 6, udp(67), out(2))
        try net.add(priority: 7, port(1), out(2))
        let ip = match { $0.l0.dlType = BE16(EtherType.ipv4); $1.l0.dlType = .ones }
        try net.bridge.apply(mod(ip, out(3)), command: .modify, now: net.now)
        #expect(net.bridge.dumpFlows().map(\.0.actions) == [out(2), out(3), out(3)])
        try net.bridge.apply(mod(udp(53), priority: 6, out(4)), command: .modifyStrict, now: net.now)
        #expect(net.bridge.dumpFlows().map(\.0.actions) == [out(2), out(3), out(3)])
        try net.bridge.apply(mod(udp(53), priority: 5, out(4)), command: .modifyStrict, now: net.now)
        #expect(net.bridge.dumpFlows().map(\.0.actions) == [out(2), out(3), out(4)])
        try net.bridge.apply(mod(ip), command: .delete, now: net.now)
        #expect(net.bridge.dumpFlows().map(\.0.priority) == [7])
        try net.add(table: 9, any, out(2))
        try net.bridge.apply(mod(any, table: 0xff), command: .delete, now: net.now)
        #expect(net.bridge.flowCount == 0)
    }

    @Test func selectionByCookieAndOutputPort() throws {
        let net = try TestSwitch()
        try net.add(priority: 1, any, out(2)) { $0.cookie = 0x11 }
        try net.add(priority: 2, any, out(3)) { $0.cookie = 0x12 }
        var selection = FlowModSelection()
        selection.outPort = OFPort(3)
        try net.bridge.apply(mod(any), command: .delete, selection: selection, now: net.now)
        #expect(net.bridge.dumpFlows().map(\.0.cookie) == [0x11])
        var wanted = mod(any)
        wanted.cookie = 0x22
        selection = FlowModSelection()
        selection.cookieMask = 0xff
        try net.bridge.apply(wanted, command: .delete, selection: selection, now: net.now)
        #expect(net.bridge.flowCount == 1)
        selection = FlowModSelection()
        try net.bridge.apply(mod(port(1), out(2)), command: .modify, selection: selection, now: net.now)
        #expect(net.bridge.flowCount == 1)
        selection.modifyAdds = true
        try net.bridge.apply(mod(port(1), out(2)), command: .modify, selection: selection, now: net.now)
        #expect(net.bridge.flowCount == 2)
    }

    @Test func refusals() throws {
        var limits = OFProtoLimits()
        limits.rulesPerTable = 2
        let net = try TestSwitch(limits: limits)
        try net.add(priority: 9, port(1), out(2))
        func code(_ body: () throws -> Void) -> OFError? {
            do { try body() } catch { return (error as? FlowModError)?.error }
            return nil
        }
        #expect(code { try net.add(priority: 9, udp(53), out(2)) { $0.flags = .checkOverlap } } == .fmfcOverlap)
        #expect(code { try net.add(priority: 9, port(2), out(2)) { $0.flags = .checkOverlap } } == nil)
        #expect(code { try net.add(any, out(2)) } == .fmfcTableFull)
        #expect(code { try net.add(table: 3, any, [.gotoTable(3)]) } == .bicBadTableID)
        #expect(code { try net.add(table: 3, any, [.meter(1)]) } == .mmfcInvalidMeter)
        #expect(code { try net.add(table: 254, any, []) } == .brcEperm)
        var nested = OFAction.drop
        for _ in 0..<40 { nested = .clone([nested]) }
        #expect(code { try net.add(table: 3, any, [nested]) } == .bacTooMany)
        #expect(net.bridge.flowCount == 2)
    }

    @Test func hardAndIdleTimeouts() throws {
        let net = try TestSwitch()
        var removed: [FlowRemoved] = []
        net.bridge.connections.flowRemovedSink = { removed.append($0) }
        try net.add(priority: 1, any, out(2)) { ($0.hardTimeout, $0.flags) = (10, .sendFlowRemoved) }
        try net.add(priority: 2, port(1), out(3)) { ($0.idleTimeout, $0.flags) = (4, .sendFlowRemoved) }
        // Packets that only the datapath sees keep the idle flow.
        for _ in 0..<8 {
            #expect(net.ports(ipv4(1)) == [3])
            net.pass(milliseconds: 1_000)
        }
        #expect(removed.isEmpty)
        net.pass(milliseconds: 1_900)
        #expect(removed.isEmpty)
        net.pass(milliseconds: 200)
        #expect(removed.map(\.reason) == [.hardTimeout])
        net.pass(milliseconds: 1_000)
        #expect(removed.map(\.reason) == [.hardTimeout, .idleTimeout])
        #expect(removed.last?.stats.packets == 8)
        #expect(removed.last?.flow.match == port(1))
        #expect(net.bridge.flowCount == 0)
        #expect(net.ports(ipv4(1)) == [])
    }

    @Test func manyTimeoutsExpireInTheirOrder() throws {
        let net = try TestSwitch(ports: 1)
        var order: [Int64] = []
        net.bridge.connections.flowRemovedSink = { order.append($0.now) }
        var random = Random(seed: 4)
        for index in 0..<3_000 {
            let seconds = UInt16(1 + random.below(20))
            try net.add(priority: UInt16(index), any, []) {
                $0.flags = .sendFlowRemoved
                if index % 2 == 0 { $0.hardTimeout = seconds } else { $0.idleTimeout = seconds }
            }
        }
        // A third goes before its time.
        for index in stride(from: 0, to: 3_000, by: 3) {
            try net.bridge.apply(mod(any, priority: UInt16(index)), command: .deleteStrict, now: net.now)
        }
        net.pass(milliseconds: 21_000)
        #expect(order.count == 3_000)
        #expect(order == order.sorted())
        #expect(net.bridge.flowCount == 0)
        #expect(net.bridge.timers.next == nil)
    }

    @Test func aDeletedMeterTakesItsFlowsAlong() throws {
        let net = try TestSwitch()
        try net.addMeter(1)
        try net.add(priority: 2, any, [.meter(1)] + out(2))
        try net.add(priority: 1, any, out(3))
        #expect(net.send(ipv4(1)).meters == [0])
        try net.bridge.apply(MeterMod(.delete, MeterConfig(meter: 1, flags: [], bands: [])), now: net.now)
        net.settle()
        #expect(net.ports(ipv4(1)) == [3])
        #expect(net.dpif.meters.isEmpty)
    }

    @Test func tableCountersAddUp() throws {
        let net = try TestSwitch()
        try net.add(port(1), [.gotoTable(1)])
        try net.add(table: 1, udp(9), out(2))
        for source in 1...3 { net.send(ipv4(UInt32(source))) }
        net.pass(milliseconds: 1_000)
        let stats = net.bridge.tableStats
        #expect(stats.map(\.lookups) == [3, 1])
        #expect(stats.map(\.matches) == [1, 0])
    }
}
