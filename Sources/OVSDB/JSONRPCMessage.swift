/// A message of JSON-RPC 1.0 (RFC 7047, section 4).
public enum JSONRPCMessage: Hashable, Sendable {
    /// Wants a reply or an error with the same `id`, which may be any value but null.
    case request(method: String, params: [JSON], id: JSON)
    /// Wants no answer.
    case notification(method: String, params: [JSON])
    case reply(result: JSON, id: JSON)
    /// A request could not be carried out; the error is any value but null.
    case error(JSON, id: JSON)
}

/// Why an object is no message.
public struct JSONRPCError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

extension JSONRPCMessage {
    private static let members: Set<String> = ["method", "params", "id", "result", "error"]

    /// Throws `JSONRPCError` for an object that is not of one of the four shapes, or is no object. Members that are null are as good as absent, but
    /// for a reply's result.
    public init(_ json: JSON) throws(JSONRPCError) {
        guard let object = json.object else { throw JSONRPCError("a message is an object") }
        if let name = object.keys.filter({ !Self.members.contains($0) }).min() { throw JSONRPCError("the unknown member \"\(name)\"") }
        func member(_ name: String) -> JSON? { object[name].flatMap { $0 == .null ? nil : $0 } }
        let id = member("id")
        if let method = member("method") {
            guard let name = method.string else { throw JSONRPCError("\"method\" is not a string") }
            guard let params = member("params")?.array else { throw JSONRPCError("\"params\" is not an array") }
            guard member("result") == nil, member("error") == nil else { throw JSONRPCError("\"method\" beside an answer") }
            self = id.map { .request(method: name, params: params, id: $0) } ?? .notification(method: name, params: params)
            return
        }
        guard let id else { throw JSONRPCError("neither \"method\" nor an answer's \"id\"") }
        guard member("params") == nil else { throw JSONRPCError("\"params\" without \"method\"") }
        if let error = member("error") {
            guard member("result") == nil else { throw JSONRPCError("\"result\" beside \"error\"") }
            self = .error(error, id: id)
        } else {
            guard let result = object["result"] else { throw JSONRPCError("neither \"method\" nor \"result\" nor \"error\"") }
            self = .reply(result: result, id: id)
        }
    }

    public var json: JSON {
        switch self {
        case .request(let method, let params, let id): .object(["method": .string(method), "params": .array(params), "id": id])
        case .notification(let method, let params): .object(["method": .string(method), "params": .array(params), "id": .null])
        case .reply(let result, let id): .object(["result": result, "error": .null, "id": id])
        case .error(let error, let id): .object(["result": .null, "error": error, "id": id])
        }
    }

    /// As it is sent.
    public var bytes: [UInt8] { json.bytes }

    /// A reply as it is sent, of a result whose text is known.
    public static func replyBytes(result: [UInt8], id: JSON) -> [UInt8] {
        Array("{\"error\":null,\"id\":".utf8) + id.bytes + Array(",\"result\":".utf8) + result + [UInt8(ascii: "}")]
    }
}
