import Wire

/// An OpenFlow message, in no version's form. What a version cannot say is left out when it is encoded, or is an error
/// where that would mislead. A request and its reply, the forms of all versions and the extension's form of the same thing are one case.
public enum OFMessage: Hashable, Sendable {
    // Symmetric
    case hello(Hello)
    case error(ErrorMessage)
    case echoRequest([UInt8])
    case echoReply([UInt8])
    // Handshake
    case featuresRequest
    case featuresReply(SwitchFeatures)
    case getConfigRequest
    case getConfigReply(SwitchSettings)
    case setConfig(SwitchSettings)
    // Told by the switch
    case packetIn(PacketInMessage)
    case flowRemoved(FlowRemovedMessage)
    case portStatus(PortStatus)
    case roleStatus(RoleStatus)
    case tableStatus(TableStatus)
    case requestForward(RequestForward)
    case flowMonitorPaused
    case flowMonitorResumed
    // Told by the controller
    case packetOut(PacketOut)
    case flowMod(FlowRequest)
    case groupMod(GroupMod)
    case portMod(PortMod)
    case tableMod(TableMod)
    case meterMod(MeterMod)
    case setAsync(AsyncConfig)
    case bundleAdd(BundleAdd)
    case flowMonitorCancel(UInt32)
    case setFlowFormat(FlowFormat)
    /// NXT_FLOW_MOD_TABLE_ID: flow mods of OpenFlow 1.0 name a table in the upper half of their command.
    case flowModTableID(Bool)
    case setPacketInFormat(PacketInFormat)
    case setControllerID(UInt16)
    /// Goes on with a packet that a controller(pause) action stopped.
    case resume(PacketInMessage)
    case tlvTableMod(TLVTableMod)
    case ctFlushZone(UInt16)
    case ctFlush(CTFlush)
    /// NXT_FLOW_AGE: flow stats are to say idle and hard ages, which they always do.
    case flowAge
    // Asked and answered
    case barrierRequest
    case barrierReply
    case roleRequest(Role)
    case roleReply(Role)
    case getAsyncRequest
    case getAsyncReply(AsyncConfig)
    /// Both directions: a request's type is even, a reply's odd.
    case bundleControl(BundleControl)
    case queueGetConfigRequest(port: OFPort, queue: UInt32?)
    case queueGetConfigReply(port: OFPort, [QueueDescription])
    case tlvTableRequest
    case tlvTableReply(TLVTable)
    // Multipart
    case descRequest
    case descReply(SwitchDescription)
    case flowStatsRequest(FlowStatsRequest)
    case flowStatsReply([FlowStats])
    case aggregateStatsRequest(FlowStatsRequest)
    case aggregateStatsReply(AggregateStats)
    case tableStatsRequest
    case tableStatsReply([TableStatistics])
    /// `OFPort.none`: all ports.
    case portStatsRequest(OFPort)
    case portStatsReply([PortStatistics])
    case queueStatsRequest(port: OFPort, queue: UInt32)
    case queueStatsReply([QueueStatistics])
    case groupStatsRequest(UInt32)
    case groupStatsReply([GroupStatistics])
    case groupDescRequest(UInt32)
    case groupDescReply([GroupDescription])
    case groupFeaturesRequest
    case groupFeaturesReply(GroupFeatures)
    case meterStatsRequest(UInt32)
    case meterStatsReply([MeterStatistics])
    case meterConfigRequest(UInt32)
    case meterConfigReply([MeterConfig])
    case meterFeaturesRequest
    case meterFeaturesReply(MeterFeatures)
    case tableFeaturesRequest([TableFeatures])
    case tableFeaturesReply([TableFeatures])
    /// nil: all ports.
    case portDescRequest(OFPort?)
    case portDescReply([PortDescription])
    case tableDescRequest
    case tableDescReply([TableDescription])
    case flowMonitorRequest([FlowMonitorRequest])
    case flowMonitorReply([FlowUpdate])
    case ipfixBridgeRequest
    case ipfixBridgeReply([IPFIXStatistics])
    case ipfixFlowRequest
    case ipfixFlowReply([IPFIXStatistics])
}

/// What an OpenFlow message's header says, and which of several forms its body has.
public struct OFHeader: Hashable, Sendable {
    public var version: OFVersion
    public var xid: UInt32
    public var form: MessageForm
    /// A multipart message that is followed by more of the same request or reply.
    public var more: Bool
    /// OpenFlow 1.0: flow mods name a table (NXT_FLOW_MOD_TABLE_ID).
    public var hasTableIDs = false
    public init(_ version: OFVersion, xid: UInt32, form: MessageForm = .standard, more: Bool = false) {
        self.version = version
        self.xid = xid
        self.form = form
        self.more = more
    }
}

/// Which of the forms that a message has in one version. A message that has only one in a version is encoded by that, whatever is asked for.
public enum MessageForm: UInt8, Hashable, Sendable {
    /// As the version of OpenFlow itself has it.
    case standard
    /// The extension's: NXT_ and NXST_ messages, ONFT_ messages of OpenFlow 1.3.
    case extended
    /// The extension's second: NXT_PACKET_IN2, NXT_SET_ASYNC_CONFIG2.
    case extended2
}

/// A message with its header.
public struct OFPacket: Hashable, Sendable {
    public var header: OFHeader
    public var message: OFMessage
    public init(_ header: OFHeader, _ message: OFMessage) {
        self.header = header
        self.message = message
    }
}
