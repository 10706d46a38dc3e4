import Testing
@testable import OVSDB

struct SessionTests {
    @Test func theReplicaIsFilledAndFollows() throws {
        var bed = SessionBed(wish: MonitorWish(["Port": ["name", "tag"], "Lamp": nil]))
        #expect(bed.session.takeMessages() == [])
        bed.session.connected()
        #expect(bed.session.state == .awaitingSchema)
        #expect(try bed.expect("set_db_change_aware").params == [.bool(true)])
        let asked = try bed.expect("get_schema")
        #expect(asked.params == [.string("Test")])
        try bed.session.receive(.reply(result: json(schemaText), id: asked.id))
        #expect(bed.session.state == .awaitingContents && bed.session.missing == ["Lamp"])
        let request = try bed.expect("monitor_cond_since")
        #expect(request.params.count == 4 && request.params[0] == .string("Test") && request.params[3] == .string(SessionBed.zero))
        #expect(try request.params[2] == json(#"{"Port":[{"columns":["name","tag"]}]}"#))
        try bed.session.receive(.reply(result: json("[false,\"\(SessionBed.zero)\",\(onePort)]"), id: request.id))
        #expect(bed.session.state == .ready)
        #expect(bed.session.takeChanges().inserted.map { $0.string("name") } == ["p"])
        try bed.notify("update3", #"[\#(bed.monitor),"\#(uuid(77))",{"Port":{"\#(uuid(2))":{"modify":{"tag":8}}}}]"#)
        #expect(bed.session.replica.row("Port", uuid(2))?.int("tag") == 8)
        // Another monitor's update is none of ours.
        try bed.notify("update3", #"["other","\#(uuid(78))",{"Port":{"\#(uuid(2))":{"delete":null}}}]"#)
        #expect(bed.session.replica.count("Port") == 1)
    }

    @Test func olderServersAreAskedByOlderMethods() throws {
        for (error, levels) in [(#""unknown method""#, 1), (#"{"error":"unknown method"}"#, 2)] {
            var bed = SessionBed()
            bed.session.connected()
            try bed.refuse("set_db_change_aware", error)
            try bed.reply("get_schema", schemaText)
            try bed.refuse("monitor_cond_since", error)
            if levels == 1 {
                try bed.reply("monitor_cond", onePort)
                try bed.notify("update2", #"[\#(bed.monitor),{"Port":{"\#(uuid(2))":{"modify":{"tag":["set",[]]}}}}]"#)
                #expect(throws: DatabaseError.self) { try bed.notify("update", "[\(bed.monitor),{}]") }
            } else {
                try bed.refuse("monitor_cond", error)
                try bed.reply("monitor", #"{"Port":{"\#(uuid(2))":{"new":{"name":"p","tag":7}}}}"#)
                try bed.notify("update", #"[\#(bed.monitor),{"Port":{"\#(uuid(2))":{"old":{"tag":7},"new":{"name":"p","tag":["set",[]]}}}}]"#)
                #expect(throws: DatabaseError.self) { try bed.refuse("monitor", error) }
            }
            #expect(bed.session.state == .ready && bed.session.replica.rows("Port").map { $0.int("tag") } == [nil])
        }
    }

    @Test func aNewConnectionGoesOnWhereTheLastOneEnded() throws {
        var bed = SessionBed()
        try bed.fill(onePort, last: uuid(70).description)
        try bed.notify("update3", #"[\#(bed.monitor),"\#(uuid(71))",{"Port":{"\#(uuid(3))":{"insert":{"name":"q"}}}}]"#)
        _ = bed.session.takeChanges()
        bed.session.disconnected()
        #expect(bed.session.replica.count("Port") == 2 && bed.session.state == .disconnected)
        bed.session.connected()
        try bed.reply("get_schema", schemaText)
        let request = try bed.expect("monitor_cond_since")
        #expect(request.params[3] == .string(uuid(71).description))
        try bed.session.receive(.reply(result: json(#"[true,"\#(uuid(72))",{"Port":{"\#(uuid(2))":{"delete":null}}}]"#), id: request.id))
        let changes = bed.session.takeChanges()
        #expect(changes.deleted.map(\.uuid) == [uuid(2)] && changes.inserted == [] && changes.modified == [])
        // The server has not kept it any more: all of the contents, of which one row is new.
        bed.session.disconnected()
        bed.said = []
        try bed.fill(#"{"Port":{"\#(uuid(3))":{"initial":{"name":"q"}},"\#(uuid(4))":{"initial":{"name":"r"}}}}"#)
        let later = bed.session.takeChanges()
        #expect(later.inserted.map(\.uuid) == [uuid(4)] && later.deleted == [] && later.modified == [])
    }

    @Test func afterAnErrorAllContentsAreAskedFor() throws {
        var bed = SessionBed()
        try bed.fill(onePort, last: uuid(70).description)
        #expect(throws: DatabaseError.self) { try bed.notify("update3", #"[\#(bed.monitor),"\#(uuid(71))",{"Port":{"\#(uuid(2))":{"insert":{}}}}]"#) }
        bed.session.disconnected()
        bed.session.connected()
        bed.said = []
        try bed.reply("get_schema", schemaText)
        #expect(try bed.expect("monitor_cond_since").params[3] == .string(SessionBed.zero))
    }

    @Test func aConvertedDatabaseIsReadAgain() throws {
        var bed = SessionBed()
        try bed.fill(onePort)
        _ = bed.session.takeChanges()
        try bed.notify("monitor_canceled", "[\(bed.monitor)]")
        #expect(bed.session.state == .awaitingSchema)
        try bed.reply("get_schema", schemaText.replacing("\"tag\"", with: "\"label\""))
        let columns = try bed.expect("monitor_cond_since")
        #expect(String(decoding: JSON.array(columns.params).bytes, as: UTF8.self).contains("\"label\""))
        try bed.session.receive(.reply(result: json(#"[false,"\#(SessionBed.zero)",{"Port":{"\#(uuid(2))":{"initial":{"name":"p","label":7}}}}]"#), id: columns.id))
        #expect(bed.session.takeChanges().modified.map(\.columns) == [["tag", "label"]])
    }

    @Test func echoesGoBothWays() throws {
        var bed = SessionBed()
        bed.session.probe()
        #expect(bed.session.takeMessages() == [])
        try bed.fill()
        _ = bed.session.takeMessages()
        try bed.session.receive(.request(method: "echo", params: [.string("a"), .integer(1)], id: .string("echo")))
        try bed.session.receive(.request(method: "dance", params: [], id: .integer(3)))
        #expect(bed.session.takeMessages() == [
            .reply(result: .array([.string("a"), .integer(1)]), id: .string("echo")), .error(.object(["error": .string("unknown method")]), id: .integer(3))])
        bed.session.probe()
        try bed.reply("echo", "[]")
        bed.session.probe()
        try bed.refuse("echo", #""unknown method""#)
        try bed.notify("rumour", "[1]")
        #expect(bed.session.state == .ready)
    }

    @Test func theLockIsWaitedForHeldAndLost() throws {
        var bed = SessionBed(lock: "L")
        try bed.fill()
        #expect(bed.session.lockState == .none)
        let asked = try bed.expect("lock")
        #expect(asked.params == [.string("L")])
        try bed.session.receive(.reply(result: json(#"{"locked":false}"#), id: asked.id))
        #expect(bed.session.lockState == .waiting)
        try bed.notify("locked", #"["M"]"#)
        #expect(bed.session.lockState == .waiting)
        try bed.notify("locked", #"["L"]"#)
        #expect(bed.session.lockState == .held)
        try bed.notify("stolen", #"["L"]"#)
        #expect(bed.session.lockState == .waiting)
        bed.session.stealLock()
        try bed.reply("unlock", "{}")
        try bed.reply("steal", #"{"locked":true}"#)
        #expect(bed.session.lockState == .held)
        bed.session.setLock(nil)
        #expect(bed.session.lockState == .none)
        try bed.reply("unlock", "{}")
        // The answer for a lock that is no longer wanted says nothing of the one that is.
        bed.session.setLock("A")
        bed.session.setLock("B")
        try bed.reply("lock", #"{"locked":true}"#)
        #expect(bed.session.lockState == .none)
        try bed.reply("lock", #"{"locked":false}"#)
        #expect(bed.session.lockState == .waiting)
        bed.session.disconnected()
        #expect(bed.session.lockState == .none)
    }

    @Test(arguments: [
        #"{"id":99,"result":{},"error":null}"#, #"{"id":"x","result":{},"error":null}"#, #"{"id":2,"result":{"name":"Other","tables":{}},"error":null}"#,
        #"{"id":2,"result":null,"error":{"error":"unknown database"}}"#, #"{"id":2,"result":[],"error":null}"#, #"{"id":3,"result":{},"error":null}"#,
        #"{"id":3,"result":null,"error":"no"}"#,
    ]) func wrongAnswersAreErrors(_ text: String) throws {
        var session = DatabaseSession(database: "Test", wish: .everything, lock: "L")
        session.connected()
        let message = try JSONRPCMessage(json(text))
        #expect(throws: DatabaseError.self) { try session.receive(message) }
    }

    @Test(arguments: ["{}", "[false]", "[1,\"\(SessionBed.zero)\",{}]", "[false,1,{}]", "[false,\"x\",{}]", "[false,\"\(SessionBed.zero)\",1]",
        "[true,\"\(SessionBed.zero)\",{}]"]) func wrongContentsAreErrors(_ text: String) throws {
        var bed = SessionBed()
        bed.session.connected()
        try bed.reply("get_schema", schemaText)
        #expect(throws: DatabaseError.self) { try bed.reply("monitor_cond_since", text) }
        #expect(bed.session.state != .ready)
    }
}
