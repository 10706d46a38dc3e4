import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// Any packet that falls into an installed megaflow must meet the fate that its own translation gives it.
@Suite struct SoundnessTests {
    @Test(arguments: 0..<40) func everyPacketOfAMegaflowFaresAsByItsOwnTranslation(seed: Int) throws {
        var random = Random(seed: UInt64(seed) + 1_000)
        let net = try randomSwitch(&random)
        for _ in 0..<40 {
            let key = random.packet()
            net.ofproto.translator.flow.key = key
            // Stations are known already, so translations do not influence each other.
            guard net.ofproto.translator.translate(now: net.now, learns: false) else { continue }
            let actions = net.ofproto.translator.actions
            let mask = net.ofproto.translator.wildcards.key
            #expect(mask.usedLines.isSubset(of: .datapath))
            for _ in 0..<8 {
                let other = random.neighbour(of: key, under: mask)
                #expect(other.matches(key, under: mask))
                net.ofproto.translator.flow.key = other
                _ = net.ofproto.translator.translate(now: net.now, learns: false)
                let own = interpret(net.ofproto.translator.actions, other)
                let megaflow = interpret(actions, other)
                #expect(own.sent == megaflow.sent, "\(Sent(port: .none, key: key)) and \(Sent(port: .none, key: other))")
                #expect(own.meters == megaflow.meters)
                #expect(own.userdata.count == megaflow.userdata.count)
            }
        }
    }

    /// The same through upcalls, installation and time: what a datapath with caches sends is what one without would send.
    @Test(arguments: 0..<10) func aSwitchWithMegaflowsSendsWhatOneWithoutSends(seed: Int) throws {
        var random = Random(seed: UInt64(seed) + 5_000)
        var again = random
        let cached = try randomSwitch(&random)
        var limits = OFProtoLimits()
        limits.flowLimit = 0
        let uncached = try randomSwitch(&again, limits: limits)
        var hits = 0
        for step in 0..<250 {
            let key = random.packet()
            if cached.dpif.receive(key) { hits += 1 }
            cached.settle()
            let a = cached.dpif.takeOutcome().sent
            uncached.dpif.receive(key)
            uncached.settle()
            let b = uncached.dpif.takeOutcome().sent
            #expect(a == b, "step \(step)")
            if step % 40 == 39 {
                var mod = FlowMod()
                mod.priority = UInt16(1_000 + step)
                mod.match = random.randomMatch()
                mod.actions = [.output(OFPort(UInt16(1 + random.below(4))), maxLength: 0)]
                try cached.bridge.apply(mod, command: .add, now: cached.now)
                try uncached.bridge.apply(mod, command: .add, now: uncached.now)
                cached.settle()
            }
        }
        #expect(hits > 0)
        #expect(uncached.dpif.flowCount == 0)
    }

    private func randomSwitch(_ random: inout Random, limits: OFProtoLimits = OFProtoLimits()) throws -> TestSwitch {
        let net = try TestSwitch(limits: limits)
        try net.addMeter(1)
        for (index, station) in [0 as UInt64, 1, 2, 3].enumerated() {
            for vlan in [0, 5, 10] as [UInt16] {
                net.bridge.addStaticMAC(EthernetAddress(0x0200_0000_0000 | station), vlan: vlan, port: OFPort(UInt16(index + 1)))
            }
        }
        var config = net.config("p4")
        config.settings.tag = 10
        if random.below(2) == 0 { try net.bridge.changePort(config) }
        for table in 0..<3 {
            for index in 0..<(4 + random.below(12)) {
                try net.add(table: UInt8(table), priority: UInt16(index + 1), random.randomMatch(), random.actions(table: table))
            }
            if random.below(2) == 0 { try net.add(table: UInt8(table), priority: 0, Match(), random.actions(table: table)) }
        }
        return net
    }
}

extension Random {
    /// A packet that agrees with `key` under `mask` and otherwise differs in fields, of which it has the right ones for its type.
    mutating func neighbour(of key: FlowKey, under mask: FlowMask) -> FlowKey {
        for _ in 0..<40 {
            let other = packet()
            var mixed = other
            for line in 0..<FlowKey.lineCount {
                mixed[line: line] = (key[line: line] & mask[line: line]) | (other[line: line] & ~mask[line: line])
            }
            if isPlausible(mixed) { return mixed }
        }
        return key
    }

