import Flow
import Wire

/// OFPT_PACKET_IN, NXT_PACKET_IN, NXT_PACKET_IN2, and NXT_RESUME, which gives the last one back.
public struct PacketInMessage: Hashable, Sendable {
    /// OFPR_: OpenFlow 1.5's numbers; older versions say `action` instead of those that they do not have.
    public enum Reason: UInt8, CaseIterable, Hashable, Sendable {
        case noMatch = 0, action = 1, invalidTTL = 2, actionSet = 3, group = 4, packetOut = 5
        /// Inside the switch only: an explicit output to the controller by a flow that matches everything with the lowest priority.
        case explicitMiss = 6
        case implicitMiss = 7
    }
    /// The frame, or its first part.
    public var frame: [UInt8]
    /// The frame's whole length.
    public var totalLength: Int
    /// nil: the switch keeps no copy.
    public var bufferID: UInt32?
    public var reason: Reason
    public var table: UInt8
    /// All ones: none.
    public var cookie: UInt64
    /// in_port, metadata, registers, tunnel and connection tracking fields that are not zero, each exact.
    public var metadata: Match
    /// NXT_PACKET_IN2: the controller action's userdata.
    public var userdata: [UInt8]
    /// NXT_PACKET_IN2: what NXT_RESUME gives back, opaque to the controller; empty: the packet is not paused.
    public var continuation: [UInt8]
    public init(frame: [UInt8], totalLength: Int, bufferID: UInt32? = nil, reason: Reason, table: UInt8, cookie: UInt64, metadata: Match,
                userdata: [UInt8] = [], continuation: [UInt8] = []) {
        (self.frame, self.totalLength, self.bufferID, self.reason, self.table) = (frame, totalLength, bufferID, reason, table)
        (self.cookie, self.metadata, self.userdata, self.continuation) = (cookie, metadata, userdata, continuation)
    }
}

/// OFPT_PACKET_OUT.
public struct PacketOut: Hashable, Sendable {
    /// nil: the frame is in `frame`.
    public var bufferID: UInt32?
    /// in_port, and from OpenFlow 1.5 on any pipeline field.
    public var metadata: Match
    public var frame: [UInt8]
    public var actions: [OFAction]
    public init(bufferID: UInt32?, metadata: Match, frame: [UInt8], actions: [OFAction]) {
        (self.bufferID, self.metadata, self.frame, self.actions) = (bufferID, metadata, frame, actions)
    }
}

/// OFPT_FLOW_REMOVED, NXT_FLOW_REMOVED.
public struct FlowRemovedMessage: Hashable, Sendable {
    /// OFPRR_.
    public enum Reason: UInt8, Hashable, Sendable { case idleTimeout = 0, hardTimeout = 1, delete = 2, groupDelete = 3, meterDelete = 4, eviction = 5 }
    public var match: Match
    public var cookie: UInt64
    public var priority: UInt16
    public var reason: Reason
    /// 255: not said (OpenFlow 1.0's own form).
    public var table: UInt8
    /// Nanoseconds.
    public var duration: UInt64
    /// Seconds.
    public var idleTimeout: UInt16
    public var hardTimeout: UInt16
    /// All ones: not known.
    public var packets: UInt64
    public var bytes: UInt64
    public init(match: Match, cookie: UInt64, priority: UInt16, reason: Reason, table: UInt8, duration: UInt64,
                idleTimeout: UInt16, hardTimeout: UInt16, packets: UInt64, bytes: UInt64) {
        (self.match, self.cookie, self.priority, self.reason, self.table) = (match, cookie, priority, reason, table)
        (self.duration, self.idleTimeout, self.hardTimeout, self.packets, self.bytes) = (duration, idleTimeout, hardTimeout, packets, bytes)
    }
}

/// OFPT_REQUESTFORWARD: what another controller asked for.
public struct RequestForward: Hashable, Sendable {
    public indirect enum Request: Hashable, Sendable {
        case groupMod(GroupMod)
        case meterMod(MeterMod)
    }
    public var request: Request
    /// The request's own transaction; the message around it has 0.
    public var xid: UInt32
    public init(_ request: Request, xid: UInt32) { (self.request, self.xid) = (request, xid) }
}
