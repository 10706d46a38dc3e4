import Testing
@testable import OVSDB

struct DatumTests {
    private func type(_ text: String) throws -> ColumnType { try ColumnType(json(text)) }
    private func datum(_ text: String, _ type: String) throws -> Datum { try Datum(json(text), try self.type(type)) }
    private static let strings = #"{"key":"string","min":0,"max":"unlimited"}"#
    private static let map = #"{"key":"string","value":"integer","min":0,"max":"unlimited"}"#
    private static let optional = #"{"key":"integer","min":0,"max":1}"#

    @Test func uuidsAreReadAndWritten() throws {
        let text = "01234567-89ab-cdef-0123-456789abcdef"
        let uuid = try #require(RowUUID(text))
        #expect(uuid == RowUUID(high: 0x0123_4567_89ab_cdef, low: 0x0123_4567_89ab_cdef))
        #expect(uuid.description == text)
        #expect(RowUUID(text.uppercased()) == uuid)
        #expect(RowUUID.zero.description == "00000000-0000-0000-0000-000000000000")
        #expect(RowUUID.zero < uuid)
        for wrong in ["", "0", text + "0", String(text.dropLast()), text.replacing("-", with: "0"), text.replacing("a", with: "g")] { #expect(RowUUID(wrong) == nil) }
    }

    @Test(arguments: [
        ("5", "\"integer\"", "5"), ("5", "\"real\"", "5"), ("1.5", "\"real\"", "1.5"), ("true", "\"boolean\"", "true"), (#""x""#, "\"string\"", #""x""#),
        (#"["uuid","00000000-0000-0000-0000-00000000000a"]"#, "\"uuid\"", #"["uuid","00000000-0000-0000-0000-00000000000a"]"#),
        (#"["set",["x"]]"#, "\"string\"", #""x""#), (#""x""#, strings, #""x""#), (#"["set",[]]"#, strings, #"["set",[]]"#),
        (#"["set",["b","a","c"]]"#, strings, #"["set",["a","b","c"]]"#), (#"["map",[]]"#, map, #"["map",[]]"#),
        (#"["map",[["b",1],["a",2]]]"#, map, #"["map",[["a",2],["b",1]]]"#), (#"["set",[]]"#, optional, #"["set",[]]"#), ("7", optional, "7"),
        // One letter in two spellings: two elements for the server, and for us.
        (#"["set",["\u00e9","e\u0301"]]"#, strings, "[\"set\",[\"e\u{301}\",\"\u{e9}\"]]"),
    ]) func contentsAreReadAndWritten(_ text: String, _ type: String, _ written: String) throws {
        let datum = try datum(text, type)
        #expect(datum.json.bytes == Array(written.utf8))
        #expect(try Datum(datum.json, self.type(type)) == datum)
    }

    @Test(arguments: [
        ("1.5", "\"integer\""), ("\"1\"", "\"integer\""), ("1", "\"string\""), ("1", "\"boolean\""), ("null", "\"string\""), (#""x""#, "\"uuid\""),
        (#"["uuid","x"]"#, "\"uuid\""), (#"["named-uuid","x"]"#, "\"uuid\""), (#"["set",[]]"#, "\"string\""), (#"["set",["a","b"]]"#, "\"string\""),
        (#"["set",["a","a"]]"#, strings), (#"["set",1]"#, strings), (#"["set",["a",1]]"#, strings), (#"["map",[]]"#, strings), (#"["set",[]]"#, map),
        (#"["map",[["a"]]]"#, map), (#"["map",[["a",1],["a",2]]]"#, map), (#"["map",[["a","b"]]]"#, map), (#"["map",["a"]]"#, map), (#"["set",[1,2]]"#, optional),
        ("{}", map), ("[]", strings),
    ]) func otherContentsAreErrors(_ text: String, _ type: String) throws {
        let (value, type) = (try json(text), try self.type(type))
        #expect(throws: DatabaseError.self) { try Datum(value, type) }
    }

    @Test(arguments: [
        // Old contents, difference, new contents.
        (strings, #"["set",["a","b"]]"#, #"["set",["b","c"]]"#, #"["set",["a","c"]]"#), (strings, #"["set",["a"]]"#, #"["set",["a"]]"#, #"["set",[]]"#),
        (strings, #"["set",[]]"#, #""z""#, #""z""#), (map, #"["map",[["a",1],["b",2],["c",3]]]"#, #"["map",[["a",1],["b",5],["d",4]]]"#, #"["map",[["b",5],["c",3],["d",4]]]"#),
        (map, #"["map",[]]"#, #"["map",[]]"#, #"["map",[]]"#), (optional, "1", "2", "2"), (optional, "1", #"["set",[]]"#, #"["set",[]]"#), (optional, "1", "1", "1"),
        ("\"string\"", #""a""#, #""b""#, #""b""#),
    ]) func differencesAreApplied(_ type: String, _ old: String, _ difference: String, _ new: String) throws {
        let columnType = try self.type(type)
        let change = try Datum(json(difference), columnType, isDifference: true)
        #expect(try datum(old, type).applying(change, columnType) == datum(new, type))
    }

    @Test func aDifferenceKeepsTheNumberOfElements() throws {
        let type = try type(#"{"key":"integer","min":1,"max":3}"#)
        let old = try Datum(json("[\"set\",[1,2]]"), type)
        for wrong in ["[\"set\",[1,2]]", "[\"set\",[3,4]]"] {
            let difference = try Datum(json(wrong), type, isDifference: true)
            #expect(throws: DatabaseError.self) { try old.applying(difference, type) }
        }
    }

    /// Random sets and maps: what differs, by the definition, applied to the old contents gives the new ones.
    @Test(arguments: 1...20) func differencesOfRandomContents(_ seed: UInt64) throws {
        var random = JSONGenerator(seed: seed)
        let setType = try type(Self.strings), mapType = try type(Self.map)
        for _ in 0..<50 {
            func pick() -> [String: Int64] {
                var picked: [String: Int64] = [:]
                for _ in 0..<random.below(6) { picked["k\(random.below(6))"] = Int64(random.below(2)) }
                return picked
            }
            let old = pick(), new = pick()
            let setDifference = Datum.strings(Set(old.keys).symmetricDifference(new.keys))
            #expect(try Datum.strings(old.keys).applying(setDifference, setType) == .strings(new.keys))
            let mapDifference = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.map { ($0, new[$0] ?? old[$0] ?? 0) }
            let difference = Datum.integerMap(Dictionary(uniqueKeysWithValues: mapDifference))
            #expect(try Datum.integerMap(old).applying(difference, mapType) == .integerMap(new))
        }
    }

    @Test func constraintsAreAskedOfWhatIsWritten() throws {
        let schema = try testSchema()
        func problem(_ table: String, _ column: String, _ datum: Datum) throws -> String? { datum.problem(try #require(schema[table, column]).type) }
        #expect(try problem("Port", "tag", .int(4095)) == nil)
        #expect(try problem("Port", "tag", .int(4096)) == "4096 is greater than 4095")
        #expect(try problem("Port", "tag", .int(-1)) == "-1 is less than 0")
        #expect(try problem("Port", "tag", .string("1")) == "expected integer, found string")
        #expect(try problem("Port", "tag", .map([])) == "expected a set, found a map")
        #expect(try problem("Switch", "settings", .set([])) == "expected a map, found a set")
        #expect(try problem("Port", "trunks", .set([.integer(1), .integer(2), .integer(3), .integer(4)])) == "expected 0 to 3 elements, found 4")
        #expect(try problem("Port", "load", .empty) == "expected 1 to 1 elements, found 0")
        #expect(try problem("Switch", "protocols", .strings(["a", "c"])) == nil)
        #expect(try problem("Switch", "protocols", .strings(["a", "d"])) == "\"d\" is none of the column's values")
        #expect(try problem("Switch", "name", .string("a\0")) == "a string with a zero byte")
        #expect(try problem("Switch", "ports", .set([.named("row0"), .uuid(.zero)])) == nil)
        let short = try type(#"{"key":{"type":"string","minLength":1,"maxLength":2}}"#)
        #expect(Datum.string("").problem(short) == "a string of 0 characters")
        #expect(Datum.string("🦅🦅").problem(short) == nil)
        #expect(Datum.string("abc").problem(short) == "a string of 3 characters")
    }
}
