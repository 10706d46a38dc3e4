/// The bounds of connections to controllers, and what happens when one is reached.
public enum ControlLimits {
    /// Bytes that wait for a peer to read them: beyond it nothing more of it is handled until it has read. (More than a transport's mark, below which it tells.)
    static let replyBacklog = 128 << 10
    /// Beyond it packet-ins for it are dropped and counted.
    static let packetInBacklog = 512 << 10
    /// Beyond it flow monitors are paused.
    static let monitorBacklog = 512 << 10
    /// Messages, or parts of a long one, that are handled in one turn, over all connections of a bridge.
    static let messagesPerTurn = 64
    /// Milliseconds without a connected controller until a standalone bridge forwards by itself, if none is probed: three times the usual inactivity probe.
    static let failOpen: Int64 = 15_000
    /// Elements of a dump that are encoded for one of them, and messages that a bundle's commit prepares.
    static let elementsPerPart = 32
    /// Flows that are summed up, or passed over, for one of them.
    static let summedPerPart = 256
    /// Bytes that the messages in the bundles of all connections of a bridge take: about a million flow modifications. Beyond it a further message is
    /// refused with OFPBFC_MSG_TOO_MANY.
    static let bundleBytes = 1 << 30
    /// What keeping a message takes beside what is in it.
    static let bundleMessageRoom = 64
    /// Bundles of one connection; a further one is refused with OFPBFC_OUT_OF_BUNDLES.
    static let bundles = 64
    /// Flow monitors of one connection; a further one is refused with OFPMOFC_UNKNOWN.
    static let monitors = 1_024
    /// Updates of flow monitors that are sent together at most.
    static let updatesAtOnce = 256
    /// Elements of a connection's requests in pieces; beyond it, or beyond as many bytes or requests, a piece's request is refused with OFPBRC_MULTIPART_BUFFER_OVERFLOW.
    static let pieces = 1_024
    static let pieceBytes = 8 << 20
    static let requestsInPieces = 128
    /// Milliseconds that the next piece of a request may take; then it is refused with OFPBRC_MULTIPART_REQUEST_TIMEOUT. OVS waits for a second, which
    /// passes when a machine is busy.
    static let pieceTime: Int64 = 5_000
    /// Messages that were handled and are kept until they are thrown away together.
    static let doneMessages = 256
}
