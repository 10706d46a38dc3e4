import Testing
@testable import OVSDB

struct ReplicaTests {
    private static let first = """
        {"Switch":{"\(uuid(1))":{"initial":{"name":"s","ports":["set",[["uuid","\(uuid(2))"],["uuid","\(uuid(9))"]]],"next":5,"settings":["map",[["k","v"]]],
          "tables":["map",[[3,["uuid","\(uuid(2))"]]]],"protocols":["set",["b","a"]]}}},
         "Port":{"\(uuid(2))":{"initial":{"name":"p","tag":7,"up":true,"load":0.5,"counts":["map",[["rx",3]]]}},"\(uuid(3))":{"initial":{"name":"q"}}}}
        """

    @Test func rowsAreReadByTheirTypes() throws {
        let replica = try replica(Self.first)
        let row = try #require(replica.row("Switch", uuid(1))), port = try #require(replica.row("Port", uuid(2)))
        #expect(row.string("name") == "s" && row.int("next") == 5 && row.map("settings") == ["k": "v"] && row.strings("protocols") == ["a", "b"])
        #expect(row.uuids("ports") == [uuid(2), uuid(9)] && row.uuidMap("tables") == [3: uuid(2)])
        #expect(port.int("tag") == 7 && port.bool("up") == true && port.real("load") == 0.5 && port.integerMap("counts") == ["rx": 3])
        // Defaults, other types, columns that there are not.
        let other = try #require(replica.row("Port", uuid(3)))
        #expect(other.int("tag") == nil && other.real("load") == 0 && other.ints("trunks") == [] && other.uuid("peer") == nil && other.integerMap("counts") == [:])
        #expect(row.int("name") == nil && row.string("ports") == nil && row.strings("none") == [] && row.map("name") == [:])
        #expect(replica.rows("Port").map(\.uuid) == [uuid(2), uuid(3)] && replica.count("Port") == 2 && replica.count("Lamp") == 0)
    }

