import Flow
import Wire

/// Finds a port's name for printing; nil: its number is printed.
public typealias PortNames = (OFPort) -> String?

extension Match: CustomStringConvertible {
    /// The match as `ovs-ofctl dump-flows` prints it, without a priority: "tcp,nw_src=10.0.0.0/8,tp_dst=80".
    public var description: String { text() }

    /// The match as `ovs-ofctl dump-flows` prints it. The priority is printed unless it is nil or the default.
    public func text(priority: UInt16? = nil, names: @escaping PortNames = { _ in nil }) -> String {
        var printer = MatchPrinter(match: self, names: names)
        return printer.run(priority: priority)
    }
}

/// Prints a match, field by field, in the order and spelling of ovs-ofctl.
struct MatchPrinter {
    let match: Match
    let names: PortNames
    private var out = TextWriter()

    init(match: Match, names: @escaping PortNames) {
        self.match = match
        self.names = names
    }

    private var key: FlowKey { match.key }
    private var mask: FlowMask { match.mask }

    mutating func run(priority: UInt16?) -> String {
        if let priority, priority != 0x8000 { item("priority", String(priority)) }
        let used = mask.usedLines
        metadataBeforeProtocol(used)
        if used.contains(.conntrack) || mask.l0.ctState != 0 || mask.l0.ctZone != 0 || mask.l0.ctMark != 0 || mask.l0.ctNWProto != 0 { conntrack() }
        let type = key.matchedEtherType(under: mask)
        packetType()
        let hidesProto = protocolShorthand(type)
        if used.contains(.registers) { registers() }
        if used.contains(.tunnel) { tunnel() }
        for wanted in match.tunMetadata { put(wanted) }
        put(.metadata)
        put(.inPort)
        vlan()
        put(.ethSrc, as: "dl_src")
        put(.ethDst, as: "dl_dst")
        if type != nil, mask.l0.dlType == .ones, shorthand(type) == nil { item("dl_type", hex(UInt64(key.l0.dlType.host), 4)) }
        network(type, hidesProto)
        networkBits()
        if used.contains(.l3) { mpls() }
        fragment()
        transport(type)
        out.dropLast(",")
        return out.text
    }

    private mutating func item(_ name: String, _ value: String) {
        out.put(name)
        out.put("=")
        out.put(value)
        out.put(",")
    }

    private func hex(_ value: UInt64, _ digits: Int) -> String {
        var writer = TextWriter()
        writer.hex(value, digits: digits)
        return writer.text
    }

    /// Prints a field if the match demands anything of it.
    private mutating func put(_ field: Field, as name: String? = nil, format: FieldFormat? = nil) {
        let bits = mask.value(of: field)
        guard bits != 0 else { return }
        let value = MaskedValue(value: key.value(of: field), mask: bits)
        item(name ?? field.name, field.matchText(value, format: format, names: names))
    }

    private mutating func put(_ wanted: TunMetadata) {
        guard let value = wanted.matchText else {
            out.put(wanted.field.name)
            return out.put(",")
        }
        item(wanted.field.name, value)
    }

    private mutating func metadataBeforeProtocol(_ used: FlowLines) {
        put(.pktMark)
        put(.recircID, format: .hexadecimal)
        put(.dpHash)
        if used.contains(.l11) { put(.conjID) }
        put(.skbPriority)
        if used.contains(.l11) { put(.actsetOutput) }
    }

    private mutating func conntrack() {
        put(.ctState)
        put(.ctZone, format: .decimal)
        put(.ctMark)
        put(.ctLabel)
        put(.ctNWSrc)
        put(.ctIPv6Src)
        put(.ctNWDst)
        put(.ctIPv6Dst)
        put(.ctNWProto)
        put(.ctTPSrc)
        put(.ctTPDst)
    }

    private mutating func packetType() {
        guard mask.l3.packetType == .ones else { return }
        if key.l3.packetType == .zero { out.put("eth,") } else { put(.packetType) }
    }

