// Rules.
extension SimGenerator {
    /// A rule that nothing else in its table has the priority of.
    mutating func rule(for bridge: RefBridge, tables: Int = 4) -> RefRule {
        lastRule += 1
        let table = UInt8(chance(50) ? 0 : below(tables))
        var priority = UInt16(2 * (1 + below(400)))
        while bridge.rules.contains(where: { $0.table == table && $0.priority == priority }) { priority += 2 }
        let match = match(for: bridge, table: table)
        return RefRule(
            id: lastRule, table: table, priority: priority, match: match,
            actions: actions(bridge, match, table: table, tables: tables), idle: chance(12) ? UInt16(1 + below(20)) : 0,
            hard: chance(8) ? UInt16(1 + below(40)) : 0)
    }

    /// A rule for what no other one in the first table matches.
    mutating func switching() -> RefRule {
        lastRule += 1
        return RefRule(id: lastRule, table: 0, priority: 0, match: RefMatch(), actions: [.normal])
    }

    /// A flow of two or three clauses with one or two alternatives each, and clauses of another one that lacks some.
    mutating func conjunction(for bridge: RefBridge) -> [RefRule] {
        var flow = rule(for: bridge)
        let id = UInt32(flow.id)
        flow.match = RefMatch()
        flow.match.add(.conjID, UInt64(id), mask: 0xffff_ffff)
        (flow.idle, flow.hard) = (0, 0)
        var priority = UInt16(2 * (500 + below(200)))
        while bridge.rules.contains(where: { $0.table == flow.table && $0.priority == priority }) { priority += 2 }
        let fields = [RefField.dlSrc, .nwSrc, .nwDst].prefix(2 + below(2))
        var rules = [flow]
        for (clause, field) in fields.enumerated() {
            for alternative in 0..<1 + below(2) {
                lastRule += 1
                var match = RefMatch()
                if field != .dlSrc { match.add(.dlType, 0x0800) }
                match.add(field, field == .dlSrc ? 0x0200_0000_0001 + UInt64(alternative) : [0x0a00_0001, 0xc0a8_0101][alternative])
                var actions = [RefAction.conjunction(id, clause: UInt8(clause), of: UInt8(fields.count))]
                if chance(30) { actions.append(.conjunction(id + 1_000_000, clause: 0, of: 2)) }
                rules.append(RefRule(id: lastRule, table: flow.table, priority: priority, match: match, actions: actions))
            }
        }
        return rules
    }

    /// VLANs in which a bridge learns nothing, and whether it forwards what is for its neighbours.
    mutating func shape(_ bridge: inout RefBridge) {
        bridge.floodVLANs = chance(70) ? [] : one([[5], [0, 10]])
        bridge.forwardsReserved = chance(20)
    }

    /// Other actions for a rule.
    mutating func actions(for rule: RefRule, in bridge: RefBridge) -> [RefAction] {
        actions(bridge, rule.match, table: rule.table, tables: 4)
    }

