import Flow
import Wire

/// The parser of action lists (ovs-actions(7)).
struct ActionParser {
    /// Where a list stands: not every action is allowed everywhere.
    enum Context: Hashable { case flow, actionSet, clone }

    var ports: PortLookup
    var check: ActionCheck
    /// Lists that the current one is nested in.
    private var depth = 0

    init(ports: @escaping PortLookup, match: Match, table: UInt8) {
        self.ports = ports
        check = ActionCheck(match: match, table: table)
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
            if context == .flow { try check.order(action, part.whole) }
            try check.note(action, part.whole)
            actions.append(action)
        }
        if let dropAt, !actions.isEmpty {
            throw FlowSyntaxError("\"drop\" must not be accompanied by any other action or instruction", dropAt)
        }
        return actions
    }

    private mutating func action(_ part: KeyValues.Part, _ context: Context) throws(FlowSyntaxError) -> OFAction {
        let value = part.value
        switch part.key.string {
        case "output": return try output(value)
        case "controller", "CONTROLLER": return try controller(part)
        case "enqueue": return try enqueue(value)
        case "resubmit": return try resubmit(part)
        case "group": return .group(try number(value))
        case "set_queue": return .setQueue(try number(value))
        case "pop_queue": return .popQueue
        case "note": return .note(try note(value))
        case "exit": return .exit
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
            return try instruction(part, context)
        default: break
        }
        if let action = try legacySet(part) { return action }
        if let port = OFPort(text: part.key, ports: ports) { return .output(port, maxLength: port == .controller ? .max : 0) }
        throw FlowSyntaxError("unknown action \(part.key.string)", part.key)
    }

    private mutating func instruction(_ part: KeyValues.Part, _ context: Context) throws(FlowSyntaxError) -> OFAction {
        let name = part.key.string, value = part.value
        guard context == .flow else {
            throw FlowSyntaxError(context == .clone && name == "meter" ? "clone action doesn't support nested action meter"
                : "\(name) instruction not allowed here", part.key)
        }
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
    private mutating func nested(_ value: TextSlice, in context: Context) throws(FlowSyntaxError) -> [OFAction] {
        let packet = check.packet
        let actions = try parse(value, in: context)
        check.packet = packet
        return actions
    }

    // MARK: Output

    private func output(_ value: TextSlice) throws(FlowSyntaxError) -> OFAction {
        if value.hasPrefix("port="), value.firstIndex(of: ",") != nil { return try truncatedOutput(value) }
        if let port = OFPort(text: value, ports: ports) { return .output(port, maxLength: port == .controller ? .max : 0) }
        if let range = FieldRange(text: value) { return .outputField(range) }
        throw FlowSyntaxError("\(value.string): output to unknown port", value)
    }

    private func truncatedOutput(_ value: TextSlice) throws(FlowSyntaxError) -> OFAction {
        var port: OFPort?
        var length: UInt32 = 0
        var parts = KeyValues(value)
        while let part = parts.next() {
            switch part.key.string {
            case "port":
                port = OFPort(text: part.value, ports: ports)
                guard let port else { throw FlowSyntaxError("output to unknown truncate port: \(part.value.string)", part.value) }
                if port >= .maximum, port != .local, port != .inPort {
                    throw FlowSyntaxError("output to unsupported truncate port: \(part.value.string)", part.value)
                }
            case "max_len": length = try number(part.value)
            default: throw FlowSyntaxError("invalid key '\(part.key.string)' in output_trunc argument", part.key)
            }
        }
        guard length >= 14 else { throw FlowSyntaxError("max_len \(length) is less than the minimum value 14", value) }
        guard let port, length <= 0xffff else { throw FlowSyntaxError("invalid max_len \"\(length)\"", value) }
        return .output(port, maxLength: UInt16(length))
    }

    private func controller(_ part: KeyValues.Part) throws(FlowSyntaxError) -> OFAction {
        var maxLength = UInt16.max, reason: UInt8 = 1, id: UInt16 = 0, userdata: [UInt8] = []
        if part.delimiter != 0x28 {
            if !part.value.isEmpty { maxLength = try small(part.value, "max_len") }
            return .controller(ControllerSpec(maxLength: maxLength, reason: reason, id: id, userdata: userdata))
        }
        var parts = KeyValues(part.value)
        while let argument = parts.next() {
            switch argument.key.string {
            case "max_len": maxLength = try small(argument.value, "max_len")
            case "id": id = try small(argument.value, "id")
            case "reason":
                guard let index = packetInReasons.firstIndex(where: { argument.value == $0 }) else {
                    throw FlowSyntaxError("unknown reason \"\(argument.value.string)\"", argument.value)
                }
                reason = UInt8(index)
            case "userdata": userdata = try bytes(argument.value, "bad hex digit in `controller' action `userdata'")
            default: throw FlowSyntaxError("unknown key \"\(argument.key.string)\" parsing controller action", argument.key)
            }
        }
        return .controller(ControllerSpec(maxLength: maxLength, reason: reason, id: id, userdata: userdata))
    }

    private func enqueue(_ value: TextSlice) throws(FlowSyntaxError) -> OFAction {
        var rest = value
        let name = rest.take { $0 != 0x3a && $0 != 0x2c }
        guard rest.take(":") || rest.take(","), let queue = rest.number(UInt32.self) else {
            throw FlowSyntaxError("\"enqueue\" syntax is \"enqueue:PORT:QUEUE\" or \"enqueue(PORT,QUEUE)\"", value)
        }
        guard let port = OFPort(text: name, ports: ports) else {
            throw FlowSyntaxError("\(name.string): enqueue to unknown port", name)
        }
        return .enqueue(port, queue: queue)
    }

    private func resubmit(_ part: KeyValues.Part) throws(FlowSyntaxError) -> OFAction {
        let (portText, tail) = part.value.split(at: ",")
        var port: OFPort?, table: UInt8?
        if !portText.isEmpty {
            guard let named = OFPort(text: portText, ports: ports) else {
                throw FlowSyntaxError("\(portText.string): resubmit to unknown port", portText)
            }
            port = named == .inPort ? nil : named
        }
        if let tail {
            let (tableText, option) = tail.split(at: ",")
            if let option {
                throw FlowSyntaxError(option == "ct" ? "resubmit with ct is not supported" : "\(option.string): unknown parameter", option)
            }
            if !tableText.isEmpty {
                guard let number = tableText.number(UInt8.self) else {
                    throw FlowSyntaxError("\(tableText.string): resubmit to unknown table", tableText)
                }
                table = number == 255 ? nil : number
            }
        }
        guard port != nil || table != nil else {
            throw FlowSyntaxError("at least one \"in_port\" or \"table\" must be specified on resubmit", part.value)
        }
        return .resubmit(port: port, table: table, ct: false)
    }
}

/// Names of OpenFlow's OFPR_ numbers.
let packetInReasons = ["no_match", "action", "invalid_ttl", "action_set", "group", "packet_out"]

func small<Integer: FixedWidthInteger & UnsignedInteger>(_ text: TextSlice, _ what: String) throws(FlowSyntaxError) -> Integer {
    guard let value = text.number(Integer.self) else { throw FlowSyntaxError("invalid \(what) \"\(text.string)\"", text) }
    return value
}
