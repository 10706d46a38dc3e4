/// Changes that a server makes all together or not at all (RFC 7047, section 4.1.3).
///
/// What was read to decide on them is verified: if it is no longer so in the database, the outcome is `tryAgain`, by which time the replica has what
/// others have changed.
public struct Transaction: Hashable, Sendable {
    /// A row that the transaction inserts: its `uuid-name`. In columns of the same transaction `datum` stands for it.
    public struct NewRow: Hashable, Sendable {
        public let name: String
        public var atom: Atom { .named(name) }
    }

    /// How a column is changed without reading it first (RFC 7047, section 5.1, `<mutation>`).
    public enum Mutation: Hashable, Sendable {
        case add(Int64)
        /// Elements, or pairs with keys that are not there.
        case insert(Datum)
        /// Elements, or pairs; of maps a set of keys as well.
        case delete(Datum)
    }

    enum Step: Hashable, Sendable {
        case insert(NewRow, table: String, [String: Datum])
        case update(table: String, RowUUID, [String: Datum])
        case mutate(table: String, RowUUID, column: String, Mutation)
        case delete(table: String, RowUUID)
        case verify(Row, Set<String>)
        /// Adds one and tells the new value.
        case increment(table: String, RowUUID, column: String)
        case comment(String)
        case abort
    }

    private(set) var steps: [Step] = []
    private var newRows = 0

    public init() {}

    /// Inserts a row; columns that are not named have their defaults.
    public mutating func insert(_ table: String, _ columns: [String: Datum] = [:]) -> NewRow {
        let row = NewRow(name: "row\(newRows)")
        newRows += 1
        steps.append(.insert(row, table: table, columns))
        return row
    }

    /// Writes columns of a row. Those that already read so in the replica are left out.
    public mutating func update(_ table: String, _ uuid: RowUUID, _ columns: [String: Datum]) { steps.append(.update(table: table, uuid, columns)) }
    public mutating func update(_ row: Row, _ columns: [String: Datum]) { update(row.table, row.uuid, columns) }

    public mutating func mutate(_ table: String, _ uuid: RowUUID, _ column: String, _ mutation: Mutation) {
        steps.append(.mutate(table: table, uuid, column: column, mutation))
    }

    /// Deletes a row. Of tables that are no root one that nothing refers to is deleted by itself.
    public mutating func delete(_ table: String, _ uuid: RowUUID) { steps.append(.delete(table: table, uuid)) }

    /// Makes the outcome `tryAgain` if the row is gone, or if one of these columns does not read any more as it does in `row`.
    public mutating func verify(_ row: Row, _ columns: Set<String>) { steps.append(.verify(row, columns)) }

    /// Adds one to an integer; its new value is in `TransactionOutcome.success`, in the order of these calls.
    public mutating func increment(_ row: Row, _ column: String) { steps.append(.increment(table: row.table, row.uuid, column: column)) }

    /// A line for the database's log.
    public mutating func comment(_ text: String) { steps.append(.comment(text)) }

    /// Ends the transaction without any change; its outcome is `aborted`. What stands before is checked by the server all the same.
    public mutating func abort() { steps.append(.abort) }

    /// It would change the database.
    var changesSomething: Bool {
        steps.contains { step in
            switch step {
            case .insert, .update, .mutate, .delete, .increment, .abort: true
            case .verify, .comment: false
            }
        }
    }

    /// Without what the replica shows to be so already.
    func pruned(_ replica: Replica) -> Transaction {
        var pruned = self
        pruned.steps = steps.compactMap { step in
            guard case .update(let table, let uuid, let columns) = step, let row = replica.row(table, uuid) else { return step }
            let different = columns.filter { row[$0.key] != $0.value }
            return different.isEmpty ? nil : .update(table: table, uuid, different)
        }
        return pruned
    }
}

/// What became of a transaction.
public enum TransactionOutcome: Hashable, Sendable {
    /// - Parameters:
    ///   - inserted: the rows' UUIDs.
    ///   - increments: the new values, in the order of the increments.
    case success(inserted: [Transaction.NewRow: RowUUID], increments: [Int64])
    /// Nothing was to be changed; the server was not asked.
    case unchanged
    /// What was verified is not so any more; or there is no connection. If it broke while the transaction was under way, the replica will tell what became of it.
    case tryAgain
    /// The lock that the session wants is not its own.
    case notLocked
    case aborted
    case error(String)
}
