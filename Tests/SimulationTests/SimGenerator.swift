import Flow
import OFProto
import OpenFlow

/// Random bridges, rules and frames over few distinct values, so that things meet. Everything follows from the seed.
struct SimGenerator {
    private var state: UInt64
    private var lastRule: UInt64 = 0
    private var lastFrame: UInt64 = 0
    /// Learn actions: flows of those that have the same priority differ in what they match, never in which fields.
    var families: [RefLearn] = []
    private var lastPort = 0
    private var lastBucket: UInt32 = 0

    init(seed: UInt64) {
        // Hashed first: the generator's own states are multiples of a constant apart.
        var mixed = seed
        state = splitMix64(&mixed)
    }

    mutating func below(_ bound: Int) -> Int { Int(splitMix64(&state) % UInt64(bound)) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    mutating func one<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

    // MARK: Ports

    /// A port with a number that the bridge does not use.
    mutating func port(of bridge: RefBridge) -> RefPort {
        lastPort += 1
        var number = UInt16(1 + below(6))
        while bridge.port(number) != nil { number += 1 }
        var port = RefPort(name: "sim\(lastPort)", number: number)
        shape(&port)
        return port
    }

    /// Gives a port another part in VLANs and other flags.
    mutating func shape(_ port: inout RefPort) {
        port.mode = one([.trunk, .trunk, .access, .nativeTagged, .nativeUntagged, .dot1qTunnel])
        port.tag = port.mode == .trunk ? 0 : one([5, 10])
        port.trunks = ![.access, .dot1qTunnel].contains(port.mode) && chance(30) ? one([[0, 5], [5, 10], [10]]) : []
        port.customers = port.mode == .dot1qTunnel && chance(40) ? one([[0, 5], [5], [10]]) : []
        port.tunnelType = one([0x88a8, 0x8100])
        port.priorityTags = one([.never, .never, .ifNonzero, .always])
        port.isProtected = chance(15)
        port.flags = chance(85) ? [] : one([.down, .noReceive, .noReceiveSTP, .noFlood, .noForward])
    }

    // MARK: Rules

    mutating func mac() -> UInt64 { 0x0200_0000_0000 | UInt64(1 + below(4)) }
    private mutating func destination() -> UInt64 {
        chance(70) ? mac() : one([0xffff_ffff_ffff, 0x0100_5e00_0001, 0x0180_c200_0000, 0x0200_0000_00ff])
    }
    mutating func address() -> UInt64 { one([0x0a00_0001, 0x0a00_0002, 0x0a80_0001, 0xc0a8_0101]) }
    private mutating func v6() -> UInt64 { UInt64(1 + below(3)) }

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
        if chance(8) { list.insert(.exit, at: below(list.count + 1)) }
        if chance(22) { list.insert(contentsOf: lesson(match, table: table, tables: tables), at: below(list.count + 1)) }
        if chance(8) { list.append(.writeActions([.set(.dlSrc, mac(), mask: 0xffff_ffff_ffff), end(bridge)])) }
        // In other places the rest of the lists around it would be run with the packet as it was before, and a set twice.
        if table == 0 && chance(10) { list.insert(.checkLarger(one([62, 70, 78, 90])), at: 0) }
        if last && chance(25) { list.append(.goto(table + 1 + UInt8(below(tables - Int(table) - 1)))) }
        return list
    }

