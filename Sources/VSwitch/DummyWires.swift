import Datapath
import LockFree
import NetDev
import Stream

/// Frames in a stream, as OVS's dummy ports speak to each other: two bytes of length in network order, then the frame.
struct DummyFrameDecoder: MessageDecoder {
    private var waiting: [UInt8] = []

    /// What is incomplete is at most a frame of 65,535 bytes.
    mutating func decode(_ bytes: [UInt8], _ message: ([UInt8]) -> Void) {
        waiting += bytes
        var begin = 0
        while waiting.count - begin >= 2 {
            let end = begin + 2 + Int(waiting[begin]) << 8 + Int(waiting[begin + 1])
            guard end <= waiting.count else { break }
            message(Array(waiting[(begin + 2)..<end]))
            begin = end
        }
        waiting.removeFirst(begin)
    }

    static func encode(_ frame: [UInt8]) -> [UInt8] {
        let frame = frame.prefix(Int(UInt16.max))
        return [UInt8(frame.count >> 8), UInt8(truncatingIfNeeded: frame.count)] + frame
    }
}

/// The connections of dummy ports with the option "stream", which connect, again and again, or "pstream", which are connected to, by as many as like.
///
/// The I/O thread reads and finds the frames; `run` lets them come in by their port. Owner: who has the turn. Frees: `close`.
final class DummyWires {
    /// Begins with the first port that has a wire.
    private lazy var thread: IOThread = {
        hasThread = true
        return IOThread()
    }()
    private var hasThread = false
    private let mailbox: Mailbox<Event>
    private var wires: [String: Wire] = [:]
    private var serial = 0

    private struct Wire {
        let id: Int
        let device: DummyNetdev
        let method: ConnectionMethod
        var listener: StreamListener?
        /// Of a wire that connects.
        var reconnect: Reconnect?
        var streams: [StreamConnection] = []
    }

    /// What the I/O thread tells, with the number of the wire.
    private enum Event: Sendable {
        case opened(Int, StreamConnection)
        case frame(Int, StreamConnection, [UInt8])
        case closed(Int, StreamConnection)
        case failed(Int, String)
    }

    init(waker: Waker) {
        // What waits is bounded by what connections may have unhandled; what they tell of themselves must not be lost.
        mailbox = Mailbox(capacity: .max, wake: { waker.wake() })
    }

    /// Closes all connections. Waits for the I/O thread.
    func close() {
        for wire in wires.values { wire.listener?.close() }
        wires = [:]
        if hasThread { thread.end() }
    }

    /// Gives a port its wire, if it is to have one. Throws if its method is none, or cannot be listened by.
    func attach(_ device: DummyNetdev) throws(DPIFError) {
        guard let (option, text) = device.connection else { return }
        serial += 1
        do {
            var wire = Wire(id: serial, device: device, method: try ConnectionMethod(text, defaultPort: 0))
            if option == "pstream" {
                let (opened, failed) = handlers(serial)
                wire.listener = try StreamListener(
                    wire.method, on: thread, sendLimit: Limits.wireBacklog, decoder: { DummyFrameDecoder() }, receiver: opened, failed: failed)
            } else {
                // Nobody answers a probe.
                wire.reconnect = Reconnect(probeInterval: 0)
                wire.reconnect?.enable(now: 0)
            }
            let name = device.name
            wires[name] = wire
            device.wire = { [weak self] frame in self?.send(frame, by: name) }
        } catch {
            throw DPIFError(.device, "\(device.name): \(option): \(error)")
        }
    }

    func detach(_ name: String) {
        guard let wire = wires.removeValue(forKey: name) else { return }
        wire.device.wire = nil
        wire.listener?.close()
        for stream in wire.streams { stream.close() }
    }

    /// Of a wire that connects: whether it has; nil: it does not.
    func isConnected(_ name: String) -> Bool? {
        wires[name].flatMap { wire in wire.reconnect.map { _ in !wire.streams.isEmpty } }
    }

    /// Lets frames that came go in, and connects what is to be connected. Returns whether there were any.
    func run(now: Int64) -> Bool {
        guard !wires.isEmpty else { return false }
        let events = mailbox.take()
        for event in events { take(event, now: now) }
        for (name, wire) in wires where wire.reconnect != nil {
            guard case .connect = wires[name]?.reconnect?.run(now: now) else { continue }
            let (opened, failed) = handlers(wire.id)
            thread.connect(wire.method, sendLimit: Limits.wireBacklog, decoder: { DummyFrameDecoder() }, receiver: opened, failed: failed)
        }
        return !events.isEmpty
    }

    private func handlers(_ id: Int) -> (StreamReceiver<[UInt8]>, @Sendable (StreamError) -> Void) {
        let mailbox = mailbox
        return ({ connection, event in
            switch event {
            case .opened: _ = mailbox.put(.opened(id, connection))
            case .message(let frame): _ = mailbox.put(.frame(id, connection, frame))
            case .read: break
            case .closed: _ = mailbox.put(.closed(id, connection))
            }
        }, { error in _ = mailbox.put(.failed(id, "\(error)")) })
    }

    private func take(_ event: Event, now: Int64) {
        switch event {
        case .opened(let id, let connection):
            guard let name = name(of: id) else { return connection.close() }
            wires[name]?.reconnect?.connected(now: now)
            wires[name]?.streams.append(connection)
        case .frame(let id, let connection, let frame):
            connection.handled()
            if let name = name(of: id) { wires[name]?.device.receive(frame) }
        case .closed(let id, let connection):
            guard let name = name(of: id) else { return }
            wires[name]?.streams.removeAll { $0 === connection }
            wires[name]?.reconnect?.disconnected(now: now, error: nil)
        case .failed(let id, let error):
            if let name = name(of: id) { wires[name]?.reconnect?.connectFailed(now: now, error: error) }
        }
    }

    private func name(of id: Int) -> String? { wires.first { $0.value.id == id }?.key }

    private func send(_ frame: [UInt8], by name: String) {
        let bytes = DummyFrameDecoder.encode(frame)
        for stream in wires[name]?.streams ?? [] { _ = stream.send(bytes) }
    }
}
