import Datapath
import LockFree
import NetDev
import OVSDB
import Stream

extension JSONRPCDecoder: MessageDecoder {}

/// A message that came to the control socket.
private struct UnixctlRequest: Sendable {
    let connection: StreamConnection
    let message: JSONRPCMessage
}

/// The control socket, by which ovs-appctl(8) looks into the running switch: JSON-RPC requests, one command each, answered in the order in
/// which they come.
///
/// The I/O thread reads, finds the messages and puts them into the mailbox; the ofproto thread carries the commands out, one a turn, long dumps a part a turn;
/// the I/O thread encodes the answers and writes them.
/// Owner: the ofproto thread. Frees: `close`, before its waker.
final class UnixctlServer {
    private let context: UnixctlContext
    private let thread = IOThread()
    private let listener: StreamListener
    private let mailbox: Mailbox<UnixctlRequest>
    /// Taken out of the mailbox, the next one last.
    private var waiting: [UnixctlRequest] = []
    /// A long answer under way.
    private struct Dump {
        let request: UnixctlRequest
        let id: JSON
        /// Where the rest comes from.
        let next: () -> String?
        var text = ""
    }
    private var dump: Dump?

    /// Listens. Throws `StreamError`.
    init(path: String, context: UnixctlContext, waker: Waker) throws(StreamError) {
        self.context = context
        let mailbox = Mailbox<UnixctlRequest>(capacity: Limits.commandMailbox, wake: { waker.wake() })
        self.mailbox = mailbox
        do throws(StreamError) {
            listener = try StreamListener(
                .punix(path), on: thread, connections: Limits.commandConnections, sendLimit: Limits.commandBacklog,
                decoder: { JSONRPCDecoder(messageLimit: Limits.commandBytes) },
                receiver: { connection, event in
                    guard case .message(let message) = event else { return }
                    if !mailbox.put(UnixctlRequest(connection: connection, message: message)) { connection.close() }
                })
        } catch {
            thread.end()
            throw error
        }
    }

    /// Closes all connections and removes the socket. Waits for the I/O thread.
    func close() {
        listener.close()
        thread.end()
    }

    /// One turn: a command, or a part of a long answer. Returns true if there is more to do at once.
    func run() -> Bool {
        if context.hasSwitch { context.rxqUsage.tick(now: context.now, netdev: context.netdev) }
        context.coverage.tick(now: context.now) { context.events() }
        if dump != nil {
            continueDump()
            return true
        }
        if waiting.isEmpty { waiting = mailbox.take().reversed() }
        guard let request = waiting.popLast() else { return false }
        context.commands += 1
        carryOut(request)
        return true
    }

    /// Requests are answered; other messages are nothing that a client says, and end the connection.
    private func carryOut(_ request: UnixctlRequest) {
        guard case .request(let method, let params, let id) = request.message else { return request.connection.close() }
        do throws(UnixctlError) {
            let arguments = params.compactMap(\.string)
            guard arguments.count == params.count else { throw UnixctlError("\"\(method)\" command has non-string argument") }
            switch try UnixctlCommand.run(method, arguments, context) {
            case .text(let text): answer(request, .reply(result: .string(Self.lines(text)), id: id))
            case .parts(let next): dump = Dump(request: request, id: id, next: next)
            }
        } catch {
            answer(request, .error(.string(Self.lines(error.message)), id: id))
        }
    }

    private func continueDump() {
        guard let part = dump?.next() else {
            if let done = dump { answer(done.request, .reply(result: .string(Self.lines(done.text)), id: done.id)) }
            dump = nil
            return
        }
        dump?.text += part
        guard let dump, dump.text.utf8.count > Limits.replyBytes else { return }
        answer(dump.request, .error(.string("the answer is longer than \(Limits.replyBytes) bytes\n"), id: dump.id))
        self.dump = nil
    }

    /// An answer that is not empty ends with a line's end.
    private static func lines(_ text: String) -> String { text.isEmpty || text.hasSuffix("\n") ? text : text + "\n" }

    /// A client that does not read its answers is not served any longer.
    private func answer(_ request: UnixctlRequest, _ message: JSONRPCMessage) {
        thread.perform {
            if request.connection.send(message.bytes) == .full { request.connection.close() }
            request.connection.handled()
        }
    }
}
