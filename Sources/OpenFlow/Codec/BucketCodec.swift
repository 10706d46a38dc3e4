import Wire

/// OFPGBPT_.
private enum BucketProperty: UInt64 { case weight = 0, watchPort = 1, watchGroup = 2 }

extension GroupBucket {
    private static let fixed11 = 16
    private static let fixed15 = 8

    /// OpenFlow 1.1–1.4: all that `reader` has, numbered from 0.
    static func decode11(_ reader: inout ByteReader, _ version: OFVersion) throws(OFError) -> [GroupBucket] {
        var buckets: [GroupBucket] = []
        while !reader.isEmpty {
            guard reader.count >= fixed11 else { throw .gmfcBadBucket }
            let length = Int(try reader.u16()), weight = try reader.u16()
            guard length >= fixed11 else { throw .gmfcBadBucket }
            var watch = reader
            try reader.skip(4)
            let watchGroup = try reader.u32()
            try reader.skip(4)
            var actions = try reader.part(length - fixed11, .gmfcBadBucket)
            var bucket = GroupBucket(id: UInt32(buckets.count), weight: weight, watchGroup: watchGroup)
            bucket.actions = try [OFAction].decodeActions(&actions, version)
            bucket.watchPort = try watch.port32(.gmfcBadWatch)
            buckets.append(bucket)
        }
        return buckets
    }

    /// OpenFlow 1.5 and the extension: all that `reader` has, each with a number of its own.
    static func decode15(_ reader: inout ByteReader, _ kind: GroupKind?, _ version: OFVersion) throws(OFError) -> [GroupBucket] {
        var buckets: [GroupBucket] = [], ids: Set<UInt32> = [], isUnique = true
        while !reader.isEmpty {
            guard reader.count >= fixed15 else { throw .gmfcBadBucket }
            let length = Int(try reader.u16()), actionsLength = Int(try reader.u16()), id = try reader.u32()
            guard length >= fixed15, actionsLength <= length - fixed15 else { throw .gmfcBadBucket }
            var part = try reader.part(length - fixed15, .gmfcBadBucket)
            var actions = try part.part(actionsLength)
            var bucket = GroupBucket(id: id, weight: kind == .select ? 1 : 0)
            bucket.actions = try [OFAction].decodeActions(&actions, version)
            try bucket.readProperties(&part)
            guard id <= idMaximum else { throw .gmfcBadBucket }
            isUnique = isUnique && ids.insert(id).inserted
            buckets.append(bucket)
        }
        guard isUnique else { throw .gmfcBadBucket }
        return buckets
    }

    private mutating func readProperties(_ reader: inout ByteReader) throws(OFError) {
        var port = OFPort.none.number32
        while !reader.isEmpty {
            var property = try Property(&reader)
            switch BucketProperty(rawValue: property.type) {
            case .weight: weight = try property.u16()
            case .watchPort: port = try property.u32()
            case .watchGroup: watchGroup = try property.u32()
            case nil: throw property.unknown
            }
        }
        guard let named = OFPort(number32: port) else { throw .gmfcBadWatch }
        watchPort = named
    }

    func encode11(_ writer: inout ByteWriter, _ version: OFVersion) {
        let start = writer.count
        writer.zeros(2)
        writer.u16(weight)
        writer.port32(watchPort)
        writer.u32(watchGroup)
        writer.zeros(4)
        actions.encodeActions(&writer, version)
        writer.set16(writer.count - start, at: start)
    }

    /// `id`: the number that it gets if it has none.
    func encode15(_ writer: inout ByteWriter, _ kind: GroupKind, id: UInt32, _ version: OFVersion) {
        let start = writer.count
        writer.zeros(4)
        writer.u32(id)
        actions.encodeActions(&writer, version)
        writer.set16(writer.count - start - Self.fixed15, at: start + 2)
        if weight != 0 || kind == .select { writer.property(BucketProperty.weight.rawValue, u16: weight) }
        if watchPort != .none { writer.property(BucketProperty.watchPort.rawValue, u32: watchPort.number32) }
        if watchGroup != GroupNumber.any { writer.property(BucketProperty.watchGroup.rawValue, u32: watchGroup) }
        writer.set16(writer.count - start, at: start)
    }

    /// True if it says what it watches.
    var hasLiveness: Bool { watchPort != .none || watchGroup != GroupNumber.any }
}

extension [GroupBucket] {
    func encode(_ writer: inout ByteWriter, _ kind: GroupKind, _ version: OFVersion) {
        guard version.hasNumberedBuckets else {
            for bucket in self { bucket.encode11(&writer, version) }
            return
        }
        let taken = Set(map(\.id))
        var next: UInt32 = 0
        for bucket in self {
            if bucket.id <= GroupBucket.idMaximum { bucket.encode15(&writer, kind, id: bucket.id, version); continue }
            while taken.contains(next) { next += 1 }
            bucket.encode15(&writer, kind, id: next, version)
            next += 1
        }
    }
}

extension OFVersion {
    /// OpenFlow 1.5's form of groups, which the extension brings to 1.0.
    var hasNumberedBuckets: Bool { self == .v10 || self == .v15 }
}
