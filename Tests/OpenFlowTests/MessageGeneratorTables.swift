import Flow
import Wire
@testable import OpenFlow

// Groups, meters, tables, the extension's tables.
extension MessageGenerator {
    mutating func buckets(_ kind: GroupKind, _ count: Int) -> [GroupBucket] {
        (0..<count).map { index in
            var bucket = GroupBucket(id: UInt32(index), actions: plainActions())
            if version.hasNumberedBuckets { bucket.id = UInt32(index) * 100 + UInt32(number(100)) }
            if kind == .select { bucket.weight = u16() }
            if kind == .fastFailover { (bucket.watchPort, bucket.watchGroup) = (OFPort(UInt16(number(100))), u32() >> 1) }
            return bucket
        }
    }

    mutating func selection(_ kind: GroupKind) -> GroupSelection {
        var selection = GroupSelection()
        guard version.hasNumberedBuckets, kind == .select, coin() else { return selection }
        selection.method = pick(["hash", "dp_hash"])
        selection.parameter = u64()
        if selection.method == "hash", coin() {
            selection.add(.ipv4Src, bits: 0xffff_ff00)
            selection.add(.tcpDst, bits: 0xffff)
        }
        return selection
    }

    mutating func groupMod() -> GroupMod {
        let kind = pick(GroupKind.allCases)
        var commands: [GroupMod.Command] = [.add, .modify, .delete, .addOrModify]
        if version.hasNumberedBuckets, kind != .indirect { commands += [.insertBucket, .removeBucket] }
        let command = pick(commands)
        let isEmpty = command == .delete || command == .removeBucket
        var mod = GroupMod(command, kind: kind, group: u32(), buckets: isEmpty ? [] : buckets(kind, kind == .indirect ? 1 : Int(number(4))))
        if command == .insertBucket || command == .removeBucket { mod.bucketID = pick([GroupBucket.idFirst, GroupBucket.idLast, 77]) }
        if command != .insertBucket, !isEmpty { mod.selection = selection(kind) }
        return mod
    }

    mutating func groupDescription() -> GroupDescription {
        let kind = pick(GroupKind.allCases)
        return GroupDescription(group: u32(), kind: kind, buckets: buckets(kind, Int(number(4))), selection: selection(kind))
    }

    mutating func groupStatistics() -> GroupStatistics {
        let hasDuration = version == .v10 || version >= .v13
        return GroupStatistics(group: u32(), references: u32(), packets: counter(), bytes: counter(), duration: hasDuration ? time() : .max,
            buckets: list { GroupStatistics.Counter(packets: $0.u64(), bytes: $0.u64()) })
    }

    mutating func groupFeatures() -> GroupFeatures {
        GroupFeatures(kinds: u32(), capabilities: u32(), maximums: (0..<4).map { _ in u32() }, actions: (0..<4).map { _ in u32() })
    }

    mutating func meterConfig() -> MeterConfig {
        let bands = list { generator in
            let kind: MeterBand.Kind = generator.pick([.drop, .dscpRemark])
            return MeterBand(kind, rate: generator.u32(), burst: generator.u32(), precedenceLevel: kind == .drop ? 0 : generator.u8())
        }
        return MeterConfig(meter: u32(), flags: pick([.kbps, [.pktps, .burst], [.kbps, .stats]]), bands: bands)
    }

    mutating func meterMod() -> MeterMod {
        var mod = MeterMod(pick([.add, .modify, .delete]), meterConfig())
        if mod.command == .delete { (mod.config.flags, mod.config.bands) = ([], []) }
        return mod
    }

    mutating func meterStatistics() -> MeterStatistics {
        MeterStatistics(meter: u32(), flows: u32(), packets: counter(), bytes: counter(), duration: time(),
            bands: list { GroupStatistics.Counter(packets: $0.u64(), bytes: $0.u64()) })
    }

    mutating func vacancy(current: Bool) -> TableVacancy {
        coin() ? TableVacancy(isEnabled: false, down: 0, up: 0, current: 0)
            : TableVacancy(isEnabled: true, down: UInt8(number(50)), up: UInt8(50 + number(50)), current: current ? u8() : 0)
    }

    mutating func tableMod() -> TableMod {
        var mod = TableMod(table: u8())
        if version == .v11 || version == .v12 { mod.miss = pick([.controller, .continue, .drop]) }
        if version >= .v14 {
            mod.eviction = coin()
            mod.evictionFlags = coin() ? u32() : nil
            mod.vacancy = vacancy(current: false)
        }
        return mod
    }

    mutating func tableDescription() -> TableDescription {
        TableDescription(table: u8(), eviction: coin(), evictionFlags: coin() ? .max : u32(), vacancy: vacancy(current: true))
    }

