import Datapath
import Flow
import OpenFlow
import Wire
@testable import OFProto

// Bridges with a bit of everything.
extension Random {
    /// Ports p1 … p4 and a bond of p5 and p6, stations, groups 1 … 3 and three tables of flows.
    mutating func anySwitch() throws -> TestSwitch {
        let net = try TestSwitch()
        try net.addMeter(1)
        var bond = BondSettings()
        bond.mode = one(of: [.activeBackup, .balanceSLB, .balanceTCP])
        try net.bridge.addBond("b0", anySettings(), bond)
        for name in ["p5", "p6"] {
            var config = net.config(name)
            config.bond = "b0"
            try net.bridge.addPort(config)
        }
        net.settle()
        for name in ["p2", "p3", "p4"] {
            var config = net.config(name)
            config.settings = anySettings()
            config.flags = below(6) == 0 ? one(of: [.noFlood, .noForward, .down, .noReceive]) : []
            try net.bridge.changePort(config)
        }
        for (index, station) in [0 as UInt64, 1, 2, 3].enumerated() {
            for vlan in [0, 5, 10] as [UInt16] {
                net.bridge.addStaticMAC(EthernetAddress(0x0200_0000_0000 | station), vlan: vlan, port: OFPort(UInt16(index + 2)))
            }
        }
        net.bridge.configureNormal(floodVLANs: below(4) == 0 ? [5] : [], forwardsReserved: below(4) == 0)
        if below(2) == 0 { try net.bridge.configureMirrors((0..<1 + below(2)).map { anyMirror($0) }) }
        for id in 1...3 as ClosedRange<UInt32> { try addGroup(id, to: net) }
        for table in 0..<3 {
            for priority in 1...6 + below(8) { try add(table, priority, randomMatch(), to: net) }
            if below(2) == 0 { try add(table, 0, Match(), to: net) }
            if below(2) == 0 { try addConjunction(table, to: net) }
        }
        return net
    }

    private mutating func anySettings() -> PortSettings {
        var settings = PortSettings()
        settings.vlanMode = one(of: [.trunk, .trunk, .access, .nativeTagged, .nativeUntagged, .dot1qTunnel])
        if settings.vlanMode != .trunk { settings.tag = one(of: [5, 10]) }
        if below(3) == 0 { settings.trunks = one(of: [[0, 5], [10]]) }
        if below(3) == 0 { settings.customerVLANs = one(of: [[0, 5], [7]]) }
        settings.priorityTags = one(of: PriorityTags.allCases)
        settings.isProtected = below(4) == 0
        return settings
    }

    private mutating func anyMirror(_ number: Int) -> MirrorSettings {
        var mirror = MirrorSettings("m\(number)")
        mirror.selectsAll = below(4) == 0
        mirror.sources = one(of: [[], ["p1"], ["p2", "b0"]])
        mirror.destinations = one(of: [[], ["p3"], ["b0"]])
        mirror.vlans = one(of: [[], [], [5], [0, 10]])
        mirror.output = one(of: [.port("p4"), .vlan(10), .vlan(77)])
        mirror.snapLength = one(of: [0, 0, 64])
        return mirror
    }

    private mutating func addGroup(_ id: UInt32, to net: TestSwitch) throws {
        let kind = one(of: [GroupKind.all, .indirect, .select, .select, .fastFailover])
        let buckets = (0..<(kind == .indirect ? 1 : 1 + below(3))).map { index in
            // Groups of higher numbers are not there yet.
            let changes = one(of: [[], [.decTTL([])], [.set(.ethSrc, to: 0x0200_0000_0003)], [.popMPLS(etherType: EtherType.ipv4)]] as [[OFAction]])
            let end = one(of: [out(UInt16(1 + below(4))), .output(.normal, maxLength: 0), id > 1 ? .group(id - 1) : out(2)])
            return GroupBucket(
                id: UInt32(index), weight: kind == .select ? UInt16(1 + below(3)) : 0, watchPort: kind == .fastFailover ? OFPort(UInt16(1 + below(4))) : .none,
                actions: changes + [end])
        }
        let selection = below(3), isSelect = kind == .select
        try net.group(.add, id, kind, buckets) {
            guard isSelect, selection > 0 else { return }
            $0.method = selection == 1 ? "hash" : "dp_hash"
            guard selection == 1 else { return }
            $0.add(.ipv4Dst, bits: 0xffff_ff00)
            $0.add(.tcpDst, bits: 0xffff)
        }
    }

