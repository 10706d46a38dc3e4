import OFProto
import OpenFlow
import Stream

/// A controller of a bridge (table Controller of ovs-vswitchd.conf.db(5)).
public struct ControllerConfig: Hashable, Sendable {
    /// Where to connect to, or where to wait for it.
    public var target: ConnectionMethod
    /// It is not told by itself of packets and ports, as those that connect to the switch; nil: if it is one of these.
    public var isService: Bool?
    /// Milliseconds that the wait between two attempts grows to.
    public var maxBackoff: Int64 = 8_000
    /// Milliseconds of silence until the controller is asked for a sign of life; 0: never.
    public var inactivityProbe: Int64 = 5_000
    /// How fast packets are sent to it.
    public var packetIns = PacketInLimits()

    public init(target: ConnectionMethod) { self.target = target }

    /// True if the controller connects to the switch.
    var isPassive: Bool {
        switch target {
        case .ptcp, .pssl, .punix: true
        case .tcp, .ssl, .unix: false
        }
    }

    /// The port that IANA gives OpenFlow.
    static let defaultPort: UInt16 = 6653
}
