import LockFree
import OVSDB
import Stream

/// A `DatabaseSession` with the connections that it needs: made again and again by `Reconnect`, probed, and ended when the server says something wrong.
///
/// The I/O thread reads, finds the messages and puts them into the mailbox; `run` gives them to the session and sends what it has to say.
/// Owner: who calls `run`. Frees: `close`.
final class OVSDBConnection {
    private let method: ConnectionMethod
    private let tls: TLSContext?
    private let thread = IOThread()
    private let mailbox: Mailbox<Event>
    private var stream: StreamConnection?
    private(set) var reconnect: Reconnect
    /// What the user reads, and begins transactions with; `run` sends them.
    var session: DatabaseSession

    /// What the I/O thread tells, with the number of the attempt that it belongs to.
    private enum Event: Sendable {
        case opened(Int, StreamConnection)
        case message(Int, StreamConnection, JSONRPCMessage)
        case closed(Int, String?)
        case failed(Int, String)
    }

    /// Begins with the first `run`.
    /// - Parameters:
    ///   - method: `unix:`, `tcp:` or `ssl:`, which needs `tls`.
    ///   - wake: called on the I/O thread when there is something to take: `run` is to be called.
    ///   - now: milliseconds, as for `run`.
    init(_ method: ConnectionMethod, tls: TLSContext? = nil, session: DatabaseSession, now: Int64, wake: @escaping @Sendable () -> Void) {
        self.method = method
        self.tls = tls
        self.session = session
        // What waits is bounded by what a connection may have unhandled; what it tells of itself must not be lost.
        mailbox = Mailbox(capacity: .max, wake: wake)
        reconnect = Reconnect()
        reconnect.enable(now: now)
    }

    /// Ends the connection. Waits for the I/O thread.
    func close() { thread.end() }

    /// Takes what has come, does what is due and sends what is to be said. True if the session was told something.
    func run(now: Int64) -> Bool {
        let events = mailbox.take()
        for event in events { take(event, now: now) }
        switch reconnect.run(now: now) {
        case .connect: connect()
        case .probe: session.probe()
        case .disconnect: stream?.close()
        case nil: break
        }
        send()
        return !events.isEmpty
    }

    /// When `run` must be called at the latest.
    var nextDeadline: Int64? { reconnect.nextDeadline }

    private func log(_ text: String, _ level: VLog.Level = .information) { VLog.shared.log("reconnect", level, "\(method): \(text)") }

    private func connect() {
        log("connecting...")
        let mailbox = mailbox, attempt = reconnect.attempts
        thread.connect(
            method, tls: tls, sendLimit: Limits.databaseBacklog, decoder: { JSONRPCDecoder() },
            receiver: { connection, event in
                switch event {
                case .opened: _ = mailbox.put(.opened(attempt, connection))
                case .message(let message): _ = mailbox.put(.message(attempt, connection, message))
                case .read: break
                case .closed(let error): _ = mailbox.put(.closed(attempt, error.map { "\($0)" }))
                }
            },
            failed: { error in _ = mailbox.put(.failed(attempt, error.errno.map { errorText($0) } ?? "\(error)")) })
    }

    private func take(_ event: Event, now: Int64) {
        switch event {
        case .opened(reconnect.attempts, let connection):
            reconnect.connected(now: now)
            stream = connection
            log("connected")
            session.connected()
        case .message(reconnect.attempts, let connection, let message):
            connection.handled()
            guard stream != nil else { return }
            reconnect.received(now: now)
            do throws(DatabaseError) {
                try session.receive(message)
            } catch {
                log("\(error)", .warning)
                end(now: now, "\(error)")
            }
        case .closed(reconnect.attempts, let error): if stream != nil { end(now: now, error) }
        case .failed(reconnect.attempts, let error):
            log("connection attempt failed (\(error))", .warning)
            reconnect.connectFailed(now: now, error: error)
            tellWait(now: now)
        // Of a connection that was ended before.
        case .opened(_, let connection): connection.close()
        case .message(_, let connection, _): connection.handled()
        case .closed, .failed: break
        }
    }

    private func tellWait(now: Int64) {
        let wait = ((reconnect.nextDeadline ?? now) - now + 999) / 1_000
        if wait > 1 { log("waiting \(wait) seconds before reconnect") }
    }

    private func end(now: Int64, _ error: String?) {
        log(error.map { "connection dropped (\($0))" } ?? "connection closed by peer")
        stream?.close()
        stream = nil
        session.disconnected()
        reconnect.disconnected(now: now, error: error)
    }

    private func send() {
        guard let stream else { return }
        for message in session.takeMessages() where stream.send(message.bytes) == .full { stream.close() }
    }
}
