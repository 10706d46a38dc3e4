import Testing
@testable import OVSDB

struct JSONTests {
    /// The value of member "v" of an object.
    private func value(_ text: String) throws(JSONError) -> JSON? {
        guard let object = try parse("{\"v\":" + text + "}").first?.object else { return nil }
        return object["v"]
    }

    @Test(arguments: 0..<500) func whatIsWrittenIsReadAgain(_ seed: Int) throws {
        var generator = JSONGenerator(seed: UInt64(seed))
        let wanted = (0..<3).map { _ in generator.object(depth: 6) }
        let bytes = wanted.flatMap(\.bytes)
        var parser = JSONParser()
        #expect(try parse(bytes, &parser) == wanted)
        #expect(!parser.isInMessage)
        // The same values have the same bytes.
        #expect(try parse(String(decoding: bytes, as: UTF8.self)).flatMap(\.bytes) == bytes)
        #expect(try parse(wanted.map(\.prettyText).joined()) == wanted)
    }

    @Test func prettyTextHasLines() {
        let object: JSON = ["b": ["x", JSON(2), [:], []], "a": ["c": JSON(true)]]
        #expect(object.prettyText == """
            {
              "a": {
                "c": true
              },
              "b": [
                "x",
                2,
                {},
                []
              ]
            }
            """)
    }

    @Test func membersWithoutValuesAreLeftOut() {
        #expect(JSON(members: ["a": JSON(1), "b": nil]) == ["a": .integer(1)])
        #expect(JSON(UInt64.max) == .real(0x1p64) && JSON(Int8(-1)) == .integer(-1))
    }

    @Test(arguments: [
        ("0", JSON.integer(0)), ("-0", .integer(0)), ("1", .integer(1)), ("-7", .integer(-7)), ("1.0", .integer(1)), ("1e3", .integer(1000)), ("10E-1", .integer(1)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .real(0x1p63)),
        ("-9223372036854775809", .integer(.min)), ("1.5", .real(1.5)), ("-2.5e-3", .real(-0.0025)), ("1e308", .real(1e308)), ("1e-999", .integer(0)),
    ]) func numbersAreIntegersOrReals(_ text: String, _ number: JSON) throws {
        #expect(try value(text) == number)
    }

    @Test(arguments: ["01", "-", "+1", ".5", "1.", "1e", "1e+", "--1", "1-1", "0x10", "1e999", "-1e999", "NaN", "Infinity", "1.2.3", "1e5e5"])
    func otherNumbersAreErrors(_ text: String) {
        #expect(throws: JSONError.self) { try value(text) }
    }

    @Test(arguments: [
        (#""""#, ""), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u0041\u00e9\u65E5""#, "Aé日"), (#""\ud83e\udd85""#, "🦅"),
        (#""\u0000""#, "\0"), (#""\uDBFF\uDFFF""#, "\u{10ffff}"), ("\"é日🦅\u{7f}\"", "é日🦅\u{7f}"),
    ]) func stringsAreUnescaped(_ text: String, _ string: String) throws {
        #expect(try value(text)?.string.map { Array($0.utf8) } == Array(string.utf8))
    }

    @Test(arguments: [
        #""\x""#, #""\u12g4""#, #""\u123""#, #""\ud800""#, #""\ud800x""#, #""\ud800\n""#, #""\ud800\u0041""#, #""\ud800\ud800""#, #""\udc00""#, "\"\n\"", "\"\0\"",
    ]) func otherStringsAreErrors(_ text: String) {
        #expect(throws: JSONError.self) { try value(text) }
    }

    @Test(arguments: [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf4, 0x90, 0x80, 0x80], [0x80]] as [[UInt8]])
    func whatIsNotUTF8IsAnError(_ bytes: [UInt8]) {
        var parser = JSONParser()
        #expect(throws: JSONError.self) { try parse(Array("{\"v\":\"".utf8) + bytes + Array("\"}".utf8), &parser) }
    }

    @Test(arguments: [
        "]", "}", "1", "\"a\"", "[]", "null", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":[1,]}", "{\"a\":[,1]}",
        "{\"a\":[1 2]}", "{\"a\":[}", "{\"a\":]", "{\"a\":nul}", "{\"a\":nulx}", "{\"a\":truefalse}", "{\"a\":True}", "{}}", "{1:2}", "{\"a\"::1}", "{'a':1}", "\u{feff}{}",
    ]) func whatIsNoObjectIsAnError(_ text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test func objectsFollowEachOtherWithoutSeparators() throws {
        #expect(try parse("{}{\"a\":{}} \t\r\n{\"b\":[]}{") == [.object([:]), .object(["a": .object([:])]), .object(["b": .array([])])])
    }

    @Test func theLastOfEqualNamesCounts() throws {
        #expect(try parse("{\"a\":1,\"a\":2}") == [.object(["a": .integer(2)])])
    }

    @Test func membersAreOrderedByTheirBytes() {
        let object = JSON.object(["b": .null, "a": .real(.infinity), "B": .real(.nan), "é": .bool(true), "": .integer(-1)])
        #expect(String(decoding: object.bytes, as: UTF8.self) == #"{"":-1,"B":null,"a":null,"b":null,"é":true}"#)
    }
}
