import LockFree
import OFProto
import OpenFlow
import Stream

/// The OpenFlow connections of all bridges: the management and snooping sockets where ovs-ofctl(8) looks for them, controllers that the switch
/// connects to, and those that connect to it.
///
/// The I/O thread reads, finds the messages, decodes them and puts them into the mailbox; whoever has the next turn hands them to the bridge's `ConnectionManager`.
/// Owner: who has the turn. Frees: `close`, before the datapath is closed.
final class ControllerServer {
    private let thread = IOThread()
    /// What is sent by UDP, as far as the kernel takes it.
    let datagrams: DatagramSender
    private let mailbox: Mailbox<Event>
    private let turn: @Sendable () -> Void
    /// The folder of `<bridge>.mgmt` and `<bridge>.snoop`; nil: there are none.
    private let folder: String?
    private var endpoints: [Int: Endpoint] = [:]
    private var lastEndpoint = 0
    private var sessions: [ObjectIdentifier: ControllerSession] = [:]
    private var bridges: [String: BridgeConfig] = [:]
    private var tls: TLSContext?
    private var tlsFiles: TLSFiles?

    /// What the I/O thread tells.
    private enum Event: Sendable {
        case opened(endpoint: Int, StreamConnection)
        case message(StreamConnection, ReceivedMessage)
        case closed(StreamConnection, String?)
        case failed(endpoint: Int, String)
    }

    /// A listener, or a controller that is connected to.
    private struct Endpoint {
        let bridge: String
        let kind: OFConnection.Kind
        let config: ControllerConfig
        var listener: StreamListener?
        var reconnect: Reconnect?
        var stream: StreamConnection?
    }

    /// - Parameters:
    ///   - folder: where the sockets of bridges are made.
    ///   - turn: called on the I/O thread when there is something to take: `run` is to be called, there or on another thread.
    init(folder: String?, turn: @escaping @Sendable () -> Void) {
        self.folder = folder
        datagrams = DatagramSender(on: thread)
        // What waits is bounded by what connections may have unhandled; what they tell of themselves must not be lost.
        mailbox = Mailbox(capacity: .max, wake: {})
        self.turn = turn
    }

    /// Closes everything. Waits for the I/O thread.
    func close() {
        for endpoint in endpoints.values { endpoint.listener?.close() }
        thread.end()
    }

    // MARK: Configuration

    /// Makes the endpoints those of the configuration. Returns one line for each that cannot be made; they are tried again by the next call.
    func apply(_ config: SwitchConfig, _ ofproto: OFProto) -> [String] {
        var problems: [String] = []
        if config.tls != tlsFiles {
            tlsFiles = nil
            tls = nil
            do {
                tls = try config.tls.map { files throws(StreamError) in try TLSContext(files) }
                tlsFiles = config.tls
            } catch {
                problems.append("ssl: \(error)")
            }
        }
        var wanted: [(String, OFConnection.Kind, ControllerConfig)] = []
        for bridge in config.bridges {
            guard let running = ofproto.bridge(named: bridge.name) else { continue }
            running.connections.configure(
                versions: bridge.protocols, hasControllers: !bridge.controllers.isEmpty, failsOpen: bridge.failMode == .standalone,
                probe: bridge.controllers.map(\.inactivityProbe).max() ?? 0)
            if let folder {
                wanted.append((bridge.name, .service, ControllerConfig(target: .punix("\(folder)/\(bridge.name).mgmt"))))
                wanted.append((bridge.name, .snoop, ControllerConfig(target: .punix("\(folder)/\(bridge.name).snoop"))))
            }
            for controller in bridge.controllers { wanted.append((bridge.name, controller.isService ?? controller.isPassive ? .service : .primary, controller)) }
        }
        for (number, endpoint) in endpoints where !wanted.contains(where: { $0.0 == endpoint.bridge && $0.2 == endpoint.config }) {
            remove(number, ofproto)
        }
        for (bridge, kind, controller) in wanted where !endpoints.values.contains(where: { $0.bridge == bridge && $0.config == controller }) {
            if let problem = add(bridge, kind, controller, now: 0) { problems.append("bridge \(bridge): controller \(problem)") }
        }
        return problems
    }

