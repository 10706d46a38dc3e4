import OpenFlow

/// What rules do: a list of actions with all that is derived from it. Many rules do the same, and share one.
/// Owner: the ofproto thread.
final class RuleActions {
    let list: [OFAction]
    /// As translation runs them.
    let program: [XAction]
    /// The groups and meters that it names.
    let references: ActionReferences
    /// The parts of conjunctive flows that it is; then it does nothing.
    let conjunctions: [ConjunctionClause]
    /// The instructions as they were written last, and for which version.
    private var encoded: (version: OFVersion, bytes: [UInt8])?

    /// Throws `FlowModError` when the actions are too many or too deep.
    init(_ list: [OFAction]) throws(FlowModError) {
        self.list = list
        program = try compile(list)
        references = ActionReferences(list)
        conjunctions = list.compactMap { action in
            if case .conjunction(let id, let clause, let clauses) = action { ConjunctionClause(id: id, clause: clause, clauses: clauses) } else { nil }
        }
    }

    /// None: the packet is dropped.
    init() {
        list = []
        program = []
        references = ActionReferences([])
        conjunctions = []
    }

    /// The instructions (for OpenFlow 1.0, the actions) on the wire.
    func instructions(_ version: OFVersion) -> [UInt8] {
        if let encoded, encoded.version == version { return encoded.bytes }
        var writer = ByteWriter(capacity: 64)
        list.encodeInstructions(&writer, version)
        encoded = (version, writer.bytes)
        return writer.bytes
    }
}

/// Remembers the lists that rules were given last, so that equal ones are compiled and kept once.
struct RuleActionsCache {
    private var places = [RuleActions?](repeating: nil, count: OFProtoLimits.rememberedActions)

    /// The remembered list that is equal to `list`, or a new one.
    mutating func callAsFunction(_ list: [OFAction]) throws(FlowModError) -> RuleActions {
        let place = Int(truncatingIfNeeded: UInt(bitPattern: list.hashValue) % UInt(places.count))
        if let known = places[place], known.list == list { return known }
        let made = try RuleActions(list)
        places[place] = made
        return made
    }
}