    private mutating func add(_ table: Int, _ priority: Int, _ match: Match, to net: TestSwitch) throws {
        var texts = (0..<1 + below(4)).map { _ in anyAction(behind: table) }
        // Later actions of a list see what earlier ones did.
        if below(6) == 0 { texts.append("write_actions(" + one(of: ["group:1", "set_field:02:00:00:00:00:02->eth_dst,output:3", "dec_ttl,output:2"]) + ")") }
        if table < 2, below(3) == 0 { texts.append("goto_table:\(table + 1)") }
        var mod = FlowMod()
        (mod.table, mod.priority, mod.match) = (UInt8(table), UInt16(priority), match)
        mod.actions = try texts.flatMap { try actions($0, table: table) }
        if below(6) == 0 { mod.actions.insert(.clone(try actions(anyAction(behind: table), table: table) + [out(1)]), at: below(2)) }
        try net.bridge.apply(mod, command: .add, now: net.now)
    }

    /// Actions as text, whatever they need of a packet: others of the same flow meet packets without that as well.
    private func actions(_ text: String, table: Int) throws -> [OFAction] {
        for needed in ["ip", "udp", "mpls"] {
            if let flow = try? FlowSyntax().flow("table=\(table),\(needed),actions=" + text) { return flow.mod.actions }
        }
        return try FlowSyntax().flow("table=\(table),actions=" + text).mod.actions
    }

    private mutating func addConjunction(_ table: Int, to net: TestSwitch) throws {
        for text in [
            "dl_src=02:00:00:00:00:01,actions=conjunction(9,1/2)", "dl_src=02:00:00:00:00:02,actions=conjunction(9,1/2)",
            "ip,nw_dst=10.0.0.0/9,actions=conjunction(9,2/2)", "conj_id=9,actions=push_vlan:0x8100,2",
        ] { try net.bridge.apply(FlowSyntax().flow("table=\(table),priority=50,\(text)").mod, command: .add, now: net.now) }
    }

    private mutating func anyAction(behind table: Int) -> String {
        let port = 1 + below(4)
        switch below(8) {
        case 0, 1: return one(of: ["output:\(port)", "NORMAL", "NORMAL", "FLOOD", "IN_PORT", "output:reg1[0..15]", "group:\(1 + below(3))", "group:\(1 + below(3))"])
        case 2: return table < 2 ? "resubmit(,\(table + 1))" : "output:\(port)"
        case 3: return one(of: ["mod_vlan_vid:5", "mod_vlan_pcp:3", "strip_vlan", "push_vlan:0x8100", "push_vlan:0x88a8", "exit", "meter:1", "controller(max_len=64)"])
        case 4: return one(of: ["push_mpls:0x8847", "pop_mpls:0x0800", "pop_mpls:0x86dd", "pop_mpls:0x8847", "dec_ttl", "load:17->mpls_label[]", "load:1->mpls_tc[]"])
        case 5: return one(of: [
            "learn(table=2,hard_timeout=9,eth_dst=eth_src,load:in_port->reg1[0..15],output:in_port)", "learn(table=2,vlan_tci[0..11],reg0[0..3]=reg1[0..3],load:1->reg0[])",
            "check_pkt_larger(100)->reg0[0]", "multipath(symmetric_l4,50,hrw,2,0,reg0[])", "multipath(eth_src,50,modulo_n,4,0,reg1[0..15])",
            "multipath(symmetric_l3l4,1,hash_threshold,3,0,reg1[0..15])", "bundle(nw_src,0,hrw,ofport,members:1,2,3)", "bundle(symmetric_l3l4+udp,0,active_backup,ofport,members:4,2)",
        ])
        case 6: return one(of: [
            "move:eth_src[0..15]->eth_dst[0..15]", "move:in_port[]->reg1[0..15]", "load:2->reg0[]", "load:0x7->eth_src[0..15]", "set_field:02:00:00:00:00:01->eth_dst",
            "push:eth_src[],pop:eth_dst[]", "encap(nsh(md_type=1)),encap(ethernet),set_field:02:00:00:00:00:03->eth_dst",
        ])
        default: return one(of: ["mod_nw_dst:10.0.0.2", "mod_nw_tos:32", "mod_tp_dst:80", "mod_tp_src:80", "mod_nw_ttl:9", "mod_nw_src:10.0.0.1"])
        }
    }
}

// Packets for them.
extension Random {
    /// As `packet`, of all ports, some with labels.
    mutating func anyPacket() -> FlowKey {
        var key = packet(ports: [1, 2, 3, 4, 5, 6])
        if below(5) == 0 { label(&key) }
        return key
    }

