import Flow
import Wire

extension [OFAction] {
    /// A list of actions that takes all of `reader`, as in packet-outs, groups and the action lists of table features. In OpenFlow 1.0 a flow mod's list,
    /// which may hold what later versions say by instructions, is `decodeInstructions`' matter.
    public static func decodeActions(_ reader: inout ByteReader, _ version: OFVersion) throws(OFError) -> [OFAction] {
        var decoder = ActionDecoder(version: version)
        let actions = try decoder.list(&reader)
        try actions.verify(version, allowed: [.applyActions, .meter])
        return actions
    }
}

/// Reads actions. What an action's form says is in `ActionTable.swift`; here is what stands behind its header.
struct ActionDecoder {
    let version: OFVersion
    /// Lists that the current one is nested in.
    var depth = 0

    init(version: OFVersion) { self.version = version }

    /// All actions in `reader`, as yet without the rules on which may stand together. `bacTooMany` for lists nested deeper than `Limits.actionNesting`.
    mutating func list(_ reader: inout ByteReader) throws(OFError) -> [OFAction] {
        guard reader.count % 8 == 0 else { throw .brcBadLen }
        guard depth < Limits.actionNesting else { throw .bacTooMany }
        depth += 1
        defer { depth -= 1 }
        var actions: [OFAction] = []
        while !reader.isEmpty {
            guard actions.count < Limits.actionsInList else { throw .bacTooMany }
            var (form, body) = try header(&reader)
            actions.append(try action(form, &body))
        }
        return actions
    }

    /// Takes one action. The second part is a reader of what stands behind its header.
    private func header(_ reader: inout ByteReader) throws(OFError) -> (ActionForm, ByteReader) {
        try reader.need(8, .bacBadLen)
        let type = try reader.peek16(), length = Int(try reader.peek16(2))
        var family = ActionFamily.standard
        var number = type
        if type == 0xffff {
            switch UInt32(try reader.peek16(4)) << 16 | UInt32(try reader.peek16(6)) {
            case ActionFamily.nicira.vendor: family = .nicira
            case ActionFamily.onf.vendor: family = .onf
            default: throw .bacBadVendor
            }
            try reader.need(16, .bacBadLen)
            number = try reader.peek16(8)
        }
        guard let form = ActionForm(family, number, version), let layout = form.layout(version) else {
            throw family == .standard ? .bacBadType : .bacBadVendorType
        }
        guard length <= reader.count, length >= layout.size, layout.isVariable || length == layout.size, length % 8 == 0 else { throw .bacBadLen }
        var body = try reader.part(length, .bacBadLen)
        try body.skip(family.headerSize)
        return (form, body)
    }