    /// True if extraction could say that of a packet: fields that its type does not have are zero.
    func isPlausible(_ key: FlowKey) -> Bool {
        let type = key.l0.dlType.host
        if !hasPlausibleLabels(key) { return false }
        let line = key.l0
        if line.vlanTCI == .zero && (line.vlanTPID != .zero || key.l3.innerVLANTCI != .zero) { return false }
        if line.vlanTCI != .zero && (line.vlanTPID == .zero || line.vlanTCI.host & VLANTCI.present == 0) { return false }
        let inner = key.l3.innerVLANTCI
        if (inner == .zero) != (key.l3.innerVLANTPID == .zero) || (inner != .zero && inner.host & VLANTCI.present == 0) { return false }
        if type != EtherType.ipv6, key.l1.ipv6Src != .zero || key.l1.ipv6Dst != .zero || key.l1.ipv6Label != .zero { return false }
        if type != EtherType.arp, key.l1.arpSHA != .zero { return false }
        if type != EtherType.arp && type != EtherType.ipv4, line.nwSrc != .zero || line.nwDst != .zero { return false }
        let isIP = type == EtherType.ipv4 || type == EtherType.ipv6
        if !isIP, line.nwTTL | line.nwTOS | line.nwFrag != 0 { return false }
        if !isIP && type != EtherType.arp && line.nwProto != 0 { return false }
        let ported = isIP && line.nwFrag & FragmentBits.later == 0 && line.nwProto != 89
        if !ported, line.tpSrc != .zero || line.tpDst != .zero || line.tcpFlags != .zero { return false }
        if ported && (line.nwProto == IPProtocol.icmp || line.nwProto == IPProtocol.icmpv6) {
            return line.tpSrc.host < 256 && line.tpDst.host < 256 && line.tcpFlags == .zero
        }
        return line.nwProto == IPProtocol.tcp || line.tcpFlags == .zero
    }

    /// A packet has labels if its type says so, and none below the bottom of the stack.
    private func hasPlausibleLabels(_ key: FlowKey) -> Bool {
        let stack = [key.l3.mplsLSE0, key.l3.mplsLSE1, key.l3.mplsLSE2]
        guard key.l0.dlType.host == EtherType.mpls else { return stack.allSatisfy { $0 == .zero } }
        guard let bottom = stack.firstIndex(where: { $0.host & MPLS.bottom != 0 }) else { return false }
        return stack[(bottom + 1)...].allSatisfy { $0 == .zero }
    }

    /// Random actions of a rule in `table` (of three).
    mutating func actions(table: Int) -> [OFAction] {
        var list: [OFAction] = []
        for _ in 0..<(1 + below(4)) { list.append(action(table: table, depth: 0)) }
        if table < 2, below(3) == 0 { list.append(.gotoTable(UInt8(table + 1))) }
        return list
    }

    private mutating func action(table: Int, depth: Int) -> OFAction {
        switch below(20) {
        case 0, 1: return .output(OFPort(UInt16(1 + below(4))), maxLength: 0)
        case 2: return .output(.normal, maxLength: 0)
        case 3: return .output(one(of: [.inPort, .flood, .all]), maxLength: 0)
        case 4: return .setVLANVID(one(of: [5, 10]))
        case 5: return .setVLANPCP(3)
        case 6: return .stripVLAN
        case 7: return .pushVLAN(etherType: one(of: [EtherType.vlan8021Q, EtherType.vlan8021AD]))
        case 8: return .decTTL([0])
        case 9: return .set(.ipv4Dst, to: MaskedValue(value: 0x0a00_0002, mask: one(of: [0xffff_ffff, 0xff])))
        case 10: return one(of: [.set(.tcpDst, to: 80), .set(.udpDst, to: 80), .setTransportDestination(80)])
        case 11: return .set(.ethDst, to: 0x0200_0000_0001)
        case 12: return .set(.reg0, to: 2)
        case 13: return .move(from: FieldRange(one(of: [.ipv4Src, .tcpSrc, .nwTTL, .reg0])), to: FieldRange(.reg1))
        case 14: return .move(from: FieldRange(field: .ethSrc, start: 0, count: 16), to: FieldRange(field: .ethDst, start: 0, count: 16))
        case 15: return .outputField(FieldRange(field: one(of: [.reg0, .reg1]), start: 0, count: 16))
        case 16: return .resubmit(port: below(2) == 0 ? nil : OFPort(UInt16(1 + below(4))), table: UInt8(min(2, table + 1)), ct: false)
        case 17 where depth < 2:
            return .clone([action(table: table, depth: depth + 1), action(table: table, depth: depth + 1)])
        case 18: return .meter(1)
        case 19: return .writeActions([.setVLANVID(7), .output(OFPort(UInt16(1 + below(4))), maxLength: 0)])
        default: return .controller(ControllerSpec(maxLength: 128, reason: 1, id: 0, userdata: []))
        }
    }
}
