import Testing
@testable import OVSDB

struct JSONRPCTests {
    private func messages(_ text: String) throws -> [JSONRPCMessage] {
        var decoder = JSONRPCDecoder(), messages: [JSONRPCMessage] = []
        try decoder.decode(Array(text.utf8)) { messages.append($0) }
        return messages
    }

    @Test(arguments: [
        (#"{"id":0,"method":"version","params":[]}"#, JSONRPCMessage.request(method: "version", params: [], id: .integer(0))),
        (#"{"id":["u",{}],"method":"echo","params":[1]}"#, .request(method: "echo", params: [.integer(1)], id: .array([.string("u"), .object([:])]))),
        (#"{"id":false,"method":"m","params":[],"result":null,"error":null}"#, .request(method: "m", params: [], id: .bool(false))),
        (#"{"id":null,"method":"update","params":[null]}"#, .notification(method: "update", params: [.null])),
        (#"{"method":"update","params":[]}"#, .notification(method: "update", params: [])),
        (#"{"id":"a","result":{},"error":null}"#, .reply(result: .object([:]), id: .string("a"))),
        (#"{"id":1,"result":null,"error":null}"#, .reply(result: .null, id: .integer(1))),
        (#"{"id":1,"result":null,"error":"no"}"#, .error(.string("no"), id: .integer(1))),
        (#"{"id":1,"error":{"a":1}}"#, .error(.object(["a": .integer(1)]), id: .integer(1))),
    ]) func messagesAreRead(_ text: String, _ message: JSONRPCMessage) throws {
        #expect(try messages(text) == [message])
        // And what is written of them is the same message.
        #expect(try messages(String(decoding: message.bytes, as: UTF8.self)) == [message])
        if case .reply(let result, let id) = message { #expect(JSONRPCMessage.replyBytes(result: result.bytes, id: id) == message.bytes) }
    }

    @Test(arguments: [
        ("{}", "neither \"method\" nor an answer's \"id\""), (#"{"method":1,"params":[],"id":1}"#, "\"method\" is not a string"),
        (#"{"method":"a","id":1}"#, "\"params\" is not an array"), (#"{"method":"a","params":{},"id":1}"#, "\"params\" is not an array"),
        (#"{"method":"a","params":[],"id":1,"result":1}"#, "\"method\" beside an answer"), (#"{"id":1}"#, "neither \"method\" nor \"result\" nor \"error\""),
        (#"{"id":1,"result":1,"error":2}"#, "\"result\" beside \"error\""), (#"{"id":1,"result":1,"params":[]}"#, "\"params\" without \"method\""),
        (#"{"result":1}"#, "neither \"method\" nor an answer's \"id\""), (#"{"method":"a","params":[],"id":1,"jsonrpc":"2.0"}"#, "the unknown member \"jsonrpc\""),
    ]) func otherObjectsAreErrors(_ text: String, _ error: String) {
        #expect { try messages(text) } throws: { ($0 as? JSONRPCError)?.description == error }
    }

    @Test func everyMessageOfAChunkIsHandedOn() throws {
        let message = JSONRPCMessage.request(method: "echo", params: [.string("}{")], id: .integer(1))
        let text = String(decoding: message.bytes, as: UTF8.self)
        #expect(text == #"{"id":1,"method":"echo","params":["}{"]}"#)
        #expect(try messages(text + text + " " + text + "{") == [message, message, message])
    }
}
