import Wire

// Numbers and addresses in text. `take…` consumes a prefix; the forms without "take" want the whole slice.

extension TextSlice {
    /// Takes an unsigned number as strtoull(3) with base 0 reads it: 0x… hexadecimal, 0… octal, else decimal.
    /// nil and unmoved if there is no digit. A number that needs more than 128 bits comes back as nil with
    /// `overflow` set.
    public mutating func takeNumber(overflow: inout Bool) -> UInt128? {
        var rest = self
        var base: UInt128 = 10
        if rest.first == 0x30, let x = rest.peek(1), x | 0x20 == 0x78, let digit = rest.peek(2), hexDigit(digit) != nil {
            base = 16
            rest.start += 2
        } else if rest.first == 0x30 {
            base = 8
        }
        var value: UInt128 = 0
        var digits = 0
        overflow = false
        while let byte = rest.first, let digit = hexDigit(byte), UInt128(digit) < base {
            let (scaled, tooLarge) = value.multipliedReportingOverflow(by: base)
            let (sum, carry) = scaled.addingReportingOverflow(UInt128(digit))
            if tooLarge || carry { overflow = true }
            value = sum
            digits += 1
            rest.start += 1
        }
        guard digits > 0 else { return nil }
        start = rest.start
        return overflow ? nil : value
    }

    /// Takes an unsigned number; nil and unmoved if there is none or it is above `limit`.
    public mutating func takeNumber(upTo limit: UInt128 = .max) -> UInt128? {
        var rest = self
        var overflow = false
        guard let value = rest.takeNumber(overflow: &overflow), value <= limit else { return nil }
        self = rest
        return value
    }

    /// The whole slice as a number that fits `Integer`.
    public func number<Integer: FixedWidthInteger & UnsignedInteger>(_ type: Integer.Type = Integer.self) -> Integer? {
        var rest = self
        guard let value = rest.takeNumber(upTo: UInt128(Integer.max)), rest.isEmpty else { return nil }
        return Integer(truncatingIfNeeded: value)
    }

    /// Takes an Ethernet address.
    public mutating func takeEthernet() -> EthernetAddress? {
        var rest = self
        var number: UInt64 = 0
        for index in 0..<6 {
            if index > 0, !rest.take(":") { return nil }
            let digits = rest.take { hexDigit($0) != nil }
            guard (1...2).contains(digits.count) else { return nil }
            let byte = digits.bytes[digits.start..<digits.end].reduce(UInt64(0)) { $0 << 4 | UInt64(hexDigit($1) ?? 0) }
            number = number << 8 | byte
        }
        self = rest
        return EthernetAddress(number)
    }

    /// Takes an IPv4 address in dotted decimal form.
    public mutating func takeIPv4() -> BE32? {
        var rest = self
        var number: UInt32 = 0
        for index in 0..<4 {
            if index > 0, !rest.take(".") { return nil }
            let digits = rest.take { (0x30...0x39).contains($0) }
            guard (1...3).contains(digits.count) else { return nil }
            let part = digits.bytes[digits.start..<digits.end].reduce(UInt32(0)) { $0 * 10 + UInt32($1 - 0x30) }
            guard part < 256 else { return nil }
            number = number << 8 | part
        }
        self = rest
        return BE32(number)
    }

    /// Takes an IPv6 address (RFC 4291, section 2.2).
    public mutating func takeIPv6() -> BE128? {
        var rest = self
        let text = rest.take { hexDigit($0) != nil || $0 == 0x3a || $0 == 0x2e }
        guard let address = text.ipv6 else { return nil }
        self = rest
        return address
    }

    /// The whole slice as an IPv6 address.
    public var ipv6: BE128? {
        var rest = self
        var groups: [UInt16] = []
        var gap: Int?
        if rest.take("::") { gap = 0 }
        while !rest.isEmpty {
            var quad = rest
            if groups.count <= 6, let address = quad.takeIPv4(), quad.isEmpty {
                groups += [UInt16(address.host >> 16), UInt16(address.host & 0xffff)]
                break
            }
            let digits = rest.take { hexDigit($0) != nil }
            guard (1...4).contains(digits.count), groups.count < 8 else { return nil }
            groups.append(digits.bytes[digits.start..<digits.end].reduce(0) { $0 << 4 | UInt16(hexDigit($1) ?? 0) })
            if rest.isEmpty { break }
            guard rest.take(":") else { return nil }
            if rest.first == 0x3a {
                guard gap == nil else { return nil }
                rest.start += 1
                gap = groups.count
            } else if rest.isEmpty {
                return nil
            }
        }
        guard gap == nil ? groups.count == 8 : groups.count < 8 else { return nil }
        if let gap { groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap) }
        let number = groups.reduce(UInt128(0)) { $0 << 16 | UInt128($1) }
        return BE128(number: number)
    }
}

extension BE128 {
    public init(number: UInt128) {
        self.init(high: UInt64(truncatingIfNeeded: number >> 64), low: UInt64(truncatingIfNeeded: number))
    }
    public var number: UInt128 { UInt128(high) << 64 | UInt128(low) }
}