    /// An action by which a packet leaves.
    private mutating func end(_ bridge: RefBridge) -> RefAction {
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

    /// An action that changes the packet. Layers 3 and 4 are set on packets that do not have them, too: nothing happens then.
    private mutating func change() -> RefAction {
        switch below(27) {
        case 26: return .encapService(destination())
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

    // MARK: Groups

    /// A group with this number that names groups of higher numbers only.
    mutating func group(_ id: UInt32, for bridge: RefBridge) -> RefGroup {
        let kind = one([GroupKind.all, .all, .indirect, .fastFailover, .select, .select])
        var group = RefGroup(id: id, kind: kind)
        group.hashesFields = kind == .select && chance(40)
        for _ in 0..<(kind == .indirect ? 1 : below(4)) { group.buckets.append(bucket(of: group, for: bridge)) }
        return group
    }

    /// A further bucket.
    mutating func bucket(of group: RefGroup, for bridge: RefBridge) -> RefBucket {
        lastBucket += 1
        var bucket = RefBucket(id: lastBucket)
        if group.kind == .select { bucket.weight = UInt16(1 + below(3)) }
        if group.kind == .fastFailover || group.kind == .select && chance(30) {
            let watchesGroup = chance(25)
            if !watchesGroup || chance(20) { bucket.watchPort = bridge.ports.isEmpty || chance(10) ? UInt16(below(8)) : one(bridge.ports).number }
            if watchesGroup { bucket.watchGroup = UInt32(1 + below(8)) }
        }
        var later = bridge
        later.groups.removeAll { $0.id <= group.id }
        // In the order of an action set.
        if chance(20) { bucket.actions.append(.decTTL) }
        if chance(40) { bucket.actions.append(.set(.dlSrc, mac(), mask: 0xffff_ffff_ffff)) }
        if chance(40) { bucket.actions.append(.set(.nwDst, address(), mask: 0xffff_ffff)) }
        // Without an output an action set does nothing.
        bucket.actions = chance(90) ? bucket.actions + [chance(20) ? .resubmit(3) : end(later)] : []
        return bucket
    }

    // MARK: Frames

    /// A frame whose last eight bytes are its own number.
    mutating func frame() -> (id: UInt64, bytes: [UInt8]) {
        let id = nextFrame()
        return (id, packet(id: id).bytes)
    }

    /// A number that no frame had yet, and that nothing else in a frame looks like.
    mutating func nextFrame() -> UInt64 {
        lastFrame += 1
        return 0x5a5a_a5a5_0000_0000 | lastFrame
    }

    /// Another packet near one that was there: one thing is different.
    mutating func neighbour(of frame: [UInt8]) -> [UInt8] {
        guard var near = RefPacket(frame, inPort: 0) else { return frame }
        let other = packet(id: 0)
        switch below(9) {
        case 0: near.src = other.src
        case 1: near.dst = other.dst
        case 2: near.tags = other.tags
        case 3: if !near.tags.isEmpty { near.tags[0].tci ^= one([0x2000, 0x8000, 1, 0x1000]) & 0xefff }
        case 4: if near.type == other.type { near.rest = other.rest }
        default:
            guard near.isIP else { break }
            let field = one([RefField.nwSrc, .nwDst, .nwTOS, .nwTTL, .tpSrc, .tpDst, .ipv6Src, .ipv6Dst])
            let value = one([near.read(field) ^ 1, near.read(field) ^ UInt64(1 << below(8)), other.read(field)])
            near.write(field, value, mask: [.nwTOS, .nwTTL].contains(field) ? 0xff : [.tpSrc, .tpDst].contains(field) ? 0xffff : .max)
        }
        return near.bytes
    }

    private mutating func packet(id: UInt64) -> RefPacket {
        var bytes = octets(destination(), 6) + octets(mac(), 6)
        let tags = one([0, 0, 0, 1, 1, 1, 2])
        for _ in 0..<tags { bytes += octets(0x8100, 2) + octets(UInt64(one([0, 5, 5, 10, 0x2005, 0x600a])), 2) }
        let type: UInt64, payload: [UInt8]
        switch below(10) {
        case 0:
            let bottom = networkPacket(id: id)
            payload = labels() + bottom.payload
            type = 0x8847
        default: (type, payload) = networkPacket(id: id)
        }
        guard var packet = RefPacket(bytes + octets(type, 2) + payload, inPort: 0) else { preconditionFailure("a frame of \(bytes.count) bytes") }
        packet.fixChecksums()
        return packet
    }

    /// A label stack of one or two entries.
    private mutating func labels() -> [UInt8] {
        func entry(_ isBottom: Bool) -> [UInt8] {
            octets(one([0, 16, 17]) << 12 | UInt64(below(2)) << 9 | (isBottom ? 0x100 : 0) | one([1, 2, 64, 64]), 4)
        }
        return (chance(30) ? entry(false) : []) + entry(true)
    }

    /// What a frame carries, and its EtherType.
    private mutating func networkPacket(id: UInt64) -> (type: UInt64, payload: [UInt8]) {
        var bytes: [UInt8] = []
        let number = octets(id, 8)
        switch below(9) {
        case 0:
            bytes += octets(0x0001_0800_0604, 6) + octets(UInt64(1 + below(2)), 2) + octets(mac(), 6)
            bytes += octets(address(), 4) + octets(0, 6) + octets(address(), 4) + octets(0, 10) + number
            return (0x0806, bytes)
        case 1:
            return (0x88b5, octets(0, 38) + number)
        case 2, 3:
            let proto = one([6, 17, 89] as [UInt64])
            let l4 = transport(proto) + number
            bytes += octets(0x6000_0000 | UInt64(one([0, 0x20])) << 20, 4) + octets(UInt64(l4.count), 2)
            bytes += octets(proto, 1) + octets(UInt64(one([1, 2, 64])), 1) + octets(0x2001_0db8_0000_0000, 8) + octets(v6(), 8)
            bytes += octets(0x2001_0db8_0000_0000, 8) + octets(v6(), 8) + l4
            return (0x86dd, bytes)
        default:
            let proto = one([1, 6, 6, 17, 89] as [UInt64])
            let l4 = transport(proto) + number
            let fragment = chance(90) ? 0 : one([0x2000, 0x2010, 0x0020] as [UInt64])
            bytes += octets(0x45, 1) + octets(UInt64(one([0, 0x20])), 1) + octets(UInt64(20 + l4.count), 2)
            bytes += octets(0, 2) + octets(fragment, 2) + octets(UInt64(one([1, 2, 64, 64])), 1) + octets(proto, 1) + [0, 0]
            bytes += octets(address(), 4) + octets(address(), 4) + l4
            return (0x0800, bytes)
        }
    }

    private mutating func transport(_ proto: UInt64) -> [UInt8] {
        let ports = octets(one([80, 1024, 8]), 2) + octets(one([22, 80, 0x8000]), 2)
        switch proto {
        case 1: return octets(one([0, 8]), 1) + [0] + octets(0, 6) + octets(0, 12)
        case 6: return ports + octets(0, 8) + octets(0x5000 | one([2, 0x10, 0x11, 0x14]), 2) + octets(0, 6)
        // Some have no checksum (RFC 768); the simulation's own value 0 is that.
        case 17: return ports + octets(20 + 8, 2) + octets(one([0, 1]), 2) + octets(0, 12)
        default: return octets(0, 20)
        }
    }
}