    private mutating func match(for bridge: RefBridge, table: UInt8) -> RefMatch {
        var match = RefMatch()
        if chance(30) { match.add(.inPort, UInt64(bridge.ports.isEmpty ? 1 : one(bridge.ports).number)) }
        if chance(20) { match.add(.dlSrc, mac()) }
        if chance(20) { chance(20) ? match.add(.dlDst, 0x0100_0000_0000, mask: 0x0100_0000_0000) : match.add(.dlDst, destination()) }
        if chance(20) {
            let tci = one([0, 0x1000, 0x1005, 0x100a, 0x3005])
            match.add(.vlanTCI, UInt64(tci), mask: tci == 0 ? 0xffff : one([0x1fff, 0x1000, 0xf000]))
        }
        if table > 0 && chance(10) { match.add(.reg1, UInt64(below(2)), mask: 1) }
        if table > 0 && chance(20) { match.add(.reg0, UInt64(below(3)), mask: one([0xffff, 1, 0xffff_ffff])) }
        if table > 0 && chance(10) { match.add(.metadata, UInt64(below(2)), mask: one([1, .max])) }
        guard chance(60) else { return match }
        switch below(9) {
        case 8:
            match.add(.dlType, 0x8847)
            if chance(40) { match.add(.mplsLabel, one([0, 16, 17]), mask: 0xfffff) }
            if chance(20) { match.add(.mplsTC, UInt64(below(2)), mask: 7) }
            if chance(30) { match.add(.mplsBOS, UInt64(below(2)), mask: 1) }
        case 0:
            match.add(.dlType, 0x0806)
            if chance(50) { match.add(.nwProto, UInt64(1 + below(2))) }
            if chance(50) { match.add(.nwDst, address(), mask: one([0xffff_ffff, 0xff00_0000])) }
        case 1:
            match.add(.dlType, 0x86dd)
            if chance(50) { match.add(.ipv6Dst, v6(), mask: one([.max, 1])) }
            if chance(30) { match.add(.ipv6Src, v6()) }
            addTransport(&match, proto: one([6, 17]))
        default:
            match.add(.dlType, 0x0800)
            if chance(40) { match.add(.nwSrc, address(), mask: one([0xffff_ffff, 0xff00_0000, 0xff80_0000])) }
            if chance(40) { match.add(.nwDst, address(), mask: one([0xffff_ffff, 0xff00_0000, 0xffff_0000])) }
            if chance(15) { match.add(.nwTTL, UInt64(one([1, 2, 64]))) }
            if chance(15) { match.add(.nwTOS, UInt64(one([0, 0x20])), mask: 0xfc) }
            if chance(10) { match.add(.nwFrag, UInt64(one([0, 1, 3])), mask: one([1, 3])) }
            addTransport(&match, proto: one([1, 6, 6, 17]))
        }
        return match
    }

    private mutating func addTransport(_ match: inout RefMatch, proto: UInt64) {
        guard chance(50) else { return }
        match.add(.nwProto, proto)
        if proto == 1 {
            if chance(50) { match.add(.tpSrc, one([0, 8])) }
            return
        }
        if chance(40) { match.add(.tpDst, one([0, 22, 80, 0x8000]), mask: one([0xffff, 0xfff0, 0x8000])) }
        if chance(20) { match.add(.tpSrc, one([80, 1024])) }
        if proto == 6 && chance(20) { match.add(.tcpFlags, 2, mask: one([2, 0xfff])) }
    }

    private mutating func actions(_ bridge: RefBridge, _ match: RefMatch, table: UInt8, tables: Int) -> [RefAction] {
        if chance(8) { return [.drop] }
        var list: [RefAction] = []
        for _ in 0..<below(4) { list.append(change()) }
        if chance(10) { list.append(.clone([change(), end(bridge)])) }
        list.append(end(bridge))
        if chance(30) {
            list.append(change())
            list.append(end(bridge))
        }
        let last = Int(table) + 1 < tables
        if last && chance(35) {
            list.insert(.resubmit(table + 1 + UInt8(below(tables - Int(table) - 1))), at: below(list.count + 1))
        }
        if !bridge.meters.isEmpty, chance(15) { list.insert(.meter(one(bridge.meters).id), at: below(list.count + 1)) }
        if chance(6) { list.insert(contentsOf: chance(50) ? [multipath()] : [multipath(), .outputReg0], at: below(list.count + 1)) }
        if chance(6) { list.insert(.finTimeout(idle: UInt16(below(6)), hard: UInt16(below(12))), at: below(list.count + 1)) }
        if chance(8) { list.insert(bundle(for: bridge), at: below(list.count + 1)) }
        if chance(22) {
            let port = bridge.ports.isEmpty || chance(10) ? nil : one(bridge.ports).number
            list.insert(chance(50) ? .serviceDetour(destination(), options: options(), via: port) : .labelDetour(destination(), via: port), at: below(list.count + 1))
        }
        if chance(8) { list.insert(.exit, at: below(list.count + 1)) }
        if chance(22) { list.insert(contentsOf: lesson(match, table: table, tables: tables), at: below(list.count + 1)) }
        if chance(8) { list.append(.writeActions([.set(.dlSrc, mac(), mask: 0xffff_ffff_ffff), end(bridge)])) }
        // In other places the rest of the lists around it would be run with the packet as it was before, and a set twice.
        if table == 0 && chance(10) { list.insert(.checkLarger(one([62, 70, 78, 90])), at: 0) }
        if last && chance(25) { list.append(.goto(table + 1 + UInt8(below(tables - Int(table) - 1)))) }
        return list
    }

