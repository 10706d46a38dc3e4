import Flow

extension TableStatistics {
    private static let nameLength = 32

    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        let version = context.version
        self.init(features: TableFeatures(table: try reader.u8(), name: "", maximum: 0), active: 0, lookups: 0, matches: 0)
        try reader.skip(version == .v10 || version >= .v13 ? 3 : 7)
        if version < .v13 { features.name = try reader.shortText(Self.nameLength) }
        switch version {
        case .v10: try decode10(&reader)
        case .v11: try decode11(&reader)
        case .v12: try decode12(&reader)
        case .v13, .v14, .v15: break
        }
        if version < .v13 { features.maximum = try reader.u32() }
        active = try reader.u32()
        lookups = try reader.u64()
        matches = try reader.u64()
    }

    private mutating func decode10(_ reader: inout ByteReader) throws(OFError) {
        features.wildcards = TableBits.legacyFields(try reader.u32(), .v10)
        features.matches = features.wildcards
    }

    private mutating func decode11(_ reader: inout ByteReader) throws(OFError) {
        features.wildcards = TableBits.legacyFields(try reader.u32(), .v11)
        features.matches = TableBits.legacyFields(try reader.u32(), .v11).union(features.wildcards)
        features.nonmiss.instructions = TableBits.instructions(try reader.u32(), .v11)
        features.nonmiss.writeActions = TableBits.actions(try reader.u32(), .v11)
        features.nonmiss.applyActions = TableBits.actions(try reader.u32(), .v11)
        features.missFlows = features.nonmiss
        features.miss = TableMiss(wire: try reader.u32())
    }

    private mutating func decode12(_ reader: inout ByteReader) throws(OFError) {
        features.matches = TableBits.oxmFields(try reader.u64())
        features.wildcards = TableBits.oxmFields(try reader.u64())
        features.matches.formUnion(features.wildcards)
        features.nonmiss.writeActions = TableBits.actions(try reader.u32(), .v12)
        features.nonmiss.applyActions = TableBits.actions(try reader.u32(), .v12)
        features.nonmiss.writeSetFields = TableBits.oxmFields(try reader.u64())
        features.nonmiss.applySetFields = TableBits.oxmFields(try reader.u64())
        features.metadataMatch = try reader.u64()
        features.metadataWrite = try reader.u64()
        features.nonmiss.instructions = TableBits.instructions(try reader.u32(), .v12)
        features.missFlows = features.nonmiss
        features.miss = TableMiss(wire: try reader.u32())
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        let version = context.version
        writer.u8(features.table)
        writer.zeros(version == .v10 || version >= .v13 ? 3 : 7)
        if version < .v13 { writer.text(features.name, Self.nameLength) }
        switch version {
        case .v10: writer.u32(unmatched(.v10))
        case .v11: encode11(&writer)
        case .v12: encode12(&writer)
        case .v13, .v14, .v15: break
        }
        if version < .v13 { writer.u32(features.maximum) }
        writer.u32(active)
        writer.u64(lookups)
        writer.u64(matches)
    }

    /// Fields that may be left out or cannot be matched: the older versions do not tell these apart.
    private func unmatched(_ version: OFVersion) -> UInt32 {
        TableBits.legacyFields(version) { !features.matches.contains($0) || features.wildcards.contains($0) }
    }

    private func encode11(_ writer: inout ByteWriter) {
        writer.u32(unmatched(.v11))
        writer.u32(TableBits.legacyFields(.v11) { features.matches.contains($0) })
        writer.u32(TableBits.instructions(features.nonmiss.instructions, .v11))
        writer.u32(TableBits.actions(features.nonmiss.writeActions, .v11))
        writer.u32(TableBits.actions(features.nonmiss.applyActions, .v11))
        writer.u32(features.miss.wire)
    }

    private func encode12(_ writer: inout ByteWriter) {
        writer.u64(TableBits.oxmFields(features.matches))
        writer.u64(TableBits.oxmFields(features.wildcards))
        writer.u32(TableBits.actions(features.nonmiss.writeActions, .v12))
        writer.u32(TableBits.actions(features.nonmiss.applyActions, .v12))
        writer.u64(TableBits.oxmFields(features.nonmiss.writeSetFields))
        writer.u64(TableBits.oxmFields(features.nonmiss.applySetFields))
        writer.u64(features.metadataMatch)
        writer.u64(features.metadataWrite)
        writer.u32(TableBits.instructions(features.nonmiss.instructions, .v12))
        writer.u32(features.miss.wire)
    }
}
