import Flow

// Fields tun_metadataN in NXM and OXM form: values of any length.

extension ByteReader {
    /// Takes the value, and the mask, behind the header of a field tun_metadataN. `bmcBadLen`: cut off. `bmcBadWildcards`: a bit is set that does not count.
    mutating func tunMetadata(_ field: Field, _ header: FieldEntryHeader) throws(OFError) -> TunMetadata {
        var payload = try part(header.payload, .bmcBadLen)
        // No field is longer, and of a value that is longer than its field the first bytes count.
        let value = try payload.take(header.bytes).prefix(TunMetadataPlace.mostBytes)
        guard header.hasMask else { return TunMetadata(field, value: Array(value)) }
        let mask = try payload.take(header.bytes).prefix(TunMetadataPlace.mostBytes)
        guard zip(value, mask).allSatisfy({ $0 & ~$1 == 0 }) else { throw .bmcBadWildcards }
        return TunMetadata(field, value: Array(value), mask: Array(mask))
    }
}

extension ByteWriter {
    /// Writes header, value and mask; the same in all versions.
    mutating func tunMetadata(_ entry: TunMetadata) {
        guard var header = entry.field.header(version: 0) else { return }
        header.bytes = UInt8(entry.value.count)
        fieldHeader(header, masked: entry.mask != nil)
        put(entry.value)
        if let mask = entry.mask { put(mask) }
    }

    /// set_field of OpenFlow 1.5, of 1.2 to 1.4 without a mask, or the extension's load.
    mutating func setTunMetadata(_ written: TunMetadata, _ version: OFVersion) {
        let isStandard = version >= .v15 || version >= .v12 && written.mask == nil
        form(!isStandard ? .regLoad2 : version >= .v15 ? .setField15 : .setField12, version) { $0.tunMetadata(written) }
    }
}
