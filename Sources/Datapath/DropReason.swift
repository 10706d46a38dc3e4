/// Why a packet was dropped. Each reason has a counter at every port.
@frozen public enum DropReason: UInt8, CaseIterable, Hashable, Sendable {
    /// The megaflow's actions are empty, or say drop.
    case action
    /// The upcall ring was full, or the room for packets that wait behind a miss.
    case upcallRingFull
    /// The ofproto thread had no room for another megaflow, or gave the packet up.
    case upcallFailed
    /// The port's transmit queue did not take it.
    case txQueueFull
    /// The frame is longer than the port's MTU allows.
    case mtuExceeded
    /// No such port (any more).
    case noPort
    /// No mbuf for a copy.
    case noBuffer
    /// No room in front of the frame for another header.
    case noHeadroom
    /// Recirculated more often than `Limits.recirculationDepth`.
    case recirculationLimit
    /// An action does not fit the frame (a pop without a tag, a set behind a truncated header).
    case badPacket
    /// A meter's band.
    case meter
    /// The frame is shorter than its Ethernet header.
    case tooShort
    /// More came in than the port's ingress policing admits.
    case ingressPolicing
    /// More was to leave than the port's QoS admits.
    case egressQoS

    /// How it is printed and exported.
    public var name: String {
        switch self {
        case .action: "action"
        case .upcallRingFull: "upcall-ring-full"
        case .upcallFailed: "upcall-failed"
        case .txQueueFull: "tx-queue-full"
        case .mtuExceeded: "mtu-exceeded"
        case .noPort: "no-port"
        case .noBuffer: "no-buffer"
        case .noHeadroom: "no-headroom"
        case .recirculationLimit: "recirculation-limit"
        case .badPacket: "bad-packet"
        case .meter: "meter"
        case .tooShort: "too-short"
        case .ingressPolicing: "ingress-policing"
        case .egressQoS: "egress-qos"
        }
    }
}
