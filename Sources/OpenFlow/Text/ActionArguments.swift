import Flow
import Wire

// Arguments of single actions.

extension ActionParser {
    func sample(_ value: TextSlice) throws(FlowSyntaxError) -> OFAction {
        var probability: UInt16 = 0, collectorSet: UInt32 = 0, domain: UInt32 = 0, point: UInt32 = 0
        var parts = KeyValues(value)
        while let part = parts.next() {
            switch part.key.string {
            case "probability":
                probability = try small(part.value, "probability")
                if probability == 0 { throw FlowSyntaxError("invalid probability value \"\(part.value.string)\"", part.value) }
            case "collector_set_id": collectorSet = try number(part.value)
            case "obs_domain_id": domain = try number(part.value)
            case "obs_point_id": point = try number(part.value)
            case "sampling_port", "ingress", "egress":
                throw FlowSyntaxError("\"\(part.key.string)\" in \"sample\" is not supported", part.key)
            default: throw FlowSyntaxError("invalid key \"\(part.key.string)\" in \"sample\" argument", part.key)
            }
        }
        guard probability != 0 else { throw FlowSyntaxError("non-zero \"probability\" must be specified on sample", value) }
        return .sample(SampleSpec(probability: probability, collectorSet: collectorSet, observationDomain: domain, observationPoint: point))
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
