import Flow
import Wire

// Arguments of single actions.

extension ActionParser {
    func sample(_ value: TextSlice) throws(FlowSyntaxError) -> OFAction {
        var spec = SampleSpec(probability: 0)
        var parts = KeyValues(value)
        while let part = parts.next() {
            switch part.key.string {
            case "probability":
                spec.probability = try small(part.value, "probability")
                if spec.probability == 0 { throw FlowSyntaxError("invalid probability value \"\(part.value.string)\"", part.value) }
            case "collector_set_id": spec.collectorSet = try number(part.value)
            case "obs_domain_id": spec.observationDomain = try number(part.value)
            case "obs_point_id": spec.observationPoint = try number(part.value)
            case "sampling_port":
                guard let port = OFPort(text: part.value, ports: ports) else {
                    throw FlowSyntaxError("\(part.value.string): unknown port", part.value)
                }
                spec.samplingPort = port
            case "ingress": spec.direction = .ingress
            case "egress": spec.direction = .egress
            default: throw FlowSyntaxError("invalid key \"\(part.key.string)\" in \"sample\" argument", part.key)
            }
        }
        guard spec.probability != 0 else { throw FlowSyntaxError("non-zero \"probability\" must be specified on sample", value) }
        return .sample(spec)
    }

    /// The argument of push and pop.
    func stackRange(_ text: TextSlice) throws(FlowSyntaxError) -> FieldRange {
        var rest = text
        _ = rest.take { $0 != 0x5b }
        if let close = rest.firstIndex(of: "]"), close + 1 < text.end {
            let garbage = text.suffix(from: close + 1)
            _ = try FieldRange.parse(text.prefix(to: close + 1))
            throw FlowSyntaxError("\(garbage.string): trailing garbage following push or pop", garbage)
        }
        return try FieldRange.parse(text)
    }

    /// "id,clause/clauses"; the clause is counted from 1 here, from 0 in the action. Numbers wrap around as in ovs-ofctl.
    func conjunction(_ text: TextSlice) throws(FlowSyntaxError) -> OFAction {
        let complaint = FlowSyntaxError("\"conjunction\" syntax is \"conjunction(id,i/n)\"", text)
        var rest = text
        guard let id = rest.takeWrapped(UInt32.self, anyBase: true) else { throw complaint }
        rest.skipBlanks()
        guard rest.take(","), let clause = rest.takeWrapped(UInt8.self) else { throw complaint }
        rest.skipBlanks()
        guard rest.take("/"), let clauses = rest.takeWrapped(UInt8.self) else { throw complaint }
        rest.skipBlanks()
        guard rest.isEmpty else { throw complaint }
        guard clauses >= 2 else { throw FlowSyntaxError("conjunction must have at least 2 clauses", text) }
        guard clauses <= 64 else { throw FlowSyntaxError("conjunction must have at most 64 clauses", text) }
        guard clause >= 1 else { throw FlowSyntaxError("clause index must be positive", text) }
        guard clause <= clauses else { throw FlowSyntaxError("clause index must be less than or equal to number of clauses", text) }
        return .conjunction(id: id, clause: clause - 1, clauses: clauses)
    }

    func finTimeout(_ text: TextSlice) throws(FlowSyntaxError) -> OFAction {
        var idle: UInt16 = 0, hard: UInt16 = 0
        var parts = KeyValues(text)
        while let part = parts.next() {
            switch part.key.string {
            case "idle_timeout": idle = try small(part.value, "idle_timeout")
            case "hard_timeout": hard = try small(part.value, "hard_timeout")
            default: throw FlowSyntaxError("invalid key '\(part.key.string)' in 'fin_timeout' argument", part.key)
            }
        }
        return .finTimeout(idle: idle, hard: hard)
    }

