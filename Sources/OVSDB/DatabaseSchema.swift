/// A column of a table (RFC 7047, section 3.2, `<column-schema>`).
public struct ColumnSchema: Hashable, Sendable {
    public let type: ColumnType
    /// It need not outlive the server.
    public let isEphemeral: Bool
    /// It may change after its row was inserted.
    public let isMutable: Bool

    init(_ json: JSON) throws(DatabaseError) {
        guard let members = json.object, let type = members["type"] else { throw DatabaseError(expected: "a column's schema", found: json) }
        self.type = try ColumnType(type)
        isEphemeral = members["ephemeral"] == .bool(true)
        isMutable = members["mutable"] != .bool(false)
    }
}

/// A table (RFC 7047, section 3.2, `<table-schema>`), without the columns that every table has: `_uuid` and `_version`.
public struct TableSchema: Hashable, Sendable {
    public let columns: [String: ColumnSchema]
    /// Its rows stay, whether others refer to them or not.
    public let isRoot: Bool
    /// Rows that it may have; nil: any number.
    public let maxRows: Int?
    /// The columns of each index: no two rows agree in all of them.
    public let indexes: [[String]]

    init(_ json: JSON) throws(DatabaseError) {
        guard let members = json.object, let columns = members["columns"]?.object, columns.count <= Limits.columns else {
            throw DatabaseError(expected: "a table's schema with at most \(Limits.columns) columns", found: json)
        }
        self.columns = try columns.parsed { value throws(DatabaseError) in try ColumnSchema(value) }
        isRoot = members["isRoot"] == .bool(true)
        if case .integer(let rows)? = members["maxRows"] { maxRows = Int(rows) } else { maxRows = nil }
        indexes = (members["indexes"]?.array ?? []).map { $0.array?.compactMap(\.string) ?? [] }
    }
}

/// What get_schema answers (RFC 7047, sections 3.2 and 4.1.2).
public struct DatabaseSchema: Hashable, Sendable {
    public let name: String
    public let version: String
    public let tables: [String: TableSchema]

    /// What is not known of a schema's members is passed over: later servers may say more.
    public init(_ json: JSON) throws(DatabaseError) {
        guard let members = json.object, let name = members["name"]?.string, let tables = members["tables"]?.object, tables.count <= Limits.tables else {
            throw DatabaseError(expected: "a schema with at most \(Limits.tables) tables", found: json)
        }
        self.name = name
        version = members["version"]?.string ?? ""
        self.tables = try tables.parsed { value throws(DatabaseError) in try TableSchema(value) }
    }

    public subscript(table: String, column: String) -> ColumnSchema? { tables[table]?.columns[column] }
}

extension [String: JSON] {
    /// Each member read in its turn; an error tells which one.
    func parsed<Parsed>(_ read: (JSON) throws(DatabaseError) -> Parsed) throws(DatabaseError) -> [String: Parsed] {
        var parsed: [String: Parsed] = [:]
        for (name, json) in self {
            do throws(DatabaseError) {
                parsed[name] = try read(json)
            } catch {
                throw error.at(name)
            }
        }
        return parsed
    }
}

/// The tables and columns that a replica is to have.
public struct MonitorWish: Hashable, Sendable {
    /// By table; nil: all of its columns.
    public var tables: [String: Set<String>?]
    public init(_ tables: [String: Set<String>?]) { self.tables = tables }

    /// Every table of the schema with every column.
    public static let everything = MonitorWish(isEverything: true)
    private var isEverything = false
    private init(isEverything: Bool) {
        tables = [:]
        self.isEverything = isEverything
    }

    /// What of it a server has: the columns' types by table and column.
    func granted(by schema: DatabaseSchema) -> [String: [String: ColumnType]] {
        if isEverything { return schema.tables.mapValues { $0.columns.mapValues(\.type) } }
        var granted: [String: [String: ColumnType]] = [:]
        for (table, columns) in tables {
            guard let has = schema.tables[table] else { continue }
            granted[table] = has.columns.filter { columns?.contains($0.key) ?? true }.mapValues(\.type)
        }
        return granted
    }

    /// What a server lacks: "Table", or "Table.column"; sorted.
    public func missing(in schema: DatabaseSchema) -> [String] {
        var missing: [String] = []
        for (table, columns) in tables {
            guard let has = schema.tables[table] else {
                missing.append(table)
                continue
            }
            for column in columns ?? [] where has.columns[column] == nil { missing.append("\(table).\(column)") }
        }
        return missing.sorted()
    }
}
