import Datapath
import LockFree
import NetDev
import OVSDB
import Stream

extension JSONRPCDecoder: MessageDecoder {}

/// A message and where its answer goes.
private struct UnixctlRequest: Sendable {
    let connection: StreamConnection
    let client: UnixctlClient
    let message: JSONRPCMessage
}

/// The control socket, by which ovs-appctl(8) looks into the running switch: JSON-RPC requests, one command each, answered in the order in
/// which they come. A client that has asked for it gets JSON (`UnixctlFormat.swift`).
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
        var answer: UnixctlAnswer
        /// Adds the next part; false: there is none.
        let next: (inout UnixctlAnswer) -> Bool
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
                decoder: { UnixctlDecoder() },
                receiver: { connection, event in
                    guard case .message(let message) = event else { return }
                    if !mailbox.put(UnixctlRequest(connection: connection, client: message.client, message: message.message)) { connection.close() }
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
            let reply = try run(method, arguments, request.client)
            var answer = UnixctlAnswer(for: request.client)
            switch reply {
            case .text(let text): answer.add(text)
            case .value(let value): answer.add(value)
            case .parts(let next):
                dump = Dump(request: request, id: id, answer: answer) { answer in next().map { answer.add($0) } != nil }
                return
            case .list(let next):
                dump = Dump(request: request, id: id, answer: answer) { answer in
                    guard let elements = next() else {
                        answer.endList()
                        return false
                    }
                    answer.add(elements)
                    return true
                }
                return
            }
            send(answer, id, to: request)
        } catch {
            fail(request, id, UnixctlAnswer.lines(error.message))
        }
    }

    private func run(_ method: String, _ arguments: [String], _ client: UnixctlClient) throws(UnixctlError) -> UnixctlReply {
        guard method == "set-options" else { return try UnixctlCommand.run(method, arguments, context) }
        try client.setOptions(arguments)
        return .text("")
    }

    private func continueDump() {
        guard var dump else { return }
        // The answer is not to be copied when it grows.
        self.dump = nil
        guard dump.next(&dump.answer) else { return send(dump.answer, dump.id, to: dump.request) }
        guard dump.answer.count <= Limits.replyBytes else {
            return fail(dump.request, dump.id, "the answer is longer than \(Limits.replyBytes) bytes\n")
        }
        self.dump = dump
    }

    private func send(_ answer: UnixctlAnswer, _ id: JSON, to request: UnixctlRequest) { send(to: request) { answer.reply(id: id) } }

    private func fail(_ request: UnixctlRequest, _ id: JSON, _ message: String) {
        send(to: request) { JSONRPCMessage.error(.string(message), id: id).bytes }
    }

    /// Encodes and sends on the I/O thread. A client that does not read its answers is not served any longer.
    private func send(to request: UnixctlRequest, _ bytes: @escaping @Sendable () -> [UInt8]) {
        thread.perform {
            if request.connection.send(bytes()) == .full { request.connection.close() }
            request.connection.handled()
        }
    }
}
