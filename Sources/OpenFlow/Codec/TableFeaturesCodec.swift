import Flow

/// OFPTFPT_; those of a table miss are one higher.
private enum FeatureProperty: UInt64 {
    case instructions = 0, nextTables = 2, writeActions = 4, applyActions = 6, match = 8, wildcards = 10, writeSetField = 12, applySetField = 14
}

extension TableFeatures {
    private static let nameLength = 32
    private static let fixedLength = 64
    /// OFPTC14_EVICTION, OFPTC14_VACANCY_EVENTS.
    private static let eviction: UInt32 = 1 << 2
    private static let vacancy: UInt32 = 1 << 3
    /// Properties that a table must have, unless it has none at all, which OpenFlow 1.5 allows.
    private static let required: UInt32 = [FeatureProperty.instructions, .nextTables, .writeActions, .applyActions, .match, .wildcards, .writeSetField,
        .applySetField].reduce(0) { $0 | 1 << UInt32($1.rawValue) }

    /// One table's features. `isStrict`: of a request, where what is not known is an error.
    init(_ reader: inout ByteReader, _ context: CodecContext, isStrict: Bool) throws(OFError) {
        try reader.need(Self.fixedLength, .bpcBadLen)
        let length = Int(try reader.peek16())
        guard length >= Self.fixedLength, length % 8 == 0 else { throw .bpcBadLen }
        var part = try reader.part(length, .bpcBadLen)
        try part.skip(2)
        let table = try part.u8(), command = try part.u8()
        guard table != 0xff else { throw .tffcBadTable }
        self.init(table: table, name: "", maximum: 0)
        if context.version >= .v15 {
            guard let known = Command(rawValue: command) else { throw .tffcBadCommand }
            self.command = known
        }
        try part.skip(4)
        name = try part.shortText(Self.nameLength)
        metadataMatch = try part.u64()
        metadataWrite = try part.u64()
        let capabilities = try part.u32()
        if context.version >= .v14 {
            supportsEviction = capabilities & Self.eviction != 0
            supportsVacancy = capabilities & Self.vacancy != 0
        }
        maximum = try part.u32()
        hasProperties = !part.isEmpty
        var seen: UInt32 = 0
        while !part.isEmpty {
            let property = try Property(&part)
            if property.type < 32 {
                guard seen >> UInt32(property.type) & 1 == 0 else { throw .tffcBadFeatures }
                seen |= 1 << UInt32(property.type)
            }
            try setProperty(property, context.version, isStrict)
        }
        guard seen & Self.required == Self.required || context.version >= .v15 && !hasProperties else { throw .tffcBadFeatures }
        missFlows.takeUnsaid(from: nonmiss, seen)
        matches.formUnion(masks)
        wildcards = wildcards.union(masks).intersection(matches)
    }

    private mutating func setProperty(_ property: Property, _ version: OFVersion, _ isStrict: Bool) throws(OFError) {
        var contents = property.contents
        switch FeatureProperty(rawValue: property.type) {
        case .match: (matches, masks) = try Self.fields(&contents, isStrict)
        case .wildcards: wildcards = try Self.exactFields(&contents, isStrict)
        case nil where property.type > FeatureProperty.applySetField.rawValue + 1: if isStrict { throw property.unknown }
        default:
            let isMiss = property.type & 1 != 0
            guard let kind = FeatureProperty(rawValue: property.type & ~1), kind != .match, kind != .wildcards else {
                if isStrict { throw property.unknown }
                return
            }
            if isMiss {
                try missFlows.set(kind, &contents, version, isStrict)
            } else {
                try nonmiss.set(kind, &contents, version, isStrict)
            }
        }
    }

    /// Headers of fields, those with a mask apart.
    fileprivate static func fields(_ reader: inout ByteReader, _ isStrict: Bool) throws(OFError) -> (exact: Set<Field>, masked: Set<Field>) {
        var exact: Set<Field> = [], masked: Set<Field> = []
        while !reader.isEmpty {
            let header = try reader.fieldHeader()
            guard let field = header.field else {
                if isStrict { throw .bmcBadField }
                continue
            }
            if header.hasMask { masked.insert(field) } else { exact.insert(field) }
        }
        return (exact, masked)
    }

