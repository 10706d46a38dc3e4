import OFProto

/// What becomes of one packet, said as plainly as possible: rules are searched one by one, headers are rewritten at once.
/// The meaning of actions is that of ovs-actions(7), of ports that of ovs-vswitchd.conf.db(5).
struct RefInterpreter {
    let state: RefState
    let oracle: RefOracle
    var outcome = RefOutcome()
    /// Where this packet's copies have gone in this bridge.
    var mirrored: Set<MirrorSettings.Output> = []
    /// To how many bytes a mirror cuts what leaves; 0: it does not.
    var snapLength = 0
    var way = RefWay()
    /// Which stations the packet has found locked, or not.
    var locks: [RefStation: Bool] = [:]
    private var actionSet: [RefAction] = []
    /// The rule whose actions are run.
    private var rule: UInt64?
    private var exits = false
    private var depth = 0
    private var steps = 0

    init(state: RefState, oracle: RefOracle) { (self.state, self.oracle) = (state, oracle) }

    /// A frame comes in by a port; nil if there is no such port.
    static func evaluate(_ frame: [UInt8], at port: String, _ state: RefState, _ oracle: RefOracle) -> RefOutcome? {
        guard let found = state.find(port), let packet = RefPacket(frame, inPort: found.port.number) else { return nil }
        var interpreter = RefInterpreter(state: state, oracle: oracle)
        interpreter.arrive(packet, at: found.port, bridge: found.bridge, fromOutside: true)
        return interpreter.outcome
    }

    private mutating func arrive(_ packet: RefPacket, at port: RefPort, bridge: Int, fromOutside: Bool) {
        // Frames of the spanning tree have a flag of their own.
        guard port.flags.isDisjoint(with: [.down, packet.dst == 0x0180_c200_0000 ? .noReceiveSTP : .noReceive]) else { return }
        guard !state.bridges[bridge].isMirrorOutput(port) else { return }
        var packet = packet
        let outer = (actionSet, exits, mirrored)
        (actionSet, exits, mirrored) = ([], false, [])
        isolated { this in
            if fromOutside { this.mirror(packet, .received, by: port, bridge) }
            this.run(table: 0, &packet, bridge)
            this.runActionSet(&packet, bridge)
        }
        (actionSet, exits, mirrored) = outer
    }

    /// What a meter drops on this way goes on elsewhere.
    private mutating func isolated(_ body: (inout RefInterpreter) -> Void) {
        let outer = way
        way.nesting = 0
        way.pausedAt = nil
        body(&self)
        way = outer
    }

    /// The packet goes through the datapath once more, with all that it has before it still in one list.
    private mutating func pause() {
        outcome.passes += 1
        if meetsItsOwn { outcome.isUndefined = true }
        way.pausedAt = way.nesting
        way.isUnlabelled = false
        way.isOver = way.isDropped
        if way.isOver { exits = true }
    }

    /// A TTL is used up: the list ends, which behind a pause is what was left of all lists then.
    private mutating func endList() {
        outcome.packetIns += 1
        if let pausedAt = way.pausedAt, way.nesting <= pausedAt { exits = true }
    }

    private mutating func run(table: UInt8, _ packet: inout RefPacket, _ bridge: Int) {
        if way.isUnlabelled { pause() }
        if way.isOver { return }
        depth += 1
        steps += 1
        defer { depth -= 1 }
        // Two patches can make a loop; where the switch gives up is its own affair.
        guard depth < 30, steps < 500 else { return outcome.isUndefined = true }
        let best = lookUp(table, packet, bridge)
        outcome.lookups[state.bridges[bridge].name, default: [:]][table, default: 0] += 1
        guard let best else { return }
        outcome.hits[best.id, default: 0] += 1
        let outer = rule
        rule = best.id
        defer { rule = outer }
        if let next = run(best.actions, &packet, bridge), !exits { run(table: next, &packet, bridge) }
    }