    private mutating func action(_ form: ActionForm, _ body: inout ByteReader) throws(OFError) -> OFAction {
        switch form {
        case .output10: return try output(OFPort(try body.u16()), &body)
        case .output11: return try output(try body.port32(), &body)
        case .outputReg, .outputReg2: return try outputField(form, &body)
        case .outputTruncated: return try truncatedOutput(&body)
        case .controller: return .controller(try controller(form, &body))
        case .controller2: return worded(.controller2, .controller(try controller(form, &body)))
        case .enqueue: return try enqueue(&body)
        case .group: return .group(try argument32(&body))
        case .setQueue: return .setQueue(try argument32(&body))
        case .popQueue: return .popQueue
        case .meter: return .meter(try argument32(&body))
        case .setVLANVID10, .setVLANVID11, .setVLANPCP10, .setVLANPCP11, .pushVLAN, .stripVLAN: return try vlan(form, &body)
        case .setDLSrc: return .set(.ethSrc, to: try body.number(6))
        case .setDLDst: return .set(.ethDst, to: try body.number(6))
        case .setNWSrc: return .set(.ipv4Src, to: try body.number(4))
        case .setNWDst: return .set(.ipv4Dst, to: try body.number(4))
        case .setNWTOS: return .set(.nwTOS, to: try limited(UInt128(try body.u8()), Field.nwTOS.place.ones))
        case .setNWECN: return .set(.nwECN, to: try limited(UInt128(try body.u8()), Field.nwECN.place.ones))
        case .setNWTTL: return worded(.own(isWide: false), .set(.nwTTL, to: UInt128(try body.u8())))
        case .setTPSrc: return .setTransportSource(try body.u16())
        case .setTPDst: return .setTransportDestination(try body.u16())
        case .setMPLSLabel: return worded(.own(isWide: false), .set(.mplsLabel, to: UInt128(try argument32(&body))))
        case .setMPLSTC: return worded(.own(isWide: false), .set(.mplsTC, to: UInt128(try body.u8())))
        case .setMPLSTTL: return worded(.own(isWide: false), .set(.mplsTTL, to: UInt128(try body.u8())))
        case .decMPLSTTL: return .decMPLSTTL
        case .pushMPLS:
            let type = try body.u16()
            guard type == EtherType.mpls || type == EtherType.mplsMulticast else { throw .bacBadArgument }
            return .pushMPLS(etherType: type)
        case .popMPLS: return .popMPLS(etherType: try body.u16())
        case .decTTL: return .decTTL([])
        case .decTTLIDs: return try controllerIDs(&body)
        case .setTunnel: return worded(.own(isWide: false), .set(.tunID, to: UInt128(try argument32(&body))))
        case .setTunnel64:
            try body.skip(6)
            return worded(.own(isWide: true), .set(.tunID, to: UInt128(try body.u64())))
        case .setField12, .setField15: return try setField(&body, masks: form == .setField15)
        case .regLoad: return worded(.load, try regLoad(&body))
        case .regLoad2: return worded(.load2, try regLoad2(&body))
        case .regMove, .copyField13, .copyField15: return try move(form, &body)
        case .stackPush, .stackPop: return try stack(form, &body)
        case .checkPacketLarger: return try checkPacketLarger(&body)
        case .deleteField:
            guard let field = try body.fieldName().field else { throw .bmcBadField }
            return .deleteField(field)
        case .resubmit: return .resubmit(port: port(try body.u16()), table: nil, ct: false)
        case .resubmitTable, .resubmitTableCT: return try resubmit(form, &body)
        case .note: return .note(body.rest())
        case .exit: return .exit
        case .multipath: return .multipath(try multipath(&body))
        case .bundle, .bundleLoad: return .bundle(try bundle(form, &body))
        case .learn: return .learn(try learn(form, &body))
        case .learn2: return worded(.learn2, .learn(try learn(form, &body)))
        case .finTimeout: return .finTimeout(idle: try body.u16(), hard: try body.u16())
        case .writeMetadata: return try writeMetadata(&body)
        case .sample: return .sample(try sample(form, &body))
        case .sample2: return worded(.sample2, .sample(try sample(form, &body)))
        case .sample3: return worded(.sample3, .sample(try sample(form, &body)))
        case .conjunction: return try conjunction(&body)
        case .ct: return .ct(try conntrack(&body))
        case .nat: return .nat(try nat(&body))
        case .ctClear: return .ctClear
        case .clone: return try clone(&body)
        case .encap: return try encap(&body)
        case .decap: return try decap(&body)
        case .decNSHTTL: return .decNSHTTL
        // OVS knows these when it is started for tests only.
        case .debugSlow, .debugRecirculate: throw .bacBadVendorType
        }
    }

    /// `action` with its wording, if it would be written otherwise without.
    func worded(_ wording: ActionWording, _ action: OFAction) -> OFAction { wording.isOfItself(for: action) ? action : .worded(wording, action) }

    /// A 32-bit argument, which stands at a multiple of four bytes from the action's start.
    private func argument32(_ body: inout ByteReader) throws(OFError) -> UInt32 {
        if body.count % 4 != 0 { try body.skip(2) }
        return try body.u32()
    }

    private func limited(_ value: UInt128, _ ones: UInt128) throws(OFError) -> UInt128 {
        guard value & ~ones == 0 else { throw .bacBadArgument }
        return value
    }

    /// A port to look up packets with: nil for the packet's own.
    func port(_ number: UInt16) -> OFPort? { OFPort(number) == .inPort ? nil : OFPort(number) }

