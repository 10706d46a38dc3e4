import OFProto

/// What becomes of one packet, said as plainly as possible: rules are searched one by one, headers are rewritten at once.
/// The meaning of actions is that of ovs-actions(7), of ports that of ovs-vswitchd.conf.db(5).
struct RefInterpreter {
    let state: RefState
    /// Where a station is; nil: unknown. The second argument is the port where this very packet was heard from it, if it was.
    let place: (RefStation, UInt16?) -> UInt16?
    private(set) var outcome = RefOutcome()
    private var actionSet: [RefAction] = []
    private var exits = false
    private var depth = 0
    private var steps = 0

    init(state: RefState, place: @escaping (RefStation, UInt16?) -> UInt16?) {
        self.state = state
        self.place = place
    }

    /// A frame comes in by a port; nil if there is no such port.
    static func evaluate(_ frame: [UInt8], at port: String, _ state: RefState, place: @escaping (RefStation, UInt16?) -> UInt16?) -> RefOutcome? {
        guard let found = state.find(port), let packet = RefPacket(frame, inPort: found.port.number) else { return nil }
        var interpreter = RefInterpreter(state: state, place: place)
        interpreter.arrive(packet, at: found.port, bridge: found.bridge)
        return interpreter.outcome
    }

    private mutating func arrive(_ packet: RefPacket, at port: RefPort, bridge: Int) {
        // Frames of the spanning tree have a flag of their own.
        guard port.flags.isDisjoint(with: [.down, packet.dst == 0x0180_c200_0000 ? .noReceiveSTP : .noReceive]) else { return }
        var packet = packet
        let outer = (actionSet, exits)
        (actionSet, exits) = ([], false)
        run(table: 0, &packet, bridge)
        runActionSet(&packet, bridge)
        (actionSet, exits) = outer
    }

    private mutating func run(table: UInt8, _ packet: inout RefPacket, _ bridge: Int) {
        depth += 1
        steps += 1
        defer { depth -= 1 }
        // Two patches can make a loop; where the switch gives up is its own affair.
        guard depth < 30, steps < 500 else { return outcome.isUndefined = true }
        var best: RefRule?
        for rule in state.bridges[bridge].rules where rule.table == table && rule.match.admits(packet) {
            if rule.priority > best?.priority ?? 0 || best == nil { best = rule }
        }
        outcome.lookups[state.bridges[bridge].name, default: [:]][table, default: 0] += 1
        guard let best else { return }
        outcome.hits[best.id, default: 0] += 1
        if let next = run(best.actions, &packet, bridge), !exits { run(table: next, &packet, bridge) }
    }

    private mutating func runActionSet(_ packet: inout RefPacket, _ bridge: Int) {
        // The generator writes one list into the set: fields, then an output.
        let list = actionSet
        actionSet = []
        let outer = exits
        exits = false
        _ = run(list, &packet, bridge)
        exits = outer
    }

    /// Returns the table to go to.
    private mutating func run(_ actions: [RefAction], _ packet: inout RefPacket, _ bridge: Int) -> UInt8? {
        for action in actions {
            if exits { return nil }
            switch action {
            case .output(let port): output(port, packet, bridge)
            case .outputReg0: output(UInt16(truncatingIfNeeded: packet.registers[0]), packet, bridge)
            case .inPort: emit(packet, state.bridges[bridge].port(packet.inPort))
            case .normal: normal(packet, bridge)
            case .flood, .all:
                for port in state.bridges[bridge].ports where port.number != packet.inPort {
                    if action == .all || !port.flags.contains(.noFlood) { emit(packet, port) }
                }
            case .set(let field, let value, let mask): packet.write(field, value, mask: mask)
            case .move(let from, let to): move(from, to, &packet)
            case .decTTL:
                guard packet.isIP else { continue }
                // A used-up TTL ends this list.
                if packet.read(.nwTTL) <= 1 {
                    outcome.packetIns += 1
                    return nil
                }
                packet.write(.nwTTL, packet.read(.nwTTL) - 1, mask: 0xff)
            case .stripVLAN: packet.stripTag()
            case .pushVLAN:
                if packet.tags.count >= 2 { outcome.isUndefined = true }
                packet.pushTag(0)
            case .setVID(let vid): packet.setTag(vid, mask: 0xfff)
            case .setPCP(let pcp): packet.setTag(UInt16(pcp) << 13, mask: 0xe000)
            case .resubmit(let table): run(table: table, &packet, bridge)
            case .goto(let table): return table
            case .group(let id): group(id, packet, bridge)
            case .clone(let list): clone(list, packet, bridge)
            case .writeActions(let list): actionSet = list
            case .exit: exits = true
            case .drop: break
            }
        }
        return nil
    }

