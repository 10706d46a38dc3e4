import Flow
import Wire

// ct(…) and the nat(…) in it.

extension ActionParser {
    mutating func conntrack(_ text: TextSlice) throws(FlowSyntaxError) -> ConntrackSpec {
        var spec = ConntrackSpec()
        var parts = KeyValues(text)
        while let part = parts.next() {
            let value = part.value
            switch part.key.string {
            case "commit": spec.commit = true
            case "force": spec.force = true
            case "table":
                guard let table = value.number(UInt8.self) else { throw FlowSyntaxError("unknown table \(value.string)", value) }
                guard table != 255 else { throw FlowSyntaxError("invalid table 0xff", value) }
                spec.table = table
            case "zone": try parseZone(value, into: &spec.zone)
            case "alg":
                guard let port = ["ftp": 21, "tftp": 69][value.string] as UInt16? else {
                    throw FlowSyntaxError("invalid conntrack helper \"\(value.string)\"", value)
                }
                spec.helper = port
            case "nat": spec.actions.append(.nat(try nat(value)))
            case "exec": spec.actions += try nested(value, in: .ct)
            default: throw FlowSyntaxError("invalid argument to \"ct\" action: `\(part.key.string)'", part.key)
            }
            guard spec.actions.count <= Limits.actionsInList else { throw FlowSyntaxError("input too big", part.key) }
        }
        guard spec.commit || !spec.force else { throw FlowSyntaxError("\"force\" flag requires \"commit\" flag.", text) }
        guard spec.commit || spec.actions.allSatisfy({ $0 == .nat(NATSpec()) }) else {
            throw FlowSyntaxError("CT action requires commit flag if actions other than NAT without arguments are specified. (OFPBAC_BAD_ARGUMENT)", text)
        }
        return spec
    }

    /// A number does not replace a field.
    private func parseZone(_ text: TextSlice, into zone: inout ConntrackSpec.Zone) throws(FlowSyntaxError) {
        if let number = text.number(UInt16.self) {
            if case .immediate = zone { zone = .immediate(number) }
            return
        }
        let range = try FieldRange.parse(text)
        guard range.count == 16 else { throw FlowSyntaxError("zone n_bits \(range.count) not within valid range [16..16] (OFPBAC_BAD_SET_LEN)", text) }
        zone = .field(range)
    }

    func nat(_ text: TextSlice) throws(FlowSyntaxError) -> NATSpec {
        var flags: NATSpec.Flags = []
        var range = NATRange()
        var parts = KeyValues(text)
        while let part = parts.next() {
            switch part.key.string {
            case "src":
                flags.insert(.source)
                try range.parse(part.value)
            case "dst":
                flags.insert(.destination)
                try range.parse(part.value)
            case "persistent": flags.insert(.persistent)
            case "hash": flags.insert(.hash)
            case "random": flags.insert(.random)
            default: throw FlowSyntaxError("invalid key \"\(part.key.string)\" in \"nat\" argument", part.key)
            }
        }
        if flags.isSuperset(of: [.source, .destination]) { throw FlowSyntaxError("May only specify one of \"src\" or \"dst\".", text) }
        if flags.isDisjoint(with: [.source, .destination]), !flags.isEmpty {
            throw FlowSyntaxError("Flags allowed only with \"src\" or \"dst\".", text)
        }
        if flags.isSuperset(of: [.hash, .random]) { throw FlowSyntaxError("Both \"hash\" and \"random\" are not allowed.", text) }
        var spec = try range.spec(text)
        spec.flags = flags
        return spec
    }
}

/// "address-address:port-port" while it is read. An argument that is given twice replaces the parts that it names again; one of an address's
/// characters that are no address says nothing.
private struct NATRange {
    private enum Family { case none, ipv4, ipv6 }
    private var family = Family.none
    private var first: UInt128 = 0, last: UInt128 = 0
    private var firstPort: UInt16 = 0, lastPort: UInt16 = 0

    mutating func parse(_ text: TextSlice) throws(FlowSyntaxError) {
        let complaint = FlowSyntaxError("invalid nat range \"\(text.string)\"", text)
        var rest = text
        family = .none
        if let address = NATRange.ipv4(&rest) {
            (family, first) = (.ipv4, address)
            if rest.take("-") {
                guard let end = NATRange.ipv4(&rest), end >= first else { throw complaint }
                last = end
            }
        } else if let address = NATRange.ipv6(&rest) {
            (family, first) = (.ipv6, address)
            if rest.take("-") {
                guard let end = NATRange.ipv6(&rest), end >= first else { throw complaint }
                last = end
            }
        }
        if family != .none, rest.take(":") {
            guard let port = rest.takeWrapped(UInt16.self) else { throw complaint }
            firstPort = port
            if rest.take("-") {
                guard let end = rest.takeWrapped(UInt16.self), end >= firstPort else { throw complaint }
                lastPort = end
            }
        }
        if family == .none { _ = rest.take(while: NATRange.isAddressPart) }
        guard rest.isEmpty else {
            throw FlowSyntaxError("garbage (\(rest.string)) after nat range \"\(text.string)\" (pos: \(rest.start - text.start))", rest)
        }
    }

    private static func isAddressPart(_ byte: UInt8) -> Bool { hexDigit(byte) != nil || byte == 0x3a || byte == 0x2e }

    /// Numbers above 255 are cut off from above.
    private static func ipv4(_ text: inout TextSlice) -> UInt128? {
        var rest = text
        var address: UInt128 = 0
        for index in 0..<4 {
            guard index == 0 || rest.take("."), let part = rest.takeWrapped(UInt8.self) else { return nil }
            address = address << 8 | UInt128(part)
        }
        text = rest
        return address
    }

    /// An address, in brackets or not. A colon behind an address without them belongs to it.
    private static func ipv6(_ text: inout TextSlice) -> UInt128? {
        var rest = text
        let isBracketed = rest.take("[")
        guard let address = rest.takeIPv6(), !isBracketed || rest.take("]") else { return nil }
        text = rest
        return address.number
    }

    /// What the range says: zeroes stand for nothing, and a range of one is a single value.
    func spec(_ text: TextSlice) throws(FlowSyntaxError) -> NATSpec {
        var spec = NATSpec()
        guard family != .none else { return spec }
        let hasBadPorts = lastPort != 0 && (firstPort == 0 || lastPort < firstPort)
        guard first != 0 || last == 0 && firstPort == 0, last == 0 || last >= first, !hasBadPorts else {
            throw FlowSyntaxError("invalid nat range \"\(text.string)\" (OFPBAC_BAD_ARGUMENT)", text)
        }
        guard first != 0 else { return spec }
        let end = last == 0 || last == first ? nil : last
        spec.addresses = family == .ipv4
            ? .ipv4(BE32(UInt32(truncatingIfNeeded: first)), last: end.map { BE32(UInt32(truncatingIfNeeded: $0)) })
            : .ipv6(BE128(number: first), last: end.map { BE128(number: $0) })
        spec.firstPort = firstPort == 0 ? nil : firstPort
        spec.lastPort = lastPort == 0 || lastPort == firstPort ? nil : lastPort
        return spec
    }
}
