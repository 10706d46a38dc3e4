extension ErrorMessage {
    /// NXET_VENDOR, which says the extension's errors before OpenFlow 1.2 does it by OFPET_EXPERIMENTER.
    private static let niciraType: UInt16 = 0xb0c2
    private static let experimenterType: UInt16 = 0xffff

    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        var numbers = ErrorNumbers(vendor: 0, type: try reader.u16(), code: try reader.u16())
        if numbers.type == Self.niciraType, numbers.code == 0 {
            numbers = ErrorNumbers(vendor: try reader.u32(), type: try reader.u16(), code: try reader.u16())
        } else if numbers.type == Self.experimenterType {
            numbers = ErrorNumbers(vendor: try reader.u32(), type: numbers.code, code: 0)
        }
        self.init(OFError(vendor: numbers.vendor, type: numbers.type, code: numbers.code, version: context.version), data: reader.rest())
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        let numbers = (error ?? .nxbrcUnencodableError).encoding(context.version)
        if numbers.vendor == 0 {
            writer.u16(numbers.type)
            writer.u16(numbers.code)
        } else if context.version < .v12 {
            writer.u16(Self.niciraType)
            writer.u16(0)
            writer.u32(numbers.vendor)
            writer.u16(numbers.type)
            writer.u16(numbers.code)
        } else {
            writer.u16(Self.experimenterType)
            writer.u16(numbers.type)
            writer.u32(numbers.vendor)
        }
        // A message that fills its length is quoted as far as there is room.
        writer.put(Array(data.prefix(Limits.message - writer.count)))
    }
}
