import Testing
@testable import OVSDB

struct SchemaTests {
    @Test func aSchemaIsRead() throws {
        let schema = try testSchema()
        #expect(schema.name == "Test" && schema.version == "1.2.3")
        #expect(schema.tables.keys.sorted() == ["Port", "Switch"])
        let vswitch = try #require(schema.tables["Switch"]), port = try #require(schema.tables["Port"])
        #expect(vswitch.isRoot && vswitch.maxRows == 1 && vswitch.indexes == [])
        #expect(!port.isRoot && port.maxRows == nil && port.indexes == [["name"]])
        let name = try #require(schema["Switch", "name"])
        #expect(!name.isMutable && !name.isEphemeral && name.type.min == 1 && name.type.max == 1 && name.type.value == nil)
        let ports = try #require(schema["Switch", "ports"])
        #expect(ports.type.refTable == "Port" && ports.type.key.refType == .strong && ports.type.min == 0 && ports.type.max == nil)
        let tables = try #require(schema["Switch", "tables"])
        #expect(tables.type.refTable == "Port" && tables.type.key.maximum == .integer(254))
        let peer = try #require(schema["Port", "peer"])
        #expect(peer.type.key.refType == .weak)
        #expect(try #require(schema["Port", "up"]).isEphemeral)
        #expect(schema["Switch", "protocols"]?.type.key.enumeration == [.string("a"), .string("b"), .string("c")])
        #expect(schema["Port", "load"]?.type.initial == .real(0))
        #expect(schema["Port", "tag"]?.type.initial == .empty)
        #expect(schema["Switch", "settings"]?.type.initial == .map([]))
        #expect(schema["Port", "none"] == nil)
    }

    @Test(arguments: [
        "1", "{}", #"{"name":"T"}"#, #"{"name":1,"tables":{}}"#, #"{"name":"T","tables":[]}"#, #"{"name":"T","tables":{"A":1}}"#, #"{"name":"T","tables":{"A":{}}}"#,
        #"{"name":"T","tables":{"A":{"columns":{"c":1}}}}"#, #"{"name":"T","tables":{"A":{"columns":{"c":{"type":"text"}}}}}"#,
        #"{"name":"T","tables":{"A":{"columns":{"c":{"type":{"key":"string","min":2}}}}}}"#, #"{"name":"T","tables":{"A":{"columns":{"c":{"type":{"key":"string","max":0}}}}}}"#,
        #"{"name":"T","tables":{"A":{"columns":{"c":{"type":{"key":"string","max":"many"}}}}}}"#, #"{"name":"T","tables":{"A":{"columns":{"c":{"type":{"key":"string","value":1}}}}}}"#,
        #"{"name":"T","tables":{"A":{"columns":{"c":{"type":{"key":{"type":"integer","minInteger":"a"}}}}}}}"#,
        #"{"name":"T","tables":{"A":{"columns":{"c":{"type":{"key":{"type":"string","minLength":-1}}}}}}}"#,
        #"{"name":"T","tables":{"A":{"columns":{"c":{"type":{"key":{"type":"uuid","refType":"firm"}}}}}}}"#,
    ]) func otherSchemasAreErrors(_ text: String) throws {
        let value = try json(text)
        #expect(throws: DatabaseError.self) { try DatabaseSchema(value) }
    }

    @Test func anErrorTellsThePlace() throws {
        let value = try json(#"{"name":"T","tables":{"A":{"columns":{"c":{"type":"text"}}}}}"#)
        #expect { try DatabaseSchema(value) } throws: { ($0 as? DatabaseError)?.description == "A: c: expected a base type, found \"text\"" }
    }

    @Test func whatTheServerLacksIsTold() throws {
        let schema = try testSchema()
        let wish = MonitorWish(["Switch": ["name", "colour"], "Port": nil, "Lamp": nil])
        #expect(wish.missing(in: schema) == ["Lamp", "Switch.colour"])
        let granted = wish.granted(by: schema)
        #expect(granted["Switch"].map { Array($0.keys) } == ["name"])
        #expect(granted["Port"]?.count == 7)
        #expect(granted["Lamp"] == nil)
        #expect(MonitorWish.everything.missing(in: schema) == [])
        #expect(MonitorWish.everything.granted(by: schema).keys.sorted() == ["Port", "Switch"])
    }
}