    private func output(_ port: OFPort, _ body: inout ByteReader) throws(OFError) -> OFAction {
        guard port.isOutput(maximum: .maximum) else { throw .bacBadOutPort }
        let length = try body.u16()
        if port == .controller { return .output(port, maxLength: length) }
        return worded(.output(maxLength: length), .output(port, maxLength: 0))
    }

    private func truncatedOutput(_ body: inout ByteReader) throws(OFError) -> OFAction {
        let port = OFPort(try body.u16()), length = try body.u32()
        guard length >= 14 else { throw .bacBadArgument }
        return .output(port, maxLength: UInt16(clamping: length))
    }

    private func enqueue(_ body: inout ByteReader) throws(OFError) -> OFAction {
        let port = OFPort(try body.u16())
        guard port.isEnqueue(maximum: .maximum) else { throw .bacBadOutPort }
        try body.skip(6)
        return .enqueue(port, queue: try body.u32())
    }

    private func vlan(_ form: ActionForm, _ body: inout ByteReader) throws(OFError) -> OFAction {
        switch form {
        case .setVLANVID10, .setVLANVID11:
            let vid = try body.u16()
            guard vid <= VLANTCI.vidMask else { throw .bacBadArgument }
            return form == .setVLANVID10 ? .setVLANVID(vid) : .set(.vlanVID, to: UInt128(vid | VLANTCI.present))
        case .setVLANPCP10, .setVLANPCP11:
            let pcp = try body.u8()
            guard pcp <= 7 else { throw .bacBadArgument }
            return form == .setVLANPCP10 ? .setVLANPCP(pcp) : .set(.vlanPCP, to: UInt128(pcp))
        case .pushVLAN:
            let type = try body.u16()
            guard type == EtherType.vlan8021Q || type == EtherType.vlan8021AD else { throw .bacBadArgument }
            return .pushVLAN(etherType: type)
        default: return .stripVLAN
        }
    }

    private func controllerIDs(_ body: inout ByteReader) throws(OFError) -> OFAction {
        let count = Int(try body.u16())
        guard body.isZero(4) else { throw .nxbrcMustBeZero }
        try body.skip(4)
        try body.need(count * 2, .bacBadLen)
        var ids: [UInt16] = []
        for _ in 0..<count { ids.append(try body.u16()) }
        return .decTTL(ids)
    }

    private func resubmit(_ form: ActionForm, _ body: inout ByteReader) throws(OFError) -> OFAction {
        let number = try body.u16(), table = try body.u8()
        guard body.isZero() else { throw .bacBadArgument }
        return worded(.resubmitTable, .resubmit(port: port(number), table: table == 0xff ? nil : table, ct: form == .resubmitTableCT))
    }

    private func writeMetadata(_ body: inout ByteReader) throws(OFError) -> OFAction {
        guard body.isZero(6) else { throw .nxbrcMustBeZero }
        try body.skip(6)
        return .writeMetadata(value: try body.u64(), mask: try body.u64())
    }

    private func conjunction(_ body: inout ByteReader) throws(OFError) -> OFAction {
        let clause = try body.u8(), clauses = try body.u8()
        guard (2...64).contains(clauses), clause < clauses else { throw .nxbacBadConjunction }
        return .conjunction(id: try body.u32(), clause: clause, clauses: clauses)
    }

    private mutating func clone(_ body: inout ByteReader) throws(OFError) -> OFAction {
        try body.skip(6)
        let actions = try list(&body)
        try actions.verify(version, allowed: [.applyActions])
        return .clone(actions)
    }
}

extension OFPort {
    /// True for what a packet may be output to in a switch whose ordinary ports' numbers are below `maximum`.
    func isOutput(maximum: OFPort) -> Bool {
        switch self {
        case .inPort, .table, .normal, .flood, .all, .controller, .local: true
        default: self < maximum && self < .maximum
        }
    }

    /// True for what has queues.
    func isEnqueue(maximum: OFPort) -> Bool { self < maximum && self < .maximum || self == .inPort || self == .local }
}
