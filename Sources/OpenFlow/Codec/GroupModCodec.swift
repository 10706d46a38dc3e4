import Flow
import Wire

extension GroupMod {
    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        let commandNumber = try reader.u16(), kindNumber = try reader.u8()
        try reader.skip(1)
        let command = Command(rawValue: commandNumber), kind = GroupKind(rawValue: kindNumber)
        self.init(command ?? .add, kind: kind ?? .all, group: try reader.u32(), buckets: [])
        if context.version.hasNumberedBuckets {
            try decode15(&reader, command, kind, context.version)
        } else {
            buckets = try GroupBucket.decode11(&reader, context.version)
            guard context.version < .v13 || command != .delete || buckets.isEmpty else { throw .gmfcInvalidGroup }
        }
        try check(command, kind)
    }

    private mutating func decode15(
        _ reader: inout ByteReader, _ command: Command?, _ kind: GroupKind?, _ version: OFVersion
    ) throws(OFError) {
        let length = Int(try reader.u16())
        try reader.skip(2)
        bucketID = try reader.u32()
        guard isBucketIDValid(command) else { throw .gmfcBadBucket }
        var part = try reader.part(length)
        buckets = try GroupBucket.decode15(&part, kind, version)
        selection = try GroupSelection(&reader, kind, command)
    }

    private func isBucketIDValid(_ command: Command?) -> Bool {
        let isNamed = bucketID <= GroupBucket.idMaximum || bucketID == GroupBucket.idFirst || bucketID == GroupBucket.idLast
        return switch command {
        case .removeBucket: isNamed || bucketID == GroupBucket.idAll
        case .insertBucket: isNamed
        default: bucketID == GroupBucket.idAll
        }
    }

    private func check(_ command: Command?, _ kind: GroupKind?) throws(OFError) {
        guard let kind else { throw .gmfcBadType }
        if kind == .indirect, command != .delete, buckets.count != 1 { throw .gmfcInvalidGroup }
        guard let command else { throw .gmfcBadCommand }
        if command == .removeBucket, !buckets.isEmpty { throw .gmfcBadBucket }
        for bucket in buckets {
            if bucket.weight != 0, kind != .select, command != .insertBucket { throw .gmfcInvalidGroup }
            switch kind {
            case .all, .indirect: if bucket.hasLiveness { throw .gmfcWatchUnsupported }
            case .select: break
            case .fastFailover: if !bucket.hasLiveness { throw .gmfcInvalidGroup }
            }
        }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        let version = context.version
        writer.u16(command.rawValue)
        writer.u8(kind.rawValue)
        writer.zeros(1)
        writer.u32(group)
        guard version.hasNumberedBuckets else { return buckets.encode(&writer, kind, version) }
        let length = writer.count
        writer.zeros(4)
        writer.u32(bucketID)
        let start = writer.count
        buckets.encode(&writer, kind, version)
        writer.set16(writer.count - start, at: length)
        selection.encode(&writer, version)
    }
}

extension GroupSelection {
    /// NTRT_SELECTION_METHOD of either of the extension's vendors.
    private static let method = Property.experimenter(0x154d, 1)
    private static let methodCompatible = Property.experimenter(0x154e, 1)
    private static let methodLength = 16
    /// Of the property's contents: padding, the method, its parameter.
    private static let fixedLength = 28

    /// A group's properties: all that `reader` has. `command`: of a group mod; `add` for a description.
    init(_ reader: inout ByteReader, _ kind: GroupKind?, _ command: GroupMod.Command?) throws(OFError) {
        while !reader.isEmpty {
            let property = try Property(&reader)
            guard property.type == Self.method || property.type == Self.methodCompatible else { throw property.unknown }
            guard kind == .select, command == .add || command == .modify || command == .addOrModify else { throw .bpcBadValue }
            try read(property.contents)
        }
    }

    private mutating func read(_ contents: ByteReader) throws(OFError) {
        var contents = contents
        try contents.need(Self.fixedLength, .bpcBadLen)
        try contents.skip(4)
        let text = try contents.take(Self.methodLength)
        guard text.contains(0) else { throw .bpcBadValue }
        method = String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
        guard method == "hash" || method == "dp_hash" else { throw .bpcBadValue }
        parameter = try contents.u64()
        guard method == "hash" || contents.isEmpty else { throw .bpcBadValue }
        while !contents.isEmpty {
            let entry = try contents.fieldEntry(masks: false)
            guard let field = entry.header.field else { throw .bmcBadField }
            guard !names.contains(field) else { throw .bmcDupField }
            guard field.allows(mask: entry.value, bytes: entry.header.bytes) else { throw .bmcBadMask }
            add(field, bits: entry.value)
        }
    }

    func encode(_ writer: inout ByteWriter, _ version: OFVersion) {
        guard !method.isEmpty else { return }
        let start = writer.startProperty(Self.method)
        writer.zeros(4)
        writer.text(method, Self.methodLength)
        writer.u64(parameter)
        for field in names {
            if field.isTunMetadata {
                writer.tunMetadata(TunMetadata(field, value: [UInt8](repeating: .max, count: TunMetadataPlace.mostBytes)))
                continue
            }
            writer.fieldEntry(field, version: version.rawValue, value: fields.mask.value(of: field), mask: nil)
        }
        writer.endProperty(start)
    }
}

extension GroupDescription {
    private static let fixed11 = 8
    private static let fixed15 = 16

    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        let version = context.version, fixed = version.hasNumberedBuckets ? Self.fixed15 : Self.fixed11
        try reader.need(fixed)
        let length = Int(try reader.u16())
        guard length >= fixed else { throw .brcBadLen }
        var part = try reader.part(length - 2)
        let kindNumber = try part.u8()
        try part.skip(1)
        let kind = GroupKind(rawValue: kindNumber)
        self.init(group: try part.u32(), kind: kind ?? .all, buckets: [], selection: GroupSelection())
        if version.hasNumberedBuckets {
            let bucketsLength = Int(try part.u16())
            try part.skip(6)
            var list = try part.part(bucketsLength)
            buckets = try GroupBucket.decode15(&list, kind, version)
            selection = try GroupSelection(&part, kind, .add)
        } else {
            buckets = try GroupBucket.decode11(&part, version)
        }
        guard kind != nil else { throw .gmfcBadType }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        let version = context.version, start = writer.count
        writer.zeros(2)
        writer.u8(kind.rawValue)
        writer.zeros(1)
        writer.u32(group)
        if version.hasNumberedBuckets {
            let length = writer.count
            writer.zeros(8)
            buckets.encode(&writer, kind, version)
            writer.set16(writer.count - length - 8, at: length)
            selection.encode(&writer, version)
        } else {
            buckets.encode(&writer, kind, version)
        }
        writer.set16(writer.count - start, at: start)
    }
}