    mutating func tableStatistics() -> TableStatistics {
        var features = TableFeatures(table: u8(), name: version < .v13 ? text(31) : "", maximum: version < .v13 ? u32() : 0)
        let fields: [Field] = [.inPort, .ethSrc, .ethType, .tcpSrc, .ipDSCP]
        if version == .v10 {
            features.wildcards = some(fields)
            features.matches = features.wildcards
        } else if version < .v13 {
            features.matches = Set(fields)
            features.wildcards = some(fields)
            features.miss = pick([.controller, .continue, .drop])
            features.nonmiss.instructions = some([.gotoTable, .writeMetadata, .applyActions])
            features.nonmiss.writeActions = some([.output, .group, .setField, .decTTL])
            features.nonmiss.applyActions = some([.output, .pushVLAN])
        }
        if version == .v12 {
            features.nonmiss.writeSetFields = some(fields)
            features.nonmiss.applySetFields = some(fields)
            (features.metadataMatch, features.metadataWrite) = (u64(), u64())
        }
        features.missFlows = features.nonmiss
        var stats = TableStatistics(features: features, active: u32(), lookups: u64(), matches: u64())
        // OpenFlow 1.0 and 1.1 do not tell a field that cannot be matched from one that may be left out.
        if version == .v10 { stats.features = legacy(features, TableBits.wildcards10.map(\.0)) }
        if version == .v11 { stats.features = legacy(features, TableBits.fields11.map(\.0)) }
        return stats
    }

    /// What comes back of a table of the older versions.
    private func legacy(_ features: TableFeatures, _ known: [Field]) -> TableFeatures {
        var features = features
        features.wildcards = Set(known.filter { !features.matches.contains($0) || features.wildcards.contains($0) })
        features.matches = version == .v10 ? features.wildcards : features.matches.union(features.wildcards)
        return features
    }

    mutating func tableFlows() -> TableFeatures.Flows {
        var flows = TableFeatures.Flows()
        flows.nextTables = Set(list { UInt8($0.number(255)) })
        flows.instructions = some([.gotoTable, .writeMetadata, .writeActions, .applyActions, .clearActions])
        // An action in OpenFlow 1.5.
        if version < .v15, coin() { flows.instructions.insert(.meter) }
        flows.writeActions = some([.output, .group, .setField, .setQueue])
        flows.applyActions = some([.output, .pushMPLS, .popMPLS, .decTTL])
        flows.writeSetFields = some([.ethSrc, .ipv4Src, .metadata])
        flows.applySetFields = some([.ethDst, .ipv6Dst, .tcpSrc])
        return flows
    }

    mutating func tableFeatures(isRequest: Bool) -> TableFeatures {
        var features = TableFeatures(table: UInt8(number(255)), name: text(31), maximum: u32())
        (features.metadataMatch, features.metadataWrite) = (u64(), u64())
        if version >= .v14 { (features.supportsEviction, features.supportsVacancy) = (coin(), coin()) }
        if version >= .v15, isRequest { features.command = pick([.replace, .modify, .enable, .disable]) }
        features.hasProperties = version < .v15 || !coin(4)
        guard features.hasProperties else { return features }
        (features.nonmiss, features.missFlows) = (tableFlows(), tableFlows())
        features.masks = some([.ethSrc, .ipv4Dst])
        features.matches = features.masks.union([.inPort, .ethType])
        features.wildcards = features.masks.union([.inPort])
        return features
    }

    mutating func mappings() -> [TLVMapping] {
        list { TLVMapping(optionClass: $0.u16(), type: $0.u8(), length: UInt8($0.number(32)) * 4, index: UInt16($0.number(64))) }
    }

    mutating func ipfix() -> IPFIXStatistics {
        var stats = IPFIXStatistics()
        (stats.collectorSet, stats.totalFlows, stats.currentFlows, stats.packets) = (u32(), u64(), u64(), u64())
        (stats.ipv4Packets, stats.ipv6Packets, stats.errorPackets) = (u64(), u64(), u64())
        (stats.ipv4ErrorPackets, stats.ipv6ErrorPackets) = (u64(), u64())
        (stats.transmittedPackets, stats.transmitErrors) = (u64(), u64())
        return stats
    }

    mutating func ctFlush() -> CTFlush {
        var flush = CTFlush()
        flush.ipProto = pick([0, 1, 6, 17])
        flush.zone = coin() ? u16() : nil
        flush.original = tuple(flush.ipProto)
        flush.reply = tuple(flush.ipProto)
        return flush
    }

    private mutating func tuple(_ proto: UInt8) -> CTFlush.Tuple {
        var tuple = CTFlush.Tuple()
        if coin() { tuple.src = BE128(mappedIPv4: BE32(1 + u32() >> 1)) }
        if coin() { tuple.dst = BE128(mappedIPv4: BE32(1 + u32() >> 1)) }
        if proto == 1 {
            (tuple.icmpID, tuple.icmpType, tuple.icmpCode) = (u16(), u8(), u8())
        } else {
            (tuple.srcPort, tuple.dstPort) = (coin() ? u16() : nil, coin() ? u16() : nil)
        }
        return tuple
    }
}
