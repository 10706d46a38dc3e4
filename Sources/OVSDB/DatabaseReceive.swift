extension DatabaseSession {
    /// Takes a message. Throws if it is wrong or refuses what the session cannot do without: the connection is to be ended then, and the next one
    /// begins with all of the contents.
    public mutating func receive(_ message: JSONRPCMessage) throws(DatabaseError) {
        guard state != .disconnected else { return }
        do throws(DatabaseError) {
            switch message {
            case .request("echo", let params, let id): send(.reply(result: .array(params), id: id))
            case .request(_, _, let id): send(.error(.object(["error": .string("unknown method")]), id: id))
            case .notification(let method, let params): try notified(method, params)
            case .reply(let result, let id): try replied(result, try take(id))
            case .error(let error, let id): try refused(error, try take(id))
            }
        } catch {
            lastTransaction = .zero
            throw error
        }
    }

    /// The request that an answer is for.
    private mutating func take(_ id: JSON) throws(DatabaseError) -> (number: Int64, request: Request) {
        guard case .integer(let number) = id, let request = pending.removeValue(forKey: number) else {
            throw DatabaseError(expected: "the answer to a request", found: id)
        }
        return (number, request)
    }

    private mutating func replied(_ result: JSON, _ answered: (number: Int64, request: Request)) throws(DatabaseError) {
        switch answered.request {
        case .changeAware, .probe, .unlock: break
        case .schema: try learned(try DatabaseSchema(result))
        case .monitor(let method): try filled(result, method)
        case .lock(let name):
            guard case .bool(let isLocked)? = result.object?["locked"] else { throw DatabaseError(expected: "whether the lock is held", found: result) }
            // Another lock may be wanted meanwhile.
            if name == lock { lockState = isLocked ? .held : .waiting }
        case .transaction(let transaction, let hasLock): finish(answered.number, try transaction.outcome(result, hasLock: hasLock))
        }
    }

    private mutating func refused(_ error: JSON, _ answered: (number: Int64, request: Request)) throws(DatabaseError) {
        let isUnknown = error.string == "unknown method" || error.object?["error"]?.string == "unknown method"
        switch answered.request {
        // Servers before Open vSwitch 2.9 do not know it, and have no databases that come and go.
        case .changeAware: break
        // It has answered.
        case .probe: break
        case .monitor(let tried):
            guard isUnknown, let next = tried.next else { throw DatabaseError("\(tried.rawValue): \(DatabaseError.quote(error))") }
            method = next
            requestContents()
        case .transaction:
            // A request as a whole is refused, or ended when its database was converted.
            finish(answered.number, error.object?["error"]?.string == "canceled" || error.string == "canceled" ? .tryAgain : .error(DatabaseError.quote(error)))
        case .schema: throw DatabaseError("get_schema: \(DatabaseError.quote(error))")
        case .lock, .unlock: throw DatabaseError("lock: \(DatabaseError.quote(error))")
        }
    }

    // Contents

    private mutating func learned(_ new: DatabaseSchema) throws(DatabaseError) {
        guard new.name == database else { throw DatabaseError(expected: "the schema of \(database)", found: .string(new.name)) }
        schema = new
        let granted = wish.granted(by: new)
        if granted != replica.tables { lastTransaction = .zero }
        replica.setTables(granted)
        requestContents()
    }

    /// The monitor's reply.
    private mutating func filled(_ result: JSON, _ method: Method) throws(DatabaseError) {
        switch method {
        case .condSince:
            guard let parts = result.array, parts.count == 3, case .bool(let isFound) = parts[0] else {
                throw DatabaseError(expected: "[found, last transaction, updates]", found: result)
            }
            guard !isFound || lastTransaction != .zero else { throw DatabaseError("the server has found a transaction that was not asked for") }
            let last = try Self.transaction(parts[1])
            try replica.apply(try RowUpdate.read2(parts[2]), replacesAll: !isFound)
            lastTransaction = last
        case .cond:
            lastTransaction = .zero
            try replica.apply(try RowUpdate.read2(result), replacesAll: true)
        case .plain:
            lastTransaction = .zero
            try replica.apply(try RowUpdate.read(result), replacesAll: true)
        }
        state = .ready
    }

    private static func transaction(_ json: JSON) throws(DatabaseError) -> RowUUID {
        guard let uuid = json.string.flatMap({ RowUUID($0) }) else { throw DatabaseError(expected: "a transaction's UUID", found: json) }
        return uuid
    }

    // Notifications

    private mutating func notified(_ name: String, _ params: [JSON]) throws(DatabaseError) {
        switch name {
        case "update", "update2", "update3":
            guard let id = params.first, id == monitorID else { return }
            guard state == .ready, name == method.update else { throw DatabaseError("\(name) without such a monitor") }
            try updated(params)
        case "monitor_canceled":
            guard let id = params.first, id == monitorID, state == .ready else { return }
            lastTransaction = .zero
            requestSchema()
        case "locked": if let lock, params.first?.string == lock, lockState == .waiting { lockState = .held }
        // The server keeps a place in the queue for who was robbed.
        case "stolen": if let lock, params.first?.string == lock { lockState = .waiting }
        // Other notifications are of no concern.
        default: break
        }
    }

    private mutating func updated(_ params: [JSON]) throws(DatabaseError) {
        guard params.count == (method == .condSince ? 3 : 2) else { throw DatabaseError(expected: "an \(method.update)", found: .array(params)) }
        switch method {
        case .condSince:
            let last = try Self.transaction(params[1])
            try replica.apply(try RowUpdate.read2(params[2]))
            lastTransaction = last
        case .cond: try replica.apply(try RowUpdate.read2(params[1]))
        case .plain: try replica.apply(try RowUpdate.read(params[1]))
        }
    }
}