    fileprivate static func exactFields(_ reader: inout ByteReader, _ isStrict: Bool) throws(OFError) -> Set<Field> {
        let (exact, masked) = try fields(&reader, isStrict)
        guard masked.isEmpty else { throw .bmcBadMask }
        return exact
    }

    /// True if `other` says the same as this in `version`, but for names. A request without properties says nothing of them.
    public func agrees(with other: TableFeatures, _ version: OFVersion) -> Bool {
        var pair = [self, other]
        for index in pair.indices { (pair[index].name, pair[index].command, pair[index].hasProperties) = ("", .replace, hasProperties) }
        let bytes = pair.map { features in
            var writer = ByteWriter()
            features.encode(&writer, CodecContext(version: version, form: .standard, hasTableIDs: false))
            return writer.bytes
        }
        return bytes[0] == bytes[1]
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        var memory = TableFeaturesMemory()
        encode(&writer, context, &memory)
    }

    /// `memory`: of tables that were written before, in the same version.
    func encode(_ writer: inout ByteWriter, _ context: CodecContext, _ memory: inout TableFeaturesMemory) {
        let version = context.version, start = writer.count
        writer.zeros(2)
        writer.u8(table)
        writer.u8(version >= .v15 ? command.rawValue : 0)
        writer.zeros(4)
        writer.text(name, Self.nameLength)
        writer.u64(metadataMatch)
        writer.u64(metadataWrite)
        writer.u32(version >= .v14 ? (supportsEviction ? Self.eviction : 0) | (supportsVacancy ? Self.vacancy : 0) : 0)
        writer.u32(maximum)
        if hasProperties {
            memory.remember(self, version)
            nonmiss.encode(&writer, 0, version)
            writer.put(memory.nonmiss)
            missFlows.encode(&writer, 1, version)
            writer.put(memory.missFlows)
            writer.put(memory.fields)
        }
        writer.set16(writer.count - start, at: start)
    }
}

/// What tables mostly have alike (actions and fields), as it is written. There are many tables, and it is long.
public struct TableFeaturesMemory: Sendable {
    private var last: TableFeatures?
    fileprivate private(set) var nonmiss: [UInt8] = []
    fileprivate private(set) var missFlows: [UInt8] = []
    fileprivate private(set) var fields: [UInt8] = []
    public init() {}

    /// Writes anew what `features` have in another way than the last ones.
    fileprivate mutating func remember(_ features: TableFeatures, _ version: OFVersion) {
        defer { last = features }
        if let last, last.nonmiss.hasActions(of: features.nonmiss), last.missFlows.hasActions(of: features.missFlows), last.matches == features.matches,
            last.masks == features.masks, last.wildcards == features.wildcards { return }
        nonmiss = Self.bytes { features.nonmiss.encodeActions(&$0, 0, version) }
        missFlows = Self.bytes { features.missFlows.encodeActions(&$0, 1, version) }
        fields = Self.bytes {
            $0.property(.match, fields: features.matches, masked: features.masks, version)
            $0.property(.wildcards, fields: features.wildcards, version)
        }
    }

    private static func bytes(_ write: (inout ByteWriter) -> Void) -> [UInt8] {
        var writer = ByteWriter()
        write(&writer)
        return writer.bytes
    }
}

extension TableFeatures.Flows {
    fileprivate func hasActions(of other: Self) -> Bool {
        writeActions == other.writeActions && applyActions == other.applyActions && writeSetFields == other.writeSetFields && applySetFields == other.applySetFields
    }

