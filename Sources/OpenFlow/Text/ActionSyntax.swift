import Flow
import Wire

/// The parser of action lists (ovs-actions(7)).
struct ActionParser {
    /// Where a list stands: not every action is allowed everywhere.
    enum Context: Hashable {
        case flow, actionSet, clone, ct, bucket
        /// The name of the action that the list is nested in.
        var name: String? {
            switch self {
            case .flow, .bucket: nil
            case .actionSet: "write_actions"
            case .clone: "clone"
            case .ct: "ct"
            }
        }
    }

    var ports: PortLookup
    var check: ActionCheck
    /// False: there is no flow that the actions must be consistent with.
    private let isChecked: Bool
    /// Lists that the current one is nested in.
    private var depth = 0

    init(ports: @escaping PortLookup, match: Match, table: UInt8) {
        self.ports = ports
        check = ActionCheck(match: match, table: table)
        isChecked = true
    }

    /// For the actions of a group's bucket, which packets of any flow may meet.
    init(ports: @escaping PortLookup) {
        self.ports = ports
        check = ActionCheck(match: Match(), table: 0)
        isChecked = false
    }

    mutating func parse(_ text: TextSlice, in context: Context) throws(FlowSyntaxError) -> [OFAction] {
        guard depth < Limits.actionNesting else { throw FlowSyntaxError("Action nested too deeply", text) }
        depth += 1
        defer { depth -= 1 }
        var actions: [OFAction] = []
        var dropAt: TextSlice?
        var parts = KeyValues(text)
        var count = 0
        while let part = parts.next() {
            count += 1
            guard count <= Limits.actionsInList else { throw FlowSyntaxError("too many actions", part.key) }
            if part.key.equalsIgnoringCase("drop") {
                dropAt = part.key
                continue
            }
            let action = try action(part, context)
            try verifyNesting(action, part.key, context)
            if context == .flow { try check.order(action, part.whole) }
            try ActionCheck.verifyArguments(action, part.whole)
            if isChecked { try check.note(action, part.whole, inActionSet: context == .actionSet) }
            actions.append(action)
        }
        if let dropAt, !actions.isEmpty {
            throw FlowSyntaxError("\"drop\" must not be accompanied by any other action or instruction", dropAt)
        }
        try verifyConjunctions(actions, text)
        return actions
    }

    private mutating func action(_ part: KeyValues.Part, _ context: Context) throws(FlowSyntaxError) -> OFAction {
        let value = part.value
        let name = part.key.lowercase
        switch name {
        case "output": return try output(value)
        case "output_reg": return .outputField(try FieldRange.parse(value))
        case "controller": return try controller(part)
        case "enqueue": return try enqueue(value)
        case "resubmit": return try resubmit(part)
        case "group": return .group(try number(value))
        case "set_queue": return .setQueue(try number(value))
        case "pop_queue": return .popQueue
        case "note": return .note(try note(value))
        case "exit": return .exit
        case "push": return .push(try stackRange(value))
        case "pop": return .pop(try stackRange(value))
        case "move": return try move(value)
        case "load": return try load(value)
        case "set_field": return try setField(value)
        case "push_vlan": return .pushVLAN(etherType: try vlanType(value))
        case "strip_vlan", "pop_vlan": return .stripVLAN
        case "push_mpls": return .pushMPLS(etherType: try mplsType(value))
        case "pop_mpls": return .popMPLS(etherType: try etherType(value))
        case "dec_ttl": return .decTTL(part.delimiter == 0 || value.isEmpty ? [] : controllerIDs(value))
        case "dec_mpls_ttl": return .decMPLSTTL
        case "clone": return .clone(try nested(value, in: .clone))
        case "sample": return try sample(value)
        case "meter", "goto_table", "write_metadata", "write_actions", "clear_actions", "apply_actions":
            return try instruction(name, part, context)
        default: break
        }
        if let action = try extensionAction(name, part) { return action }
        if let action = try legacySet(name, part) { return action }
        if let port = OFPort(text: part.key, ports: ports) { return .output(port, maxLength: port == .controller ? .max : 0) }
        throw FlowSyntaxError("unknown action \(part.key.string)", part.key)
    }

    /// The larger actions of Open vSwitch itself; nil if `name` is none of them.
    private mutating func extensionAction(_ name: String, _ part: KeyValues.Part) throws(FlowSyntaxError) -> OFAction? {
        let value = part.value
        switch name {
        case "bundle": return try bundle(value, isLoad: false)
        case "bundle_load": return try bundle(value, isLoad: true)
        case "multipath": return try multipath(value)
        case "learn": return .learn(try learn(value))
        case "conjunction": return try conjunction(value)
        case "fin_timeout": return try finTimeout(value)
        case "ct": return .ct(try conntrack(value))
        case "ct_clear": return .ctClear
        case "nat": return .nat(try nat(value))
        case "check_pkt_larger": return try checkPacketLarger(value)
        case "encap": return try encap(value)
        case "decap": return try decap(value)
        case "dec_nsh_ttl": return .decNSHTTL
        case "delete_field":
            guard let field = Field(named: value.string) else { throw FlowSyntaxError("unknown field `\(value.string)'", value) }
            return .deleteField(field)
        case "debug_recirc": return .debugRecirculate
        case "debug_slow": return .debugSlow
        case "output_trunc": throw FlowSyntaxError("unknown action \(value.string)", value)
        case "unroll_xlate": throw FlowSyntaxError("UNROLL is an internal action that shouldn't be used via OpenFlow", part.key)
        default: return nil
        }
    }

    private mutating func instruction(_ name: String, _ part: KeyValues.Part, _ context: Context) throws(FlowSyntaxError) -> OFAction {
        let value = part.value
        switch name {
        case "meter": return .meter(try number(value))
        case "goto_table":
            guard let table = value.number(UInt8.self) else { throw FlowSyntaxError("unknown table \"\(value.string)\"", value) }
            return .gotoTable(table)
        case "write_metadata":
            let (number, mask) = value.split(at: "/")
            return .writeMetadata(value: try OpenFlow.number(number), mask: try mask.map { text throws(FlowSyntaxError) in try OpenFlow.number(text) } ?? .max)
        case "write_actions": return .writeActions(try nested(value, in: .actionSet))
        case "clear_actions": return .clearActions
        default: throw FlowSyntaxError("apply_actions is the default instruction", part.key)
        }
    }

    /// A list within a list: what it does to the packet does not reach the actions behind it.
    mutating func nested(_ value: TextSlice, in context: Context) throws(FlowSyntaxError) -> [OFAction] {
        let packet = check.packet
        let actions = try parse(value, in: context)
        check.packet = packet
        return actions
    }

    /// The strict rule of set_field and load, where there is a flow.
    func requireWritten(_ field: Field, _ text: TextSlice) throws(FlowSyntaxError) {
        if isChecked { try check.requireWritten(field, text) }
    }
}

extension TextSlice {
    /// The text with small letters for ASCII's capital ones: names of actions are known in any case.
    var lowercase: String { String(decoding: bytes[start..<end].map(lowercased), as: UTF8.self) }
}

func small<Integer: FixedWidthInteger & UnsignedInteger>(_ text: TextSlice, _ what: String) throws(FlowSyntaxError) -> Integer {
    guard let value = text.number(Integer.self) else { throw FlowSyntaxError("invalid \(what) \"\(text.string)\"", text) }
    return value
}
