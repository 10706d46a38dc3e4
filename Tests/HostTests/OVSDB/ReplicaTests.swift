import OVSDB
import TestSupport
import Testing
@testable import VSwitch

extension HostTests {
    /// A replica beside the database that it is of.
    @Suite(.serialized) struct ReplicaTests {
        /// The replica's rows are the server's.
        private func expectSame(_ client: DatabaseClient, _ server: DatabaseServer, _ what: String) async throws {
            let schema = try #require(client.connection.session.schema)
            let wanted = try await server.dump(schema)
            #expect(wanted.count == schema.tables.count)
            try await client.follow(until: "the replica is as the database after \(what)") { session in
                wanted.allSatisfy { session.replica.rows($0.key) == $0.value }
            }
        }

        @Test(arguments: [1, 2] as [UInt64]) func randomTransactionsArrive(_ seed: UInt64) async throws {
            try await Bed.with { bed in
                let server = try await DatabaseServer(bed), client = DatabaseClient(server)
                defer { client.connection.close() }
                try await client.ready()
                try await server.vsctl(["add-br", "br0", "--", "add-br", "br1"] + (0..<4).flatMap { ["--", "add-port", "br\($0 % 2)", "p\($0)"] })
                var random = RandomDatabase(seed: seed), shadow: [RowUUID: Row] = [:], failures: [String] = []
                for step in 0..<60 {
                    let command = random.command()
                    let result = try await server.tryVsctl(command)
                    if result.status != 0 { failures.append(result.errors) }
                    try await expectSame(client, server, "\(step): \(command)")
                    // What is told of changes leads from each state to the next one.
                    let changes = client.connection.session.takeChanges()
                    for row in changes.inserted { #expect(shadow.updateValue(row, forKey: row.uuid) == nil) }
                    for change in changes.modified {
                        #expect(shadow.updateValue(change.new, forKey: change.new.uuid) == change.old && !change.columns.isEmpty)
                    }
                    for row in changes.deleted { #expect(shadow.removeValue(forKey: row.uuid) == row) }
                    let tables = client.connection.session.replica.tables.keys
                    #expect(shadow == Dictionary(uniqueKeysWithValues: tables.flatMap { client.connection.session.replica.rows($0) }.map { ($0.uuid, $0) }))
                }
                #expect(failures.count < 25, "\(failures)")
                #expect(client.connection.reconnect.connections == 1)
            }
        }

        @Test func aServerComesBackWithTheSameAndWithAnotherDatabase() async throws {
            try await Bed.with { bed in
                let server = try await DatabaseServer(bed), client = DatabaseClient(server)
                defer { client.connection.close() }
                try await server.vsctl(["add-br", "br0", "--", "add-port", "br0", "p1"])
                try await client.ready()
                try await client.follow(until: "two ports") { $0.replica.count("Port") == 2 }
                _ = client.connection.session.takeChanges()

                try await server.kill()
                try await client.follow(until: "the end of the connection") { $0.state == .disconnected }
                #expect(client.connection.session.replica.count("Port") == 2)
                #expect(try await client.commit { transaction, replica in transaction.delete("Port", replica.rows("Port")[0].uuid) } == .tryAgain)
                try await server.start()
                try await client.ready()
                #expect(client.connection.session.takeChanges().isEmpty)
                #expect(client.connection.reconnect.connections == 2)

                try await server.kill()
                try await server.create()
                try await client.follow(until: "the end of the connection") { $0.state == .disconnected }
                try await server.start()
                try await client.ready()
                try await expectSame(client, server, "its replacement")
                let changes = client.connection.session.takeChanges()
                #expect(changes.deleted.filter { $0.table == "Port" }.count == 2 && changes.modified == [] && client.connection.session.replica.count("Bridge") == 0)
            }
        }

        /// A database whose schema changes meanwhile, on the same connection.
        @Test func aConvertedDatabaseIsReadAgain() async throws {
            try await Bed.with { bed in
                let server = try await DatabaseServer(bed), client = DatabaseClient(server, MonitorWish(["Bridge": ["name", "colour"], "AutoAttach": nil]))
                defer { client.connection.close() }
                try await server.vsctl(["add-br", "br0"])
                try await client.ready()
                #expect(client.connection.session.missing == ["Bridge.colour"])
                let changed = contents(DatabaseServer.schema).replacing(
                    "\"Bridge\": {\n     \"columns\": {", with: "\"Bridge\": {\n     \"columns\": { \"colour\": {\"type\": \"string\"},")
                #expect(changed.contains("colour"))
                let file = bed.folder + "/changed.ovsschema"
                try changed.write(toFile: file, atomically: true, encoding: .utf8)
                try await server.ask(["convert", file])
                try await client.follow(until: "the new column") { $0.state == .ready && $0.missing == [] }
                #expect(client.connection.session.replica.rows("Bridge").map { $0.string("colour") } == [""])
                try await server.vsctl(["set", "Bridge", "br0", "other-config:a=b"])
                try await server.ask(["transact", #"["Open_vSwitch",{"op":"update","table":"Bridge","where":[],"row":{"colour":"red"}}]"#])
                try await client.follow(until: "the colour") { $0.replica.rows("Bridge").first?.string("colour") == "red" }
                #expect(client.connection.reconnect.connections == 1)
            }
        }
    }
}
