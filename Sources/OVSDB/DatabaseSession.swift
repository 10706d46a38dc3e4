/// One client's side of connections to an ovsdb-server, one after the other: it keeps a replica of the tables that are wished for, holds a lock, and
/// makes transactions (RFC 7047, section 4; ovsdb-server(7)).
///
/// A value without I/O and clock. Its user tells it `connected`, `receive` and `disconnected`, sends what `takeMessages` gives, and ends the connection
/// when `receive` throws. On a connection:
///
///     connected     asks for the schema, and for the lock
///     schema        asks to monitor: by monitor_cond_since, monitor_cond or monitor, whichever the server knows first
///     contents      READY: the replica follows by updates; transactions can be made
///     monitor_canceled    asks for the schema again: the database was converted
///
/// The replica outlives connections. The next one gives what has changed since the last transaction seen, if the server has kept that, else all of
/// the contents, which replace the old ones by difference.
public struct DatabaseSession: Sendable {
    public enum State: Hashable, Sendable {
        case disconnected, awaitingSchema, awaitingContents, ready
    }
    public enum LockState: Hashable, Sendable {
        case none
        /// Asked for; another client has it.
        case waiting
        case held
    }
    public struct TransactionID: Hashable, Sendable {
        let number: Int64
    }
    /// In the order in which they are tried.
    enum Method: String {
        case condSince = "monitor_cond_since", cond = "monitor_cond", plain = "monitor"
        var next: Method? {
            switch self {
            case .condSince: .cond
            case .cond: .plain
            case .plain: nil
            }
        }
        /// The notification that follows.
        var update: String {
            switch self {
            case .condSince: "update3"
            case .cond: "update2"
            case .plain: "update"
            }
        }
    }
    /// A request that waits for its reply.
    enum Request {
        case changeAware, schema, monitor(Method), unlock, probe
        /// Or to steal it.
        case lock(String)
        case transaction(Transaction, hasLock: Bool)
    }

    public let database: String
    public let wish: MonitorWish
    /// The lock that transactions need; nil: none.
    public private(set) var lock: String?
    public internal(set) var state = State.disconnected
    public internal(set) var lockState = LockState.none
    public internal(set) var replica = Replica()
    /// Of the last server; nil: none yet.
    public internal(set) var schema: DatabaseSchema?
    var method = Method.condSince
    /// The last transaction that the replica has; zero: not known.
    var lastTransaction = RowUUID.zero
    var pending: [Int64: Request] = [:]
    private var lastID: Int64 = 0
    /// Of the monitor under way; another's updates are none for this replica.
    var monitorID = JSON.null
    private var outgoing: [JSONRPCMessage] = []
    private var outcomes: [(TransactionID, TransactionOutcome)] = []

    /// - Parameter lock: to be asked for on every connection.
    public init(database: String, wish: MonitorWish, lock: String? = nil) {
        self.database = database
        self.wish = wish
        self.lock = lock
    }

    /// What of the wish the server lacks: "Table", or "Table.column".
    public var missing: [String] { schema.map { wish.missing(in: $0) } ?? [] }

    /// What has changed in the replica since the last call.
    public mutating func takeChanges() -> ReplicaChanges { replica.takeChanges() }

    // The connection

    /// A connection has come about.
    public mutating func connected() {
        if state != .disconnected { disconnected() }
        method = .condSince
        request("set_db_change_aware", [.bool(true)], .changeAware)
        requestSchema()
        if let lock { request("lock", [.string(lock)], .lock(lock)) }
    }

    /// The connection has ended: the lock is lost, and transactions under way are to be tried again.
    public mutating func disconnected() {
        state = .disconnected
        lockState = .none
        outgoing = []
        monitorID = .null
        for (number, request) in pending.sorted(by: { $0.key < $1.key }) {
            if case .transaction = request { outcomes.append((TransactionID(number: number), .tryAgain)) }
        }
        pending = [:]
    }

    /// What is to be sent now, in this order.
    public mutating func takeMessages() -> [JSONRPCMessage] {
        defer { outgoing = [] }
        return outgoing
    }

    /// Asks the server for a sign of life.
    public mutating func probe() {
        if state != .disconnected { request("echo", [], .probe) }
    }

    // The lock

    /// Asks for another lock, or for none, on this connection and the next ones.
    public mutating func setLock(_ name: String?) {
        guard name != lock else { return }
        if state != .disconnected, let lock { request("unlock", [.string(lock)], .unlock) }
        lock = name
        lockState = .none
        if state != .disconnected, let name { request("lock", [.string(name)], .lock(name)) }
    }

    /// Takes the lock from whoever has it. Before that a client gives up its place in the queue.
    public mutating func stealLock() {
        guard state != .disconnected, let lock, lockState != .held else { return }
        request("unlock", [.string(lock)], .unlock)
        request("steal", [.string(lock)], .lock(lock))
    }

    // Transactions

    /// Begins a transaction; its outcome comes by `takeOutcomes`. The replica has its changes before that.
    public mutating func commit(_ transaction: Transaction) -> TransactionID {
        lastID += 1
        let id = TransactionID(number: lastID)
        if let outcome = earlyOutcome(transaction) {
            outcomes.append((id, outcome))
            return id
        }
        let pruned = transaction.pruned(replica)
        guard pruned.changesSomething else {
            outcomes.append((id, .unchanged))
            return id
        }
        pending[lastID] = .transaction(pruned, hasLock: lock != nil)
        outgoing.append(.request(method: "transact", params: pruned.params(database, lock: lock), id: .integer(lastID)))
        return id
    }

    /// What the server need not be asked for.
    private func earlyOutcome(_ transaction: Transaction) -> TransactionOutcome? {
        guard state == .ready, let schema else { return .tryAgain }
        if lock != nil, lockState != .held { return .notLocked }
        if let problem = transaction.problem(schema) { return .error(problem) }
        return pending.count < Limits.transactions ? nil : .tryAgain
    }

    /// The outcomes since the last call, in the order in which they came.
    public mutating func takeOutcomes() -> [(TransactionID, TransactionOutcome)] {
        defer { outcomes = [] }
        return outcomes
    }

    // Steps

    private mutating func request(_ name: String, _ params: [JSON], _ kind: Request) {
        lastID += 1
        pending[lastID] = kind
        outgoing.append(.request(method: name, params: params, id: .integer(lastID)))
    }

    mutating func send(_ message: JSONRPCMessage) { outgoing.append(message) }

    mutating func finish(_ number: Int64, _ outcome: TransactionOutcome) { outcomes.append((TransactionID(number: number), outcome)) }

    mutating func requestSchema() {
        state = .awaitingSchema
        monitorID = .null
        request("get_schema", [.string(database)], .schema)
    }

    /// Asks for the contents, by `method`.
    mutating func requestContents() {
        state = .awaitingContents
        monitorID = .array([.string(database), .integer(lastID)])
        let requests = replica.tables.mapValues { columns in
            JSON.array([.object(["columns": .array(columns.keys.sorted().map { .string($0) })])])
        }
        var params: [JSON] = [.string(database), monitorID, .object(requests)]
        if method == .condSince { params.append(.string(lastTransaction.description)) }
        request(method.rawValue, params, .monitor(method))
    }
}
