import Flow
import OpenFlow

extension Bridge {
    /// OFPT_TABLE_MOD.
    func apply(_ mod: TableMod) throws(OFError) {
        guard mod.table != OpenFlowTable.internalTable else { throw .tmfcEperm }
        if let vacancy = mod.vacancy, vacancy.isEnabled, vacancy.down > vacancy.up || vacancy.up > 100 { throw .tmfcBadConfig }
        let ids = mod.table == 0xff ? Array(0..<OpenFlowTable.internalTable) : [mod.table]
        for id in ids {
            guard let table = try? openTable(id) else { continue }
            if let miss = mod.miss { table.config.miss = miss }
            if let eviction = mod.wantedEviction, eviction != table.config.evictsByController {
                table.config.evictsByController = eviction
                table.resetEviction()
            }
            if let vacancy = mod.vacancy { table.watch(vacancy) }
        }
        if mod.miss != nil { ofproto.noteChange() }
    }

    var tableDescriptions: [TableDescription] { (0..<OpenFlowTable.internalTable).map(tableDescription) }

    func tableDescription(_ id: UInt8) -> TableDescription {
        let table = tables[Int(id)]
        var vacancy = table?.config.vacancy ?? TableVacancy(isEnabled: false, down: 0, up: 0, current: 0)
        if vacancy.isEnabled { vacancy.current = table?.vacancy ?? 100 }
        return TableDescription(table: id, eviction: table?.config.evictsByController ?? false,
            evictionFlags: TableConfig.evictionFlags, vacancy: vacancy)
    }

    func tableFeatures(_ id: UInt8) -> TableFeatures {
        let config = tables[Int(id)]?.config ?? TableConfig()
        var features = TableFeatures.ofEveryTable
        features.table = id
        features.name = config.name ?? config.nameByController ?? ""
        features.maximum = UInt32(clamping: config.maximum ?? ofproto.limits.rulesPerTable)
        features.miss = config.miss
        // goto_table leads forward only.
        if id + 1 < OpenFlowTable.internalTable {
            features.nonmiss.nextTables = Set((id + 1)..<OpenFlowTable.internalTable)
            features.nonmiss.instructions.insert(.gotoTable)
        }
        features.missFlows = features.nonmiss
        return features
    }

    /// OFPMP_TABLE_FEATURES with features: names alone can be changed. A request that replaces features speaks of all tables.
    func apply(_ wanted: [TableFeatures], _ version: OFVersion) throws(OFError) {
        var named: Set<UInt8> = []
        for features in wanted {
            guard features.table != OpenFlowTable.internalTable else { throw .tffcEperm }
            guard named.insert(features.table).inserted else { throw .nxtffcDupTable }
            guard features.command == .replace || features.command == .modify, features.agrees(with: tableFeatures(features.table), version) else {
                throw .tffcEperm
            }
        }
        guard wanted.allSatisfy({ $0.command == .modify }) || named.count == Int(OpenFlowTable.internalTable) else { throw .tffcEperm }
        for features in wanted where features.name != tableFeatures(features.table).name {
            guard let table = try? openTable(features.table) else { continue }
            table.config.nameByController = features.name.isEmpty ? nil : features.name
        }
    }

    func tableStatistics(_ version: OFVersion) -> [TableStatistics] {
        (0..<OpenFlowTable.internalTable).map { id in
            let table = tables[Int(id)]
            return TableStatistics(features: version < .v13 ? tableFeatures(id) : TableFeatures(table: id, name: "", maximum: 0),
                active: UInt32(clamping: table?.liveCount ?? 0), lookups: table?.lookups ?? 0, matches: table?.matches ?? 0)
        }
    }

    var tlvTable: TLVTable { TLVTable(space: TLVMappings.space, fields: TLVMappings.fields, mappings: tlvMappings.all) }
}

extension TableMod {
    /// What OVS does about eviction: flags of a property take the place of the setting, and 1 alone means that flows are evicted.
    fileprivate var wantedEviction: Bool? {
        guard let evictionFlags else { return eviction }
        return evictionFlags == 0 ? nil : evictionFlags == 1
    }
}

extension TableConfig {
    /// OFPTMPEF_OTHER (the size of groups), OFPTMPEF_IMPORTANCE and OFPTMPEF_LIFETIME: what eviction looks at.
    static let evictionFlags: UInt32 = 0b111
}

extension TableFeatures {
    /// What all tables have alike. There are many of them and as many fields: it is made once.
    fileprivate static let ofEveryTable = {
        var features = TableFeatures(table: 0, name: "", maximum: 0)
        features.nonmiss.instructions = [.meter, .applyActions, .clearActions, .writeActions, .writeMetadata]
        features.nonmiss.applyActions = Set(ActionKind.allCases)
        features.nonmiss.writeActions = Set(ActionKind.allCases)
        for field in Field.allCases where field.header(version: OFVersion.v15.rawValue) != nil {
            features.matches.insert(field)
            features.wildcards.insert(field)
            if field.isMaskable { features.masks.insert(field) }
            if field.isWritable {
                features.nonmiss.writeSetFields.insert(field)
                features.nonmiss.applySetFields.insert(field)
            }
        }
        return features
    }()
}

extension OFConnection {
    /// What is asked for is done, and then the tables' features are told.
    func tableFeatures(_ features: [TableFeatures], _ header: OFHeader) throws(OFError) {
        if !features.isEmpty {
            guard role != .secondary else { throw .brcIsSecondary }
            try bridge.apply(features, header.version)
        }
        let bridge = bridge
        begin(try MultipartDump(header, .tableFeaturesReply, count: Int(OpenFlowTable.internalTable)) { index, _, writer in
            writer.append(bridge.tableFeatures(UInt8(index)))
        })
    }
}

extension Bridge {
    /// What the configuration says of tables; what it does not speak of is as it was without it. What controllers switched stays.
    public func configureTables(_ wanted: [UInt8: TableConfig]) {
        for id in 0..<OpenFlowTable.internalTable {
            guard wanted[id] != nil || tables[Int(id)] != nil, let table = try? openTable(id) else { continue }
            let config = wanted[id] ?? TableConfig()
            (table.config.name, table.config.maximum) = (config.name, config.maximum)
            guard (table.config.evicts, table.config.evictionFields) != (config.evicts, config.evictionFields) else { continue }
            (table.config.evicts, table.config.evictionFields) = (config.evicts, config.evictionFields)
            table.resetEviction()
        }
    }
}