    /// The word for an EtherType that has one.
    private func shorthand(_ type: UInt16?) -> String? {
        guard mask.l0.dlType == .ones else { return nil }
        return switch type {
        case EtherType.ipv4: "ip"
        case EtherType.ipv6: "ipv6"
        case EtherType.arp: "arp"
        case EtherType.rarp: "rarp"
        case EtherType.mpls: "mpls"
        case EtherType.mplsMulticast: "mplsm"
        default: nil
        }
    }

    /// Prints "tcp" and the like. True if the word stands for nw_proto as well.
    private mutating func protocolShorthand(_ type: UInt16?) -> Bool {
        guard let word = shorthand(type) else { return false }
        var transport: String?
        if mask.l0.nwProto == .max, type == EtherType.ipv4 {
            transport = ipv4Protocols[key.l0.nwProto]
        } else if mask.l0.nwProto == .max, type == EtherType.ipv6 {
            transport = ipv6Protocols[key.l0.nwProto]
        }
        out.put(transport ?? word)
        out.put(",")
        return transport != nil
    }

    private mutating func registers() {
        for index in 0..<16 { if let field = Field.reg(index) { put(field) } }
    }

    private mutating func tunnel() {
        put(.tunID)
        address(.tunSrc, .tunIPv6Src)
        address(.tunDst, .tunIPv6Dst)
        put(.tunGBPID)
        if mask.l2.tunGBPFlags != 0 { item("tun_gbp_flags", OpenFlow.hex(key.l2.tunGBPFlags)) }
        if mask.l2.tunTOS != 0 { item("tun_tos", String(key.l2.tunTOS, radix: 16)) }
        put(.tunTTL)
        put(.tunERSPANVersion)
        let version = key.l2.erspanVersion
        if version == 1 || mask.l2.erspanIndex != 0 { put(.tunERSPANIndex) }
        put(.tunERSPANDirection)
        put(.tunERSPANHardwareID)
        put(.tunGTPUFlags, as: "gtpu_flags")
        put(.tunGTPUMessageType, as: "gtpu_msgtype")
        put(.tunFlags)
    }

    /// A tunnel's address by the field that says it all.
    private mutating func address(_ short: Field, _ long: Field) {
        let isIPv4 = mask.hasFrame(of: short, asMask: true) && key.hasFrame(of: short, asMask: false)
        put(isIPv4 ? short : long)
    }

    private mutating func vlan() {
        tag(key.l0.vlanTCI.host, mask.l0.vlanTCI.host, "")
        tag(key.l3.innerVLANTCI.host, mask.l3.innerVLANTCI.host, "1")
    }

    /// - Parameter number: of the tag, behind the fields' names. No match of OpenFlow's can name an inner tag; a packet can.
    private mutating func tag(_ tci: UInt16, _ bits: UInt16, _ number: String) {
        guard bits != 0 else { return }
        let vid = bits & VLANTCI.vidMask, pcp = bits & VLANTCI.pcpMask
        let wholeParts = (vid == 0 || vid == VLANTCI.vidMask) && (pcp == 0 || pcp == VLANTCI.pcpMask) && vid | pcp != 0
        if tci & bits & VLANTCI.present != 0, wholeParts {
            if vid != 0 { item("dl_vlan" + number, String(tci & VLANTCI.vidMask)) }
            if pcp != 0 { item("dl_vlan_pcp" + number, String(tci >> 13)) }
        } else {
            item("vlan_tci" + number, hex(UInt64(tci), 4) + (bits == .max ? "" : "/" + hex(UInt64(bits), 4)))
        }
    }