    /// An action by which a packet leaves.
    mutating func end(_ bridge: RefBridge) -> RefAction {
        switch below(23) {
        case 20... where !bridge.groups.isEmpty: .group(one(bridge.groups).id)
        case 0: .flood
        case 1: .all
        case 2: .inPort
        case 3: .outputReg0
        case 4...8: .normal
        default: .output(bridge.ports.isEmpty || chance(5) ? UInt16(below(8)) : one(bridge.ports).number)
        }
    }

    /// What a service header carries: nil for MD type 1.
    private mutating func options() -> [RefServiceOption]? {
        if chance(40) { return nil }
        return (0..<below(4)).map { _ in
            RefServiceOption(kind: one([0, 0x1000, 0xffff]), type: one([0, 10, 0x80]), value: (0..<one([0, 1, 3, 4, 7, 8, 21])).map { UInt8(0xc0 + $0) })
        }
    }

    /// An action that changes the packet. Layers 3 and 4 are set on packets that do not have them, too: nothing happens then.
    private mutating func change() -> RefAction {
        switch below(29) {
        case 26: return .encapService(destination(), options: options())
        case 27: return .encapLabel(destination())
        case 28: return .readdress(destination())
        case 22: return .pushMPLS
        case 23, 24: return .popMPLS(one([0x0800, 0x0800, 0x0800, 0x86dd, 0x88b5, 0x8847]))
        case 25: return one([.decMPLSTTL, .set(.mplsLabel, 17, mask: 0xfffff), .set(.mplsTC, 1, mask: 7), .set(.mplsTTL, 9, mask: 0xff)])
        case 0: return .set(.dlSrc, mac(), mask: one([0xffff_ffff_ffff, 0xff]))
        case 1: return .set(.dlDst, mac(), mask: 0xffff_ffff_ffff)
        case 2: return .stripVLAN
        case 3: return .pushVLAN
        case 4: return .setVID(one([5, 10]))
        case 5: return .setPCP(UInt8(below(3)))
        case 6: return .set(.reg0, UInt64(below(5)), mask: one([0xffff_ffff, 3]))
        case 7: return .set(.reg1, address(), mask: 0xffff_ffff)
        case 8: return .set(.metadata, UInt64(below(2)), mask: .max)
        case 9, 10, 13: return .decTTL
        case 11: return one([.move(.dlSrc, to: .dlDst), .move(.dlDst, to: .dlSrc), .move(.reg1, to: .nwDst), .move(.reg0, to: .reg1)])
        case 12: return one([.move(.nwSrc, to: .nwDst), .move(.nwDst, to: .nwSrc), .move(.nwSrc, to: .reg1), .move(.dlDst, to: .reg0)])
        case 14, 20: return .set(.nwTOS, UInt64(one([0, 0x20])), mask: 0xfc)
        case 15: return .set(.nwSrc, address(), mask: one([0xffff_ffff, 0xff]))
        case 16: return .set(.nwDst, address(), mask: one([0xffff_ffff, 0xff00_0000]))
        case 17: return .set(.nwTTL, UInt64(one([2, 64])), mask: 0xff)
        case 18: return .set(.tpSrc, UInt64(one([80, 1024])), mask: 0xffff)
        case 19: return .set(.tpDst, UInt64(one([22, 80])), mask: 0xffff)
        default: return .decTTL
        }
    }
}
