import Wire

/// What is wrong with a field's value, in one sentence that quotes it.
public struct FieldTextError: Error, Hashable, CustomStringConvertible {
    public var message: String
    public init(_ message: String) { self.message = message }
    public var description: String { message }
}

/// A field's value and the bits of it that count.
public struct MaskedValue: Hashable, Sendable {
    public var value: UInt128
    public var mask: UInt128
    public init(value: UInt128, mask: UInt128) {
        self.value = value
        self.mask = mask
    }
}

/// Looks up a port's number by its name.
public typealias PortLookup = (String) -> OFPort?

extension Field {
    /// All ones in the width that a mask is written in.
    public var widthMask: UInt128 { width >= 128 ? .max : (1 << UInt128(width)) - 1 }

    /// Reads "value" or "value/mask" in the field's format (ovs-fields(7), "Format"). An empty text or "*" matches
    /// anything: a mask of 0. Bits outside the mask come back as zero.
    public func parse(_ text: TextSlice, ports: PortLookup) throws(FieldTextError) -> MaskedValue {
        text.isEmpty ? MaskedValue(value: 0, mask: 0) : try parseGiven(text, ports: ports)
    }

    /// As `parse`, but an empty text is a value like others.
    public func parseGiven(_ text: TextSlice, ports: PortLookup) throws(FieldTextError) -> MaskedValue {
        if text == "*" { return MaskedValue(value: 0, mask: 0) }
        var parsed = try parseUnchecked(text, ports: ports)
        if !row.maskable, parsed.mask != 0, parsed.mask != widthMask {
            throw FieldTextError("\(text.string): invalid mask for field \(name)")
        }
        parsed.value &= parsed.mask
        return parsed
    }

    private func parseUnchecked(_ text: TextSlice, ports: PortLookup) throws(FieldTextError) -> MaskedValue {
        switch row.format {
        case .decimal, .hexadecimal: return try parseInteger(text)
        case .ethernet: return try parseEthernet(text)
        case .ipv4: return try parseIPv4(text)
        case .ipv6: return try parseIPv6(text)
        case .port:
            guard let port = OFPort(text: text, ports: ports) else {
                throw FieldTextError("\(text.string): invalid or unknown port for \(name)")
            }
            return MaskedValue(value: UInt128(port.number), mask: widthMask)
        case .fragment: return try parseFragment(text)
        case .tcpFlags: return try parseFlags(text, .tcp)
        case .ctState: return try parseFlags(text, .conntrack)
        case .tunnelFlags: return try parseFlags(text, .tunnel)
        case .packetType: return try parsePacketType(text)
        }
    }

    private func parseInteger(_ text: TextSlice) throws(FieldTextError) -> MaskedValue {
        let (valueText, maskText) = text.split(at: "/")
        let value = try integer(valueText, "value")
        guard let maskText else { return MaskedValue(value: value, mask: widthMask) }
        return MaskedValue(value: value, mask: try integer(maskText, "mask", in: text))
    }

    private func integer(_ part: TextSlice, _ kind: String, in whole: TextSlice? = nil) throws(FieldTextError) -> UInt128 {
        var rest = part
        var overflow = false
        let isNegative = rest.first == 0x2d
        if isNegative { rest.start += 1 }
        let value = rest.takeNumber(overflow: &overflow)
        guard rest.isEmpty, value != nil || overflow else {
            throw FieldTextError("\((whole ?? part).string): bad syntax for \(name) \(kind)")
        }
        guard let value, !isNegative, value <= widthMask else {
            throw FieldTextError("\((whole ?? part).string): value too large for \((width + 7) / 8)-byte field \(name)")
        }
        return value
    }

    private func parseEthernet(_ text: TextSlice) throws(FieldTextError) -> MaskedValue {
        var rest = text
        if let address = rest.takeEthernet() {
            if rest.isEmpty { return MaskedValue(value: UInt128(address.number), mask: widthMask) }
            if rest.take("/"), let mask = rest.takeEthernet(), rest.isEmpty {
                return MaskedValue(value: UInt128(address.number), mask: UInt128(mask.number))
            }
        }
        throw FieldTextError("\(text.string): invalid Ethernet address")
    }

    private func parseIPv4(_ text: TextSlice) throws(FieldTextError) -> MaskedValue {
        var rest = text
        guard let address = rest.takeIPv4() else { throw FieldTextError("\(text.string): invalid IP address") }
        let value = UInt128(address.host)
        if rest.isEmpty { return MaskedValue(value: value, mask: widthMask) }
        guard rest.take("/") else { throw FieldTextError("\(text.string): invalid IP address") }
        var dotted = rest
        if let mask = dotted.takeIPv4(), dotted.isEmpty { return MaskedValue(value: value, mask: UInt128(mask.host)) }
        return MaskedValue(value: value, mask: try prefix(rest, text, "IPv4"))
    }

