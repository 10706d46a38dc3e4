import Flow
import OpenFlow
import Testing
@testable import OFProto

/// A connection whose peer is the test.
final class MemoryTransport: ControllerTransport {
    private(set) var sent: [[UInt8]] = []
    private(set) var handledCount = 0
    private(set) var isClosed = false
    /// Bytes that the peer leaves unread; nil: it reads everything at once.
    var unread: Int?
    /// Beyond so many the connection cannot take more.
    var limit = Int.max

    func send(_ bytes: [UInt8]) -> Bool {
        guard !isClosed, backlog + bytes.count <= limit else { return false }
        if let unread { self.unread = unread + bytes.count }
        sent.append(bytes)
        return true
    }
    var backlog: Int { unread ?? 0 }
    func handled() { handledCount += 1 }
    func close() { isClosed = true }

    /// What has been sent since the last look.
    func take() -> [OFPacket] {
        defer { sent = [] }
        var packets: [OFPacket] = []
        for bytes in sent {
            var framer = OFMessageFramer()
            try? framer.decode(bytes) { if case .success(let packet) = OFPacket.decode($0) { packets.append(packet) } }
        }
        return packets
    }
}

/// A controller in the test's own hands.
final class TestController {
    let transport = MemoryTransport()
    let connection: OFConnection
    let net: TestSwitch
    let version: OFVersion
    private var lastXID: UInt32 = 100

    /// Connects and exchanges hellos.
    init(_ net: TestSwitch, _ version: OFVersion = .v14, kind: OFConnection.Kind = .primary, limits: PacketInLimits = PacketInLimits()) {
        self.net = net
        self.version = version
        connection = net.bridge.connections.open(kind, name: "test", transport: transport, limits: limits)
        send(.hello(Hello(versions: OFVersions(version))))
        net.settle()
        _ = transport.take()
    }

    /// Sends a message without waiting for anything. Returns its transaction.
    @discardableResult func send(_ message: OFMessage, form: MessageForm = .standard, more: Bool = false, xid: UInt32? = nil) -> UInt32 {
        lastXID += 1
        let number = xid ?? lastXID
        let bytes = OFPacket(OFHeader(version, xid: number, form: form, more: more), message).encoded()
        net.bridge.connections.receive(ReceivedMessage(bytes, OFPacket.decode(bytes)), on: connection)
        return number
    }

    /// Sends a message, and returns what has come once nothing more is to be done.
    @discardableResult func ask(_ message: OFMessage, form: MessageForm = .standard) -> [OFMessage] {
        send(message, form: form)
        return told()
    }

    /// What the switch has told.
    func told() -> [OFMessage] {
        // What messages bring about is done in the turn after theirs.
        net.settle()
        net.settle()
        return transport.take().map(\.message)
    }

    func close() { net.bridge.connections.closed(connection) }

    /// Handles what was sent a step at a time until a bundle is being prepared, and one step of that. True if it comes to that.
    func takesTables() -> Bool {
        for _ in 0..<10_000 where net.bridge.connections.tableChanger == nil { _ = connection.run(budget: 1, now: net.now) }
        return net.bridge.connections.tableChanger === connection
    }

    /// A flow modification of a flow that differs from others by its priority.
    static func flow(_ command: FlowMod.Command, priority: UInt16, _ actions: [OFAction] = [], table: UInt8 = 0, fill: (inout FlowMod) -> Void = { _ in }) -> OFMessage {
        var request = FlowRequest()
        request.command = command
        request.mod.priority = priority
        request.mod.table = table
        request.mod.actions = actions
        fill(&request.mod)
        return .flowMod(request)
    }
}

extension OFMessage {
    /// The error that the message tells; nil: it is another message.
    var toldError: OFError? { if case .error(let error) = self { error.error } else { nil } }
}
