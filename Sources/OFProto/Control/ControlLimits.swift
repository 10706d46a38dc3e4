/// The bounds of connections to controllers, and what happens when one is reached.
public enum ControlLimits {
    /// Bytes that wait for a peer to read them: beyond it nothing more of it is handled until it has read.
    static let replyBacklog = 128 << 10
    /// Beyond it packet-ins for it are dropped and counted.
    static let packetInBacklog = 512 << 10
    /// Beyond it flow monitors are paused.
    static let monitorBacklog = 512 << 10
    /// Messages, or parts of a long one, that are handled in one turn, over all connections of a bridge.
    static let messagesPerTurn = 64
    /// Milliseconds without a connected controller until a standalone bridge forwards by itself: three times the usual inactivity probe.
    static let failOpen: Int64 = 15_000
    /// Elements of a dump that are encoded for one of them, and messages that a bundle's commit prepares.
    static let elementsPerPart = 32
    /// Messages in a bundle; beyond it a further one is refused with OFPBFC_MSG_FAILED.
    static let bundleMessages = 1_000_000
    /// Bundles of one connection; a further one is refused with OFPBFC_OUT_OF_BUNDLES.
    static let bundles = 64
    /// Milliseconds until an unused bundle is discarded (other_config:bundle-idle-timeout's default).
    static let bundleIdle: Int64 = 10_000
    /// Flow monitors of one connection; a further one is refused with OFPMOFC_UNKNOWN.
    static let monitors = 1_024
    /// Table features of one request in pieces.
    static let tableFeatures = 1_024
}
