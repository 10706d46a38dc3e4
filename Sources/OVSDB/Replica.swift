/// A copy of the wished tables of a database, and what has changed in it since its user last looked.
///
/// A message of the server is applied as a whole or, if something is wrong with it, not at all. Changes are told by `takeChanges`: for every row that
/// has changed since the last time the state of then is kept, so that what changed and changed back is not told, and no more is kept than there
/// were rows. That is also how new contents replace old ones by difference.
public struct Replica: Sendable {
    /// The columns' types by table and column: what the replica holds.
    public private(set) var tables: [String: [String: ColumnType]] = [:]
    private var contents: [String: [RowUUID: Row]] = [:]
    private var rowCount = 0
    /// The state of rows at the last look, of those that have changed since; nil: the row was not there.
    private var before: [String: [RowUUID: Row?]] = [:]
    /// Rises by one with every message that changes something.
    public private(set) var sequence: UInt64 = 0
    /// By table: the sequence number of its last change.
    private var tableSequences: [String: UInt64] = [:]

    public init() {}

    // Rows

    /// A table's rows in the order of their UUIDs.
    public func rows(_ table: String) -> [Row] { (contents[table] ?? [:]).values.sorted { $0.uuid < $1.uuid } }
    public func row(_ table: String, _ uuid: RowUUID) -> Row? { contents[table]?[uuid] }
    public func count(_ table: String) -> Int { contents[table]?.count ?? 0 }
    /// When a table last changed, in the numbers of `sequence`; 0: never.
    public func sequence(_ table: String) -> UInt64 { tableSequences[table] ?? 0 }

    /// The rows that a column names, in the column's order, and those of them that are not there: by a weak reference, or in a table that is not held.
    public func referenced(by row: Row, _ column: String) -> (rows: [Row], missing: [RowUUID]) {
        guard let type = tables[row.table]?[column], let table = type.refTable, let datum = row[column] else { return ([], []) }
        var rows: [Row] = [], missing: [RowUUID] = []
        for uuid in ((type.key.refTable == nil ? datum.values : datum.keys) ?? []).compactMap(\.uuid) {
            if let found = self.row(table, uuid) { rows.append(found) } else { missing.append(uuid) }
        }
        return (rows, missing)
    }

    // Changes

    /// What has changed since the last call, and nothing of it the next time.
    public mutating func takeChanges() -> ReplicaChanges {
        var changes = ReplicaChanges()
        for (table, rows) in before {
            for (uuid, old) in rows { changes.add(table, old, row(table, uuid)) }
        }
        before = [:]
        changes.sort()
        return changes
    }

    // Contents

    /// Prepares it for a server's tables. Rows of tables that are held no longer go; nothing else changes until the contents come.
    mutating func setTables(_ new: [String: [String: ColumnType]]) {
        for (table, rows) in contents where new[table] == nil {
            sequence += 1
            for row in rows.values { put(table, row.uuid, nil) }
        }
        tables = new
    }

    /// Applies a message's changes.
    /// - Parameter replacesAll: what they do not name is gone.
    mutating func apply(_ updates: [RowUpdate], replacesAll: Bool = false) throws(DatabaseError) {
        var staged: [(table: String, uuid: RowUUID, row: Row?)] = []
        var count = replacesAll ? 0 : rowCount
        for update in updates {
            let old = replacesAll ? nil : row(update.table, update.uuid)
            let new = try update.applied(to: old, tables[update.table] ?? [:])
            count += (new == nil ? 0 : 1) - (old == nil ? 0 : 1)
            staged.append((update.table, update.uuid, new))
        }
        guard count <= Limits.rows else { throw DatabaseError("more than \(Limits.rows) rows") }
        if replacesAll { staged += absent(from: staged) }
        staged.removeAll { row($0.table, $0.uuid) == $0.row }
        if !staged.isEmpty { sequence += 1 }
        for (table, uuid, row) in staged { put(table, uuid, row) }
    }

    /// The rows that there are and that new contents do not have.
    private func absent(from new: [(table: String, uuid: RowUUID, row: Row?)]) -> [(table: String, uuid: RowUUID, row: Row?)] {
        var named: [String: Set<RowUUID>] = [:]
        for (table, uuid, _) in new { named[table, default: []].insert(uuid) }
        var absent: [(table: String, uuid: RowUUID, row: Row?)] = []
        for (table, rows) in contents {
            for uuid in rows.keys where named[table]?.contains(uuid) != true { absent.append((table, uuid, nil)) }
        }
        return absent
    }

    private mutating func put(_ table: String, _ uuid: RowUUID, _ row: Row?) {
        let old = contents[table]?[uuid]
        if before[table]?[uuid] == nil { before[table, default: [:]].updateValue(old, forKey: uuid) }
        contents[table, default: [:]][uuid] = row
        rowCount += (row == nil ? 0 : 1) - (old == nil ? 0 : 1)
        tableSequences[table] = sequence
    }
}

/// What has changed between two looks. Each list is in the order of tables and UUIDs.
public struct ReplicaChanges: Hashable, Sendable {
    public struct Modification: Hashable, Sendable {
        public let old: Row, new: Row
        /// The columns that differ.
        public let columns: Set<String>
    }
    public private(set) var inserted: [Row] = []
    public private(set) var modified: [Modification] = []
    /// As they were at the last look.
    public private(set) var deleted: [Row] = []

    public var isEmpty: Bool { inserted.isEmpty && modified.isEmpty && deleted.isEmpty }

    fileprivate mutating func add(_ table: String, _ old: Row?, _ new: Row?) {
        switch (old, new) {
        case (nil, let new?): inserted.append(new)
        case (let old?, nil): deleted.append(old)
        case (let old?, let new?):
            let columns = Set(old.columns.keys).union(new.columns.keys).filter { old.columns[$0] != new.columns[$0] }
            if !columns.isEmpty { modified.append(Modification(old: old, new: new, columns: columns)) }
        case (nil, nil): break
        }
    }

    fileprivate mutating func sort() {
        func precedes(_ left: Row, _ right: Row) -> Bool { (left.table, left.uuid) < (right.table, right.uuid) }
        inserted.sort(by: precedes)
        modified.sort { precedes($0.new, $1.new) }
        deleted.sort(by: precedes)
    }
}