    private mutating func lookUp(_ table: UInt8, _ packet: RefPacket, _ bridge: Int) -> RefRule? {
        let rules = state.bridges[bridge].rules.filter { $0.table == table }
        func best(_ packet: RefPacket) -> RefRule? {
            rules.filter { !$0.isClause && $0.match.admits(packet) }.max { $0.priority < $1.priority }
        }
        let plain = best(packet)
        // ovs-fields(7), "Conjunctive Match Fields": clauses of one priority make flows together; they count above the best plain flow.
        let clauses = rules.filter { $0.isClause && $0.priority > plain?.priority ?? 0 && $0.match.admits(packet) }
        for priority in Set(clauses.map(\.priority)).sorted(by: >) {
            var parts: [UInt32: (found: Set<UInt8>, count: UInt8)] = [:]
            for case .conjunction(let id, let clause, let count) in clauses.filter({ $0.priority == priority }).flatMap(\.actions) {
                parts[id, default: ([], count)].found.insert(clause)
            }
            let whole = parts.filter { $0.value.found.count == Int($0.value.count) }.keys
            // Which one of several is up to the switch.
            if whole.count > 1 { outcome.isUndefined = true }
            for id in whole {
                var seen = packet
                seen.conjID = id
                if let found = best(seen) { return found }
            }
        }
        return plain
    }

    private mutating func runActionSet(_ packet: inout RefPacket, _ bridge: Int) {
        // The generator writes one list into the set: fields, then an output.
        let list = way.isOver ? [] : actionSet
        // As with OVS, an exit behind check_pkt_larger leaves nothing of the set.
        if way.isMeasured, exits, !list.isEmpty { outcome.isUndefined = true }
        actionSet = []
        let outer = exits
        exits = false
        _ = run(list, &packet, bridge)
        exits = outer
    }

    /// Returns the table to go to.
    private mutating func run(_ actions: [RefAction], _ packet: inout RefPacket, _ bridge: Int) -> UInt8? {
        way.nesting += 1
        defer { way.nesting -= 1 }
        for (index, action) in actions.enumerated() {
            if exits { return nil }
            if way.isUnlabelled, action.waitsBehindLabels { pause() }
            if way.isOver { return nil }
            switch action {
            case .output(let port): output(port, packet, bridge)
            case .outputReg0: output(UInt16(truncatingIfNeeded: packet.registers[0]), packet, bridge)
            case .inPort: emit(packet, state.bridges[bridge].port(packet.inPort))
            case .normal: normal(packet, bridge)
            case .flood, .all:
                // The switch's own order, which says what a mirror sees first: by number here, by age in NORMAL.
                for port in state.bridges[bridge].ports.sorted(by: { $0.number < $1.number }) where port.number != packet.inPort {
                    if action == .all || !port.flags.contains(.noFlood) { emit(packet, port) }
                }
            case .set(let field, let value, let mask): packet.write(field, value, mask: mask)
            case .move(let from, let to): move(from, to, &packet)
            case .decTTL:
                guard packet.isIP else { continue }
                // A used-up TTL ends this list.
                if packet.read(.nwTTL) <= 1 {
                    endList()
                    return nil
                }
                packet.write(.nwTTL, packet.read(.nwTTL) - 1, mask: 0xff)
            case .pushMPLS:
                if packet.labelCount >= 3 { outcome.isUndefined = true }
                packet.pushLabel()
            case .popMPLS(let type):
                guard packet.isMPLS else { continue }
                if packet.labelCount > 3 || !packet.popLabel(type) { outcome.isUndefined = true }
                way.isUnlabelled = type != 0x8847
            case .decMPLSTTL:
                guard packet.isMPLS else { continue }
                if packet.read(.mplsTTL) <= 1 {
                    endList()
                    return nil
                }
                packet.write(.mplsTTL, packet.read(.mplsTTL) - 1, mask: 0xff)
            case .checkLarger(let length):
                way.isMeasured = true
                packet.write(.reg1, packet.bytes.count > Int(length) ? 1 : 0, mask: 1)
                creditOtherWay(Array(actions[(index + 1)...]), packet, bridge)
            case .stripVLAN: packet.stripTag()
            case .pushVLAN:
                if packet.tags.count >= 2 { outcome.isUndefined = true }
                packet.pushTag(0)
            case .setVID(let vid): packet.setTag(vid, mask: 0xfff)
            case .setPCP(let pcp): packet.setTag(UInt16(pcp) << 13, mask: 0xe000)
            case .resubmit(let table): run(table: table, &packet, bridge)
            case .goto(let table): return table
            case .group(let id): group(id, packet, bridge)
            case .meter(let id): meter(id, bridge)
            case .finTimeout(let idle, let hard):
                // Behind a pause the switch does not know any more whose actions these were.
                let isForgotten = way.pausedAt.map { way.nesting <= $0 } ?? false
                guard let rule, !isForgotten, packet.isIP, packet.ipProtocol == 6, packet.read(.tcpFlags) & 5 != 0 else { continue }
                outcome.fins[rule, default: RefTimeouts()].shorten(RefTimeouts(idle: idle, hard: hard))
            case .encapService(let address, let options):
                // One header is enough to see that headers come.
                if packet.type == RefPacket.serviceType { outcome.isUndefined = true }
                packet.encapsulate(for: address, options)
            case .encapLabel(let address):
                // Labels in front of labels are not of one stack here.
                if packet.isMPLS { outcome.isUndefined = true }
                packet.encapsulateInLabel(for: address)
            case .serviceDetour(let address, let options, let port):
                if packet.type == RefPacket.serviceType { outcome.isUndefined = true }
                detour(packet, by: port, bridge) { $0.encapsulate(for: address, options) }
            case .labelDetour(let address, let port):
                if packet.isMPLS { outcome.isUndefined = true }
                detour(packet, by: port, bridge) { $0.encapsulateInLabel(for: address) }
            case .readdress(let address):
                // Tags would be lost: the switch drops the packet, and what went before with it.
                if !packet.tags.isEmpty { outcome.isUndefined = true }
                packet.readdress(to: address)
            case .multipath(let multipath): self.multipath(multipath, &packet, bridge)
            case .learn(let spec): learn(spec, &packet, bridge)
            case .bundle(let members): bundle(members, &packet, bridge)
            case .clone(let list): clone(list, packet, bridge)
            case .writeActions(let list): actionSet = list
            case .exit: exits = true
            // A flow with conjunctions is never run.
            case .drop, .conjunction: break
            }
        }
        return nil
    }

