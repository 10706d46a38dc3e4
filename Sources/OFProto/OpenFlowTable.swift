import Flow
import OpenFlow
import Wire

/// One of a bridge's 255 tables: its rules and what it counts.
final class OpenFlowTable {
    let id: UInt8
    let classifier: Classifier
    var config = TableConfig()
    private(set) var lookups: UInt64 = 0
    private(set) var matches: UInt64 = 0
    /// Rules that packets see, or will see after the change under way.
    private(set) var liveCount = 0
    /// How many rules have each cookie, from the time on that this was asked for; nil: nobody asked.
    private var cookies: [UInt64: Int]?
    /// Who may make room for others; nil: the table refuses flows when it is full.
    var eviction: EvictionGroups?
    /// What is to be told next of how full the table is; nil: nothing.
    var nextVacancyEvent: TableStatus.Reason?

    /// The last table is the switch's own: OpenFlow neither shows nor changes it.
    static let internalTable: UInt8 = 254

    init(id: UInt8, seed: HashSeed, version: UInt64) {
        self.id = id
        classifier = Classifier(seed: seed)
        classifier.version = version
    }

    /// - Parameter place: the match's in the classifier, if it is known.
    func insert(_ rule: Rule, match: Match, at place: Subtable.Place? = nil) {
        classifier.insert(rule, match: match, at: place)
        eviction?.insert(rule, match)
        note(rule, 1)
        liveCount += 1
    }

    /// The rule goes with the change under way.
    func noteEnd(of rule: Rule) {
        eviction?.remove(rule)
        note(rule, -1)
        liveCount -= 1
    }

    /// The change that was to end the rule is taken back.
    func noteReturn(of rule: Rule) {
        eviction?.insert(rule, rule.match)
        note(rule, 1)
        liveCount += 1
    }

    /// The number of rules with this cookie.
    func count(withCookie cookie: UInt64) -> Int {
        if let cookies { return cookies[cookie] ?? 0 }
        var counts: [UInt64: Int] = [:]
        classifier.forEach { if $0.isLive, !$0.isHidden { counts[$0.cookie, default: 0] += 1 } }
        cookies = counts
        return counts[cookie] ?? 0
    }

    private func note(_ rule: Rule, _ change: Int) {
        if !rule.isHidden { noteCookie(rule.cookie, change) }
    }

    /// Rules with this cookie came or went.
    func noteCookie(_ cookie: UInt64, _ change: Int) {
        guard let count = cookies?[cookie, default: 0] else { return }
        cookies?[cookie] = count + change == 0 ? nil : count + change
    }

    /// Takes a rule out that has ended.
    func remove(_ rule: Rule) {
        classifier.remove(rule)
    }

    func credit(packets: UInt64, matched: Bool) {
        lookups &+= packets
        if matched { matches &+= packets }
    }
}

/// What a flow modification selects beside its match.
public struct FlowModSelection: Hashable, Sendable {
    /// Only flows whose cookie agrees with the modification's in these bits; 0: all.
    public var cookieMask: UInt64 = 0
    /// The cookie that modified flows get; nil: they keep theirs.
    public var newCookie: UInt64?
    /// Only flows that have an output to this port.
    public var outPort: OFPort?
    /// Only flows that send to this group.
    public var outGroup: UInt32?
    /// A modify that finds no flow adds one, as OpenFlow 1.0 and 1.1 have it.
    public var modifyAdds = false
    public init() {}

    /// - Parameter former: what the rule did before: it counts as well.
    func includes(_ rule: Rule, cookie: UInt64, former: [OFAction] = []) -> Bool {
        guard (rule.cookie ^ cookie) & cookieMask == 0 else { return false }
        if let outPort, !rule.actions.contains(where: { Self.outputs($0, to: outPort) }), !former.contains(where: { Self.outputs($0, to: outPort) }) { return false }
        if let outGroup, !rule.actions.contains(where: { Self.sends($0, to: outGroup) }), !former.contains(where: { Self.sends($0, to: outGroup) }) { return false }
        return true
    }

    private static func outputs(_ action: OFAction, to port: OFPort) -> Bool {
        switch action.meaning {
        case .output(let other, _): other == port
        case .enqueue(let other, _): other == port
        case .controller: port == .controller
        case .clone(let nested), .writeActions(let nested): nested.contains { outputs($0, to: port) }
        default: false
        }
    }

    private static func sends(_ action: OFAction, to group: UInt32) -> Bool {
        switch action {
        case .group(let other): other == group
        case .clone(let nested), .writeActions(let nested): nested.contains { sends($0, to: group) }
        default: false
        }
    }

    /// Which flows are asked for.
    struct Wanted {
        var table: UInt8 = 0xff
        var match = Match()
        var cookie: UInt64 = 0
        var selection = FlowModSelection()
    }
    static var everything: Wanted { Wanted() }
}

/// Why a flow went (OpenFlow 1.3.5, ofp_flow_removed_reason).
public typealias FlowRemovedReason = FlowRemovedMessage.Reason

/// A flow that went, for its flow-removed message.
public struct FlowRemoved {
    public var flow: FlowMod
    public var stats: RuleStats
    public var reason: FlowRemovedReason
    /// The time of the removal.
    public var now: Int64
}
