extension Transaction {
    /// The first step that the schema does not have, or not so; nil: there is none.
    func problem(_ schema: DatabaseSchema) -> String? {
        for step in steps {
            let problem: String? = switch step {
            case .insert(_, let table, let columns): Self.problem(schema, table, columns)
            case .update(let table, _, let columns): Self.problem(schema, table, columns) ?? columns.keys.lazy.compactMap { column in
                schema[table, column]?.isMutable == false ? "\(table).\(column): the column is not mutable" : nil }.first
            case .mutate(let table, _, let column, let mutation): Self.problem(schema, table, column, mutation)
            case .delete(let table, _): schema.tables[table] == nil ? "the server has no table \(table)" : nil
            case .verify(let row, let columns): columns.lazy.compactMap { Self.lacking(schema, row.table, $0) }.first
            case .increment(let table, _, let column): Self.problem(schema, table, column, .add(1))
            case .comment, .abort: nil
            }
            if let problem { return problem }
        }
        return nil
    }

    private static func problem(_ schema: DatabaseSchema, _ table: String, _ columns: [String: Datum]) -> String? {
        guard schema.tables[table] != nil else { return "the server has no table \(table)" }
        for (column, datum) in columns.sorted(by: { $0.key < $1.key }) {
            guard let type = schema[table, column]?.type else { return lacking(schema, table, column) }
            if let problem = datum.problem(type) { return "\(table).\(column): \(problem)" }
        }
        return nil
    }

    private static func problem(_ schema: DatabaseSchema, _ table: String, _ column: String, _ mutation: Mutation) -> String? {
        guard let type = schema[table, column]?.type else { return lacking(schema, table, column) }
        let isKept: Bool = switch mutation {
        case .add: type.key.type == .integer && type.value == nil
        case .insert(let datum): datum.isMap == (type.value != nil) && datum.keys.allSatisfy { type.key.problem($0) == nil }
        case .delete(let datum): (!datum.isMap || type.value != nil) && datum.keys.allSatisfy { $0.type == type.key.type }
        }
        return isKept ? nil : "\(table).\(column): the mutation is not for its type"
    }

    private static func lacking(_ schema: DatabaseSchema, _ table: String, _ column: String) -> String? {
        guard let has = schema.tables[table] else { return "the server has no table \(table)" }
        return has.columns[column] == nil ? "the server has no column \(table).\(column)" : nil
    }

    /// The parameters of the request "transact" (RFC 7047, sections 4.1.3 and 5.2).
    /// - Parameter lock: that has to be the session's own.
    func params(_ database: String, lock: String?) -> [JSON] {
        var operations: [JSON] = [.string(database)]
        if let lock { operations.append(.object(["op": .string("assert"), "lock": .string(lock)])) }
        for step in steps { operations += Self.operations(step) }
        return operations
    }

    private static func operations(_ step: Step) -> [JSON] {
        switch step {
        case .insert(let row, let table, let columns):
            return [operation("insert", table, nil, ["uuid-name": .string(row.name), "row": object(columns)])]
        case .update(let table, let uuid, let columns): return [operation("update", table, uuid, ["row": object(columns)])]
        case .mutate(let table, let uuid, let column, let mutation): return [operation("mutate", table, uuid, ["mutations": mutations(column, mutation)])]
        case .delete(let table, let uuid): return [operation("delete", table, uuid)]
        case .verify(let row, let columns):
            let columns = columns.sorted()
            return [operation("wait", row.table, row.uuid, [
                "timeout": .integer(0), "until": .string("=="), "columns": .array(columns.map { .string($0) }),
                "rows": .array([object(row.columns.filter { columns.contains($0.key) })])])]
        case .increment(let table, let uuid, let column):
            return [operation("mutate", table, uuid, ["mutations": mutations(column, .add(1))]),
                operation("select", table, uuid, ["columns": .array([.string(column)])])]
        case .comment(let text): return [.object(["op": .string("comment"), "comment": .string(text)])]
        case .abort: return [.object(["op": .string("abort")])]
        }
    }

    private static func operation(_ name: String, _ table: String, _ uuid: RowUUID?, _ more: [String: JSON] = [:]) -> JSON {
        var members = more
        members["op"] = .string(name)
        members["table"] = .string(table)
        if let uuid { members["where"] = .array([.array([.string("_uuid"), .string("=="), Atom.uuid(uuid).json])]) }
        return .object(members)
    }

    private static func object(_ columns: [String: Datum]) -> JSON { .object(columns.mapValues(\.json)) }

    private static func mutations(_ column: String, _ mutation: Mutation) -> JSON {
        let (mutator, value): (String, JSON) = switch mutation {
        case .add(let number): ("+=", .integer(number))
        case .insert(let datum): ("insert", datum.json)
        case .delete(let datum): ("delete", datum.json)
        }
        return .array([.array([.string(column), .string(mutator), value])])
    }

    /// Reads the reply to "transact": a result for each operation, up to the first error. Throws for what is no such reply.
    /// - Parameter hasLock: the first operation was the lock's.
    func outcome(_ result: JSON, hasLock: Bool) throws(DatabaseError) -> TransactionOutcome {
        guard let results = result.array else { throw DatabaseError(expected: "the results of operations", found: result) }
        // An error without an operation of its own, of the commit, stands behind the others.
        for case .object(let members) in results {
            guard let error = members["error"] else { continue }
            switch error.string {
            case "timed out": return .tryAgain
            case "not owner": return .notLocked
            case "aborted": return .aborted
            default: return .error(DatabaseError.quote(error) + (members["details"].map { ": " + ($0.string ?? DatabaseError.quote($0)) } ?? ""))
            }
        }
        return try success(results.dropFirst(hasLock ? 1 : 0)[...])
    }

    private func success(_ results: ArraySlice<JSON>) throws(DatabaseError) -> TransactionOutcome {
        var rest = results
        var inserted: [NewRow: RowUUID] = [:], increments: [Int64] = []
        for step in steps {
            guard let result = rest.popFirst() else { throw DatabaseError("fewer results than operations") }
            switch step {
            case .insert(let row, _, _):
                guard let uuid = try result.object?["uuid"].map({ json throws(DatabaseError) in try Atom(json, .uuid) })?.uuid else {
                    throw DatabaseError(expected: "an inserted row's UUID", found: result)
                }
                inserted[row] = uuid
            case .increment(_, _, let column):
                guard let selected = rest.popFirst()?.object?["rows"]?.array else { throw DatabaseError("an increment without its selection") }
                // The row may be gone.
                if case .integer(let value)? = selected.first?.object?[column] { increments.append(value) }
            case .update, .mutate, .delete, .verify, .comment, .abort: break
            }
        }
        return .success(inserted: inserted, increments: increments)
    }
}
