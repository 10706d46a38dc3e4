import Flow
import Wire

/// An OpenFlow action or instruction, for any version of the protocol. An empty list of actions drops the packet.
public indirect enum OFAction: Hashable, Sendable {
    /// `maxLength`: for the controller, the bytes of the packet that it gets (65535: all). For other ports, 0, or the length
    /// that the packet is cut to for this output alone.
    case output(OFPort, maxLength: UInt16)
    /// output:reg0[0..15]
    case outputField(FieldRange)
    /// controller(max_len=…,reason=…,id=…,userdata=…,pause,meter_id=…)
    case controller(ControllerSpec)
    case enqueue(OFPort, queue: UInt32)
    /// The same as no action at all; the parser answers "drop" with an empty list.
    case drop
    case pushVLAN(etherType: UInt16)
    case stripVLAN
    /// mod_vlan_vid: pushes a tag when there is none.
    case setVLANVID(UInt16)
    /// mod_vlan_pcp: pushes a tag when there is none.
    case setVLANPCP(UInt8)
    case pushMPLS(etherType: UInt16)
    case popMPLS(etherType: UInt16)
    /// set_field:VALUE/MASK->FIELD and the mod_… and load forms. A packet without the field (ovs-fields(7), "Prerequisites") stays as it is.
    case setField(Field, MaskedValue)
    /// set_field and its kin, of a field tun_metadataN. A mask without any bit: nothing but that the field is there then.
    case setTunMetadata(TunMetadata)
    /// mod_tp_src, mod_tp_dst of a flow that does not say which protocol it is: the port of TCP, UDP or SCTP.
    case setTransportSource(UInt16)
    case setTransportDestination(UInt16)
    /// move:SRC->DST
    case move(from: FieldRange, to: FieldRange)
    /// dec_ttl, or with the controllers that are told of a TTL that ran out: dec_ttl(1,2).
    case decTTL([UInt16])
    case decMPLSTTL
    case decNSHTTL
    case setQueue(UInt32)
    case popQueue
    case group(UInt32)
    case meter(UInt32)
    /// resubmit(port,table,ct); nil: the packet's own port, the current table. `ct`: the lookup sees the connection's original direction.
    case resubmit(port: OFPort?, table: UInt8?, ct: Bool)
    case gotoTable(UInt8)
    case writeMetadata(value: UInt64, mask: UInt64)
    case writeActions([OFAction])
    case clearActions
    case clone([OFAction])
    case sample(SampleSpec)
    /// The bytes, padded with zeroes as the protocol carries them: 6, 14, 22, …
    case note([UInt8])
    case exit
    /// push:FIELD, pop:FIELD: the stack.
    case push(FieldRange)
    case pop(FieldRange)
    case bundle(BundleSpec)
    case multipath(MultipathSpec)
    case learn(LearnSpec)
    case conjunction(id: UInt32, clause: UInt8, clauses: UInt8)
    case finTimeout(idle: UInt16, hard: UInt16)
    case ct(ConntrackSpec)
    case ctClear
    /// Only among the actions of `ct`.
    case nat(NATSpec)
    case checkPacketLarger(UInt16, FieldRange)
    /// encap(…): packet_type as namespace << 16 | type; properties are NSH's.
    case encap(packetType: UInt32, [EncapProperty])
    /// decap(packet_type(…)); 0xfffe: what the header says (OFPHTN "use next proto").
    case decap(packetType: UInt32)
    case deleteField(Field)
    /// An action that came in another form than the one that it is written in of itself: it goes out in that form again. Never nested.
    case worded(ActionWording, OFAction)
    /// OVS's own, for tests and for its continuations.
    case unrollTranslation(table: UInt8, cookie: UInt64)
    case debugRecirculate
    case debugSlow
}

/// Forms of the protocol that say the same as others.
public enum ActionWording: Hashable, Sendable {
    /// A `setField` by NXAST_REG_LOAD, by NXAST_REG_LOAD2, or by bits of a mask although it is all of the field.
    case load, load2
    /// A `setField` by the protocol's own action for the field (set_nw_ttl, set_mpls_…, set_tunnel); `isWide`: set_tunnel64.
    case own(isWide: Bool)
    /// A `resubmit` without a table, by the form that has one.
    case resubmitTable
    /// A plain `controller` by the form with properties.
    case controller2
    /// A `sample` or a `learn` by a later form than it needs.
    case sample2, sample3, learn2
    /// An `output` with a length that means nothing: only controllers get less than the packet.
    case output(maxLength: UInt16)
    /// An `outputField` with a length; `isLong`: by NXAST_OUTPUT_REG2, which fields with long headers need.
    case outputField(maxLength: UInt16, isLong: Bool)
}

extension OFAction {
    /// The action without its wording.
    public var meaning: OFAction {
        if case .worded(_, let action) = self { action } else { self }
    }
}

/// Some bits of a field, as `reg0[0..15]`.
public struct FieldRange: Hashable, Sendable {
    public var field: Field
    /// The lowest bit, counted from the field's least significant one.
    public var start: Int
    /// The number of bits; `start + count` ≤ `field.bits`.
    public var count: Int
    public init(field: Field, start: Int, count: Int) {
        self.field = field
        self.start = start
        self.count = count
    }
    /// All of a field's bits.
    public init(_ field: Field) { self.init(field: field, start: 0, count: field.bits) }
    /// Ones in the range's bits of the field's value.
    public var mask: UInt128 { (count >= 128 ? .max : (1 << UInt128(count)) - 1) << UInt128(start) }
    /// The range's bits of `key`, shifted down.
    public func value(in key: FlowKey) -> UInt128 { (key.value(of: field) & mask) >> UInt128(start) }
    /// Writes the range's bits of `key`.
    public func set(_ value: UInt128, in key: inout FlowKey) { key.set(field, to: value << UInt128(start), mask: mask) }
}
