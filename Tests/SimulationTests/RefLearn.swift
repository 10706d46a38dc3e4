import Flow
import OpenFlow

/// Bits of a field.
struct RefRange: Hashable {
    var field: RefField
    /// The lowest bit, counted from the field's least significant one.
    var start = 0
    var count: Int
    var ones: UInt64 { (count >= 64 ? .max : 1 << UInt64(count) - 1) << UInt64(start) }
    func read(_ packet: RefPacket) -> UInt64 { (packet.read(field) & ones) >> UInt64(start) }
    var range: FieldRange { FieldRange(field: field.field, start: start, count: count) }
}

/// learn of ovs-actions(7): a flow that is made of the packet.
struct RefLearn: Hashable {
    enum Source: Hashable { case field(RefRange), value(UInt64) }
    enum Destination: Hashable { case match(RefRange), load(RefRange), output }
    struct Part: Hashable {
        var source: Source
        var destination: Destination
    }
    /// What tells learned flows from others; these have their rules' numbers.
    static let leastCookie: UInt64 = 0x1ea0_0000_0000

    var table: UInt8
    var priority: UInt16
    var cookie: UInt64
    /// Seconds; 0: never.
    var timeouts = RefTimeouts()
    var fin = RefTimeouts()
    var tellsRemoval = false
    var deletesLearned = false
    /// 0: none.
    var limit = 0
    /// Whether it succeeded becomes the lowest bit of reg1.
    var tellsResult = false
    var parts: [Part] = []

    /// What flows have in common that are counted, and deleted, together.
    var key: RefLearnedKey { RefLearnedKey(table: table, cookie: cookie) }

    /// The flow that this packet teaches.
    func flow(of packet: RefPacket) -> RefRule {
        var rule = RefRule(id: 0, table: table, priority: priority, match: RefMatch(), actions: [], idle: timeouts.idle, hard: timeouts.hard)
        rule.learned = RefRule.Learned(cookie: cookie, tellsRemoval: tellsRemoval)
        if fin != RefTimeouts() { rule.actions.append(.finTimeout(idle: fin.idle, hard: fin.hard)) }
        for part in parts {
            let value = switch part.source {
            case .field(let range): range.read(packet)
            case .value(let value): value
            }
            switch part.destination {
            case .match(let range): rule.match.require(range, value)
            case .load(let range): rule.actions.append(.set(range.field, value << UInt64(range.start), mask: range.ones))
            case .output: rule.actions += Self.output(value)
            }
        }
        return rule
    }

    /// Real ports, and those reserved ones by which a packet can leave (OpenFlow 1.5.1, section 4.5).
    private static func output(_ value: UInt64) -> [RefAction] {
        switch value {
        case 0..<0xff00: [.output(UInt16(value))]
        case 0xfff8: [.inPort]
        case 0xfffb: [.flood]
        case 0xfffc: [.all]
        default: []
        }
    }

    var spec: LearnSpec {
        var spec = LearnSpec()
        (spec.table, spec.priority, spec.cookie) = (table, priority, cookie)
        (spec.idleTimeout, spec.hardTimeout) = (timeouts.idle, timeouts.hard)
        (spec.finIdleTimeout, spec.finHardTimeout) = (fin.idle, fin.hard)
        if tellsRemoval { spec.flags.insert(.sendFlowRemoved) }
        if deletesLearned { spec.flags.insert(.deleteLearned) }
        spec.limit = UInt32(limit)
        if tellsResult {
            spec.flags.insert(.writeResult)
            spec.result = FieldRange(field: .reg1, start: 0, count: 1)
        }
        spec.parts = parts.map(\.part)
        return spec
    }
}

extension RefLearn.Part {
    fileprivate var part: LearnSpec.Part {
        var count = 16
        let destination: LearnSpec.Destination
        switch self.destination {
        case .match(let range): (destination, count) = (.match(range.range), range.count)
        case .load(let range): (destination, count) = (.load(range.range), range.count)
        case .output: destination = .output
        }
        switch source {
        case .field(let range): return LearnSpec.Part(count: count, source: .field(range.range), destination: destination)
        case .value(let value): return LearnSpec.Part(count: count, source: .immediate(octets(value, (count + 15) / 16 * 2)), destination: destination)
        }
    }
}

/// Of learned flows.
struct RefLearnedKey: Hashable {
    var table: UInt8
    var cookie: UInt64
}

/// A packet came to a learn action.
struct RefLearning: Hashable {
    var bridge: String
    /// Its number is 0.
    var flow: RefRule
    var limit: Int
    /// The flow is there now, as far as the action knows.
    var succeeds: Bool
}

extension RefMatch {
    mutating func require(_ range: RefRange, _ value: UInt64) {
        let old = conditions.first { $0.field == range.field }
        add(range.field, (old?.value ?? 0) & ~range.ones | value << UInt64(range.start), mask: (old?.mask ?? 0) | range.ones)
        conditions.sort { $0.field.rawValue < $1.field.rawValue }
    }
}

extension RefRule {
    var learnedKey: RefLearnedKey? { learned.map { RefLearnedKey(table: table, cookie: $0.cookie) } }
    /// Both have the same place in the same table.
    func isInPlace(of other: RefRule) -> Bool { (table, priority) == (other.table, other.priority) && match == other.match }
    /// Keys of its learn actions with delete_learned.
    var deletedKeys: [RefLearnedKey] { actions.flatMap(\.deletedKeys) }
}

extension RefAction {
    fileprivate var deletedKeys: [RefLearnedKey] {
        switch self {
        case .learn(let learn) where learn.deletesLearned: [learn.key]
        case .clone(let list): list.flatMap(\.deletedKeys)
        default: []
        }
    }
}

extension RefBridge {
    /// What is deleted with the last learn action that says so.
    var deletedKeys: Set<RefLearnedKey> { Set(rules.flatMap(\.deletedKeys)) }
}

extension RefInterpreter {
    /// Later packets see the flow, this one does not before it comes back from the datapath.
    mutating func learn(_ learn: RefLearn, _ packet: inout RefPacket, _ bridge: Int) {
        let here = state.bridges[bridge], flow = learn.flow(of: packet)
        let before = outcome.learnings.filter { $0.bridge == here.name && $0.succeeds && $0.flow.learnedKey == learn.key }
        let present = here.rules.first { $0.isInPlace(of: flow) }
        var succeeds = true
        if learn.limit > 0, present?.learnedKey != learn.key || present?.actions != flow.actions, !before.contains(where: { $0.flow.isInPlace(of: flow) }) {
            let new = before.filter { earlier in !here.rules.contains { $0.isInPlace(of: earlier.flow) } }
            succeeds = here.rules.count { $0.learnedKey == learn.key } + Set(new.map(\.flow)).count < learn.limit
        }
        outcome.learnings.append(RefLearning(bridge: here.name, flow: flow, limit: learn.limit, succeeds: succeeds))
        if learn.tellsResult { packet.write(.reg1, succeeds ? 1 : 0, mask: 1) }
    }

    /// Behind a pause the packet meets what it has taught, if it was the first to do so.
    var meetsItsOwn: Bool {
        outcome.learnings.contains { learning in
            let here = state.bridges.first { $0.name == learning.bridge }
            return !(here?.rules.contains { $0.isInPlace(of: learning.flow) && $0.learned == learning.flow.learned && $0.actions == learning.flow.actions } ?? false)
        }
    }
}