    private func add(_ bridge: String, _ kind: OFConnection.Kind, _ config: ControllerConfig, now: Int64) -> String? {
        lastEndpoint += 1
        var endpoint = Endpoint(bridge: bridge, kind: kind, config: config)
        if config.isPassive {
            do throws(StreamError) {
                endpoint.listener = try StreamListener(
                    config.target, tls: tls, on: thread, sendLimit: Limits.controllerBacklog, decoder: { ControllerDecoder() },
                    receiver: receiver(lastEndpoint))
            } catch {
                return "\(error)"
            }
        } else {
            var reconnect = Reconnect(maxBackoff: config.maxBackoff, probeInterval: config.inactivityProbe)
            reconnect.enable(now: now)
            endpoint.reconnect = reconnect
        }
        endpoints[lastEndpoint] = endpoint
        Self.log("added", endpoint)
        return nil
    }

    private static func log(_ event: String, _ endpoint: Endpoint) {
        guard endpoint.kind != .snoop else { return }
        let kind = endpoint.kind == .service ? "service" : "primary"
        VLog.shared.log("connmgr", .information, "\(endpoint.bridge): \(event) \(kind) controller \"\(endpoint.config.target)\"")
    }

    private func remove(_ number: Int, _ ofproto: OFProto) {
        guard let endpoint = endpoints.removeValue(forKey: number) else { return }
        Self.log("removed", endpoint)
        endpoint.listener?.close()
        for session in sessions.values where session.endpoint == number { end(session, ofproto) }
    }

    /// Ends the connections to a bridge's controllers, or nil: to all bridges', and makes them anew without delay.
    func reconnect(_ bridge: String?, _ ofproto: OFProto, now: Int64) {
        for (number, endpoint) in endpoints where endpoint.reconnect != nil && (bridge == nil || endpoint.bridge == bridge) {
            remove(number, ofproto)
            // An endpoint that connects has nothing that could fail here.
            _ = add(endpoint.bridge, endpoint.kind, endpoint.config, now: now)
        }
    }

    private func receiver(_ endpoint: Int) -> StreamReceiver<ReceivedMessage> {
        let mailbox = mailbox, turn = turn
        return { connection, event in
            switch event {
            case .opened:
                connection.whenDrained(turn)
                _ = mailbox.put(.opened(endpoint: endpoint, connection))
                turn()
            // A read brings many.
            case .message(let message): _ = mailbox.put(.message(connection, message))
            case .read: turn()
            case .closed(let error):
                _ = mailbox.put(.closed(connection, error.map { "\($0)" }))
                turn()
            }
        }
    }

    // MARK: State

    /// What a database is told of a controller (ovs-vswitchd.conf.db(5), Controller).
    struct ControllerState {
        let bridge: String
        /// As `ConnectionMethod` prints it.
        let target: String
        let isConnected: Bool
        /// Nil: it is not connected, or there may be several behind one target.
        let role: ControllerRole?
        /// The connection that the switch makes; nil: it waits for others'.
        let reconnect: Reconnect?
    }

    /// All controllers of all bridges.
    var states: [ControllerState] {
        endpoints.compactMap { number, endpoint in
            guard endpoint.kind != .snoop else { return nil }
            let sessions = sessions.values.filter { $0.endpoint == number }
            return ControllerState(
                bridge: endpoint.bridge, target: "\(endpoint.config.target)", isConnected: endpoint.reconnect?.isConnected ?? !sessions.isEmpty,
                role: endpoint.reconnect == nil ? nil : sessions.first?.connection.role, reconnect: endpoint.reconnect)
        }
    }

    // MARK: Turns

    /// Takes what the I/O thread has told, and does what is due: attempts to connect, probes. True if bridges have something to do by that.
    func run(_ ofproto: OFProto, now: Int64) -> Bool {
        let events = mailbox.take()
        for event in events { take(event, ofproto, now: now) }
        for number in Array(endpoints.keys) where endpoints[number]?.reconnect != nil { drive(number, now: now) }
        for session in sessions.values where session.reconnect != nil { session.probe(now: now) }
        return !events.isEmpty
    }

