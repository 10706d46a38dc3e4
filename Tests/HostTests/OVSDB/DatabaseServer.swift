import Foundation
@testable import OVSDB
import Stream
import TestSupport
import Testing
@testable import VSwitch

/// A real ovsdb-server with a database of its own in the bed's folder, without a switch.
final class DatabaseServer {
    static let schema = "/usr/share/openvswitch/vswitch.ovsschema"
    private let bed: Bed
    let file: String
    let socket: String
    private var task: BackgroundTask?

    init(_ bed: Bed) async throws {
        self.bed = bed
        file = bed.folder + "/conf.db"
        socket = bed.folder + "/db.sock"
        try await create()
        try await start()
    }

    /// An empty database with its one row, in the place of what was there.
    func create() async throws {
        try? FileManager.default.removeItem(atPath: file)
        let result = try await command("ovsdb-tool", ["create", file, Self.schema])
        guard result.status == 0 else { throw BedFailure("ovsdb-tool: \(result.errors)") }
    }

    func start() async throws {
        let places = ["OVS_RUNDIR", "OVS_DBDIR", "OVS_LOGDIR", "OVS_SYSCONFDIR"].map { "\($0)=\(bed.folder)" }
        task = try bed.spawn("env", places + ["ovsdb-server", file, "--remote=punix:" + socket, "--unixctl=\(bed.folder)/db.ctl"])
        try await vsctl(["--retry", "init"])
    }

    /// Ends it without a farewell.
    func kill() async throws {
        // For timeout(1) this is the end of the time.
        try await task?.finish(after: SIGALRM)
    }

    /// Runs ovs-vsctl(8), which has to succeed.
    @discardableResult func vsctl(_ arguments: [String]) async throws -> String {
        let result = try await tryVsctl(arguments)
        guard result.status == 0 else { throw BedFailure("ovs-vsctl \(arguments): \(result.errors)") }
        return result.output
    }

    func tryVsctl(_ arguments: [String]) async throws -> CommandResult {
        try await command("ovs-vsctl", ["--db=unix:" + socket, "--no-wait", "-t", "50"] + arguments)
    }

    /// Runs ovsdb-client(1), which has to succeed.
    @discardableResult func ask(_ arguments: [String]) async throws -> String {
        let result = try await command("ovsdb-client", ["-t", "50", "-f", "json", arguments[0], "unix:" + socket] + arguments.dropFirst())
        guard result.status == 0 else { throw BedFailure("ovsdb-client \(arguments): \(result.errors)") }
        return result.output
    }

    /// All rows of all tables, read by the schema's types.
    func dump(_ schema: DatabaseSchema) async throws -> [String: [Row]] {
        var parser = JSONParser(), tables: [String: [Row]] = [:]
        for byte in try await ask(["dump", schema.name]).utf8 {
            guard let object = try parser.take(byte)?.object else { continue }
            let name = try #require(object["caption"]?.string?.split(separator: " ").first.map(String.init))
            let headings = (object["headings"]?.array ?? []).compactMap(\.string)
            tables[name] = try (object["data"]?.array ?? []).map { line in
                let cells = Dictionary(uniqueKeysWithValues: zip(headings, line.array ?? []))
                let uuid = try #require(cells["_uuid"]?.array?.last?.string.flatMap { RowUUID($0) })
                var columns: [String: Datum] = [:]
                for (column, cell) in cells where column != "_uuid" {
                    let known = try #require(schema[name, column])
                    columns[column] = try Datum(cell, known.type)
                }
                return Row(table: name, uuid: uuid, columns: columns)
            }.sorted { $0.uuid < $1.uuid }
        }
        return tables
    }
}

/// A client of ours at a server, driven by the test.
final class DatabaseClient {
    let connection: OVSDBConnection
    private let start = ContinuousClock.now

    init(_ server: DatabaseServer, _ wish: MonitorWish = .everything, lock: String? = nil) {
        connection = OVSDBConnection(
            .unix(server.socket), session: DatabaseSession(database: "Open_vSwitch", wish: wish, lock: lock), now: 0, wake: {})
    }

    func turn() { _ = connection.run(now: Int64((ContinuousClock.now - start) / .milliseconds(1))) }

    /// Takes turns until a condition holds.
    func follow(until what: String, _ condition: (inout DatabaseSession) throws -> Bool) async throws {
        try await until(what) {
            turn()
            return try condition(&connection.session)
        }
    }

    func ready() async throws { try await follow(until: "the contents") { $0.state == .ready } }

    /// Makes a transaction and waits for its outcome.
    func commit(_ make: (inout Transaction, Replica) -> Void) async throws -> TransactionOutcome {
        var transaction = Transaction()
        make(&transaction, connection.session.replica)
        _ = connection.session.commit(transaction)
        var outcome: TransactionOutcome?
        try await follow(until: "a transaction's outcome") { session in
            outcome = session.takeOutcomes().first?.1
            return outcome != nil
        }
        return try #require(outcome)
    }

    /// The only row of the database's root table.
    func root() throws -> Row {
        let row = connection.session.replica.rows("Open_vSwitch").first
        return try #require(row)
    }
}