    /// A header comes, the packet leaves with it, and the header goes again. What follows is done when the datapath has looked at what was behind it.
    private mutating func detour(_ packet: RefPacket, by port: UInt16?, _ bridge: Int, _ encapsulate: (inout RefPacket) -> Void) {
        var copy = packet
        encapsulate(&copy)
        let before = outcome.outputs.count
        if let port { output(port, copy, bridge) }
        if outcome.outputs.count > before { outcome.detours += 1 }
        pause()
    }

    /// Only the datapath knows how long a packet is: what the other answer would lead to is credited as well.
    private mutating func creditOtherWay(_ rest: [RefAction], _ packet: RefPacket, _ bridge: Int) {
        var other = self, copy = packet
        other.outcome = RefOutcome()
        copy.write(.reg1, packet.read(.reg1) ^ 1, mask: 1)
        if let next = other.run(rest, &copy, bridge), !other.exits { other.run(table: next, &copy, bridge) }
        other.runActionSet(&copy, bridge)
        outcome.hits.merge(other.outcome.hits, uniquingKeysWith: +)
        outcome.heard.merge(other.outcome.heard) { own, _ in own }
        outcome.locked.formUnion(other.outcome.locked)
        outcome.learnings += other.outcome.learnings
        outcome.copies.merge(other.outcome.copies, uniquingKeysWith: +)
        for (rule, timeouts) in other.outcome.fins { outcome.fins[rule, default: RefTimeouts()].shorten(timeouts) }
        // Behind a recirculation nobody comes by this way.
        let isLimited = other.outcome.learnings.contains { $0.limit > 0 }
        if other.outcome.passes > 0 || other.outcome.isUndefined || isLimited { outcome.isUndefined = true }
    }

    private mutating func clone(_ list: [RefAction], _ packet: RefPacket, _ bridge: Int) {
        var copy = packet
        // The copy executes an action set of its own at its end; an exit in it is the packet's as well, as in OVS.
        let set = actionSet
        var hasPaused = false
        isolated { this in
            if let next = this.run(list, &copy, bridge) { this.run(table: next, &copy, bridge) }
            this.runActionSet(&copy, bridge)
            hasPaused = this.way.pausedAt != nil
        }
        // So is a pause in it: what is behind the clone is not done.
        if hasPaused { exits = true }
        actionSet = set
    }

