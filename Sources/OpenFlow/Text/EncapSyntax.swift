import Flow
import Wire

// encap(…) and decap(…).

/// Packet types that encap names: namespace << 16 | type.
private let encapTypes: [(name: String, type: UInt32)] = [
    ("ethernet", PacketType.ethernet), ("nsh", PacketType.nsh), ("mpls", PacketType.mpls), ("mpls_mc", PacketType.mplsMulticast),
]

/// decap without an argument: the header says what follows it.
let packetTypeNextProtocol: UInt32 = 0xfffe

extension ActionParser {
    /// "nsh(md_type=1)"
    func encap(_ text: TextSlice) throws(FlowSyntaxError) -> OFAction {
        var parts = KeyValues(text)
        guard let header = parts.next() else { throw FlowSyntaxError("Missing encap hdr: \(text.string)", text) }
        guard let (name, type) = encapTypes.first(where: { header.key == $0.name }) else {
            throw FlowSyntaxError("Encap hdr not supported: \(header.value.string)", header.key)
        }
        var properties: [EncapProperty] = []
        var arguments = KeyValues(header.value)
        while let argument = arguments.next() {
            guard properties.count < Limits.actionsInList else { throw FlowSyntaxError("input too big", argument.key) }
            properties.append(try encapProperty(argument, isNSH: name == "nsh"))
        }
        return .encap(packetType: type, properties)
    }

    private func encapProperty(_ part: KeyValues.Part, isNSH: Bool) throws(FlowSyntaxError) -> EncapProperty {
        let name = part.key.string, value = part.value
        guard isNSH, name == "md_type" || name == "tlv" else { throw FlowSyntaxError("Invalid property: \(name)", part.key) }
        guard !value.isEmpty else { throw FlowSyntaxError("Value missing for encap property", part.key) }
        if name == "tlv" { return try nshTLV(value) }
        let type: UInt8 = try small(value, "md_type")
        guard type == 1 || type == 2 else { throw FlowSyntaxError("invalid md_type", value) }
        return .nshMDType(type)
    }

    /// "0x1000,10,0x12345678": class and type are cut off where they do not fit, and so is half a byte of the value.
    private func nshTLV(_ text: TextSlice) throws(FlowSyntaxError) -> EncapProperty {
        let complaint = FlowSyntaxError("Invalid NSH TLV header: \(text.string)", text)
        var rest = text
        guard rest.take("0x") else { throw complaint }
        let optionClass = rest.take { hexDigit($0) != nil }
        guard !optionClass.isEmpty, rest.take(","), let type = rest.takeWrapped(UInt8.self), rest.take(",0x") else { throw complaint }
        let digits = rest.bytes[rest.start..<rest.end].compactMap(hexDigit)
        guard digits.count == rest.count, (1...251).contains(digits.count) else { throw complaint }
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        let number = optionClass.bytes[optionClass.start..<optionClass.end].reduce(UInt16(0)) { $0 << 4 | UInt16(hexDigit($1) ?? 0) }
        return .nshTLV(class: number, type: type, bytes)
    }

    /// "", or "packet_type(ns=0,type=0)".
    func decap(_ text: TextSlice) throws(FlowSyntaxError) -> OFAction {
        var parts = KeyValues(text)
        guard let part = parts.next() else { return .decap(packetType: packetTypeNextProtocol) }
        guard part.key == "packet_type" else { throw FlowSyntaxError("Invalid decap argument: \(part.key.string)", part.key) }
        var arguments = KeyValues(part.value)
        guard let space = arguments.next(), space.key == "ns" else { throw FlowSyntaxError("Missing packet_type attribute ns", part.value) }
        let namespace: UInt16 = try small(space.value, "ns")
        guard namespace < packetTypeNamespaces else { throw FlowSyntaxError("Unsupported ns value: \(namespace)", space.value) }
        guard let type = arguments.next(), type.key == "type" else { throw FlowSyntaxError("Missing packet_type attribute type", part.value) }
        let number: UInt16 = try small(type.value, "type")
        return .decap(packetType: UInt32(namespace) << 16 | UInt32(number))
    }
}

/// OFPHTN_: namespaces of packet types.
private let packetTypeNamespaces: UInt16 = 5

/// "encap(nsh(md_type=2,tlv(0x1000,10,0x12345678)))"
func encapText(_ packetType: UInt32, _ properties: [EncapProperty]) -> String {
    let name = encapTypes.first { $0.type == packetType }?.name ?? "UNKNOWN"
    if properties.isEmpty { return "encap(" + name + ")" }
    return "encap(" + name + "(" + properties.map(\.text).joined(separator: ",") + "))"
}

func decapText(_ packetType: UInt32) -> String {
    if packetType == packetTypeNextProtocol { return "decap()" }
    return "decap(packet_type(ns=\(packetType >> 16),type=" + hex(packetType & 0xffff) + "))"
}

extension EncapProperty {
    fileprivate var text: String {
        switch self {
        case .nshMDType(let type): return "md_type=\(type)"
        case .nshTLV(let optionClass, let type, let bytes):
            var out = TextWriter()
            out.put("tlv(")
            out.hex(optionClass, digits: 4)
            out.put(",\(type),")
            // Without zeroes in front, as ovs-ofctl has it, though they count.
            let significant = bytes.drop { $0 == 0 }
            out.put(significant.isEmpty ? "0" : "0x")
            for (index, byte) in significant.enumerated() { out.bareHex(byte, digits: index == 0 ? 1 : 2) }
            out.put(")")
            return out.text
        }
    }
}
