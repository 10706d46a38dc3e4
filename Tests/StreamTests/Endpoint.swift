import Foundation
import Synchronization
import Testing
@testable import Stream

/// Messages are lines.
struct LineDecoder: MessageDecoder {
    struct TooLong: Error {}
    private var line: [UInt8] = []
    mutating func decode(_ bytes: [UInt8], _ message: (String) -> Void) throws {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                message(String(decoding: line, as: UTF8.self))
                line = []
            } else {
                line.append(byte)
            }
            if line.count > 1 << 16 { throw TooLong() }
        }
    }
}

/// What a receiver was told, for a test to wait for.
final class Endpoint: Sendable {
    struct State {
        var open: [StreamConnection] = []
        var opened = 0
        /// Of all that were opened.
        var names: [String] = []
        var messages: [String] = []
        var closed = 0
        var failures: [String] = []
    }
    private let state = Mutex(State())

    var now: State { state.withLock { $0 } }

    /// A receiver that notes everything; `answer` may make something of a message.
    func receiver(_ answer: @escaping @Sendable (StreamConnection, String) -> Void = { connection, _ in connection.handled() }) -> StreamReceiver<String> {
        { connection, event in
            self.state.withLock { state in
                switch event {
                case .opened:
                    state.open.append(connection)
                    state.opened += 1
                    state.names.append(connection.name)
                case .message(let text): state.messages.append(text)
                case .read: break
                case .closed(let error):
                    state.open.removeAll { $0 === connection }
                    state.closed += 1
                    if let error { state.failures.append("\(error)") }
                }
            }
            if case .message(let text) = event { answer(connection, text) }
        }
    }

    func failed(_ error: StreamError) { state.withLock { $0.failures.append(error.description) } }

    /// Waits until `condition` holds, which has to be within half a minute.
    func wait(_ what: Comment, _ condition: (State) -> Bool) async throws {
        for _ in 0..<3000 where !condition(now) { try await Task.sleep(for: .milliseconds(10)) }
        try #require(condition(now), what)
    }
}

/// A folder for sockets that is removed in the end, and an I/O thread.
func withThread(_ body: (IOThread, String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/stream-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let thread = IOThread()
    defer {
        thread.end()
        try? FileManager.default.removeItem(atPath: folder)
    }
    try await body(thread, folder)
}

extension IOThread {
    func connect(_ method: ConnectionMethod, tls: TLSContext? = nil, _ endpoint: Endpoint, sendLimit: Int = Limits.sendBacklog) {
        connect(method, tls: tls, sendLimit: sendLimit, decoder: { LineDecoder() }, receiver: endpoint.receiver(), failed: { endpoint.failed($0) })
    }
}

extension StreamListener {
    convenience init(_ method: ConnectionMethod, tls: TLSContext?, on thread: IOThread, _ endpoint: Endpoint) throws(StreamError) {
        try self.init(
            method, tls: tls, on: thread, decoder: { LineDecoder() }, receiver: endpoint.receiver(), failed: { endpoint.failed($0) })
    }

    /// The method to connect to it.
    var client: ConnectionMethod {
        switch method {
        case .punix(let path): .unix(path)
        case .ptcp(let port, let address): .tcp(address ?? IPAddressText(bracketed: "127.0.0.1")!, port)
        case .pssl(let port, let address): .ssl(address ?? IPAddressText(bracketed: "127.0.0.1")!, port)
        case .unix, .tcp, .ssl: method
        }
    }
}
