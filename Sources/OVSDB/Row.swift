/// A row of a replica: a copy, which does not change when the replica does.
///
/// A column that the server lacks, or that was not wished for, reads as an empty one; so does one of another type than it is asked for.
public struct Row: Hashable, Sendable {
    public let table: String
    public let uuid: RowUUID
    public internal(set) var columns: [String: Datum]

    public subscript(column: String) -> Datum? { columns[column] }

    /// The column's only key, or none.
    private func only(_ column: String) -> Atom? {
        guard let datum = columns[column], datum.count == 1, !datum.isMap else { return nil }
        return datum.keys[0]
    }

    /// The contents of a column of at most one element; nil: it is empty.
    public func string(_ column: String) -> String? { only(column)?.string }
    public func int(_ column: String) -> Int64? { only(column)?.int }
    public func real(_ column: String) -> Double? { only(column)?.real }
    public func bool(_ column: String) -> Bool? { only(column)?.bool }
    public func uuid(_ column: String) -> RowUUID? { only(column)?.uuid }

    /// The elements of a set, ascending.
    public func strings(_ column: String) -> [String] { columns[column]?.keys.compactMap(\.string) ?? [] }
    public func ints(_ column: String) -> [Int64] { columns[column]?.keys.compactMap(\.int) ?? [] }
    public func uuids(_ column: String) -> [RowUUID] { columns[column]?.keys.compactMap(\.uuid) ?? [] }

    /// A map of strings to strings, such as `other_config`. Of keys that Swift holds for equal the first one counts.
    public func map(_ column: String) -> [String: String] { map(column, \.string, \.string) }
    /// A map of strings to integers, such as `statistics`.
    public func integerMap(_ column: String) -> [String: Int64] { map(column, \.string, \.int) }
    /// A map of integers to rows, such as `queues`.
    public func uuidMap(_ column: String) -> [Int64: RowUUID] { map(column, \.int, \.uuid) }

    private func map<Key: Hashable, Value>(_ column: String, _ key: (Atom) -> Key?, _ value: (Atom) -> Value?) -> [Key: Value] {
        var map: [Key: Value] = [:]
        for pair in columns[column]?.pairs ?? [] {
            guard let key = key(pair.key), let value = value(pair.value), map[key] == nil else { continue }
            map[key] = value
        }
        return map
    }
}

extension Atom {
    public var int: Int64? { if case .integer(let value) = self { value } else { nil } }
    public var real: Double? { if case .real(let value) = self { value } else { nil } }
    public var bool: Bool? { if case .boolean(let value) = self { value } else { nil } }
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var uuid: RowUUID? { if case .uuid(let value) = self { value } else { nil } }
}

extension Datum {
    // What transactions write.
    public static func string(_ value: String) -> Datum { .set([.string(value)]) }
    public static func int(_ value: Int64) -> Datum { .set([.integer(value)]) }
    public static func real(_ value: Double) -> Datum { .set([.real(value)]) }
    public static func bool(_ value: Bool) -> Datum { .set([.boolean(value)]) }
    public static func uuid(_ value: RowUUID) -> Datum { .set([.uuid(value)]) }
    public static let empty = Datum.set([])
    public static func strings(_ values: some Sequence<String>) -> Datum { .set(values.map { .string($0) }) }
    public static func uuids(_ values: some Sequence<RowUUID>) -> Datum { .set(values.map { .uuid($0) }) }
    public static func map(_ values: [String: String]) -> Datum { .map(values.map { (.string($0.key), .string($0.value)) }) }
    public static func integerMap(_ values: [String: Int64]) -> Datum { .map(values.map { (.string($0.key), .integer($0.value)) }) }
}
