import Flow
import OpenFlow
import Wire

/// One line of what `ofproto/trace` tells, with the lines that follow from it.
public final class TraceNode {
    public enum Kind: String {
        /// Headings: a bridge, a table with the rule that was found, where a packet goes on.
        case bridge, table, resumption
        /// A group's bucket.
        case bucket
        case action
        /// Remarks on the action before.
        case detail, warning, error
    }
    public let kind: Kind
    public let text: String
    public fileprivate(set) var children: [TraceNode] = []
    var isActionSet: Bool { text == Self.actionSet }
    static let actionSet = "--. Executing action set:"

    init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}

/// What a translation tells of itself while it runs (ovs-vswitchd(8), ofproto/trace). `Translator.trace` is nil but for a traced packet.
///
/// Owner: the translation that is traced. At most `OFProtoLimits.traceNodes` lines are kept; the last one says so then.
final class Trace {
    /// The bridges that the packet begins in: the first level of lines.
    let root = TraceNode(.bridge, "")
    /// The line below which new ones come.
    private(set) var place: TraceNode
    /// Ports are told by their names.
    let usesNames: Bool
    /// Who looked at which bits; nil: that is not wanted.
    let reasons: TraceReasons?
    private var count = 0

    init(usesNames: Bool, tellsReasons: Bool) {
        self.usesNames = usesNames
        reasons = tellsReasons ? TraceReasons() : nil
        place = root
    }

    @discardableResult func add(_ kind: TraceNode.Kind, _ text: String) -> TraceNode {
        count += 1
        guard count < OFProtoLimits.traceNodes else {
            let last = TraceNode(.error, "more than \(OFProtoLimits.traceNodes) lines")
            if count == OFProtoLimits.traceNodes { place.children.append(last) }
            return last
        }
        let node = TraceNode(kind, text)
        place.children.append(node)
        return node
    }

    /// New lines come below this one.
    func enter(_ kind: TraceNode.Kind, _ text: String) { place = add(kind, text) }

    /// New lines come below a line that was `place` before.
    func leave(to node: TraceNode) { place = node }

    /// New lines come below the first table that was looked up, where there is one.
    func enterFirstTable() {
        if let table = place.children.first(where: { $0.kind == .table }) { place = table }
    }

    func names(_ bridge: Bridge) -> PortNames { usesNames ? { bridge.port($0)?.name } : { _ in nil } }
}

// What hooks of translation tell. All of it is behind `trace != nil`.
extension Translator {
    /// A table was looked up: the rule that was found, or why there is none.
    func traceTable(_ id: UInt8, _ rule: Rule?, bridge: Bridge) {
        guard let trace else { return }
        let number = traceNumber(id)
        guard let rule else { return trace.enter(.table, "\(number). No match.") }
        let match = rule.match.text(names: trace.names(bridge))
        let cookie = rule.cookie == 0 ? "" : ", cookie 0x" + String(rule.cookie, radix: 16)
        trace.enter(.table, "\(number). \(match.isEmpty ? "" : match + ", ")priority \(rule.priority)\(cookie)")
    }

    private func traceNumber(_ id: UInt8) -> String { id < 10 ? " \(id)" : "\(id)" }

    /// A table drops the packet because it is a fragment.
    func traceFragment(_ id: UInt8) {
        trace?.enter(.table, "\(traceNumber(id)). Packets are IP fragments and the fragment handling mode is \"drop\".")
        trace?.add(.action, "drop")
    }

    func traceBridge(_ bridge: Bridge) { trace?.enter(.bridge, "bridge(\"\(bridge.name)\")") }
    func traceDetail(_ text: @autoclosure () -> String) { if let trace { trace.add(.detail, text()) } }
    func traceWarning(_ text: @autoclosure () -> String) { if let trace { trace.add(.warning, text()) } }
    func traceError(_ text: @autoclosure () -> String) { if let trace { trace.add(.error, text()) } }

    /// The lines of a list of actions, for `traceAction` and, at its end, `traceRest`; nil without a trace.
    /// - Parameter list: what the program was compiled from, if that is known.
    func traceScript(_ program: [XAction], _ list: [OFAction]?, bridge: Bridge) -> TraceScript? {
        guard let trace else { return nil }
        let script = TraceScript(program, list, names: trace.names(bridge), who: traceWho(bridge))
        if script.isEmpty { trace.add(.action, "drop") }
        return script
    }

