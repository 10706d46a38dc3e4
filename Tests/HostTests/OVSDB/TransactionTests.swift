import OVSDB
import TestSupport
import Testing
@testable import VSwitch

extension HostTests {
    /// Transactions and locks beside ovs-vsctl, another client of ours, and Open vSwitch's own client library.
    @Suite(.serialized) struct TransactionTests {
        @Test func whatWeWriteOthersRead() async throws {
            try await Bed.with { bed in
                let server = try await DatabaseServer(bed), client = DatabaseClient(server)
                defer { client.connection.close() }
                try await client.ready()
                let root = try client.root()
                var bridge: Transaction.NewRow?
                let outcome = try await client.commit { transaction, _ in
                    let interface = transaction.insert("Interface", ["name": .string("br0"), "type": .string("internal"), "mtu_request": .int(1400)])
                    let port = transaction.insert("Port", ["name": .string("br0"), "interfaces": .set([interface.atom]), "trunks": .set([.integer(1), .integer(2)])])
                    let new = transaction.insert("Bridge", ["name": .string("br0"), "ports": .set([port.atom]), "other_config": .map(["a": "b \"c\""]),
                        "protocols": .strings(["OpenFlow13", "OpenFlow10"]), "stp_enable": .bool(true)])
                    transaction.verify(root, ["bridges"])
                    transaction.update(root, ["bridges": .set([new.atom])])
                    transaction.increment(root, "next_cfg")
                    transaction.comment("a bridge")
                    bridge = new
                }
                guard case .success(let inserted, let increments) = outcome else { throw BedFailure("\(outcome)") }
                #expect(increments == [1] && inserted.count == 3)
                // The replica has it already.
                let uuid = try #require(bridge.flatMap { inserted[$0] })
                let row = try #require(client.connection.session.replica.row("Bridge", uuid))
                #expect(row.map("other_config") == ["a": "b \"c\""] && client.connection.session.replica.referenced(by: row, "ports").rows.map { $0.string("name") } == ["br0"])
                #expect(try await lines(server.vsctl(["list-br"])) == ["br0"])
                #expect(try await server.vsctl(["get", "Bridge", "br0", "other_config", "protocols", "stp_enable"]) == "{a=\"b \\\"c\\\"\"}\n[OpenFlow10, OpenFlow13]\ntrue\n")
                #expect(try await server.vsctl(["get", "Port", "br0", "trunks"]) == "[1, 2]\n")
                #expect(try await client.commit { transaction, _ in transaction.update(row, ["stp_enable": .bool(true)]) } == .unchanged)

                guard case .success = try await client.commit({ transaction, _ in
                    transaction.mutate("Bridge", row.uuid, "other_config", .insert(.map(["x": "y"])))
                    transaction.mutate("Bridge", row.uuid, "other_config", .delete(.strings(["a"])))
                }) else { throw BedFailure("the mutation failed") }
                #expect(try await server.vsctl(["get", "Bridge", "br0", "other_config"]) == "{x=y}\n")
                #expect(try await client.commit { transaction, _ in
                    transaction.mutate("Bridge", row.uuid, "ports", .insert(.uuid(RowUUID(high: 1, low: 1))))
                }.isError("referential integrity violation"))
                #expect(try await client.commit { transaction, _ in
                    transaction.delete("Bridge", row.uuid)
                    transaction.abort()
                } == .aborted)
                #expect(try await lines(server.vsctl(["list-br"])) == ["br0"])
            }
        }

        @Test func oneOfTwoThatRaceTriesAgain() async throws {
            try await Bed.with { bed in
                let server = try await DatabaseServer(bed), first = DatabaseClient(server), second = DatabaseClient(server)
                defer { first.connection.close(); second.connection.close() }
                try await first.ready()
                try await second.ready()
                let seen = try second.root()
                func add(_ row: Row) -> (inout Transaction, Replica) -> Void {
                    { transaction, _ in
                        transaction.verify(row, ["next_cfg"])
                        transaction.update(row, ["next_cfg": .int((row.int("next_cfg") ?? 0) + 1)])
                    }
                }
                #expect(try await first.commit(add(first.root())) == .success(inserted: [:], increments: []))
                // The second one has not looked since.
                #expect(try await second.commit(add(seen)) == .tryAgain)
                // By then its replica has what the first one did.
                #expect(try second.root().int("next_cfg") == 1)
                #expect(try await second.commit(add(second.root())) == .success(inserted: [:], increments: []))
                #expect(try await server.vsctl(["get", "Open_vSwitch", ".", "next_cfg"]) == "2\n")
            }
        }

        @Test func theLockGoesToTheNextOne() async throws {
            try await Bed.with { bed in
                let server = try await DatabaseServer(bed)
                let first = DatabaseClient(server, lock: "ovs_vswitchd"), second = DatabaseClient(server, lock: "ovs_vswitchd")
                defer { second.connection.close() }
                try await first.ready()
                try await first.follow(until: "the lock") { $0.lockState == .held }
                try await second.ready()
                try await second.follow(until: "a place in the queue") { $0.lockState == .waiting }
                let root = try first.root()
                #expect(try await second.commit { transaction, _ in transaction.increment(root, "cur_cfg") } == .notLocked)
                #expect(try await first.commit { transaction, _ in transaction.increment(root, "cur_cfg") } == .success(inserted: [:], increments: [1]))

                second.connection.session.stealLock()
                try await second.follow(until: "the stolen lock") { $0.lockState == .held }
                try await first.follow(until: "the loss") { $0.lockState == .waiting }
                second.connection.session.setLock(nil)
                second.turn()
                try await first.follow(until: "the lock again") { $0.lockState == .held }
                second.connection.session.setLock("ovs_vswitchd")
                try await second.follow(until: "a place in the queue") { $0.lockState == .waiting }
                first.connection.close()
                try await second.follow(until: "the lock") { $0.lockState == .held }
                #expect(try await second.commit { transaction, _ in transaction.increment(root, "cur_cfg") } == .success(inserted: [:], increments: [2]))
            }
        }

        /// Python's IDL adds ten to a counter by verified transactions while we do; nothing is lost, and it sees our last value.
        @Test func besideThePythonLibrary() async throws {
            let program = """
                import sys, ovs.db.idl, ovs.poller
                helper = ovs.db.idl.SchemaHelper(sys.argv[2])
                helper.register_columns("Open_vSwitch", ["next_cfg", "external_ids"])
                idl = ovs.db.idl.Idl(sys.argv[1], helper)
                def wait():
                    seqno = idl.change_seqno
                    while idl.change_seqno == seqno and not idl.run():
                        poller = ovs.poller.Poller(); idl.wait(poller); poller.timer_wait(100); poller.block()
                wait()
                done = 0
                while done < 10:
                    row = list(idl.tables["Open_vSwitch"].rows.values())[0]
                    txn = ovs.db.idl.Transaction(idl)
                    row.verify("next_cfg")
                    row.next_cfg = row.next_cfg + 1
                    if txn.commit_block() == ovs.db.idl.Transaction.SUCCESS: done += 1
                    else: wait()
                print("done", flush=True)
                while list(idl.tables["Open_vSwitch"].rows.values())[0].external_ids.get("from") != "us": wait()
                print("seen", flush=True)
                """
            try await Bed.with { bed in
                let server = try await DatabaseServer(bed), client = DatabaseClient(server)
                defer { client.connection.close() }
                try await client.ready()
                let task = try bed.spawn("/usr/bin/python3", ["-c", program, "unix:" + server.socket, DatabaseServer.schema])
                var done = 0
                for _ in 0..<500 where done < 10 {
                    let outcome = try await client.commit { transaction, replica in
                        guard let row = replica.rows("Open_vSwitch").first else { return }
                        transaction.verify(row, ["next_cfg"])
                        transaction.update(row, ["next_cfg": .int((row.int("next_cfg") ?? 0) + 1)])
                    }
                    if case .success = outcome { done += 1 } else { #expect(outcome == .tryAgain) }
                }
                #expect(done == 10)
                try await client.follow(until: "both have added ten") { $0.replica.rows("Open_vSwitch").first?.int("next_cfg") == 20 }
                try await until("the library is done") { contents(task.output) == "done\n" }
                let root = try client.root()
                _ = try await client.commit { transaction, _ in transaction.update(root, ["external_ids": .map(["from": "us"])]) }
                #expect(try await task.finish() == "done\nseen\n", "\(contents(task.errors))")
            }
        }
    }
}

private extension TransactionOutcome {
    func isError(_ part: String) -> Bool {
        if case .error(let text) = self { text.contains(part) } else { false }
    }
}
