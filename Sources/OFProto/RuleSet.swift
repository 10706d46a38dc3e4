import OpenFlow

/// Some rules, each once: those that name a group or a meter. A rule that names none costs nothing here.
/// Owner: the group or the meter.
struct RuleSet {
    private var rules: [ObjectIdentifier: Rule] = [:]

    var count: Int { rules.count }
    /// In the order in which they were made, as far as the clock can tell.
    var all: [Rule] { rules.values.sorted { ($0.stats.created, $0.table, $0.priority) < ($1.stats.created, $1.table, $1.priority) } }
    mutating func insert(_ rule: Rule) { rules[ObjectIdentifier(rule)] = rule }
    mutating func remove(_ rule: Rule) { rules[ObjectIdentifier(rule)] = nil }
}

/// The groups, meters and tun_metadata fields that a list of actions names, nested lists included.
struct ActionReferences {
    private(set) var groups: [UInt32] = []
    private(set) var meters: [UInt32] = []
    /// Bit N: tun_metadataN.
    private(set) var tunMetadata: UInt64 = 0
    /// What goes when no learn action with delete_learned names it any more.
    private(set) var learned: [LearnedKey] = []

    init(_ actions: [OFAction]) { visit(actions) }

    private mutating func visit(_ actions: [OFAction]) {
        for action in actions {
            switch action {
            case .group(let id): groups.append(id)
            case .meter(let id): meters.append(id)
            case .writeActions(let nested), .clone(let nested): visit(nested)
            case .learn(let spec), .worded(_, .learn(let spec)):
                if spec.flags.contains(.deleteLearned) { learned.append(LearnedKey(table: spec.table, cookie: spec.cookie)) }
                tunMetadata |= action.tunMetadata
            default: tunMetadata |= action.tunMetadata
            }
        }
    }
}

extension Bridge {
    /// Refuses actions that name a group that there is not. Throws `bacBadOutGroup`.
    func checkGroups(_ references: ActionReferences) throws(OFError) {
        for group in references.groups where groups[group] == nil { throw .bacBadOutGroup }
    }

    /// Refuses actions that name a group or a meter that there is not. Throws `bacBadOutGroup`, `mmfcInvalidMeter`.
    func checkReferences(_ references: ActionReferences) throws(OFError) {
        try checkGroups(references)
        for meter in references.meters where meters[meter] == nil { throw .mmfcInvalidMeter }
    }

    /// The rule counts as a reference to the groups, meters, learned flows and tun_metadata fields that it names. To be called when the rule enters a table, and
    /// when it has got new actions.
    func addReferences(_ rule: Rule) {
        let references = rule.content.references
        for group in references.groups { groups[group]?.users.insert(rule) }
        for meter in references.meters { meters[meter]?.users.insert(rule) }
        for key in references.learned { learning.add(key) }
        countTunMetadata(of: rule, 1)
    }

    /// The reverse of `addReferences`: before the rule leaves its table, and before it gets new actions.
    func dropReferences(_ rule: Rule) {
        let references = rule.content.references
        for group in references.groups { groups[group]?.users.remove(rule) }
        for meter in references.meters { meters[meter]?.users.remove(rule) }
        for key in references.learned { learning.remove(key) }
        countTunMetadata(of: rule, -1)
    }
}
