import Flow
import Wire

extension Field {
    /// Ones in the bits of the value that exist.
    private var ones: UInt128 { place.ones }

    /// A value as a match prints it: "80", "0x50/0xff0", "10.0.0.0/8", "+syn-ack".
    func matchText(_ value: MaskedValue, format: FieldFormat?, names: PortNames) -> String {
        let isExact = value.mask == ones
        switch format ?? row.format {
        case .decimal where isExact: return String(value.value)
        case .decimal: return "0x" + String(value.value, radix: 16) + "/0x" + String(value.mask, radix: 16)
        case .hexadecimal:
            var out = TextWriter()
            out.hex(value.value)
            if !isExact {
                out.put("/")
                out.hex(value.mask)
            }
            return out.text
        case .packetType:
            var out = TextWriter()
            out.put("(\(value.value >> 16),")
            out.hex(value.value & 0xffff)
            out.put(")")
            return out.text
        default: return commonText(value, isExact, names)
        }
    }

    /// A value as set_field prints it: decimal numbers stay decimal under a mask.
    func actionText(_ value: MaskedValue, names: PortNames) -> String {
        let isExact = value.mask == ones
        switch row.format {
        case .decimal, .hexadecimal, .packetType:
            var out = TextWriter()
            if row.format == .decimal { out.decimal(value.value) } else { out.hex(value.value) }
            if !isExact {
                out.put("/")
                out.hex(value.mask)
            }
            return out.text
        case .tunnelFlags where isExact: return FlagNames.tunnel.text(UInt32(truncatingIfNeeded: value.value))
        default: return commonText(value, isExact, names)
        }
    }

    /// A whole value as a trace tells it.
    public func valueText(_ value: UInt128) -> String { matchText(MaskedValue(value: value, mask: ones), format: nil, names: { _ in nil }) }

    private func commonText(_ value: MaskedValue, _ isExact: Bool, _ names: PortNames) -> String {
        var out = TextWriter()
        switch row.format {
        case .ethernet:
            out.ethernet(EthernetAddress(UInt64(truncatingIfNeeded: value.value)),
                mask: EthernetAddress(UInt64(truncatingIfNeeded: value.mask)))
        case .ipv4:
            out.ipv4(BE32(UInt32(truncatingIfNeeded: value.value)), mask: BE32(UInt32(truncatingIfNeeded: value.mask)))
        case .ipv6: out.ipv6(BE128(number: value.value), mask: BE128(number: value.mask))
        case .port:
            let port = OFPort(UInt16(truncatingIfNeeded: value.value))
            out.put(portText(port, names))
        case .fragment: out.put(fragmentText(value))
        case .tcpFlags: out.put(flagText(value, .tcp))
        case .ctState: out.put(flagText(value, .conntrack))
        case .tunnelFlags:
            out.put(FlagNames.tunnel.text(UInt32(truncatingIfNeeded: value.value), mask: UInt32(truncatingIfNeeded: value.mask)))
        case .decimal, .hexadecimal, .packetType: out.hex(value.value)
        }
        return out.text
    }

    private func flagText(_ value: MaskedValue, _ flags: FlagNames) -> String {
        let bits = UInt32(truncatingIfNeeded: value.value), mask = UInt32(truncatingIfNeeded: value.mask)
        return mask == flags.valid ? flags.text(bits) : flags.text(bits, mask: mask)
    }

    private func fragmentText(_ value: MaskedValue) -> String {
        switch (value.value, value.mask) {
        case (0, 3): "no"
        case (1, 3): "first"
        case (3, 3): "later"
        case (1, 1): "yes"
        case (0, 2): "not_later"
        case (0, 1): "no"
        case (2, 2): "later"
        default: "<error>"
        }
    }
}

/// A port as it is printed: a reserved port's name, a name in quotes if need be, or the number.
func portText(_ port: OFPort, _ names: PortNames) -> String {
    guard port < .maximum, let name = names(port) else { return port.text }
    let isPlain = name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f || byte == 0x2d
    } && name.utf8.first.map { !(0x30...0x39).contains($0) } ?? false
    return isPlain ? name : "\"" + name + "\""
}