    private mutating func clone(_ list: [RefAction], _ packet: RefPacket, _ bridge: Int) {
        var copy = packet
        // The copy executes an action set of its own at its end; an exit in it is the packet's as well, as in OVS.
        let set = actionSet
        if let next = run(list, &copy, bridge) { run(table: next, &copy, bridge) }
        runActionSet(&copy, bridge)
        actionSet = set
    }

    /// Each bucket that is chosen gets a copy. Its actions are in the order of an action set already.
    private mutating func group(_ id: UInt32, _ packet: RefPacket, _ bridge: Int) {
        guard let group = state.bridges[bridge].groups.first(where: { $0.id == id }) else { return }
        for bucket in group.chosen(in: state.bridges[bridge]) {
            var copy = packet
            _ = run(bucket.actions, &copy, bridge)
            exits = false
        }
    }

    private func move(_ from: RefField, _ to: RefField, _ packet: inout RefPacket) {
        // A move needs the packet to have both fields (ovs-actions(7), move); addresses here are IPv4's.
        for field in [from, to] where [.nwSrc, .nwDst].contains(field) && !packet.isIPv4 { return }
        let widths: [RefField: UInt64] = [.dlDst: 48, .dlSrc: 48]
        let width = min(widths[from] ?? 32, widths[to] ?? 32)
        packet.write(to, packet.read(from), mask: 1 << width - 1)
    }

    private mutating func output(_ port: UInt16, _ packet: RefPacket, _ bridge: Int) {
        if port != packet.inPort { emit(packet, state.bridges[bridge].port(port)) }
    }

    private mutating func emit(_ packet: RefPacket, _ port: RefPort?) {
        guard let port, port.flags.isDisjoint(with: [.down, .noForward]) else { return }
        guard let peer = port.peer else { return outcome.outputs.append(RefOutput(port: port.name, bytes: packet.bytes)) }
        guard let other = state.find(peer), other.port.peer == port.name else { return }
        var arriving = packet
        arriving.inPort = other.port.number
        arriving.registers = [0, 0]
        arriving.metadata = 0
        arrive(arriving, at: other.port, bridge: other.bridge)
    }

    private mutating func normal(_ packet: RefPacket, _ bridge: Int) {
        let ports = state.bridges[bridge].ports, name = state.bridges[bridge].name
        let vid = packet.tags.first.map { $0.tci & 0xfff } ?? 0
        guard let input = state.bridges[bridge].port(packet.inPort), let vlan = input.inputVLAN(vid) else { return }
        let inside = input.bridgeTags(packet.tags, vlan)
        if packet.dst & ~0xf == 0x0180_c200_0000 { return }
        if packet.src >> 40 & 1 == 0 {
            outcome.heard[RefStation(bridge: name, vlan: vlan, address: packet.src)] = input.number
        }
        let station = RefStation(bridge: name, vlan: vlan, address: packet.dst)
        if packet.dst >> 40 & 1 == 0, let number = place(station, outcome.heard[station]),
            let target = state.bridges[bridge].port(number) {
            if target != input { emit(packet, inside, target) }
            return
        }
        for port in ports where port != input && !port.flags.contains(.noFlood) && port.emits(inside) { emit(packet, inside, port) }
    }

    private mutating func emit(_ packet: RefPacket, _ inside: [RefPacket.Tag], _ port: RefPort) {
        var packet = packet
        packet.tags = port.wireTags(inside)
        emit(packet, port)
    }
}

struct RefOutput: Hashable {
    var port: String
    var bytes: [UInt8]
}

/// What a full evaluation says.
struct RefOutcome {
    var outputs: [RefOutput] = []
    /// Stations that a NORMAL heard, and where.
    var heard: [RefStation: UInt16] = [:]
    /// How often each rule was run.
    var hits: [UInt64: UInt64] = [:]
    /// Lookups by bridge and table.
    var lookups: [String: [UInt8: UInt64]] = [:]
    var packetIns = 0
    /// The packet came to something that this reference does not describe.
    var isUndefined = false
}
