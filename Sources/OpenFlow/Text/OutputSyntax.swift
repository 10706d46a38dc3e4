import Flow
import Wire

// Actions that send the packet somewhere: output, controller, enqueue, resubmit.

extension ActionParser {
    func output(_ value: TextSlice) throws(FlowSyntaxError) -> OFAction {
        if value.hasPrefix("port="), value.firstIndex(of: ",") != nil { return try truncatedOutput(value) }
        if let port = OFPort(text: value, ports: ports) { return .output(port, maxLength: port == .controller ? .max : 0) }
        if let range = FieldRange(text: value) { return .outputField(range) }
        throw FlowSyntaxError("\(value.string): output to unknown port", value)
    }

    func truncatedOutput(_ value: TextSlice) throws(FlowSyntaxError) -> OFAction {
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

    func controller(_ part: KeyValues.Part) throws(FlowSyntaxError) -> OFAction {
        var spec = ControllerSpec()
        let digits = part.value.bytes[part.value.start..<part.value.end]
        if digits.allSatisfy({ (0x30...0x39).contains($0) }) {
            if !digits.isEmpty { spec.maxLength = try small(part.value, "max_len") }
            return .output(.controller, maxLength: spec.maxLength)
        }
        var parts = KeyValues(part.value)
        while let argument = parts.next() {
            switch argument.key.string {
            case "max_len": spec.maxLength = try small(argument.value, "max_len")
            case "id": spec.id = try small(argument.value, "id")
            case "reason":
                guard let index = packetInReasons.firstIndex(where: { argument.value == $0 }) else {
                    throw FlowSyntaxError("unknown reason \"\(argument.value.string)\"", argument.value)
                }
                spec.reason = UInt8(index)
            case "userdata": spec.userdata = try bytes(argument.value, "bad hex digit in `controller' action `userdata'")
            case "pause": spec.pause = true
            case "meter_id":
                let meter: UInt32 = try number(argument.value)
                spec.meter = meter == 0 ? nil : meter
            default: throw FlowSyntaxError("unknown key \"\(argument.key.string)\" parsing controller action", argument.key)
            }
        }
        return spec == ControllerSpec(maxLength: spec.maxLength) ? .output(.controller, maxLength: spec.maxLength) : .controller(spec)
    }

    func enqueue(_ value: TextSlice) throws(FlowSyntaxError) -> OFAction {
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

    func resubmit(_ part: KeyValues.Part) throws(FlowSyntaxError) -> OFAction {
        let (portText, tail) = part.value.split(at: ",")
        var port: OFPort?, table: UInt8?, isOriginal = false
        if !portText.isEmpty {
            guard let named = OFPort(text: portText, ports: ports) else {
                throw FlowSyntaxError("\(portText.string): resubmit to unknown port", portText)
            }
            port = named == .inPort ? nil : named
        }
        if let tail {
            let (tableText, more) = tail.split(at: ",")
            if !tableText.isEmpty {
                guard let number = tableText.number(UInt8.self) else {
                    throw FlowSyntaxError("\(tableText.string): resubmit to unknown table", tableText)
                }
                table = number == 255 ? nil : number
            }
            if let option = more?.split(at: ",").0, !option.isEmpty {
                guard option == "ct" else { throw FlowSyntaxError("\(option.string): unknown parameter", option) }
                isOriginal = true
            }
        }
        guard port != nil || table != nil else {
            throw FlowSyntaxError("at least one \"in_port\" or \"table\" must be specified on resubmit", part.value)
        }
        return .resubmit(port: port, table: table, ct: isOriginal)
    }
}

/// Names of OpenFlow's OFPR_ numbers.
let packetInReasons = ["no_match", "action", "invalid_ttl", "action_set", "group", "packet_out"]