    private func parseIPv6(_ text: TextSlice) throws(FieldTextError) -> MaskedValue {
        var rest = text
        guard let address = rest.takeIPv6() else { throw FieldTextError("\(text.string): invalid IPv6 address") }
        if rest.isEmpty { return MaskedValue(value: address.number, mask: .max) }
        guard rest.take("/") else { throw FieldTextError("\(text.string): invalid IPv6 address") }
        if let mask = rest.ipv6 { return MaskedValue(value: address.number, mask: mask.number) }
        return MaskedValue(value: address.number, mask: try prefix(rest, text, "IPv6"))
    }

    private func prefix(_ length: TextSlice, _ text: TextSlice, _ family: String) throws(FieldTextError) -> UInt128 {
        guard let length = length.number(UInt8.self), Int(length) <= width else {
            throw FieldTextError("\(text.string): \(family) network prefix bits not between 0 and \(width), inclusive")
        }
        return prefixMask(Int(length), width: width)
    }

    private func parseFragment(_ text: TextSlice) throws(FieldTextError) -> MaskedValue {
        guard let kind = fragmentKinds.first(where: { text == $0.name }) else {
            throw FieldTextError("\(text.string): unknown fragment type (valid types are \"no\", \"yes\", \"first\", \"later\", \"not_later\")")
        }
        return MaskedValue(value: UInt128(kind.value), mask: UInt128(kind.mask))
    }

    private func parsePacketType(_ text: TextSlice) throws(FieldTextError) -> MaskedValue {
        var rest = text
        guard rest.take("(") else { throw FieldTextError("\(text.string): bad syntax for packet type missing '('") }
        guard let space = rest.takeNumber(upTo: 0xffff), rest.take(","), let type = rest.takeNumber(upTo: 0xffff),
            rest.take(")"), rest.isEmpty
        else { throw FieldTextError("\(text.string): bad syntax for packet type") }
        return MaskedValue(value: space << 16 | type, mask: widthMask)
    }

    private func parseFlags(_ text: TextSlice, _ flags: FlagNames) throws(FieldTextError) -> MaskedValue {
        let valid = UInt128(flags.valid)
        if let byte = text.first, byte != 0x2b, byte != 0x2d, (0x30...0x39).contains(byte) {
            let number = try parseInteger(text)
            guard number.value & ~valid == 0 else { throw FieldTextError("\(text.string): unknown \(flags.noun)") }
            return MaskedValue(value: number.value, mask: number.mask & valid)
        }
        let result: (value: UInt32, mask: UInt32)
        do throws(FlagTextError) {
            result = try flags.parse(text)
        } catch {
            throw FieldTextError(error.isRepeated ? "\(error.flag): Each \(flags.singular) flag can be specified only once"
                : "\(error.flag): unknown \(flags.noun)")
        }
        return MaskedValue(value: UInt128(result.value), mask: UInt128(result.mask))
    }
}

/// The kinds of fragments of ovs-fields(7), ip_frag.
let fragmentKinds: [(name: String, value: UInt8, mask: UInt8)] = [
    ("no", 0, 3), ("yes", 1, 1), ("first", 1, 3), ("later", 3, 3), ("not_later", 0, 2),
]

extension OFPort {
    /// A port by number (decimal), by the name of a reserved port in any case, or by a name that `ports` knows, quoted or
    /// not. Numbers from OpenFlow 1.1's reserved range become those of OpenFlow 1.0.
    public init?(text: TextSlice, ports: PortLookup) {
        var rest = text
        let digits = rest.take { (0x30...0x39).contains($0) }
        if rest.isEmpty, digits.count > 0 {
            var decimal: UInt64 = 0
            for byte in digits.bytes[digits.start..<digits.end] where decimal <= 0xffff_ffff { decimal = decimal * 10 + UInt64(byte - 0x30) }
            guard decimal <= 0xffff || (0xffff_ff00...0xffff_ffff).contains(decimal) else { return nil }
            self.init(UInt16(truncatingIfNeeded: decimal))
            return
        }
        if let reserved = OFPort.reservedNames.first(where: { text.equalsIgnoringCase($0.name) }) {
            self = reserved.port
            return
        }
        let isQuoted = text.count >= 2 && text.first == 0x22 && text.bytes[text.end - 1] == 0x22
        let name = isQuoted ? TextSlice(text.bytes, from: text.start + 1, to: text.end - 1).string : text.string
        guard let port = ports(name) else { return nil }
        self = port
    }

    /// The name of a reserved port, or the number.
    public var text: String {
        if self == .none { return "ANY" }
        return OFPort.reservedNames.first { $0.port == self }?.name ?? String(number)
    }
}