    private mutating func network(_ type: UInt16?, _ hidesProto: Bool) {
        if mask.l1 != FlowLine1() {
            put(.ipv6Src)
            put(.ipv6Dst)
            ipv6Label()
        }
        let isARP = type == EtherType.arp || type == EtherType.rarp
        put(.ipv4Src, as: isARP ? "arp_spa" : "nw_src")
        put(.ipv4Dst, as: isARP ? "arp_tpa" : "nw_dst")
        if mask.usedLines.contains(.nsh) { nsh() }
        if !hidesProto { put(.nwProto, as: isARP ? "arp_op" : "nw_proto") }
        if isARP {
            put(.arpSHA)
            put(.arpTHA)
        }
    }

    private mutating func ipv6Label() {
        let bits = mask.value(of: .ipv6Label)
        guard bits != 0 else { return }
        let value = hex(UInt64(key.value(of: .ipv6Label)), 5)
        item("ipv6_label", value + (bits == 0xfffff ? "" : "/" + hex(UInt64(bits), 5)))
    }

    private mutating func nsh() {
        let flags = mask.l5.nshFlags
        if flags == .max { item("nsh_flags", String(key.l5.nshFlags)) } else if flags != 0 {
            item("nsh_flags", hex(UInt64(key.l5.nshFlags), 2) + "/" + hex(UInt64(flags), 2))
        }
        for field in [Field.nshTTL, .nshMDType, .nshNP, .nshSPI, .nshSI, .nshC1, .nshC2, .nshC3, .nshC4] {
            // As OVS has it, 0 stands here as "0x0".
            let isZero = field.row.format == .hexadecimal && key.value(of: field) == 0 && mask.value(of: field) == field.place.ones
            if isZero { item(field.name, "0x0") } else { put(field) }
        }
    }

    private mutating func networkBits() {
        if mask.l0.nwTOS & 0xfc != 0 { item("nw_tos", String(key.l0.nwTOS & 0xfc)) }
        put(.nwECN)
        put(.nwTTL)
    }

    private mutating func mpls() {
        put(.mplsLabel)
        put(.mplsTC)
        put(.mplsTTL)
        put(.mplsBOS)
        labelStackEntry(1, key.l3.mplsLSE1, mask.l3.mplsLSE1)
        labelStackEntry(2, key.l3.mplsLSE2, mask.l3.mplsLSE2)
    }

    /// One below the outermost, which no match of OpenFlow's can name.
    private mutating func labelStackEntry(_ number: Int, _ entry: BE32, _ bits: BE32) {
        guard bits != .zero else { return }
        let isExact = bits == .ones
        item("mpls_lse\(number)", isExact ? String(entry.host) : hex(UInt64(entry.host), 8) + "/" + hex(UInt64(bits.host), 8))
    }

    private mutating func fragment() {
        let bits = mask.l0.nwFrag & FragmentBits.mask
        guard bits != 0 else { return }
        item("nw_frag", Field.nwFrag.matchText(MaskedValue(value: UInt128(key.l0.nwFrag), mask: UInt128(bits)), format: nil, names: names))
    }

    private mutating func transport(_ type: UInt16?) {
        let proto: UInt8? = mask.l0.nwProto == .max ? key.l0.nwProto : nil
        let isICMP = type == EtherType.ipv4 && proto == IPProtocol.icmp || type == EtherType.ipv6 && proto == IPProtocol.icmpv6
        if isICMP {
            put(.icmpType)
            put(.icmpCode)
        } else {
            put(.tcpSrc, as: "tp_src")
            put(.tcpDst, as: "tp_dst")
        }
        if isICMP, type == EtherType.ipv6 {
            put(.ndTarget)
            put(.ndSLL)
            put(.ndTLL)
            put(.ndReserved)
            put(.ndOptionsType)
        }
        put(.tcpFlags)
    }
}

private let ipv4Protocols: [UInt8: String] = [
    IPProtocol.icmp: "icmp", IPProtocol.tcp: "tcp", IPProtocol.udp: "udp", IPProtocol.sctp: "sctp",
]
private let ipv6Protocols: [UInt8: String] = [
    IPProtocol.icmpv6: "icmp6", IPProtocol.tcp: "tcp6", IPProtocol.udp: "udp6", IPProtocol.sctp: "sctp6",
]
