/// The type of an atom (RFC 7047, section 3.2, `<atomic-type>`).
public enum AtomicType: String, Hashable, Sendable, CaseIterable {
    case integer, real, boolean, string, uuid
}

/// One value of a column (RFC 7047, section 5.1, `<atom>`).
///
/// Strings are the same if their bytes are, as for ovsdb-server; by Swift's own comparison "é" in one scalar and in two would be one key.
public enum Atom: Sendable {
    case integer(Int64)
    case real(Double)
    case boolean(Bool)
    case string(String)
    case uuid(RowUUID)
    /// A row that the same transaction inserts, by its `uuid-name`. No server sends it.
    case named(String)

    /// What a column holds by default (RFC 7047, section 5.2.1).
    static func initial(_ type: AtomicType) -> Atom {
        switch type {
        case .integer: .integer(0)
        case .real: .real(0)
        case .boolean: .boolean(false)
        case .string: .string("")
        case .uuid: .uuid(.zero)
        }
    }

    /// Reads an atom of a type, as servers send them.
    init(_ json: JSON, _ type: AtomicType) throws(DatabaseError) {
        switch (type, json) {
        case (.integer, .integer(let value)): self = .integer(value)
        case (.real, .integer(let value)): self = .real(Double(value))
        case (.real, .real(let value)): self = .real(value)
        case (.boolean, .bool(let value)): self = .boolean(value)
        case (.string, .string(let value)): self = .string(value)
        case (.uuid, .array(let pair)) where pair.count == 2 && pair[0] == .string("uuid"):
            guard let uuid = pair[1].string.flatMap({ RowUUID($0) }) else { throw DatabaseError(expected: "a UUID", found: json) }
            self = .uuid(uuid)
        default: throw DatabaseError(expected: type.rawValue, found: json)
        }
    }

    var json: JSON {
        switch self {
        case .integer(let value): .integer(value)
        case .real(let value): JSON(value)
        case .boolean(let value): .bool(value)
        case .string(let value): .string(value)
        case .uuid(let value): .array([.string("uuid"), .string(value.description)])
        case .named(let name): .array([.string("named-uuid"), .string(name)])
        }
    }

    /// What it may stand for in a column.
    var type: AtomicType {
        switch self {
        case .integer: .integer
        case .real: .real
        case .boolean: .boolean
        case .string: .string
        case .uuid, .named: .uuid
        }
    }
}

extension Atom: Hashable, Comparable {
    public static func == (left: Atom, right: Atom) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left == right
        case (.real(let left), .real(let right)): left == right
        case (.boolean(let left), .boolean(let right)): left == right
        case (.string(let left), .string(let right)), (.named(let left), .named(let right)): left.utf8.elementsEqual(right.utf8)
        case (.uuid(let left), .uuid(let right)): left == right
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .integer(let value): hasher.combine(value)
        case .real(let value): hasher.combine(value)
        case .boolean(let value): hasher.combine(value)
        case .string(let value), .named(let value): for byte in value.utf8 { hasher.combine(byte) }
        case .uuid(let value): hasher.combine(value)
        }
    }

    /// By the value, strings by their bytes; atoms of different types by their types.
    public static func < (left: Atom, right: Atom) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left < right
        case (.real(let left), .real(let right)): left < right
        case (.boolean(let left), .boolean(let right)): !left && right
        case (.string(let left), .string(let right)), (.named(let left), .named(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.uuid(let left), .uuid(let right)): left < right
        default: left.rank < right.rank
        }
    }

    private var rank: Int {
        switch self {
        case .integer: 0
        case .real: 1
        case .boolean: 2
        case .string: 3
        case .uuid: 4
        case .named: 5
        }
    }
}
