/// What a message says of one row.
struct RowUpdate {
    enum Change {
        /// All columns; those that are not named have their defaults.
        case insert([String: JSON])
        /// The differences of some columns, or their new contents.
        case modify([String: JSON], isDifference: Bool)
        case delete
    }
    let table: String
    let uuid: RowUUID
    let change: Change

    /// Reads `<table-updates>` (RFC 7047, section 4.1.6), which the method monitor has.
    static func read(_ json: JSON) throws(DatabaseError) -> [RowUpdate] {
        try read(json) { update throws(DatabaseError) in
            switch (update["old"], update["new"]) {
            case (nil, .object(let new)?) where update.count == 1: .insert(new)
            case (.object?, nil) where update.count == 1: .delete
            case (.object?, .object(let new)?) where update.count == 2: .modify(new, isDifference: false)
            default: throw DatabaseError(expected: "a row's \"old\", \"new\" or both", found: .object(update))
            }
        }
    }

    /// Reads `<table-updates2>` (ovsdb-server(7), section 4.1.14), which monitor_cond and monitor_cond_since have.
    static func read2(_ json: JSON) throws(DatabaseError) -> [RowUpdate] {
        try read(json) { update throws(DatabaseError) in
            switch (update.first?.key, update.first?.value) {
            case ("initial"?, .object(let row)?), ("insert"?, .object(let row)?): if update.count == 1 { return .insert(row) }
            case ("modify"?, .object(let row)?): if update.count == 1 { return .modify(row, isDifference: true) }
            case ("delete"?, _): if update.count == 1 { return .delete }
            default: break
            }
            throw DatabaseError(expected: "one of \"initial\", \"insert\", \"modify\" and \"delete\" with a row", found: .object(update))
        }
    }

    private static func read(_ json: JSON, _ change: ([String: JSON]) throws(DatabaseError) -> Change) throws(DatabaseError) -> [RowUpdate] {
        guard let tables = json.object else { throw DatabaseError(expected: "the updates of tables", found: json) }
        var updates: [RowUpdate] = []
        for (table, json) in tables {
            guard let rows = json.object else { throw DatabaseError(expected: "the updates of rows", found: json).at(table) }
            var seen: Set<RowUUID> = []
            for (name, json) in rows {
                guard let uuid = RowUUID(name), seen.insert(uuid).inserted else { throw DatabaseError(expected: "a row's UUID", found: .string(name)).at(table) }
                do throws(DatabaseError) {
                    guard let update = json.object else { throw DatabaseError(expected: "the update of a row", found: json) }
                    updates.append(RowUpdate(table: table, uuid: uuid, change: try change(update)))
                } catch {
                    throw error.at("\(table) \(uuid)")
                }
            }
        }
        return updates
    }

    /// The row after the update; nil: it is gone. Throws if it does not fit the row that there is.
    /// - Parameter types: the columns that the replica holds.
    func applied(to old: Row?, _ types: [String: ColumnType]) throws(DatabaseError) -> Row? {
        do throws(DatabaseError) {
            switch change {
            case .insert(let columns):
                guard old == nil else { throw DatabaseError("inserted, but it is there") }
                guard !types.isEmpty else { throw DatabaseError("of a table that was not asked for") }
                var row = Row(table: table, uuid: uuid, columns: types.mapValues(\.initial))
                for (column, json) in columns { row.columns[column] = try Self.type(column, types).read(json, column) }
                return row
            case .modify(let columns, let isDifference):
                guard var row = old else { throw DatabaseError("modified, but it is not there") }
                for (column, json) in columns { row.columns[column] = try modified(row, column, json, try Self.type(column, types), isDifference) }
                return row
            case .delete:
                guard old != nil else { throw DatabaseError("deleted, but it is not there") }
                return nil
            }
        } catch {
            throw error.at("\(table) \(uuid)")
        }
    }

    private func modified(_ row: Row, _ column: String, _ json: JSON, _ type: ColumnType, _ isDifference: Bool) throws(DatabaseError) -> Datum {
        guard isDifference, let old = row.columns[column] else { return try type.read(json, column) }
        do throws(DatabaseError) {
            return try old.applying(try Datum(json, type, isDifference: true), type)
        } catch {
            throw error.at(column)
        }
    }

    private static func type(_ column: String, _ types: [String: ColumnType]) throws(DatabaseError) -> ColumnType {
        guard let type = types[column] else { throw DatabaseError(expected: "a column that was asked for", found: .string(column)) }
        return type
    }
}

extension ColumnType {
    fileprivate func read(_ json: JSON, _ column: String) throws(DatabaseError) -> Datum {
        do throws(DatabaseError) {
            return try Datum(json, self)
        } catch {
            throw error.at(column)
        }
    }
}
