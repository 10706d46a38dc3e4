import OpenFlow
import Wire

/// An OpenFlow connection to a bridge: what it negotiated, what it asked to be told, and what it is in the middle of.
///
/// Messages are handled in their order, one at a time; a long one (a dump, the commit of a bundle, a barrier) is a `ControllerJob`, which is done in slices, and
/// what comes behind it waits. Replies to a peer that does not read are paced: nothing is handled while much waits to be sent. What is told
/// unasked is dropped then, and counted.
/// Owner: the ofproto thread.
public final class OFConnection {
    public enum Kind: Hashable, Sendable {
        /// A configured controller that the switch connects to.
        case primary
        /// Who connects to the switch: ovs-ofctl by the management socket, or a controller by a passive one.
        case service
        /// Is shown what goes over the primary connections.
        case snoop
    }
    public let kind: Kind
    /// The peer, as logs and status have it: "tcp:127.0.0.1:6653".
    public let name: String
    let transport: any ControllerTransport
    unowned let manager: ConnectionManager
    var bridge: Bridge { manager.bridge }

    /// nil until hellos have been exchanged.
    public internal(set) var version: OFVersion?
    public internal(set) var role = ControllerRole.equal
    public internal(set) var counters = ControllerCounters()
    var async = AsyncConfig.none
    var packetInFormat = PacketInFormat.standard
    var flowFormat = FlowFormat.openFlow10
    /// Flow modifications of OpenFlow 1.0 name a table.
    var namesTables = false
    var controllerID: UInt16 = 0
    var missSendLength: UInt16
    var packetIns: PacketInLimiter
    var bundles: [UInt32: Bundle] = [:]
    var monitors: [UInt32: FlowMonitor] = [:]
    var monitorState = FlowMonitorState()
    /// What comes in several pieces, until the last one has come, by its number.
    var pieces: [UInt32: RequestPieces] = [:]

    private(set) var isClosed = false
    /// The number of the message that is handled, for flow monitors; nil: none is.
    var handling: UInt32?
    private var inbox: [ReceivedMessage] = []
    private var next = 0
    private var job: (any ControllerJob)?

    init(_ kind: Kind, name: String, transport: any ControllerTransport, manager: ConnectionManager, limits: PacketInLimits) {
        self.kind = kind
        self.name = name
        self.transport = transport
        self.manager = manager
        missSendLength = kind == .primary ? Self.usualMissSendLength : 0
        packetIns = PacketInLimiter(limits)
    }

    // MARK: Sending

    /// Sends one message; nothing once the connection is over.
    func send(_ packet: OFPacket) { send(bytes: packet.encoded()) }

    func send(bytes: [UInt8]) {
        guard !isClosed, !bytes.isEmpty else { return }
        guard transport.send(bytes) else { return close() }
        counters.sent &+= 1
        if kind == .primary { manager.show(bytes) }
    }

    /// Answers the message with header `request`.
    func reply(_ message: OFMessage, to request: OFHeader) {
        send(OFPacket(OFHeader(request.version, xid: request.xid, form: request.form), message))
    }

    /// Tells something that was not asked for.
    func tell(_ message: OFMessage, form: MessageForm = .standard) {
        guard let version else { return }
        send(OFPacket(OFHeader(version, xid: 0, form: form), message))
    }

    /// Refuses the message that is handled.
    func refuse(_ error: OFError, _ header: OFHeader, _ bytes: [UInt8]) {
        counters.errors &+= 1
        send(OFPacket(OFHeader(header.version, xid: header.xid), .error(ErrorMessage(error, data: bytes))))
    }

