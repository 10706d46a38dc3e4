import Flow
import Wire

// learn(…): properties of the learned flow, and parts that say what it matches and does.

extension ActionParser {
    func learn(_ text: TextSlice) throws(FlowSyntaxError) -> LearnSpec {
        var spec = LearnSpec()
        var parts = KeyValues(text)
        while let part = parts.next() {
            if try learnProperty(part, text, &spec) { continue }
            guard spec.parts.count < Limits.actionsInList else { throw FlowSyntaxError("input too big", part.key) }
            spec.parts.append(try learnPart(part, text))
        }
        return spec
    }

    /// Numbers are read as atoi(3) reads them: what is none is 0, what does not fit is cut off. False: `part` is none of the properties.
    private func learnProperty(_ part: KeyValues.Part, _ text: TextSlice, _ spec: inout LearnSpec) throws(FlowSyntaxError) -> Bool {
        let value = part.value
        switch part.key.string {
        case "table":
            guard let table = value.number(UInt8.self) else { throw FlowSyntaxError("unknown table \"\(value.string)\"", value) }
            guard table != 255 else { throw FlowSyntaxError("\(text.string): table id 255 not valid for `learn' action", value) }
            spec.table = table
        case "priority": spec.priority = value.leadingNumber()
        case "idle_timeout": spec.idleTimeout = value.leadingNumber()
        case "hard_timeout": spec.hardTimeout = value.leadingNumber()
        case "fin_idle_timeout": spec.finIdleTimeout = value.leadingNumber()
        case "fin_hard_timeout": spec.finHardTimeout = value.leadingNumber()
        case "cookie": spec.cookie = value.leadingCookie
        case "send_flow_rem": spec.flags.insert(.sendFlowRemoved)
        case "delete_learned": spec.flags.insert(.deleteLearned)
        case "limit": spec.limit = value.leadingNumber()
        case "result_dst":
            let range = try FieldRange.parse(value)
            guard range.field.isWritable else { throw FlowSyntaxError("\(value.string) is read-only", value) }
            guard range.count == 1 else { throw FlowSyntaxError("result_dst in 'learn' action must be a single bit", value) }
            spec.flags.insert(.writeResult)
            spec.result = range
        default: return false
        }
        return true
    }

    private func learnPart(_ part: KeyValues.Part, _ text: TextSlice) throws(FlowSyntaxError) -> LearnSpec.Part {
        if let range = FieldRange(text: part.key) { return try learnMatch(range, part, text) }
        switch part.key.string {
        case "load": return try learnLoad(part.value)
        case "output":
            let range = try FieldRange.parse(part.value)
            return LearnSpec.Part(count: range.count, source: .field(range), destination: .output)
        default: throw FlowSyntaxError("\(text.string): unknown keyword \(part.key.string)", part.key)
        }
    }

    /// "field", "field=field" or "field=value".
    private func learnMatch(_ range: FieldRange, _ part: KeyValues.Part, _ text: TextSlice) throws(FlowSyntaxError) -> LearnSpec.Part {
        let value = part.value
        _ = try shortRange(part.key, text)
        if value.isEmpty { return LearnSpec.Part(count: range.count, source: .field(range), destination: .match(range)) }
        let complaint: String
        do throws(FlowSyntaxError) {
            let source = try FieldRange.parse(value)
            guard source.count == range.count else {
                throw FlowSyntaxError("\(text.string): bit widths of \(part.key.string) (\(source.count)) and \(value.string) (\(range.count)) differ", at: -1)
            }
            return LearnSpec.Part(count: range.count, source: .field(source), destination: .match(range))
        } catch {
            if error.offset < 0 { throw FlowSyntaxError(error.message, value) }
            complaint = error.message
        }
        do throws(FieldTextError) {
            let number = try learnedValue(range, value, text)
            return LearnSpec.Part(count: range.count, source: .immediate(number), destination: .match(range))
        } catch {
            throw FlowSyntaxError("\(text.string): \(part.key.string) value \(value.string) cannot be parsed as a subfield (\(complaint))"
                + " or an immediate value (\(error.message))", value)
        }
    }