    /// Whose actions are run.
    private func traceWho(_ bridge: Bridge) -> String {
        guard let heading = trace?.place else { return bridge.name }
        if heading.kind == .bucket { return "\(bridge.name): \(heading.text)" }
        guard heading.kind == .table, let rule else { return bridge.name }
        return bridge.name + (heading.isActionSet ? ": action set" : ": table \(rule.table)")
    }

    /// The action at `index` is about to be run.
    func traceAction(_ script: TraceScript?, _ index: Int) {
        guard let script, let trace else { return }
        trace.reasons?.begin(script.whos[index], wildcards.key)
        for text in script.lines[index] { trace.add(.action, text) }
    }

    /// The action that was begun has been run.
    func traceActionEnd(_ script: TraceScript?) {
        if script != nil { trace?.reasons?.end(wildcards.key) }
    }

    /// The list was run to its end: what only stands there is told too.
    func traceRest(_ script: TraceScript?) {
        guard let script, let trace else { return }
        for text in script.rest { trace.add(.action, text) }
    }

    /// Some bits of a field have a new value.
    func traceValue(_ range: FieldRange) {
        guard trace != nil else { return }
        let value = range.value(in: flow.key)
        let isWhole = range.start == 0 && range.count == range.field.bits
        let text = isWhole ? range.field.valueText(value) : value == 0 ? "0" : "0x" + String(value, radix: 16)
        traceDetail("\(range.text) is now \(text)")
    }

    /// A packet has not the field that is to be set. As with OVS, nothing is said of tags and labels.
    func traceUnmet(_ action: OFAction) {
        guard trace != nil, case .setField(let field, _) = action.meaning, ![.vlanVID, .mplsLabel, .mplsTC].contains(field) else { return }
        traceWarning("unmet prerequisites for \(field.name), set_field ignored")
    }

    func traceActionSet(_ verb: String) {
        guard trace != nil else { return }
        let ordered = orderActionSet(actionSet)
        traceDetail("action set \(verb)" + (ordered.isEmpty ? " empty" : ": " + ordered.map(\.source).traceText()))
    }

    func traceFailure() {
        switch failure {
        case .tooDeep: traceError("over max translation depth \(OFProtoLimits.resubmitDepth)")
        case .tooManyResubmits: traceError("over \(OFProtoLimits.resubmitsTotal) resubmit actions")
        case .tooManyBuckets: traceError("over \(OFProtoLimits.bucketsTotal) buckets")
        case .tooManyActions: traceError("over \(OFProtoLimits.datapathActions) datapath actions")
        case .stackTooDeep: traceError("resubmits yielded over \(OFProtoLimits.stackDepth) values of stack")
        case .packetType, .recirculated, .unknownPort, nil: break
        }
    }
}

/// The lines of one list of actions.
struct TraceScript {
    /// For each action that is run: its own line, behind those of notes and the like that do nothing.
    var lines: [[String]] = []
    /// Behind the last.
    var rest: [String] = []
    /// Each action as the one who looks at bits.
    var whos: [String]
    var isEmpty: Bool { lines.isEmpty && rest.isEmpty }

    init(_ program: [XAction], _ list: [OFAction]?, names: @escaping PortNames, who: String) {
        for action in list ?? program.map(\.source) {
            rest.append([action].traceText(names: names))
            if action != .drop, !action.isNote {
                lines.append(rest)
                rest = []
            }
        }
        // A list that was not compiled action by action tells what is run.
        if lines.count != program.count {
            lines = program.map { [[$0.source].traceText(names: names)] }
            rest = []
        }
        whos = lines.map { "\(who): \($0.last ?? "")" }
    }
}

extension OFAction {
    fileprivate var isNote: Bool { if case .note = self { true } else { false } }
}

extension [OFAction] {
    /// As a trace tells actions: each as it was given.
    func traceText(names: @escaping PortNames = { _ in nil }) -> String {
        // Whether there is a tag does not change how an action on it is told.
        var match = Match()
        match.key.l0.vlanTCI = BE16(VLANTCI.present)
        match.mask.l0.vlanTCI = BE16(VLANTCI.present)
        return text(match: match, style: .asGiven, names: names)
    }
}
