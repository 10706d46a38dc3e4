import Testing
@testable import OVSDB

struct JSONBoundsTests {
    private let message = #"{"id":7,"method":"a\ud83e\udd85\n","params":[-1.5e3,null,{"é":[true,false,[]]},"\\"]} {"x":12}"#

    @Test func whereTheBytesAreCutDoesNotMatter() throws {
        let bytes = Array(message.utf8)
        let whole = try parse(message)
        #expect(whole.count == 2)
        for cut in 0...bytes.count {
            var parser = JSONParser()
            let first = try parse(Array(bytes[..<cut]), &parser)
            #expect(try first + parse(Array(bytes[cut...]), &parser) == whole)
        }
    }

    /// Every byte of a good message replaced by every other one, and left out: an answer or an error, and an error stays.
    @Test func anyByteAnywhereIsAnswered() throws {
        let bytes = Array(message.utf8)
        var refused = 0
        for place in bytes.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = bytes
                changed[place] = byte
                refused += outcome(changed) == nil ? 1 : 0
            }
            var shorter = bytes
            shorter.remove(at: place)
            refused += outcome(shorter) == nil ? 1 : 0
        }
        // Most single changes break the grammar or the text's encoding; those within strings and numbers do not.
        #expect(refused > bytes.count * 64)
    }

    /// The values; nil: an error, the same one again for the next byte.
    private func outcome(_ bytes: [UInt8]) -> [JSON]? {
        var parser = JSONParser()
        do throws(JSONError) {
            return try parse(bytes, &parser)
        } catch {
            #expect(throws: error) { try parser.take(UInt8(ascii: " ")) }
            return nil
        }
    }

    @Test(arguments: [("{\"a\":", "}"), ("[", "]")]) func depthIsBounded(_ open: String, _ close: String) throws {
        func nested(_ levels: Int) -> String {
            "{\"v\":" + String(repeating: open, count: levels - 1) + (open == "[" ? "" : "0") + String(repeating: close, count: levels - 1) + "}"
        }
        let deepest = try parse(nested(Limits.depth))
        #expect(deepest.count == 1)
        #expect(try parse(String(decoding: deepest[0].bytes, as: UTF8.self)) == deepest)
        #expect(throws: JSONError.tooDeep(limit: Limits.depth)) { try parse(nested(Limits.depth + 1)) }
        // A bomb is refused at its thousand and first level, however long it is.
        #expect(throws: JSONError.tooDeep(limit: Limits.depth)) { try parse("{\"v\":" + String(repeating: open, count: 200_000)) }
    }

    @Test func lengthIsBounded() throws {
        func message(_ bytes: Int) -> [UInt8] { Array(("{\"v\":\"" + String(repeating: "a", count: bytes - 8) + "\"}").utf8) }
        var parser = JSONParser(messageLimit: 100)
        // Each message has the whole length to itself.
        for _ in 0..<3 { #expect(try parse(message(100), &parser).count == 1) }
        #expect(throws: JSONError.tooLong(limit: 100)) { try parse(message(102), &parser) }
        var blanks = JSONParser(messageLimit: 100)
        #expect(throws: JSONError.tooLong(limit: 100)) { try parse(Array("{".utf8) + [UInt8](repeating: 0x20, count: 200), &blanks) }
        #expect(throws: JSONError.self) { try parse("{\"v\":" + String(repeating: "1", count: Limits.numberBytes + 1)) }
    }

    @Test func errorsNameThePlace() {
        #expect(throws: JSONError.syntax(expected: "a member's name", offset: 9)) { try parse(#"  {"a":12, x}"#) }
        #expect(JSONError.syntax(expected: "':'", offset: 3).description == "expected ':' at byte 3 of the message")
    }
}
