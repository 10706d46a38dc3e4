import OVSDB
import Stream
import Synchronization

/// A client of the control socket. Owner: the ofproto thread. Frees: by reference count, when the connection and its last request are gone.
final class UnixctlClient: Sendable {
    private let isJSON = Atomic(false)
    /// It gets its answers as JSON: it has said so by `set-options`.
    var wantsJSON: Bool {
        get { isJSON.load(ordering: .relaxed) }
        set { isJSON.store(newValue, ordering: .relaxed) }
    }

    /// `set-options [--format text|json]`, by which Open vSwitch's tools from 3.4 on ask for a format (ovs-appctl(8)). It is not in 3.1's list of commands.
    func setOptions(_ arguments: [String]) throws(UnixctlError) {
        guard !arguments.isEmpty else { throw UnixctlError("\"set-options\" command requires at least 1 arguments") }
        guard arguments.count <= 2 else { throw UnixctlError("\"set-options\" command takes at most 2 arguments") }
        let words = arguments[0].hasPrefix("--format=") ? ["--format", String(arguments[0].dropFirst(9))] + arguments.dropFirst() : arguments
        guard words[0] == "--format" else { throw UnixctlError("Unrecognized option \(words[0])") }
        guard words.count == 2 else { throw UnixctlError("Missing argument for option --format") }
        switch words[1] {
        case "text": wantsJSON = false
        case "json": wantsJSON = true
        default: throw UnixctlError("option format has invalid value \(words[1])")
        }
    }
}

/// A message that came to the control socket, and from whom.
struct UnixctlMessage: Sendable {
    let client: UnixctlClient
    let message: JSONRPCMessage
}

/// Finds the messages of one client.
struct UnixctlDecoder: MessageDecoder {
    private var messages = JSONRPCDecoder(messageLimit: Limits.commandBytes)
    private let client = UnixctlClient()

    mutating func decode(_ bytes: [UInt8], _ message: (UnixctlMessage) -> Void) throws {
        try messages.decode(bytes) { message(UnixctlMessage(client: client, message: $0)) }
    }
}

/// An answer in the making, in its client's format.
struct UnixctlAnswer {
    private let wantsJSON: Bool
    /// What there is of words; with a text's format, of values too.
    private var text = ""
    /// What there is of values as JSON; empty: there are only words.
    private var values: [UInt8] = []

    init(for client: UnixctlClient) { wantsJSON = client.wantsJSON }

    /// Bytes so far.
    var count: Int { text.utf8.count + values.count }

    mutating func add(_ words: String) { text += words }

    mutating func add(_ value: any CommandValue) {
        if wantsJSON { values = value.json.bytes } else { text += value.text }
    }

    /// Adds elements of a list.
    mutating func add(_ elements: [any CommandValue]) {
        for element in elements {
            if wantsJSON {
                let mark: UInt8 = values.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ",")
                values.append(mark)
                values += element.json.bytes
            } else {
                text += element.text
            }
        }
    }

    /// Ends a list.
    mutating func endList() {
        guard wantsJSON else { return }
        if values.isEmpty { values.append(UInt8(ascii: "[")) }
        values.append(UInt8(ascii: "]"))
    }

    /// The reply as it is sent. Words have OVS's wrapper in a JSON format (ovs-appctl(8), `--format`).
    func reply(id: JSON) -> [UInt8] {
        guard values.isEmpty else { return JSONRPCMessage.replyBytes(result: values, id: id) }
        let words = JSON(Self.lines(text))
        return JSONRPCMessage.reply(result: wantsJSON ? ["reply-format": "plain", "reply": words] : words, id: id).bytes
    }

    /// An answer that is not empty ends with a line's end.
    static func lines(_ text: String) -> String { text.isEmpty || text.hasSuffix("\n") ? text : text + "\n" }
}
