import OVSDB

// Any bytes as what a database server sends: JSON text, JSON-RPC messages, a schema, contents and updates. The session follows or ends the connection with an
// error; what it tells of changes leads from each state of its replica to the next one; contents are the same when they are written and read again.
// The first byte picks the beginning: odd, the session knows `schema` and waits for contents; even, the bytes have to bring the schema.

private let schema = """
    {"name":"T","version":"1.0.0","tables":{"A":{"columns":{"s":{"type":"string"},"i":{"type":{"key":{"type":"integer","maxInteger":9},"min":0,"max":1}},
    "r":{"type":"real"},"b":{"type":"boolean"},"u":{"type":{"key":{"type":"uuid","refTable":"A","refType":"weak"},"min":0,"max":"unlimited"}},
    "n":{"type":{"key":"integer","min":1,"max":3}},"m":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},
    "q":{"type":{"key":"integer","value":{"type":"uuid","refTable":"A"},"min":0,"max":2}}}}}}
    """

/// What changes have led to, row by row.
private struct Shadow {
    var rows: [RowUUID: [String: Row]] = [:]

    mutating func follow(_ changes: ReplicaChanges) {
        for row in changes.inserted { precondition(rows[row.uuid, default: [:]].updateValue(row, forKey: row.table) == nil) }
        for change in changes.modified {
            precondition(!change.columns.isEmpty && rows[change.new.uuid, default: [:]].updateValue(change.new, forKey: change.new.table) == change.old)
        }
        for row in changes.deleted { precondition(rows[row.uuid, default: [:]].removeValue(forKey: row.table) == row) }
    }

    func check(_ replica: Replica) {
        var count = 0
        for table in replica.tables.keys {
            for row in replica.rows(table) {
                count += 1
                precondition(rows[row.uuid]?[table] == row)
                for (column, type) in replica.tables[table] ?? [:] { Shadow.check(row, column, type, replica) }
            }
        }
        precondition(count == rows.values.reduce(0) { $0 + $1.count })
    }

    private static func check(_ row: Row, _ column: String, _ type: ColumnType, _ replica: Replica) {
        guard let datum = row[column] else { preconditionFailure("no \(column)") }
        precondition((try? Datum(datum.json, type)) == datum, "written and then other: \(datum)")
        precondition(datum.count >= type.min && datum.count <= type.max ?? .max)
        _ = replica.referenced(by: row, column)
        _ = (row.string(column), row.int(column), row.real(column), row.bool(column), row.uuid(column))
        _ = (row.strings(column), row.ints(column), row.uuids(column), row.map(column), row.integerMap(column), row.uuidMap(column), datum.problem(type))
    }
}

/// What a session has asked, as a server answers it with the bytes' values. True: the connection goes on.
private func deliver(_ message: JSONRPCMessage, _ session: inout DatabaseSession) -> Bool {
    do throws(DatabaseError) {
        try session.receive(message)
        return true
    } catch {
        session.disconnected()
        return false
    }
}

/// The reply to the last request with a method, if there is one among `said`.
private func answer(_ said: [JSONRPCMessage], _ method: String, _ result: JSON) -> JSONRPCMessage? {
    for case .request(method, _, let id) in said.reversed() { return .reply(result: result, id: id) }
    return nil
}

/// A value by itself: `"r"` of the requests that wait, or of an update of their monitor.
private func step(_ value: JSON, _ session: inout DatabaseSession, _ said: [JSONRPCMessage]) {
    guard let members = value.object else { return }
    if let message = try? JSONRPCMessage(value) {
        _ = deliver(message, &session)
        return
    }
    if let result = members["schema"], let reply = answer(said, "get_schema", result) { _ = deliver(reply, &session) }
    if let result = members["contents"], let reply = answer(said, "monitor_cond_since", result) { _ = deliver(reply, &session) }
    if let result = members["outcome"], let reply = answer(said, "transact", result) { _ = deliver(reply, &session) }
    if let updates = members["updates"] {
        for case .request("monitor_cond_since", let params, _) in said where params.count > 1 {
            _ = deliver(.notification(method: "update3", params: [params[1], .string(RowUUID.zero.description), updates]), &session)
        }
    }
    if members["again"] != nil { session.connected() }
}

private func parse(_ bytes: [UInt8]) -> [JSON] {
    var parser = JSONParser(), values: [JSON] = []
    for byte in bytes {
        do throws(JSONError) {
            if let value = try parser.take(byte) { values.append(value) }
        } catch {
            break
        }
    }
    return values
}

@_cdecl("LLVMFuzzerTestOneInput") public func fuzzOVSDB(_ data: UnsafeRawPointer, _ size: Int) -> CInt {
    // libFuzzer vouches for `size` bytes.
    let bytes = unsafe Array(UnsafeRawBufferPointer(start: data, count: size))
    guard let choice = bytes.first else { return 0 }
    var session = DatabaseSession(database: "T", wish: .everything, lock: choice & 2 == 0 ? "L" : nil), shadow = Shadow()
    session.connected()
    var said = session.takeMessages()
    if choice & 1 == 1, let known = parse(Array(schema.utf8)).first, let reply = answer(said, "get_schema", known) {
        precondition(deliver(reply, &session))
    }
    for value in parse(Array(bytes.dropFirst())) {
        said += session.takeMessages()
        step(value, &session, said)
        if session.state == .ready {
            var transaction = Transaction()
            _ = transaction.insert("A", ["s": .string("x")])
            for row in session.replica.rows("A").prefix(1) { transaction.verify(row, Set(row.columns.keys)) }
            _ = session.commit(transaction)
        }
        _ = session.takeOutcomes()
        shadow.follow(session.takeChanges())
        shadow.check(session.replica)
        precondition(session.takeChanges().isEmpty)
    }
    return 0
}
