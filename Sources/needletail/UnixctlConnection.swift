import Dispatch
import OVSDB
import Stream
import Synchronization
import VSwitch

/// A client's side of a control socket: requests one after the other, each waited for.
final class UnixctlConnection: Sendable {
    enum Answer: Sendable {
        case result(JSON)
        /// What the command says is wrong.
        case error(String)
    }
    enum Failure: Error {
        case notConnected(String)
        /// The connection has ended before the answer came.
        case lost(String)
    }

    private struct State {
        var connection: StreamConnection?
        var answer: Answer?
        var failure: Failure?
    }
    private let state = Mutex(State())
    /// Signalled after each change of the state.
    private let news = DispatchSemaphore(value: 0)
    private let thread = IOThread()

    /// Begins to connect.
    init(_ path: String) {
        thread.connect(.unix(path), decoder: { JSONRPCDecoder() }, receiver: { [self] connection, event in
            switch event {
            case .opened: change { $0.connection = connection }
            case .message(let message):
                connection.handled()
                switch message {
                case .reply(let result, _): change { $0.answer = .result(result) }
                case .error(let error, _): change { $0.answer = .error(error.string ?? String(decoding: error.bytes, as: UTF8.self)) }
                case .request, .notification: connection.close()
                }
            case .read: break
            case .closed(let error):
                let reason = (error as? StreamError)?.errno.map { errorText($0) } ?? error.map { "\($0)" } ?? "End of file"
                change { $0.failure = .lost(reason) }
            }
        }, failed: { [self] error in
            change { $0.failure = .notConnected(error.errno.map { errorText($0) } ?? error.description) }
        })
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { body(&$0) }
        news.signal()
    }

    /// Sends a request and waits for its answer.
    func ask(_ method: String, _ arguments: [String]) -> Result<Answer, Failure> {
        wait { $0.connection }.flatMap { connection in
            _ = connection.send(JSONRPCMessage.request(method: method, params: arguments.map { JSON($0) }, id: .integer(0)).bytes)
            return wait { $0.answer.take() }
        }
    }

    private func wait<Value>(for find: (inout State) -> Value?) -> Result<Value, Failure> {
        while true {
            let (value, failure) = state.withLock { state in (find(&state), state.failure) }
            if let value { return .success(value) }
            if let failure { return .failure(failure) }
            news.wait()
        }
    }
}
