import Wire

/// The properties of a continuation: OVS's numbers, so that its tools can show it, and two for what these have no form for.
private enum ContinuationProperty: UInt64 {
    case bridge = 0x8000, stack = 0x8001, mirrors = 0x8002, conntracked = 0x8003, table = 0x8004, cookie = 0x8005, actions = 0x8006, actionSet = 0x8007
    case datapathPort = 0x8008
    /// clear_actions, write_actions, which are no actions on the wire.
    case clearActions = 0x8010, writeActions = 0x8011
}

extension Continuation {
    /// Reads what `encode` wrote, or anything else. Throws: what is wrong with the properties or actions.
    public init(_ bytes: [UInt8], _ version: OFVersion) throws(OFError) {
        self.init(bridge: 0)
        var reader = ByteReader(bytes), table: UInt8 = 0, cookie: UInt64 = 0
        while !reader.isEmpty {
            var property = try Property(&reader)
            guard let kind = ContinuationProperty(rawValue: property.type) else { throw property.unknown }
            switch kind {
            case .bridge:
                guard property.contents.count == 16 else { throw .bpcBadLen }
                bridge = try property.contents.number(16)
            case .stack:
                let size = property.contents.count
                guard (1...16).contains(size) else { throw .bpcBadLen }
                stack.append(StackValue(value: try property.contents.number(size), bytes: size))
            case .table: table = try property.u8()
            case .cookie: cookie = try property.u64()
            case .actions:
                var list = try property.nested()
                actions.append(.unrollTranslation(table: table, cookie: cookie))
                actions += try [OFAction].decodeActions(&list, version)
            case .actionSet:
                var list = try property.nested()
                actionSet += try [OFAction].decodeActions(&list, version)
            case .clearActions: actions.append(.clearActions)
            case .writeActions:
                var list = try property.nested()
                actions.append(.writeActions(try [OFAction].decodeActions(&list, version)))
            // Nothing that this switch does depends on these; it says them as much as OVS does, or not at all.
            case .mirrors, .datapathPort: _ = try property.u32()
            case .conntracked: break
            }
        }
        // The top comes first on the wire.
        stack.reverse()
    }

    /// The properties, each padded to a multiple of 8 bytes. What `version` has no form for is left out.
    public func encoded(_ version: OFVersion) -> [UInt8] {
        var writer = ByteWriter()
        let start = writer.startProperty(ContinuationProperty.bridge.rawValue)
        writer.number(bridge, 16)
        writer.endProperty(start)
        for value in stack.reversed() {
            let start = writer.startProperty(ContinuationProperty.stack.rawValue)
            writer.number(value.value, value.bytes)
            writer.endProperty(start)
        }
        encodeActions(&writer, version)
        if !actionSet.isEmpty { writer.list(.actionSet, actionSet[...], version) }
        return writer.bytes
    }

    /// Actions in groups of the same table and cookie, which are told when they change.
    private func encodeActions(_ writer: inout ByteWriter, _ version: OFVersion) {
        var table: UInt8 = 0, cookie: UInt64 = 0
        var index = 0
        while index < actions.count {
            switch actions[index] {
            case .unrollTranslation(let newTable, let newCookie):
                if newTable != table { writer.property(ContinuationProperty.table.rawValue, u8: newTable) }
                if newCookie != cookie { writer.property(ContinuationProperty.cookie.rawValue, u64: newCookie) }
                (table, cookie) = (newTable, newCookie)
            case .clearActions: writer.endProperty(writer.startProperty(ContinuationProperty.clearActions.rawValue))
            case .writeActions(let list): writer.list(.writeActions, list[...], version)
            default:
                let end = actions[index...].firstIndex(where: \.standsApart) ?? actions.endIndex
                writer.list(.actions, actions[index..<end], version)
                index = end
                continue
            }
            index += 1
        }
    }
}

extension OFAction {
    /// A continuation has properties of its own for it.
    fileprivate var standsApart: Bool {
        switch self {
        case .unrollTranslation, .clearActions, .writeActions: true
        default: false
        }
    }
}

extension ByteWriter {
    fileprivate mutating func list(_ kind: ContinuationProperty, _ actions: ArraySlice<OFAction>, _ version: OFVersion) {
        let start = startProperty(kind.rawValue)
        pad(from: start)
        for action in actions { self.action(action, version) }
        endProperty(start)
    }
}
