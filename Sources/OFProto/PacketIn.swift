import Datapath
import Flow
import OpenFlow
import Wire

/// A packet for the controllers of a bridge.
public struct PacketIn {
    public let bridge: Bridge
    /// The frame. Controllers get all of it, whatever length an action or a miss_send_len names: nothing is kept that they could ask for later.
    public let bytes: [UInt8]
    public let reason: PacketInMessage.Reason
    public let table: UInt8
    /// The cookie of the flow that sent it; all ones for none.
    public let cookie: UInt64
    /// in_port, and what else is not zero of registers, metadata, tunnel and connection.
    public let metadata: Match
    public let controllerID: UInt16
    public let userdata: [UInt8]
    /// What the packet has before it still; nil: it is not paused.
    public let continuation: Continuation?
}

extension PacketIn {
    /// What a controller is told besides the frame's own fields.
    static let metadataFields: [Field] = Field.allCases.filter { field in
        switch field {
        case .tunID, .tunSrc, .tunDst, .tunIPv6Src, .tunIPv6Dst, .tunFlags, .tunGBPID, .tunGBPFlags, .pktMark, .ctState, .ctZone, .ctMark, .ctLabel,
            .ctNWProto, .ctNWSrc, .ctNWDst, .ctIPv6Src, .ctIPv6Dst, .ctTPSrc, .ctTPDst, .metadata: true
        default: (Field.reg0.rawValue...Field.reg15.rawValue).contains(field.rawValue)
        }
    }

    /// - Parameters:
    ///   - key: the packet's, as the datapath gave it.
    ///   - context: what was translated of it.
    static func metadata(_ key: FlowKey, _ context: ControllerContext.Key) -> Match {
        var key = key
        key.l11.metadata = BE64(context.metadata)
        key.regs = context.registers
        var match = Match()
        match.tunMetadata = context.tunMetadata
        match.set(.inPort, to: UInt128(context.inPort))
        for field in metadataFields {
            let value = key.value(of: field)
            // An IPv4 tunnel's addresses are not said as IPv6's, nor the other way round.
            if value != 0, key.hasFrame(of: field, asMask: false), !(match.mask.value(of: field) != 0) { match.set(field, to: value) }
        }
        return match
    }
}

/// A packet for a collector (sample action).
public struct SampledPacket {
    public let sample: SampleAction
    public let bytes: [UInt8]
    /// The port that it came in by; nil when it is gone.
    public let port: BridgePort?
}

/// What the userdata of a `userspace` action means: the kind in the upper 8 bits; in the lower 32 a context's or a sample's number, or reasons.
enum Userdata {
    enum Kind: UInt8 { case controller = 1, sample, slowPath }
    static func controller(_ id: UInt32) -> UInt64 { make(.controller, id) }
    static func sample(_ id: UInt32) -> UInt64 { make(.sample, id) }
    static func slowPath(_ reasons: SlowPathReasons) -> UInt64 { make(.slowPath, reasons.rawValue) }
    /// nil: of no kind that there is.
    static func kind(_ userdata: UInt64) -> Kind? { Kind(rawValue: UInt8(truncatingIfNeeded: userdata >> 56)) }
    static func id(_ userdata: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: userdata) }
    private static func make(_ kind: Kind, _ id: UInt32) -> UInt64 { UInt64(kind.rawValue) << 56 | UInt64(id) }
}

extension OFProto {
    /// What a `userspace` action's userdata means, in the words of `ovs-appctl dpctl/dump-flows`; nil: nothing any more.
    /// - Parameter sends: false if controllers are not told after all.
    public func userdataText(_ userdata: UInt64, sends: Bool = true) -> String? {
        let id = Userdata.id(userdata)
        switch Userdata.kind(userdata) {
        case .controller: return controllers[id]?.text(sends: sends)
        case .sample: return samples[id]?.text
        case .slowPath: return "slow_path(\(SlowPathReasons(rawValue: id).names))"
        case nil: return nil
        }
    }
}

extension ControllerContext {
    fileprivate func text(sends: Bool) -> String {
        let cookie = key.cookie == 0 ? "0" : "0x" + String(key.cookie, radix: 16), action = key.action
        return "controller(reason=\(action.reason),dont_send=\(sends ? 0 : 1),continuation=\(key.continuation == nil ? 0 : 1),recirc_id=\(id),rule_cookie=\(cookie)"
            + ",controller_id=\(action.controllerID),max_len=\(action.maxLength))"
    }
}

extension SampleAction {
    /// The port that packets leave by is told by none.
    fileprivate var text: String {
        "flow_sample(probability=\(probability),collector_set_id=\(collectorSet),obs_domain_id=\(observationDomain),obs_point_id=\(observationPoint),output_port=\(UInt32.max))"
    }
}

/// What is told about packets that one kind of `userspace` action sends up.
final class ControllerContext: NumberedContext {
    struct Key: Hashable {
        var bridge: ObjectIdentifier
        var table: UInt8
        var cookie: UInt64
        var inPort: UInt32
        var metadata: UInt64
        var registers: SIMD16<UInt32>
        /// Fields that are present.
        var tunMetadata: [TunMetadata]
        var action: ControllerAction
        var continuation: Continuation?
    }
    let key: Key
    let id: UInt32
    /// nil once the bridge is gone.
    weak var bridge: Bridge?
    var used: Int64

    init(_ key: Key, id: UInt32, bridge: Bridge, now: Int64) {
        self.key = key
        self.id = id
        self.bridge = bridge
        used = now
    }
}

/// All sample actions that were ever translated, numbered.
struct SampleTable {
    private var known: [SampleAction] = []
    private var ids: [SampleAction: UInt32] = [:]
    private static let limit = 4_096

    /// nil when there are too many different ones.
    mutating func id(_ sample: SampleAction) -> UInt32? {
        if let id = ids[sample] { return id }
        guard known.count < Self.limit else { return nil }
        known.append(sample)
        ids[sample] = UInt32(known.count - 1)
        return UInt32(known.count - 1)
    }

    subscript(id: UInt32) -> SampleAction? { Int(id) < known.count ? known[Int(id)] : nil }
}