    /// "length)->field", as the grammar hands it over, or "length->field".
    func checkPacketLarger(_ text: TextSlice) throws(FlowSyntaxError) -> OFAction {
        guard let (source, destination) = text.arrow() else { throw FlowSyntaxError("\(text.string): missing `->'", text) }
        guard !destination.isEmpty else { throw FlowSyntaxError("\(text.string): missing field name following `->'", text) }
        let range = try FieldRange.parse(destination)
        guard range.count == 1 else { throw FlowSyntaxError("Only 1-bit destination field is allowed", destination) }
        let digits = source.prefix(to: source.firstIndex(of: ")") ?? source.end)
        guard let length = digits.number(UInt16.self) else { throw FlowSyntaxError("invalid packet length \"\(digits.string)\"", digits) }
        return .checkPacketLarger(length, range)
    }

    /// Pairs of hexadecimal digits, with or without dots between them.
    func bytes(_ text: TextSlice, _ complaint: String) throws(FlowSyntaxError) -> [UInt8] {
        var result: [UInt8] = []
        var rest = text
        while true {
            _ = rest.take { $0 == 0x2e }
            guard let high = rest.first else { return result }
            guard let high = hexDigit(high), let low = rest.peek(1).flatMap(hexDigit) else { throw FlowSyntaxError(complaint, rest) }
            result.append(high << 4 | low)
            rest.start += 2
        }
    }

    /// A note's bytes with the padding that the protocol gives them.
    func note(_ text: TextSlice) throws(FlowSyntaxError) -> [UInt8] {
        var content = try bytes(text, "bad hex digit in `note' argument")
        guard content.count <= 0xff00 else { throw FlowSyntaxError("note is too long", text) }
        let padded = 6 + (max(content.count, 6) - 6 + 7) / 8 * 8
        content += repeatElement(0, count: padded - content.count)
        return content
    }

    /// The arguments of dec_ttl; what is not a number counts as 0.
    func controllerIDs(_ text: TextSlice) -> [UInt16] {
        var ids: [UInt16] = []
        var parts = KeyValues(text)
        while let part = parts.next(), ids.count < 0x8000 {
            var key = part.key
            ids.append(UInt16(truncatingIfNeeded: key.takeNumber() ?? 0))
        }
        return ids
    }

    func etherType(_ text: TextSlice) throws(FlowSyntaxError) -> UInt16 { try small(text, "ethertype") }

    func vlanType(_ text: TextSlice) throws(FlowSyntaxError) -> UInt16 {
        let type = try etherType(text)
        guard type == EtherType.vlan8021Q || type == EtherType.vlan8021AD else {
            throw FlowSyntaxError("\(text.string): not a valid VLAN ethertype", text)
        }
        return type
    }

    func mplsType(_ text: TextSlice) throws(FlowSyntaxError) -> UInt16 {
        let type = try etherType(text)
        guard type == EtherType.mpls || type == EtherType.mplsMulticast else {
            throw FlowSyntaxError("\(text.string): not a valid MPLS ethertype (OFPBAC_BAD_ARGUMENT)", text)
        }
        return type
    }
}

extension TextSlice {
    /// Takes blanks, a sign and decimal digits, or a number of any base; what does not fit is cut off from above, as scanf(3) does.
    /// nil: there is no digit.
    mutating func takeWrapped<Integer: FixedWidthInteger & UnsignedInteger>(_ type: Integer.Type, anyBase: Bool = false) -> Integer? {
        var rest = self
        rest.skipBlanks()
        let isNegative = rest.first == 0x2d
        if isNegative || rest.first == 0x2b { rest.start += 1 }
        var value: Integer = 0
        if anyBase {
            guard let number = rest.takeNumber() else { return nil }
            value = Integer(truncatingIfNeeded: number)
        } else {
            let digits = rest.take { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            for byte in digits.bytes[digits.start..<digits.end] { value = value &* 10 &+ Integer(byte - 0x30) }
        }
        start = rest.start
        return isNegative ? 0 &- value : value
    }

    /// The number that the text starts with, as atoi(3) reads it; 0 without one.
    func leadingNumber<Integer: FixedWidthInteger & UnsignedInteger>(_ type: Integer.Type = Integer.self) -> Integer {
        var rest = self
        return rest.takeWrapped(type) ?? 0
    }
}
