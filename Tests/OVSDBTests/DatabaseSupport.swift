@testable import OVSDB
import Testing

/// Any value from its text.
func json(_ text: String) throws -> JSON {
    let values = try parse(#"{"value":"# + text + "}")
    return try #require(values.first?.object?["value"])
}

/// A small database: switches (root) with ports, which may name mirrors weakly.
let schemaText = """
    {"name":"Test","version":"1.2.3","cksum":"0 0","tables":{
      "Switch":{"isRoot":true,"maxRows":1,"columns":{
        "name":{"type":"string","mutable":false},
        "ports":{"type":{"key":{"type":"uuid","refTable":"Port"},"min":0,"max":"unlimited"}},
        "next":{"type":{"key":"integer"}},
        "settings":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},
        "tables":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":254},"value":{"type":"uuid","refTable":"Port"},"min":0,"max":"unlimited"}},
        "protocols":{"type":{"key":{"type":"string","enum":["set",["a","b","c"]]},"min":0,"max":"unlimited"}}}},
      "Port":{"indexes":[["name"]],"columns":{
        "name":{"type":"string"},
        "tag":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4095},"min":0,"max":1}},
        "up":{"type":{"key":"boolean","min":0,"max":1},"ephemeral":true},
        "load":{"type":"real"},
        "trunks":{"type":{"key":"integer","min":0,"max":3}},
        "peer":{"type":{"key":{"type":"uuid","refTable":"Port","refType":"weak"},"min":0,"max":1}},
        "counts":{"type":{"key":"string","value":"integer","min":0,"max":"unlimited"}}}}}}
    """

func testSchema() throws -> DatabaseSchema { try DatabaseSchema(json(schemaText)) }

func uuid(_ number: UInt64) -> RowUUID { RowUUID(high: 0, low: number) }

/// A replica with every table, filled by the text of `<table-updates2>`.
func replica(_ updates: String = "{}") throws -> Replica {
    var replica = Replica()
    replica.setTables(MonitorWish.everything.granted(by: try testSchema()))
    try replica.apply(try RowUpdate.read2(json(updates)), replacesAll: true)
    return replica
}

extension Replica {
    mutating func update(_ updates: String, replacesAll: Bool = false) throws {
        try apply(try RowUpdate.read2(json(updates)), replacesAll: replacesAll)
    }
}