    /// Each bucket that is chosen gets a copy. Its actions are in the order of an action set already.
    private mutating func group(_ id: UInt32, _ packet: RefPacket, _ bridge: Int) {
        guard let group = state.bridges[bridge].groups.first(where: { $0.id == id }) else { return }
        var buckets = group.chosen(in: state.bridges[bridge])
        if group.kind == .select {
            // The datapath hashes once on a way, and nothing is hashed before layer 3 is known.
            let isHashed = !group.hashesFields && !group.buckets.isEmpty
            if way.isUnlabelled || isHashed && !way.isHashed { pause() }
            if isHashed { way.isHashed = true }
            guard !buckets.isEmpty, !way.isOver else { return }
            let choice = RefChoice(bridge: state.bridges[bridge].name, subject: .group(id), ordinal: outcome.choices.count)
            let chosen = oracle.choose(choice, buckets.map(\.id))
            outcome.choices[choice] = chosen
            buckets.removeAll { $0.id != chosen }
        }
        for bucket in buckets {
            var copy = packet
            isolated { _ = $0.run(bucket.actions, &copy, bridge) }
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

    mutating func output(_ port: UInt16, _ packet: RefPacket, _ bridge: Int) {
        if port != packet.inPort { emit(packet, state.bridges[bridge].port(port)) }
    }

    mutating func emit(_ packet: RefPacket, _ port: RefPort?) {
        guard let port, port.flags.isDisjoint(with: [.down, .noForward]), let own = state.find(port.name)?.bridge else { return }
        // ovs-vswitchd.conf.db(5), Port, protected.
        if port.isProtected, state.bridges[own].port(packet.inPort)?.isProtected ?? false { return }
        guard let peer = port.peer else {
            leave(packet.bytes, by: port)
            return mirror(packet, .sent, by: port, own)
        }
        // What is cut goes to no other bridge.
        guard snapLength == 0, let other = state.find(peer), other.port.peer == port.name else { return }
        var arriving = packet
        arriving.inPort = other.port.number
        arriving.registers = [0, 0]
        arriving.metadata = 0
        arrive(arriving, at: other.port, bridge: other.bridge, fromOutside: false)
    }

    private mutating func leave(_ bytes: [UInt8], by port: RefPort) {
        if way.isDropped { return }
        if snapLength == 0 || bytes.count <= snapLength { return outcome.outputs.append(RefOutput(port: port.name, bytes: bytes)) }
        outcome.cuts.append(RefOutput(port: port.name, bytes: Array(bytes.prefix(snapLength))))
    }

    private mutating func normal(_ packet: RefPacket, _ bridge: Int) {
        let name = state.bridges[bridge].name, here = state.bridges[bridge]
        let vid = packet.tags.first.map { $0.tci & 0xfff } ?? 0
        guard let input = here.port(packet.inPort), !here.isMirrorOutput(input), let vlan = input.inputVLAN(vid) else { return }
        let inside = input.bridgeTags(packet.tags, vlan)
        // Three tags are more than the switch keeps.
        if inside.count > 2 { outcome.isUndefined = true }
        if packet.dst & ~0xf == 0x0180_c200_0000, !state.bridges[bridge].forwardsReserved { return }
        let source = RefStation(bridge: name, vlan: vlan, address: packet.src)
        guard admits(packet, by: input, source, bridge) else { return }
        let learns = !state.bridges[bridge].floodVLANs.contains(vlan)
        if packet.src >> 40 & 1 == 0, learns { hear(packet, of: source, at: input, bridge) }
        let station = RefStation(bridge: name, vlan: vlan, address: packet.dst)
        if packet.dst >> 40 & 1 == 0, learns, let place = oracle.place(station, outcome.heard[station]),
            let target = here.members(of: place).first {
            if target.bundle != input.bundle, !here.isMirrorOutput(target) { emit(packet, inside, target) }
            return
        }
        for port in here.bundles where port.bundle != input.bundle && here.floods(port) && !here.isMirrorOutput(port) && port.emits(inside) {
            emit(packet, inside, port)
        }
    }

    /// The packet, with these tags within the bridge, leaves by a port.
    mutating func emit(_ packet: RefPacket, _ inside: [RefPacket.Tag], _ port: RefPort) {
        var packet = packet
        packet.tags = port.wireTags(inside, priority: (packet.tags.first?.tci ?? 0) & 0xe000)
        if let own = state.find(port.name)?.bridge, let bond = state.bridges[own].bond(of: port) { return emit(packet, by: bond, own) }
        emit(packet, port)
    }
}