    fileprivate mutating func set(
        _ kind: FeatureProperty, _ contents: inout ByteReader, _ version: OFVersion, _ isStrict: Bool
    ) throws(OFError) {
        switch kind {
        case .instructions:
            instructions = []
            for number in try Self.numbers(&contents) {
                if let instruction = TableFeatures.Instruction(rawValue: UInt8(clamping: number)) {
                    instructions.insert(instruction)
                } else if isStrict { throw .bicUnknownInst }
            }
        case .nextTables:
            nextTables = []
            while !contents.isEmpty {
                let table = try contents.u8()
                guard table != 0xff else { throw .bpcBadValue }
                nextTables.insert(table)
            }
        case .writeActions: writeActions = TableBits.actions(try Self.bits(&contents), version)
        case .applyActions: applyActions = TableBits.actions(try Self.bits(&contents), version)
        case .writeSetField: writeSetFields = try TableFeatures.exactFields(&contents, isStrict)
        case .applySetField: applySetFields = try TableFeatures.exactFields(&contents, isStrict)
        case .match, .wildcards: break
        }
    }

    /// What is not said of a table miss is as for other flows. `seen`: bit n for a property of type n.
    fileprivate mutating func takeUnsaid(from other: Self, _ seen: UInt32) {
        func isUnsaid(_ kind: FeatureProperty) -> Bool { seen >> UInt32(kind.rawValue + 1) & 1 == 0 }
        if isUnsaid(.instructions) { instructions = other.instructions }
        if isUnsaid(.nextTables) { nextTables = other.nextTables }
        if isUnsaid(.writeActions) { writeActions = other.writeActions }
        if isUnsaid(.applyActions) { applyActions = other.applyActions }
        if isUnsaid(.writeSetField) { writeSetFields = other.writeSetFields }
        if isUnsaid(.applySetField) { applySetFields = other.applySetFields }
    }

    /// The types of headers without contents, one behind the other.
    private static func numbers(_ reader: inout ByteReader) throws(OFError) -> [UInt64] {
        var numbers: [UInt64] = []
        while !reader.isEmpty { numbers.append(try Property(&reader, experimenters: 0x10000, unit: 1).type) }
        return numbers
    }
    private static func bits(_ reader: inout ByteReader) throws(OFError) -> UInt32 {
        try numbers(&reader).reduce(0) { $1 < 32 ? $0 | 1 << UInt32($1) : $0 }
    }

    /// Instructions and tables. `offset`: 1 for those of a table miss.
    fileprivate func encode(_ writer: inout ByteWriter, _ offset: UInt64, _ version: OFVersion) {
        writer.property(.instructions, offset, bits: TableBits.instructions(instructions, version))
        let start = writer.startProperty(FeatureProperty.nextTables.rawValue + offset)
        writer.put(nextTables.sorted())
        writer.endProperty(start)
    }

    fileprivate func encodeActions(_ writer: inout ByteWriter, _ offset: UInt64, _ version: OFVersion) {
        writer.property(.writeActions, offset, bits: TableBits.actions(writeActions, version))
        writer.property(.writeSetField, offset, fields: writeSetFields, version)
        writer.property(.applyActions, offset, bits: TableBits.actions(applyActions, version))
        writer.property(.applySetField, offset, fields: applySetFields, version)
    }
}

extension ByteWriter {
    /// A header without contents for each bit that is set.
    fileprivate mutating func property(_ kind: FeatureProperty, _ offset: UInt64, bits: UInt32) {
        let start = startProperty(kind.rawValue + offset)
        for bit in 0..<UInt16(32) where bits >> UInt32(bit) & 1 != 0 {
            u16(bit)
            u16(4)
        }
        endProperty(start)
    }

    fileprivate mutating func property(
        _ kind: FeatureProperty, _ offset: UInt64 = 0, fields: Set<Field>, masked: Set<Field> = [], _ version: OFVersion
    ) {
        let start = startProperty(kind.rawValue + offset)
        for field in fields.sorted(by: { $0.rawValue < $1.rawValue }) {
            // OVS has two fields of one number: in_port with 16 bits, in_port_oxm with 32.
            if field == .inPort, let header = field.header(version: 0) { fieldHeader(header, masked: masked.contains(field)) }
            if let header = field.header(version: version.rawValue) { fieldHeader(header, masked: masked.contains(field)) }
        }
        endProperty(start)
    }
}
