/// The type of a column's keys or values, with what constrains them (RFC 7047, section 3.2, `<base-type>`).
public struct BaseType: Hashable, Sendable {
    public enum Strength: String, Hashable, Sendable { case strong, weak }

    public let type: AtomicType
    /// The only values that it may have; nil: any.
    public let enumeration: [Atom]?
    /// The least and the greatest number, both included; nil: none.
    public let minimum: Atom?, maximum: Atom?
    /// Characters of a string.
    public let minLength: Int, maxLength: Int
    /// The table whose rows a uuid names.
    public let refTable: String?
    public let refType: Strength

    public init(_ json: JSON) throws(DatabaseError) {
        let members = json.string.map { ["type": JSON.string($0)] } ?? json.object ?? [:]
        guard let type = members["type"]?.string.flatMap({ AtomicType(rawValue: $0) }) else { throw DatabaseError(expected: "a base type", found: json) }
        self.type = type
        if let values = members["enum"] {
            let unlimited = ColumnType(key: BaseType(type), value: nil, min: 0, max: nil)
            enumeration = try Datum(values, unlimited).keys
        } else {
            enumeration = nil
        }
        func bound(_ name: String) throws(DatabaseError) -> Atom? {
            guard let json = members[name] else { return nil }
            return try Atom(json, type)
        }
        minimum = try bound(type == .real ? "minReal" : "minInteger")
        maximum = try bound(type == .real ? "maxReal" : "maxInteger")
        minLength = try Self.length(members["minLength"]) ?? 0
        maxLength = try Self.length(members["maxLength"]) ?? .max
        refTable = members["refTable"]?.string
        guard let strength = Strength(rawValue: members["refType"]?.string ?? "strong") else { throw DatabaseError(expected: "strong or weak", found: json) }
        refType = strength
    }

    /// Without a constraint.
    init(_ type: AtomicType) {
        self.type = type
        (enumeration, minimum, maximum, minLength, maxLength, refTable, refType) = (nil, nil, nil, 0, .max, nil, .strong)
    }

    private static func length(_ json: JSON?) throws(DatabaseError) -> Int? {
        guard let json else { return nil }
        guard case .integer(let value) = json, let length = Int(exactly: value), length >= 0 else { throw DatabaseError(expected: "a length", found: json) }
        return length
    }

    /// Why an atom may not stand here; nil: it may.
    func problem(_ atom: Atom) -> String? {
        guard atom.type == type else { return "expected \(type.rawValue), found \(atom.type.rawValue)" }
        if let enumeration, !enumeration.contains(atom) { return "\(DatabaseError.quote(atom.json)) is none of the column's values" }
        if let minimum, atom < minimum { return "\(DatabaseError.quote(atom.json)) is less than \(DatabaseError.quote(minimum.json))" }
        if let maximum, maximum < atom { return "\(DatabaseError.quote(atom.json)) is greater than \(DatabaseError.quote(maximum.json))" }
        guard case .string(let text) = atom else { return nil }
        // ovsdb-server ends the connection at one.
        if text.utf8.contains(0) { return "a string with a zero byte" }
        let length = text.unicodeScalars.count
        return (minLength...max(minLength, maxLength)).contains(length) ? nil : "a string of \(length) characters"
    }
}

/// The type of a column (RFC 7047, section 3.2, `<type>`): a set of keys, or a map of keys to values.
public struct ColumnType: Hashable, Sendable {
    public let key: BaseType
    /// nil: a set.
    public let value: BaseType?
    /// How many keys there are; nil: any number.
    public let min: Int, max: Int?

    init(key: BaseType, value: BaseType?, min: Int, max: Int?) {
        self.key = key
        self.value = value
        self.min = min
        self.max = max
    }

    public init(_ json: JSON) throws(DatabaseError) {
        guard let members = json.object, let key = members["key"] else {
            self.init(key: try BaseType(json), value: nil, min: 1, max: 1)
            return
        }
        var value: BaseType?
        if let json = members["value"] { value = try BaseType(json) }
        let min: Int, max: Int?
        switch members["min"] {
        case nil, .integer(1): min = 1
        case .integer(0): min = 0
        case let other?: throw DatabaseError(expected: "0 or 1", found: other)
        }
        switch members["max"] {
        case nil: max = 1
        case .integer(let number) where number >= 1: max = Int(number)
        case .string("unlimited"): max = nil
        case let other?: throw DatabaseError(expected: "a number of at least 1, or \"unlimited\"", found: other)
        }
        self.init(key: try BaseType(key), value: value, min: min, max: max)
    }

    /// What a row has that says nothing of the column (RFC 7047, section 5.2.1). It need not keep the constraints.
    public var initial: Datum {
        guard min == 1 else { return value == nil ? .set([]) : .map([]) }
        guard let value else { return .set([.initial(key.type)]) }
        return .map([(.initial(key.type), .initial(value.type))])
    }

    /// The table whose rows the column names, by its keys or by its values.
    public var refTable: String? { key.refTable ?? value?.refTable }
}
