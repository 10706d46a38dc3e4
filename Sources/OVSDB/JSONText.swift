extension JSON {
    /// The value's text in UTF-8: nothing between tokens, members ordered by the bytes of their names, so that equal values have
    /// equal texts. Infinity and NaN, which JSON does not have, become null.
    public var bytes: [UInt8] {
        var out: [UInt8] = []
        write(to: &out)
        return out
    }

    /// The same for people: each member and element in a line of its own, indented by two blanks a level, as ovs-appctl(8)'s `--pretty` has it.
    public var prettyText: String {
        var out: [UInt8] = []
        write(to: &out, indent: 0)
        return String(decoding: out, as: UTF8.self)
    }

    /// Nested no deeper than who made the value nested it; what was received is bounded by `Limits.depth`.
    /// - Parameter indent: the level at which members and elements stand in lines of their own; nil: all is one line.
    private func write(to out: inout [UInt8], indent: Int? = nil) {
        switch self {
        case .null: out += "null".utf8
        case .bool(let value): out += (value ? "true" : "false").utf8
        case .integer(let value): out += String(value).utf8
        case .real(let value): out += (value.isFinite ? "\(value)" : "null").utf8
        case .string(let value): Self.write(value, to: &out)
        case .array(let elements):
            Self.write("[", elements, "]", to: &out, indent) { element, out, indent in element.write(to: &out, indent: indent) }
        case .object(let members):
            Self.write("{", members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }, "}", to: &out, indent) { member, out, indent in
                Self.write(member.key, to: &out)
                out += (indent == nil ? ":" : ": ").utf8
                member.value.write(to: &out, indent: indent)
            }
        }
    }

    private static func write<Part>(
        _ begin: String, _ parts: [Part], _ end: String, to out: inout [UInt8], _ indent: Int?, _ part: (Part, inout [UInt8], Int?) -> Void
    ) {
        func newLine(_ level: Int?) { if let level, !parts.isEmpty { out += ("\n" + String(repeating: "  ", count: level)).utf8 } }
        out += begin.utf8
        for (index, element) in parts.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            newLine(indent.map { $0 + 1 })
            part(element, &out, indent.map { $0 + 1 })
        }
        newLine(indent)
        out += end.utf8
    }

    /// A string in quotation marks; only what must be escaped is (RFC 8259, section 7).
    private static func write(_ string: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
            case 0x08: out += "\\b".utf8
            case 0x09: out += "\\t".utf8
            case 0x0a: out += "\\n".utf8
            case 0x0c: out += "\\f".utf8
            case 0x0d: out += "\\r".utf8
            case 0..<0x10: out += ("\\u000" + String(byte, radix: 16)).utf8
            case 0x10..<0x20: out += ("\\u00" + String(byte, radix: 16)).utf8
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}