    @Test func referencesAreFollowed() throws {
        var replica = try replica(Self.first)
        let row = try #require(replica.row("Switch", uuid(1)))
        #expect(replica.referenced(by: row, "ports").rows.map(\.uuid) == [uuid(2)])
        #expect(replica.referenced(by: row, "ports").missing == [uuid(9)])
        #expect(replica.referenced(by: row, "tables").rows.map { $0.string("name") } == ["p"])
        #expect(replica.referenced(by: row, "name").rows == [])
        // The row comes, and is found by the same reference.
        try replica.update(#"{"Port":{"\#(uuid(9))":{"insert":{"name":"late"}}}}"#)
        #expect(replica.referenced(by: row, "ports").rows.map { $0.string("name") } == ["p", "late"])
        #expect(replica.referenced(by: row, "ports").missing == [])
    }

    @Test func changesAreToldOnce() throws {
        var replica = try replica(Self.first)
        #expect(replica.takeChanges().inserted.map(\.uuid) == [uuid(2), uuid(3), uuid(1)])
        #expect(replica.takeChanges().isEmpty)
        let sequence = replica.sequence
        try replica.update("""
            {"Switch":{"\(uuid(1))":{"modify":{"next":6,"settings":["map",[["k","w"],["l","m"]]],"protocols":["set",["a","c"]]}}},
             "Port":{"\(uuid(3))":{"delete":null},"\(uuid(4))":{"insert":{"name":"r"}}}}
            """)
        #expect(replica.sequence == sequence + 1 && replica.sequence("Port") == sequence + 1 && replica.sequence("Lamp") == 0)
        let changes = replica.takeChanges()
        #expect(changes.inserted.map { $0.string("name") } == ["r"])
        #expect(changes.deleted.map { $0.string("name") } == ["q"])
        #expect(changes.modified.map(\.columns) == [["next", "settings", "protocols"]])
        let modified = try #require(changes.modified.first)
        #expect(modified.old.int("next") == 5 && modified.new.int("next") == 6)
        #expect(modified.new.map("settings") == ["k": "w", "l": "m"] && modified.new.strings("protocols") == ["b", "c"])
        #expect(replica.takeChanges().isEmpty)
    }

    @Test func whatChangesBackIsNotTold() throws {
        var replica = try replica(Self.first)
        _ = replica.takeChanges()
        try replica.update(#"{"Port":{"\#(uuid(2))":{"modify":{"tag":8}},"\#(uuid(4))":{"insert":{"name":"r"}}}}"#)
        try replica.update(#"{"Port":{"\#(uuid(2))":{"modify":{"tag":7}},"\#(uuid(4))":{"delete":null}}}"#)
        #expect(replica.takeChanges().isEmpty)
        // A row that goes and comes back is modified, if it is another then.
        try replica.update(#"{"Port":{"\#(uuid(3))":{"delete":null}}}"#)
        try replica.update(#"{"Port":{"\#(uuid(3))":{"insert":{"name":"Q"}}}}"#)
        #expect(replica.takeChanges().modified.map(\.columns) == [["name"]])
    }

    @Test func newContentsReplaceOldOnesByDifference() throws {
        var replica = try replica(Self.first)
        _ = replica.takeChanges()
        let sequence = replica.sequence
        try replica.update(Self.first, replacesAll: true)
        #expect(replica.takeChanges().isEmpty && replica.sequence == sequence)
        try replica.update(#"{"Port":{"\#(uuid(2))":{"initial":{"name":"p","tag":9,"up":true,"load":0.5,"counts":["map",[["rx",3]]]}}}}"#, replacesAll: true)
        let changes = replica.takeChanges()
        #expect(changes.modified.map(\.columns) == [["tag"]] && changes.deleted.map(\.uuid) == [uuid(3), uuid(1)] && changes.inserted == [])
        #expect(replica.count("Switch") == 0)
    }

    @Test func updatesOfTheFirstKind() throws {
        var replica = try replica(Self.first)
        _ = replica.takeChanges()
        let text = """
            {"Port":{"\(uuid(2))":{"old":{"tag":7},"new":{"name":"p","tag":["set",[]],"counts":["map",[["rx",4]]]}},"\(uuid(3))":{"old":{"name":"q"}},
             "\(uuid(4))":{"new":{"name":"r"}}}}
            """
        try replica.apply(try RowUpdate.read(json(text)))
        let changes = replica.takeChanges()
        #expect(changes.modified.map(\.columns) == [["tag", "counts"]] && changes.inserted.map(\.uuid) == [uuid(4)] && changes.deleted.map(\.uuid) == [uuid(3)])
    }

    @Test(arguments: [
        "1", #"{"Port":1}"#, #"{"Port":{"x":{"delete":null}}}"#, #"{"Port":{"\#(uuid(2))":1}}"#, #"{"Port":{"\#(uuid(2))":{}}}"#, #"{"Port":{"\#(uuid(2))":{"update":{}}}}"#,
        #"{"Port":{"\#(uuid(2))":{"delete":null,"insert":{}}}}"#, #"{"Port":{"\#(uuid(2))":{"insert":1}}}"#, #"{"Port":{"\#(uuid(2))":{"insert":{}}}}"#,
        #"{"Port":{"\#(uuid(7))":{"modify":{}}}}"#, #"{"Port":{"\#(uuid(7))":{"delete":null}}}"#, #"{"Port":{"\#(uuid(2))":{"modify":{"colour":1}}}}"#,
        #"{"Port":{"\#(uuid(2))":{"modify":{"tag":"x"}}}}"#, #"{"Port":{"\#(uuid(2))":{"modify":{"load":["set",[]]}}}}"#, #"{"Lamp":{"\#(uuid(7))":{"insert":{}}}}"#,
        #"{"Port":{"\#(uuid(4))":{"insert":{"name":"r"}},"\#(uuid(2))":{"modify":{"trunks":["set",[1,2,3,4]]}}}}"#,
    ]) func wrongUpdatesChangeNothing(_ text: String) throws {
        var replica = try replica(Self.first)
        _ = replica.takeChanges()
        #expect(throws: DatabaseError.self) { try replica.update(text) }
        #expect(replica.takeChanges().isEmpty && replica.count("Port") == 2)
    }

    @Test func tablesThatAreNoLongerHeldLoseTheirRows() throws {
        var replica = try replica(Self.first)
        _ = replica.takeChanges()
        replica.setTables(MonitorWish(["Port": ["name"]]).granted(by: try testSchema()))
        try replica.update(#"{"Port":{"\#(uuid(2))":{"initial":{"name":"p"}},"\#(uuid(3))":{"initial":{"name":"q"}}}}"#, replacesAll: true)
        let changes = replica.takeChanges()
        #expect(changes.deleted.map(\.table) == ["Switch"])
        #expect(changes.modified.map(\.new.columns) == [["name": .string("p")], ["name": .string("q")]])
    }
}
