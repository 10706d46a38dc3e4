import OpenFlow
import Wire

/// All connections of one bridge.
///
/// Owner: the ofproto thread.
public final class ConnectionManager {
    unowned let bridge: Bridge
    public private(set) var connections: [OFConnection] = []
    /// The versions that connections may agree on (Bridge.protocols).
    public var allowedVersions = OFVersions.all
    /// The last generation that a controller named with a role; nil: none did.
    var generation: UInt64?
    /// Who prepares a change of the tables that takes several turns.
    weak var tableChanger: OFConnection?
    /// What the messages of all bundles take.
    var bundledBytes = 0
    /// Is told of flows that go and had asked for it, as controllers are.
    public var flowRemovedSink: ((FlowRemoved) -> Void)?
    var failOpen = FailOpen()
    /// Who begins next.
    private var turn = 0

    init(bridge: Bridge) { self.bridge = bridge }

    /// A connection that has come about: greets. What it receives is handed to `receive`.
    public func open(
        _ kind: OFConnection.Kind, name: String, transport: any ControllerTransport, limits: PacketInLimits = PacketInLimits()
    ) -> OFConnection {
        let connection = OFConnection(kind, name: name, transport: transport, manager: self, limits: limits)
        connections.append(connection)
        connection.sendHello()
        return connection
    }

    /// A whole message came.
    public func receive(_ message: ReceivedMessage, on connection: OFConnection) {
        connection.receive(message)
    }

    /// The connection is over.
    public func closed(_ connection: OFConnection) {
        connection.close()
        connections.removeAll { $0 === connection }
        connection.discardBundles()
        noteControllers()
    }

    /// Handles some of what has come. Returns true if there is more to do at once.
    func run(now: Int64) -> Bool {
        runFailOpen(now: now)
        guard !connections.isEmpty else { return false }
        var budget = ControlLimits.messagesPerTurn
        let count = connections.count
        turn = (turn + 1) % count
        for index in 0..<count where budget > 0 {
            let connection = connections[(turn + index) % count]
            let share = max(budget / (count - index), 1)
            budget -= share - connection.run(budget: share, now: now)
        }
        for connection in connections {
            connection.expireBundles(now: now)
            connection.expirePieces(now: now)
            connection.sendMonitorUpdates()
        }
        return connections.contains { $0.isReady }
    }

    /// True if the connection may change tables now: nobody else prepares a change, and the last one is over.
    func mayChangeTables(_ connection: OFConnection) -> Bool {
        (tableChanger == nil || tableChanger === connection) && !bridge.isReaping
    }

    /// Shows a message of a primary connection to those who snoop.
    func show(_ bytes: [UInt8]) {
        for connection in connections where connection.kind == .snoop && connection.version != nil { connection.send(bytes: bytes) }
    }

    /// Controllers came or went: what a packet without a flow does may be another thing now.
    func noteControllers() { bridge.controllersChanged() }

    // MARK: Telling

    /// A packet for controllers.
    func tell(_ packet: PacketIn, now: Int64) {
        for connection in connections where connection.wants(packet) { connection.tell(packet, now: now) }
    }

    func tell(_ removed: FlowRemoved) {
        flowRemovedSink?(removed)
        for connection in connections where connection.wants(.flowRemoved, reason: removed.reason.rawValue) {
            connection.tell(.flowRemoved(removed.message), form: connection.flowForm)
        }
    }

    func tell(_ status: PortStatus) {
        for connection in connections where connection.wants(.portStatus, reason: status.reason.rawValue) { connection.tell(.portStatus(status)) }
    }

    func tell(_ status: TableStatus) {
        for connection in connections where (connection.version ?? .v10) >= .v14 && connection.wants(.tableStatus, reason: status.reason.rawValue) {
            connection.tell(.tableStatus(status))
        }
    }

    /// A controller's group or meter modification, for the others.
    func forward(_ request: RequestForward, from sender: OFConnection) {
        let reason: UInt8 = if case .groupMod = request.request { 0 } else { 1 }
        for connection in connections where connection !== sender && (connection.version ?? .v10) >= .v14
            && connection.wants(.requestForward, reason: reason) {
            connection.tell(.requestForward(request))
        }
    }

    var hasMonitors: Bool { connections.contains { !$0.monitors.isEmpty } }

    func tell(_ event: FlowEvent) {
        guard hasMonitors else { return }
        let initiator = connections.first { $0.handling != nil }
        for connection in connections where !connection.monitors.isEmpty { connection.note(event, by: initiator) }
    }

    /// A packet that no flow is for goes to a controller (OpenFlow 1.0–1.2) rather than nowhere.
    var wantsMisses: Bool {
        connections.contains { $0.controllerID == 0 && $0.version.map { $0 < .v13 } ?? false && ($0.kind == .primary || $0.missSendLength > 0) }
    }
}

extension OFMessage {
    /// It may change what the tables hold, or who is told of that: what has been changed before it is to be over.
    var changesTables: Bool {
        switch self {
        case .flowMod, .groupMod, .meterMod, .tableMod, .bundleControl, .flowMonitorRequest: true
        default: false
        }
    }
}