    private func learnedValue(_ range: FieldRange, _ value: TextSlice, _ text: TextSlice) throws(FieldTextError) -> [UInt8] {
        if range.isWhole, range.field.isTunMetadata {
            let parsed = try TunMetadata(range.field, text: value)
            guard parsed.mask == nil else { throw FieldTextError("\(value.string): wildcards not allowed here") }
            return wordBytes(parsed.value, bits: range.count)
        }
        return wordBytes(try learnedNumber(range, value, text), bits: range.count)
    }

    private func learnedNumber(_ range: FieldRange, _ value: TextSlice, _ text: TextSlice) throws(FieldTextError) -> UInt128 {
        if range.isWhole {
            let parsed = try range.field.parse(value, ports: ports)
            guard parsed.mask & range.field.place.ones == range.field.widthMask & range.field.place.ones else {
                throw FieldTextError("\(value.string): wildcards not allowed here")
            }
            return parsed.value
        }
        var rest = value
        guard let number = rest.takeNumber(upTo: range.field.widthMask), rest.isEmpty else {
            throw FieldTextError("\(text.string): cannot parse integer value")
        }
        guard number >> UInt128(range.count) == 0 else {
            throw FieldTextError("\(text.string): value \(hex(number)) does not fit into \(range.count) bits")
        }
        return number
    }

    /// "value->field" or "field->field".
    private func learnLoad(_ value: TextSlice) throws(FlowSyntaxError) -> LearnSpec.Part {
        guard let (source, destination) = value.arrow() else { throw FlowSyntaxError("load: missing `->' in `\(value.string)'", value) }
        guard !source.isEmpty else { throw FlowSyntaxError("load: missing source before `->' in `\(value.string)'", value) }
        var digits = source
        var overflow = false
        let number = digits.takeNumber(overflow: &overflow)
        guard number != nil || overflow else {
            guard case .move(let from, let to) = try move(value) else { throw FlowSyntaxError("load: garbage in `\(value.string)'", value) }
            return LearnSpec.Part(count: from.count, source: .field(from), destination: .load(to))
        }
        guard digits.isEmpty else { throw FlowSyntaxError("load: garbage before `->' in `\(value.string)'", digits) }
        let range = try shortRange(destination, value)
        if range.field.isTunMetadata, let bytes = source.wideNumber, bitWidth(bytes) <= range.count {
            return LearnSpec.Part(count: range.count, source: .immediate(wordBytes(bytes, bits: range.count)), destination: .load(range))
        }
        guard let number, range.count >= 128 || number >> UInt128(range.count) == 0 else {
            throw FlowSyntaxError("\(value.string): value does not fit into \(range.count) bits", source)
        }
        return LearnSpec.Part(count: range.count, source: .immediate(wordBytes(number, bits: range.count)), destination: .load(range))
    }
}

extension FieldRange {
    /// All of the field's bits.
    var isWhole: Bool { start == 0 && count == field.bits }
}

/// A number's bytes right-aligned in as many 16-bit words as `bits` bits need.
private func wordBytes(_ number: [UInt8], bits: Int) -> [UInt8] {
    [UInt8](repeating: 0, count: (bits + 15) / 16 * 2 - number.count) + number
}

/// `number` right-aligned in as many 16-bit words as `bits` bits need, most significant byte first.
private func wordBytes(_ number: UInt128, bits: Int) -> [UInt8] {
    let count = (bits + 15) / 16 * 2
    return (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt128(8 * (count - 1 - $0))) }
}

extension TextSlice {
    /// The number that the text starts with, as strtoull(3) reads it; what does not fit is all ones.
    fileprivate var leadingCookie: UInt64 {
        var rest = self
        rest.skipBlanks()
        let isNegative = rest.first == 0x2d
        if isNegative || rest.first == 0x2b { rest.start += 1 }
        var overflow = false
        let number = rest.takeNumber(overflow: &overflow) ?? (overflow ? .max : 0)
        guard number <= UInt128(UInt64.max) else { return .max }
        return isNegative ? 0 &- UInt64(number) : UInt64(number)
    }
}