    /// When `run` must be called at the latest.
    var nextDeadline: Int64? {
        let ends = endpoints.values.compactMap { $0.reconnect?.nextDeadline } + sessions.values.compactMap { $0.reconnect?.nextDeadline }
        return ends.min()
    }

    private func take(_ event: Event, _ ofproto: OFProto, now: Int64) {
        switch event {
        case .opened(let number, let stream): opened(number, stream, ofproto, now: now)
        case .message(let stream, let message):
            guard let session = sessions[ObjectIdentifier(stream)] else { return stream.handled() }
            if session.connection.kind == .primary { endpoints[session.endpoint]?.reconnect?.received(now: now) }
            session.reconnect?.received(now: now)
            session.manager.receive(message, on: session.connection)
        case .closed(let stream, let error):
            guard let session = sessions.removeValue(forKey: ObjectIdentifier(stream)) else { return }
            endpoints[session.endpoint]?.reconnect?.disconnected(now: now, error: error)
            endpoints[session.endpoint]?.stream = nil
            session.manager.closed(session.connection)
        case .failed(let number, let error): endpoints[number]?.reconnect?.connectFailed(now: now, error: error)
        }
    }

    private func opened(_ number: Int, _ stream: StreamConnection, _ ofproto: OFProto, now: Int64) {
        guard let endpoint = endpoints[number], let bridge = ofproto.bridge(named: endpoint.bridge) else { return stream.close() }
        endpoints[number]?.reconnect?.connected(now: now)
        if endpoint.reconnect != nil { endpoints[number]?.stream = stream }
        let connection = bridge.connections.open(endpoint.kind, name: stream.name, transport: StreamTransport(stream), limits: endpoint.config.packetIns)
        let session = ControllerSession(stream, connection, bridge.connections, endpoint: number)
        // ovs-ofctl may wait for long; a controller that connects is asked now and then whether it is there.
        if endpoint.reconnect == nil, case .punix = endpoint.config.target {} else if endpoint.reconnect == nil {
            session.reconnect = .accepted(now: now, probeInterval: endpoint.config.inactivityProbe)
        }
        sessions[ObjectIdentifier(stream)] = session
    }

    private func end(_ session: ControllerSession, _ ofproto: OFProto) {
        sessions[ObjectIdentifier(session.stream)] = nil
        session.manager.closed(session.connection)
    }

    /// Connects, probes or gives up.
    private func drive(_ number: Int, now: Int64) {
        guard let action = endpoints[number]?.reconnect?.run(now: now), let endpoint = endpoints[number] else { return }
        switch action {
        case .connect:
            let mailbox = mailbox, turn = turn
            thread.connect(
                endpoint.config.target, tls: tls, sendLimit: Limits.controllerBacklog, decoder: { ControllerDecoder() },
                receiver: receiver(number), failed: { error in
                    _ = mailbox.put(.failed(endpoint: number, "\(error)"))
                    turn()
                })
        case .probe: endpoint.stream.flatMap { sessions[ObjectIdentifier($0)] }?.connection.probe()
        case .disconnect: endpoint.stream?.close()
        }
    }
}

/// A connection that has come about.
private final class ControllerSession {
    let stream: StreamConnection
    let connection: OFConnection
    let manager: ConnectionManager
    let endpoint: Int
    /// For one that was accepted.
    var reconnect: Reconnect?

    init(_ stream: StreamConnection, _ connection: OFConnection, _ manager: ConnectionManager, endpoint: Int) {
        self.stream = stream
        self.connection = connection
        self.manager = manager
        self.endpoint = endpoint
    }

    /// Asks for a sign of life, or gives the connection up.
    func probe(now: Int64) {
        switch reconnect?.run(now: now) {
        case .probe: connection.probe()
        case .disconnect: stream.close()
        case .connect, nil: break
        }
    }
}
