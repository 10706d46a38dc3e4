extension Role {
    /// The extension has no "no change": its numbers are one lower.
    private static let extensionOffset: UInt32 = 1

    init(_ reader: inout ByteReader, _ context: CodecContext, isRequest: Bool) throws(OFError) {
        let number = try reader.u32()
        if context.form == .extended {
            guard number < .max, let role = ControllerRole(rawValue: number + Self.extensionOffset) else { throw .rrfcBadRole }
            self.init(role, generation: nil)
        } else {
            guard let role = ControllerRole(rawValue: number) else { throw .rrfcBadRole }
            try reader.skip(4)
            let generation = try reader.u64()
            let hasNone = isRequest ? role == .noChange : generation == .max
            self.init(role, generation: hasNone ? nil : generation)
        }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext, isRequest: Bool) {
        if context.form == .extended { return writer.u32(max(role.rawValue, Self.extensionOffset) - Self.extensionOffset) }
        writer.u32(role.rawValue)
        writer.zeros(4)
        writer.u64(generation ?? (isRequest ? 0 : .max))
    }
}

extension RoleStatus {
    init(_ reader: inout ByteReader) throws(OFError) {
        guard let role = ControllerRole(rawValue: try reader.u32()) else { throw .rrfcBadRole }
        let reason = try reader.u8()
        try reader.skip(3)
        let generation = try reader.u64()
        self.init(Role(role, generation: generation == .max ? nil : generation), reason: Reason(rawValue: reason) ?? .experimenter)
    }

    func encode(_ writer: inout ByteWriter) {
        writer.u32(role.role.rawValue)
        writer.u8(reason.rawValue)
        writer.zeros(3)
        writer.u64(role.generation ?? .max)
    }
}
