import Flow

// Values of fields tun_metadataN in text: hexadecimal numbers of up to 124 bytes.

extension TunMetadata {
    /// Reads "value" or "value/mask"; nothing, or "*": that the field is present.
    init(_ field: Field, text: TextSlice) throws(FieldTextError) {
        if text.isEmpty || text == "*" {
            self.init(field, value: [], mask: [])
            return
        }
        let (valueText, maskText) = text.split(at: "/")
        let value = try Self.number(valueText, of: field, "value", in: text)
        guard let maskText else {
            self.init(field, value: value)
            return
        }
        self = TunMetadata(field, value: value, mask: try Self.number(maskText, of: field, "mask", in: text)).shortest
    }

    private static func number(_ part: TextSlice, of field: Field, _ kind: String, in whole: TextSlice) throws(FieldTextError) -> [UInt8] {
        guard let number = part.wideNumber else { throw FieldTextError("\(whole.string): bad syntax for \(field.name) \(kind)") }
        guard number.count <= TunMetadataPlace.mostBytes else {
            throw FieldTextError("\(whole.string): value too large for \(TunMetadataPlace.mostBytes)-byte field \(field.name)")
        }
        return number
    }

    /// As a match prints it; nil: that the field is present. As OVS has it, a mask of ones up to the number's own length is not told.
    var matchText: String? {
        guard !isPresence else { return nil }
        let short = shortest
        guard let mask = short.mask, !mask.allSatisfy({ $0 == .max }) else { return hexText(value) }
        return hexText(value) + "/" + hexText(mask)
    }

    /// As set_field prints it.
    var actionText: String { hexText(value) + (mask.map { "/" + hexText($0) } ?? "") }
}

/// A number of any length in hexadecimal, as `hex` prints shorter ones.
func hexText(_ bytes: [UInt8]) -> String {
    let digits = bytes.drop { $0 == 0 }
    guard let first = digits.first else { return "0" }
    var out = TextWriter()
    out.put("0x")
    out.bareHex(first)
    for byte in digits.dropFirst() { out.bareHex(byte, digits: 2) }
    return out.text
}

extension TextSlice {
    /// Takes a number of any length if it is hexadecimal, or one of 128 bits, and gives its bytes without leading zeroes; nil and unmoved if there is none.
    mutating func takeWideNumber() -> [UInt8]? {
        var digits = self
        guard digits.take("0x") || digits.take("0X"), digits.first.map({ hexDigit($0) != nil }) ?? false else {
            return takeNumber().map { number in Array((0..<16).reversed().map { UInt8(truncatingIfNeeded: number >> UInt128($0 * 8)) }.drop { $0 == 0 }) }
        }
        let text = digits.take { hexDigit($0) != nil }
        let values = text.bytes[text.start..<text.end].compactMap(hexDigit)
        var bytes: [UInt8] = values.count % 2 == 0 ? [] : [values[0]]
        for at in stride(from: values.count % 2, to: values.count, by: 2) { bytes.append(values[at] << 4 | values[at + 1]) }
        self = digits
        return Array(bytes.drop { $0 == 0 })
    }
}

extension TextSlice {
    /// The whole slice as such a number; nil: it is none.
    var wideNumber: [UInt8]? {
        var rest = self
        guard let number = rest.takeWideNumber(), rest.isEmpty else { return nil }
        return number
    }
}

/// The bits that a number without leading zero bytes needs.
func bitWidth(_ number: [UInt8]) -> Int { number.first.map { number.count * 8 - $0.leadingZeroBitCount } ?? 0 }

extension ActionParser {
    /// load of a field tun_metadataN: `number` is written to the bits of `range`.
    func loadTunMetadata(_ number: [UInt8], _ range: FieldRange, _ text: TextSlice) throws(FlowSyntaxError) -> OFAction {
        guard bitWidth(number) <= range.count else {
            throw FlowSyntaxError("\(text.string): value \(hexText(number)) does not fit into \(range.count) bits", text)
        }
        return .setTunMetadata(range.isWhole ? TunMetadata(range.field, value: number) : TunMetadata(range, number))
    }
}