    /// One label or two in place of what is behind the Ethernet header and its tags.
    private mutating func label(_ key: inout FlowKey) {
        var labelled = FlowKey()
        (labelled.l0.inPort, labelled.l0.dlSrc, labelled.l0.dlDst) = (key.l0.inPort, key.l0.dlSrc, key.l0.dlDst)
        (labelled.l0.vlanTPID, labelled.l0.vlanTCI) = (key.l0.vlanTPID, key.l0.vlanTCI)
        (labelled.l3.innerVLANTPID, labelled.l3.innerVLANTCI) = (key.l3.innerVLANTPID, key.l3.innerVLANTCI)
        labelled.l0.dlType = BE16(EtherType.mpls)
        let count = 1 + below(2)
        for index in 0..<count {
            let entry = BE32(UInt32(one(of: [0, 16, 17])) << 12 | UInt32(below(2)) << 9 | (index == count - 1 ? 0x100 : 0) | UInt32(one(of: [1, 2, 64])))
            if index == 0 { labelled.l3.mplsLSE0 = entry } else { labelled.l3.mplsLSE1 = entry }
        }
        key = labelled
    }

    /// The packet, or what was behind its labels, comes back from the datapath.
    mutating func comingBack(_ key: FlowKey, as id: RecircID) -> FlowKey {
        var back = key
        if key.l0.dlType == BE16(EtherType.mpls), below(4) != 0 {
            back = packet()
            (back.l0.inPort, back.l0.dlSrc, back.l0.dlDst) = (key.l0.inPort, key.l0.dlSrc, key.l0.dlDst)
        }
        back.l0.recircID = id.number
        back.l0.dpHash = UInt32(truncatingIfNeeded: next()) | 1
        return back
    }

    /// A packet that may be on the wire and differs outside of the mask only: in one bit, or in all that another packet has otherwise. The packet itself if
    /// none is found.
    mutating func near(_ key: FlowKey, outside mask: FlowMask) -> FlowKey {
        for _ in 0..<20 {
            let other = below(2) == 0 ? anyPacket() : flipped(key)
            var mixed = other
            (mixed.l0.recircID, mixed.l0.dpHash) = (key.l0.recircID, key.l0.recircID == 0 ? 0 : UInt32(truncatingIfNeeded: next()) | 1)
            for line in 0..<FlowKey.lineCount {
                mixed[line: line] = (key[line: line] & mask[line: line]) | (mixed[line: line] & ~mask[line: line])
            }
            if isPlausible(mixed), mixed != key { return mixed }
        }
        return key
    }

    private mutating func flipped(_ key: FlowKey) -> FlowKey {
        var other = key
        let bit = { (count: Int, random: inout Random) in UInt64(1) << UInt64(random.below(count)) }
        switch below(10) {
        case 0: other.l0.dlSrc = EthernetAddress(key.l0.dlSrc.number ^ bit(48, &self))
        case 1: other.l0.dlDst = EthernetAddress(key.l0.dlDst.number ^ bit(48, &self))
        case 2: if key.l0.vlanTCI != .zero { other.l0.vlanTCI = BE16(key.l0.vlanTCI.host ^ UInt16(bit(16, &self)) | VLANTCI.present) }
        case 3: if key.l3.innerVLANTCI != .zero { other.l3.innerVLANTCI = BE16(key.l3.innerVLANTCI.host ^ UInt16(bit(16, &self)) | VLANTCI.present) }
        case 4: other.l0.nwSrc = BE32(key.l0.nwSrc.host ^ UInt32(bit(32, &self)))
        case 5: other.l0.nwDst = BE32(key.l0.nwDst.host ^ UInt32(bit(32, &self)))
        case 6: other.l0.tpSrc = BE16(key.l0.tpSrc.host ^ UInt16(bit(16, &self)))
        case 7: other.l0.tpDst = BE16(key.l0.tpDst.host ^ UInt16(bit(16, &self)))
        case 8 where key.l0.dlType == BE16(EtherType.mpls): other.l3.mplsLSE0 = BE32(key.l3.mplsLSE0.host ^ UInt32(bit(32, &self)))
        case 8: other.l0.nwTTL = key.l0.nwTTL ^ UInt8(bit(8, &self))
        default: other.l0.nwTOS = key.l0.nwTOS ^ UInt8(bit(8, &self))
        }
        return other
    }
}
