/// OFPTC_.
private enum TableConfig {
    static let missMask: UInt32 = 3
    static let eviction: UInt32 = 1 << 2
    static let vacancy: UInt32 = 1 << 3
}

/// OFPTMPT_.
private enum TableProperty: UInt64 { case eviction = 2, vacancy = 3 }

extension TableMiss {
    init(wire: UInt32) { self = TableMiss(rawValue: UInt8(wire & TableConfig.missMask)).map { $0 == .standard ? .controller : $0 } ?? .controller }
    var wire: UInt32 { UInt32((self == .standard ? .controller : self).rawValue) }
}

extension TableVacancy {
    private static let contentsLength = 4
    private static let highest: UInt8 = 100

    init(_ property: Property, isEnabled: Bool) throws(OFError) {
        var contents = property.contents
        guard contents.count == Self.contentsLength else { throw .bpcBadLen }
        self.init(isEnabled: isEnabled, down: try contents.u8(), up: try contents.u8(), current: try contents.u8())
    }

    func checkRequest() throws(OFError) {
        guard down <= up, up <= Self.highest, current == 0 else { throw .bpcBadValue }
    }

    func encode(_ writer: inout ByteWriter, current: UInt8) { writer.property(TableProperty.vacancy.rawValue, bytes: [down, up, current, 0]) }
}

extension TableMod {
    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        self.init(table: try reader.u8())
        try reader.skip(3)
        let config = try reader.u32()
        if context.version < .v13 { miss = TableMiss(wire: config) }
        guard context.version >= .v14 else { return }
        eviction = config & TableConfig.eviction != 0
        vacancy = TableVacancy(isEnabled: config & TableConfig.vacancy != 0, down: 0, up: 0, current: 0)
        while !reader.isEmpty {
            var property = try Property(&reader)
            switch TableProperty(rawValue: property.type) {
            case .eviction: evictionFlags = try property.u32()
            case .vacancy:
                let asked = try TableVacancy(property, isEnabled: config & TableConfig.vacancy != 0)
                try asked.checkRequest()
                // Thresholds mean nothing where nothing is watched.
                if asked.isEnabled { vacancy = asked }
            case nil: throw .brcBadType
            }
        }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        writer.u8(table)
        writer.zeros(3)
        switch context.version {
        case .v10, .v13: writer.u32(0)
        case .v11, .v12: writer.u32((miss ?? .controller).wire)
        case .v14, .v15:
            writer.u32((eviction == true ? TableConfig.eviction : 0) | (vacancy?.isEnabled == true ? TableConfig.vacancy : 0))
            if let evictionFlags { writer.property(TableProperty.eviction.rawValue, u32: evictionFlags) }
            if let vacancy, vacancy.isEnabled { vacancy.encode(&writer, current: 0) }
        }
    }
}

extension TableDescription {
    private static let fixedLength = 8
    private static let noFlags: UInt32 = .max

    /// `isStatus`: a table status says the vacancy also where it is not watched.
    init(_ reader: inout ByteReader, isStatus: Bool = false) throws(OFError) {
        try reader.need(Self.fixedLength)
        let length = Int(try reader.peek16())
        guard length >= Self.fixedLength else { throw .brcBadLen }
        var part = try reader.part(length)
        try part.skip(2)
        let table = try part.u8()
        try part.skip(1)
        let config = try part.u32(), hasVacancy = config & TableConfig.vacancy != 0
        self.init(table: table, eviction: config & TableConfig.eviction != 0, evictionFlags: Self.noFlags,
            vacancy: TableVacancy(isEnabled: hasVacancy, down: 0, up: 0, current: 0))
        while !part.isEmpty {
            var property = try Property(&part)
            switch TableProperty(rawValue: property.type) {
            case .eviction: evictionFlags = try property.u32()
            case .vacancy:
                let told = try TableVacancy(property, isEnabled: hasVacancy)
                if isStatus || hasVacancy { vacancy = told }
            case nil: break
            }
        }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) { encode(&writer, isStatus: false) }

    /// `isStatus`: a table status says all properties, a description those that apply.
    func encode(_ writer: inout ByteWriter, isStatus: Bool) {
        let start = writer.count
        writer.zeros(2)
        writer.u8(table)
        writer.zeros(1)
        writer.u32((eviction ? TableConfig.eviction : 0) | (vacancy.isEnabled ? TableConfig.vacancy : 0))
        if isStatus || evictionFlags != Self.noFlags { writer.property(TableProperty.eviction.rawValue, u32: evictionFlags) }
        if isStatus || vacancy.isEnabled { vacancy.encode(&writer, current: vacancy.current) }
        writer.set16(writer.count - start, at: start)
    }
}

extension TableStatus {
    init(_ reader: inout ByteReader) throws(OFError) {
        guard let reason = Reason(rawValue: try reader.u8()) else { throw .bpcBadValue }
        try reader.skip(7)
        self.init(reason, try TableDescription(&reader, isStatus: true))
    }

    func encode(_ writer: inout ByteWriter) {
        writer.u8(reason.rawValue)
        writer.zeros(7)
        description.encode(&writer, isStatus: true)
    }
}