    /// Ends the connection. The transport tells the manager, which forgets it.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        job?.cancel()
        job = nil
        inbox = []
        pieces = [:]
        transport.close()
    }

    /// Asks for a sign of life.
    public func probe() { tell(.echoRequest([])) }

    // MARK: Receiving

    func receive(_ message: ReceivedMessage) {
        guard !isClosed else { return transport.handled() }
        inbox.append(message)
    }

    /// Messages that are to be handled, and those that were and are still there.
    var keptMessages: Int { inbox.count }
    /// True if something is to be done, and can be at once.
    var isReady: Bool { !isClosed && !isStopped && (job != nil || next < inbox.count) && !(job?.isWaiting ?? false) }
    /// The peer does not read its replies. What others wait for goes on all the same.
    private var isStopped: Bool { transport.backlog > ControlLimits.replyBacklog && manager.tableChanger !== self }

    /// Does some of what is to be done, at most `budget` messages or parts of one. Returns what is left of the budget.
    func run(budget: Int, now: Int64) -> Int {
        var left = budget
        while left > 0, !isClosed, !isStopped {
            if let job {
                let before = left
                if job.run(self, budget: &left, now: now) {
                    self.job = nil
                    done()
                } else if left == before {
                    return left
                }
                continue
            }
            guard next < inbox.count else { break }
            let received = inbox[next]
            // What changes tables waits for the one who is at it.
            if case .success(let packet) = received.result, packet.message.changesTables, !manager.mayChangeTables(self) { return left }
            next += 1
            if next == inbox.count {
                inbox.removeAll(keepingCapacity: inbox.capacity <= 1024)
                next = 0
            } else if next == ControlLimits.doneMessages {
                inbox.removeFirst(next)
                next = 0
            }
            left -= 1
            counters.received &+= 1
            if kind == .primary { manager.show(received.bytes) }
            handle(received, now: now)
            if job == nil { done() }
        }
        return left
    }

    private func done() {
        handling = nil
        transport.handled()
        sendMonitorUpdates()
    }

    /// Begins what takes longer than one turn.
    func begin(_ job: any ControllerJob) { self.job = job }

    private func handle(_ piece: ReceivedMessage, now: Int64) {
        let received: ReceivedMessage
        do throws(OFError) {
            guard let whole = try whole(piece, now: now) else { return }
            received = whole
        } catch {
            return refuse(error, OFHeader(version ?? .v10, xid: OFHeader.xid(of: piece.bytes)), piece.bytes)
        }
        switch received.result {
        case .failure(let failure):
            guard let version else { return close() }
            let isForbidden = role == .secondary && received.bytes[0] == version.rawValue && OFPacket.kind(of: received.bytes)?.isForbiddenToSecondaries == true
            refuse(isForbidden ? .brcIsSecondary : failure.error, OFHeader(version, xid: failure.xid), received.bytes)
        case .success(let packet):
            guard let version else { return greet(packet) }
            guard packet.header.version == version else {
                if packet.message.isOfEveryVersion { return carryOut(packet, received.bytes, now: now) }
                return refuse(.brcBadVersion, packet.header, received.bytes)
            }
            handling = packet.header.xid
            carryOut(packet, received.bytes, now: now)
        }
    }

    private func carryOut(_ packet: OFPacket, _ bytes: [UInt8], now: Int64) {
        do throws(OFError) {
            try manager.handle(packet, bytes: bytes, from: self, now: now)
        } catch {
            refuse(error, packet.header, bytes)
        }
    }
}

extension OFMessage {
    /// It is answered whatever version was agreed on.
    fileprivate var isOfEveryVersion: Bool {
        switch self {
        case .hello, .error, .echoRequest, .echoReply: true
        default: false
        }
    }
}

/// A message as it came, and what it says. It passes through several hands, and is copied by none.
public final class ReceivedMessage: Sendable {
    let bytes: [UInt8]
    let result: Result<OFPacket, OFDecodeError>
    public init(_ bytes: [UInt8], _ result: Result<OFPacket, OFDecodeError>) { (self.bytes, self.result) = (bytes, result) }
}

/// What a connection has done since it was made.
public struct ControllerCounters: Hashable, Sendable {
    public var received: UInt64 = 0
    public var sent: UInt64 = 0
    public var errors: UInt64 = 0
    public var packetIns: UInt64 = 0
    /// Packet-ins that were not sent: the peer did not read, or its rate limit was reached.
    public var packetInsDropped: UInt64 = 0
    public init() {}
}

/// Something that a message began and that is done a part a turn.
protocol ControllerJob: AnyObject {
    /// Does a part, and takes what it cost off the budget. Returns true once all is done; leaves the budget as it is while it waits for something.
    func run(_ connection: OFConnection, budget: inout Int, now: Int64) -> Bool
    /// It waits for something else to happen.
    var isWaiting: Bool { get }
    /// The connection is over before the job is: what the job has begun is taken back.
    func cancel()
}

extension ControllerJob {
    func cancel() {}
}
