extension OFPacket {
    /// The message in its header's version: one, or for a multipart reply that is too long for one, several, back to back. Empty: the version
    /// has no such message.
    public func encoded() -> [UInt8] {
        guard let row = messageIndex.row(message.kind, header.form, header.version) else { return [] }
        let context = CodecContext(version: header.version, form: row.form, hasTableIDs: header.hasTableIDs)
        if row.isMultipart, let parts = message.encodedElements(header) { return parts }
        var header = header
        if case .hello(let hello) = message { header.version = hello.versions.highest ?? header.version }
        var writer = ByteWriter()
        MessageHeader.write(&writer, row.number, header)
        message.encodeBody(&writer, context)
        guard writer.count <= Limits.message else { return [] }
        writer.set16(writer.count, at: 2)
        return writer.bytes
    }
}
