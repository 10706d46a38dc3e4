@testable import OVSDB
import Testing

/// A session and a server that a test plays by hand.
struct SessionBed {
    var session: DatabaseSession
    /// What the session has said and the test has not looked at.
    var said: [JSONRPCMessage] = []

    init(wish: MonitorWish = .everything, lock: String? = nil) { session = DatabaseSession(database: "Test", wish: wish, lock: lock) }

    static let zero = RowUUID.zero.description

    /// The oldest message with this method that has not been looked at. Others stay.
    mutating func expect(_ method: String) throws -> (params: [JSON], id: JSON) {
        said += session.takeMessages()
        for (index, message) in said.enumerated() {
            guard case .request(method, let params, let id) = message else { continue }
            said.remove(at: index)
            return (params, id)
        }
        throw DatabaseError("\(method) was not said: \(said)")
    }

    mutating func reply(_ method: String, _ result: String) throws {
        try session.receive(.reply(result: json(result), id: try expect(method).id))
    }
    mutating func refuse(_ method: String, _ error: String) throws {
        try session.receive(.error(json(error), id: try expect(method).id))
    }
    mutating func notify(_ method: String, _ params: String) throws {
        try session.receive(.notification(method: method, params: try #require(json(params).array)))
    }

    /// Connects and brings it to READY with contents.
    /// - Parameter found: the last transaction was found, and the contents are what came after it.
    mutating func fill(_ contents: String = "{}", last: String = zero, found: Bool = false) throws {
        session.connected()
        try reply("set_db_change_aware", "{}")
        try reply("get_schema", schemaText)
        try reply("monitor_cond_since", "[\(found),\"\(last)\",\(contents)]")
    }

    /// The identifier of the monitor under way, as text.
    var monitor: String { String(decoding: session.monitorID.bytes, as: UTF8.self) }
}

let onePort = #"{"Port":{"\#(uuid(2))":{"initial":{"name":"p","tag":7}}}}"#
