/// The contents of one column of one row: a set of atoms, or a map (RFC 7047, section 5.1, `<value>`).
public struct Datum: Hashable, Sendable {
    /// Ascending, each once.
    public let keys: [Atom]
    /// One for each key; nil: a set.
    public let values: [Atom]?

    /// Ascending, each once.
    private init(sorted keys: [Atom], _ values: [Atom]?) {
        self.keys = keys
        self.values = values
    }

    /// A set; of equal atoms one remains.
    public static func set(_ atoms: [Atom]) -> Datum {
        var keys: [Atom] = []
        for atom in atoms.sorted() where atom != keys.last { keys.append(atom) }
        return Datum(sorted: keys, nil)
    }

    /// A map; of pairs with equal keys one remains.
    public static func map(_ pairs: [(Atom, Atom)]) -> Datum {
        var keys: [Atom] = [], values: [Atom] = []
        for (key, value) in pairs.sorted(by: { $0.0 < $1.0 }) where key != keys.last {
            keys.append(key)
            values.append(value)
        }
        return Datum(sorted: keys, values)
    }

    public var isMap: Bool { values != nil }
    public var isEmpty: Bool { keys.isEmpty }
    public var count: Int { keys.count }
    public var pairs: [(key: Atom, value: Atom)] { values.map { Array(zip(keys, $0)).map { (key: $0, value: $1) } } ?? [] }

    // Text

    /// Reads a column's contents, as a server sends them. The constraints of single atoms are not asked: defaults need not keep them.
    /// - Parameter isDifference: the difference of two contents, which may be empty or have more atoms than either.
    public init(_ json: JSON, _ type: ColumnType, isDifference: Bool = false) throws(DatabaseError) {
        let datum: Datum
        if let value = type.value { datum = try Self.map(json, type.key, value) } else { datum = try Self.set(json, type.key) }
        if !isDifference, let problem = datum.countProblem(type) { throw DatabaseError(problem) }
        self = datum
    }

    private static func set(_ json: JSON, _ key: BaseType) throws(DatabaseError) -> Datum {
        var atoms: [Atom] = []
        for element in elements(json, "set") ?? [json] { atoms.append(try Atom(element, key.type)) }
        let datum = set(atoms)
        guard datum.count == atoms.count else { throw DatabaseError(expected: "a set with each of its elements once", found: json) }
        return datum
    }

    private static func map(_ json: JSON, _ key: BaseType, _ value: BaseType) throws(DatabaseError) -> Datum {
        guard let elements = elements(json, "map") else { throw DatabaseError(expected: "a map", found: json) }
        var pairs: [(Atom, Atom)] = []
        for element in elements {
            guard let pair = element.array, pair.count == 2 else { throw DatabaseError(expected: "a pair", found: element) }
            pairs.append((try Atom(pair[0], key.type), try Atom(pair[1], value.type)))
        }
        let datum = map(pairs)
        guard datum.count == pairs.count else { throw DatabaseError(expected: "a map with each of its keys once", found: json) }
        return datum
    }

    /// What stands in `["set", […]]` or `["map", […]]`; nil: it is none.
    private static func elements(_ json: JSON, _ word: String) -> [JSON]? {
        guard let array = json.array, array.count == 2, array[0].string == word else { return nil }
        return array[1].array
    }

    /// As it is sent: a set of one as its atom.
    public var json: JSON {
        if let values {
            return .array([.string("map"), .array(zip(keys, values).map { .array([$0.json, $1.json]) })])
        }
        return keys.count == 1 ? keys[0].json : .array([.string("set"), .array(keys.map(\.json))])
    }

    // Types

    /// Why it cannot be the contents of a column; nil: it can.
    public func problem(_ type: ColumnType) -> String? {
        guard isMap == (type.value != nil) else { return isMap ? "expected a set, found a map" : "expected a map, found a set" }
        if let problem = countProblem(type) { return problem }
        for key in keys { if let problem = type.key.problem(key) { return problem } }
        guard let values, let valueType = type.value else { return nil }
        for value in values { if let problem = valueType.problem(value) { return problem } }
        return nil
    }

    private func countProblem(_ type: ColumnType) -> String? {
        guard count >= type.min, count <= type.max ?? .max else {
            return "expected \(type.min) to \(type.max.map(String.init) ?? "any number of") elements, found \(count)"
        }
        return nil
    }

    // Differences

    /// The contents that differ from these by `difference` (ovsdb-server(7), section 4.1.14). Where at most one element is allowed the difference is the
    /// new contents. Otherwise of a set what is in one of both; of a map the pairs with keys of one of both, and of keys of both those with
    /// another value, which is the new one. Throws if the outcome has too few or too many elements.
    func applying(_ difference: Datum, _ type: ColumnType) throws(DatabaseError) -> Datum {
        let datum = type.max == 1 ? difference : merged(difference)
        if let problem = datum.countProblem(type) { throw DatabaseError(problem) }
        return datum
    }

    private func merged(_ difference: Datum) -> Datum {
        var newKeys: [Atom] = [], newValues: [Atom] = []
        var own = 0, other = 0
        func take(_ datum: Datum, _ index: Int) {
            newKeys.append(datum.keys[index])
            if let values = datum.values { newValues.append(values[index]) }
        }
        while own < count || other < difference.count {
            if other == difference.count || own < count && keys[own] < difference.keys[other] {
                take(self, own)
                own += 1
            } else if own == count || difference.keys[other] < keys[own] {
                take(difference, other)
                other += 1
            } else {
                if let values, let changed = difference.values, values[own] != changed[other] { take(difference, other) }
                own += 1
                other += 1
            }
        }
        return Datum(sorted: newKeys, isMap ? newValues : nil)
    }
}
