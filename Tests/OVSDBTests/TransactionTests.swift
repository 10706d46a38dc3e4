import Testing
@testable import OVSDB

struct TransactionTests {
    private func bed(lock: String? = nil) throws -> SessionBed {
        var bed = SessionBed(lock: lock)
        try bed.fill(#"{"Port":{"\#(uuid(2))":{"initial":{"name":"p","tag":7}}},"Switch":{"\#(uuid(1))":{"initial":{"name":"s"}}}}"#)
        if lock != nil { try bed.reply("lock", #"{"locked":true}"#) }
        return bed
    }

    /// Commits and gives what the server is asked; its answer comes afterwards.
    private func outcomes(_ bed: inout SessionBed) -> [TransactionOutcome] { bed.session.takeOutcomes().map(\.1) }

    @Test func everyStepIsWrittenAndAnswered() throws {
        var bed = try bed(lock: "L")
        let row = try #require(bed.session.replica.row("Switch", uuid(1)))
        let port = try #require(bed.session.replica.row("Port", uuid(2)))
        var transaction = Transaction()
        transaction.comment("hello")
        transaction.verify(port, ["tag", "name"])
        let new = transaction.insert("Port", ["name": .string("new"), "counts": .integerMap(["rx": 1])])
        transaction.update(row, ["ports": .set([new.atom, .uuid(uuid(2))]), "settings": .map([:])])
        transaction.mutate("Switch", uuid(1), "settings", .insert(.map(["a": "b"])))
        transaction.mutate("Switch", uuid(1), "settings", .delete(.strings(["c"])))
        transaction.increment(row, "next")
        transaction.delete("Port", uuid(2))
        let id = bed.session.commit(transaction)
        let asked = try bed.expect("transact")
        let here = #"[["_uuid","==",["uuid","\#(uuid(1))"]]]"#, there = #"[["_uuid","==",["uuid","\#(uuid(2))"]]]"#
        let wanted = """
            ["Test",{"op":"assert","lock":"L"},{"op":"comment","comment":"hello"},
             {"op":"wait","table":"Port","where":\(there),"timeout":0,"until":"==","columns":["name","tag"],"rows":[{"name":"p","tag":7}]},
             {"op":"insert","table":"Port","uuid-name":"row0","row":{"name":"new","counts":["map",[["rx",1]]]}},
             {"op":"update","table":"Switch","where":\(here),"row":{"ports":["set",[["uuid","\(uuid(2))"],["named-uuid","row0"]]]}},
             {"op":"mutate","table":"Switch","where":\(here),"mutations":[["settings","insert",["map",[["a","b"]]]]]},
             {"op":"mutate","table":"Switch","where":\(here),"mutations":[["settings","delete","c"]]},
             {"op":"mutate","table":"Switch","where":\(here),"mutations":[["next","+=",1]]},
             {"op":"select","table":"Switch","where":\(here),"columns":["next"]},
             {"op":"delete","table":"Port","where":\(there)}]
            """
        #expect(try JSON.array(asked.params) == json(wanted))
        let results = #"[{},{},{},{"uuid":["uuid","\#(uuid(5))"]},{"count":1},{"count":1},{"count":1},{"count":1},{"rows":[{"next":6}]},{"count":1}]"#
        #expect(outcomes(&bed) == [])
        try bed.session.receive(.reply(result: json(results), id: asked.id))
        let told = bed.session.takeOutcomes()
        #expect(told.map(\.0) == [id] && told.map(\.1) == [.success(inserted: [new: uuid(5)], increments: [6])])
    }

    @Test(arguments: [
        (#"[{"error":"timed out","details":"x"},null]"#, TransactionOutcome.tryAgain), (#"[{"error":"not owner"}]"#, .notLocked), (#"[{"count":1},{"error":"aborted"}]"#, .aborted),
        (#"[{"count":1},{"error":"referential integrity violation","details":"no such row"}]"#, .error("\"referential integrity violation\": no such row")),
        (#"[{"error":"constraint violation"}]"#, .error("\"constraint violation\"")), (#"[{"count":1}]"#, .success(inserted: [:], increments: [])),
    ]) func answersBecomeOutcomes(_ answer: String, _ outcome: TransactionOutcome) throws {
        var bed = try bed()
        var transaction = Transaction()
        transaction.update("Port", uuid(2), ["tag": .int(8)])
        _ = bed.session.commit(transaction)
        try bed.reply("transact", answer)
        #expect(outcomes(&bed) == [outcome])
    }

    @Test func wholeRequestsAreRefused() throws {
        var bed = try bed()
        var transaction = Transaction()
        transaction.delete("Port", uuid(2))
        _ = bed.session.commit(transaction)
        try bed.refuse("transact", #"{"error":"not allowed"}"#)
        #expect(outcomes(&bed) == [.error(#"{"error":"not allowed"}"#)])
        _ = bed.session.commit(transaction)
        try bed.refuse("transact", #"{"error":"canceled"}"#)
        #expect(outcomes(&bed) == [.tryAgain])
    }

    @Test(arguments: ["1", "[]", #"[{}]"#, #"[{"uuid":1}]"#, #"[{"uuid":["uuid","\#(uuid(5))"]},{"count":1}]"#]) func wrongAnswersAreErrors(_ answer: String) throws {
        var bed = try bed()
        var transaction = Transaction()
        _ = transaction.insert("Port")
        transaction.increment(try #require(bed.session.replica.row("Switch", uuid(1))), "next")
        _ = bed.session.commit(transaction)
        #expect(throws: DatabaseError.self) { try bed.reply("transact", answer) }
    }

    @Test func whatIsSoAlreadyIsNotWritten() throws {
        var bed = try bed()
        var transaction = Transaction()
        _ = bed.session.commit(transaction)
        transaction.comment("nothing")
        transaction.update("Port", uuid(2), ["tag": .int(7), "name": .string("p")])
        _ = bed.session.commit(transaction)
        #expect(outcomes(&bed) == [.unchanged, .unchanged])
        transaction.update("Port", uuid(2), ["tag": .int(7), "name": .string("P")])
        _ = bed.session.commit(transaction)
        let asked = try bed.expect("transact")
        #expect(try JSON.array(Array(asked.params.suffix(1))) == json(#"[{"op":"update","table":"Port","where":[["_uuid","==",["uuid","\#(uuid(2))"]]],"row":{"name":"P"}}]"#))
    }

    @Test func whatTheSchemaForbidsIsNotSent() throws {
        var bed = try bed()
        let row = try #require(bed.session.replica.row("Port", uuid(2)))
        func outcome(_ make: (inout Transaction) -> Void) -> [TransactionOutcome] {
            var transaction = Transaction()
            make(&transaction)
            _ = bed.session.commit(transaction)
            return outcomes(&bed)
        }
        #expect(outcome { _ = $0.insert("Lamp") } == [.error("the server has no table Lamp")])
        #expect(outcome { _ = $0.insert("Port", ["colour": .empty]) } == [.error("the server has no column Port.colour")])
        #expect(outcome { $0.update(row, ["tag": .int(5000)]) } == [.error("Port.tag: 5000 is greater than 4095")])
        #expect(outcome { $0.update("Switch", uuid(1), ["name": .string("n")]) } == [.error("Switch.name: the column is not mutable")])
        #expect(outcome { $0.delete("Lamp", uuid(1)) } == [.error("the server has no table Lamp")])
        #expect(outcome { $0.verify(row, ["colour"]) } == [.error("the server has no column Port.colour")])
        #expect(outcome { $0.increment(row, "name") } == [.error("Port.name: the mutation is not for its type")])
        #expect(outcome { $0.mutate("Port", uuid(2), "trunks", .insert(.strings(["a"]))) } == [.error("Port.trunks: the mutation is not for its type")])
        #expect(bed.session.takeMessages().isEmpty)
    }

    @Test func withoutConnectionOrLockItIsTriedAgain() throws {
        var bed = SessionBed(lock: "L")
        var transaction = Transaction()
        transaction.delete("Port", uuid(2))
        _ = bed.session.commit(transaction)
        #expect(outcomes(&bed) == [.tryAgain])
        try bed.fill(onePort)
        _ = bed.session.commit(transaction)
        #expect(outcomes(&bed) == [.notLocked])
        try bed.reply("lock", #"{"locked":true}"#)
        _ = bed.session.commit(transaction)
        #expect(outcomes(&bed) == [])
        bed.session.disconnected()
        #expect(outcomes(&bed) == [.tryAgain])
    }

    @Test func transactionsUnderWayAreBounded() throws {
        var bed = try bed()
        var transaction = Transaction()
        transaction.delete("Port", uuid(2))
        for _ in 0...Limits.transactions { _ = bed.session.commit(transaction) }
        #expect(outcomes(&bed) == [.tryAgain])
        #expect(bed.session.pending.count == Limits.transactions)
    }
}
