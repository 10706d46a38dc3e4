import Wire

/// What is wrong with a datapath flow's or a datapath action's text.
public struct ODPTextError: Error, Hashable, CustomStringConvertible {
    public var message: String
    /// Bytes from the start of the text.
    public var offset: Int
    public init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }
    /// "syntax error at …", as ovs-appctl words it.
    public init(at text: TextSlice) { self.init("syntax error at " + text.string, at: text.start) }
    public var description: String { message }
}

/// How a datapath flow is printed.
public struct ODPTextOptions {
    /// Fields that the mask leaves out are printed too, with a mask of 0 (`dpctl/dump-flows -m`).
    public var verbose = false
    /// Prints packet_type(ns=0,id=0) even if the mask leaves it out: every packet of this datapath is Ethernet.
    public var alwaysPacketType = false
    /// The key is a packet's, which has no mask: flags are named as they are.
    public var isPacket = false
    /// Prints eth() even if the mask leaves all of it out, as dumps do.
    public var alwaysEthernet = true
    /// The key is an installed megaflow's, without what its mask leaves out: a TCP packet had flags all the same.
    public var isMegaflow = false
    /// The name of a port (`--names`); nil: its number.
    public var portName: (ODPPort) -> String? = { _ in nil }
    public init() {}
}

extension FlowKey {
    /// The flow as `ovs-appctl dpctl/dump-flows` prints it:
    /// "recirc_id(0),in_port(1),eth(),eth_type(0x0800),ipv4(dst=10.0.0.0/255.0.0.0,frag=no)". Bits outside `mask` are not printed.
    public func odpText(mask: FlowMask, _ options: ODPTextOptions = ODPTextOptions()) -> String {
        var printer = ODPKeyPrinter(key: self, mask: mask, options: options)
        return printer.run()
    }
}

struct ODPKeyPrinter {
    let key: FlowKey
    let mask: FlowMask
    let options: ODPTextOptions
    private var out = TextWriter()

    init(key: FlowKey, mask: FlowMask, options: ODPTextOptions) {
        self.key = key
        self.mask = mask
        self.options = options
    }

    mutating func run() -> String {
        put(odpPriority)
        tunnel()
        for attribute in odpMetadata { put(attribute) }
        tuple()
        attribute("recirc_id", written { $0.hex(key.l0.recircID) })
        put(odpDPHash)
        if mask.l0.inPort != 0 { inPort() }
        packetType()
        let isEthernet = key.l3.packetType.host >> 16 == 0
        if isEthernet { put(odpEthernet, always: options.alwaysEthernet) }
        let closing = isEthernet ? tags() : 0
        if mask.l0.dlType != .zero || options.verbose { etherType() }
        mpls()
        for attribute in odpPacket where applies(attribute) { put(attribute) }
        tcpFlags()
        out.dropLast(",")
        for _ in 0..<closing { out.put(")") }
        return out.text
    }

    private mutating func attribute(_ name: String, _ content: TextWriter) {
        out.put(name)
        out.put("(")
        out.put(content)
        out.put("),")
    }

    private func isPrinted(_ item: ODPItem) -> Bool { options.verbose || mask.value(at: item.place) != 0 }

    private mutating func put(_ attribute: ODPAttribute, always: Bool = false) {
        let items = attribute.items.filter(isPrinted)
        guard always || !items.isEmpty else { return }
        list(attribute.name, items)
    }

    private mutating func list(_ name: String, _ items: [ODPItem]) {
        attribute(name, written { out in
            for (index, item) in items.enumerated() {
                if index > 0 { out.put(",") }
                if !item.name.isEmpty { out.put(item.name + "=") }
                if options.isPacket, item.format == .connectionState {
                    let flags = UInt32(truncatingIfNeeded: key.value(at: item.place))
                    out.put(flags == 0 ? "0" : FlagNames.conntrack.text(flags))
                } else {
                    out.put(item, key, mask, options.verbose)
                }
            }
        })
    }

    private func applies(_ attribute: ODPAttribute) -> Bool {
        // The key alone decides: what a mask consults, the key has.
        let all = FlowMask.protocolBits
        guard key.satisfies(attribute.prerequisite, under: all) else { return false }
        switch attribute.name {
        case "nd": return key.satisfies(.nd, under: all)
        case "nd_ext": return key.satisfies(.nd, under: all) && attribute.items.contains { mask.value(at: $0.place) != 0 }
        default: return true
        }
    }

    private mutating func tuple() {
        let isIPv6 = mask.l4.ctIPv6Src != .zero || mask.l4.ctIPv6Dst != .zero || key.l0.dlType.host == EtherType.ipv6
        let attribute = isIPv6 ? odpTuple6 : odpTuple4
        let items = attribute.items.filter { mask.value(at: $0.place) != 0 }
        if !items.isEmpty { list(attribute.name, attribute.items.filter(isPrinted)) }
    }

    private mutating func inPort() {
        let port = ODPPort(key.l0.inPort)
        attribute("in_port", written { $0.put(options.portName(port) ?? String(port.number)) })
    }

    private mutating func packetType() {
        let bits = mask.l3.packetType.host
        guard bits != 0 || options.verbose || options.alwaysPacketType else { return }
        let isExact = bits == .max || options.alwaysPacketType
        attribute("packet_type", written { out in
            out.put("ns=\(key.l3.packetType.host >> 16)" + (isExact ? "" : "/0") + ",id=")
            out.hex(key.l3.packetType.host & 0xffff)
            if !isExact { out.put("/0") }
        })
    }

    /// Prints the tags that the mask looks at. Returns the number of encap( left open.
    private mutating func tags() -> Int {
        var open = 0
        for (tpid, tci, bits) in [
            (key.l0.vlanTPID, key.l0.vlanTCI.host, mask.l0.vlanTCI.host | mask.l0.vlanTPID.host),
            (key.l3.innerVLANTPID, key.l3.innerVLANTCI.host, mask.l3.innerVLANTCI.host | mask.l3.innerVLANTPID.host),
        ] {
            guard tci & VLANTCI.present != 0, bits != 0 else { break }
            let tciMask = open == 0 ? mask.l0.vlanTCI.host : mask.l3.innerVLANTCI.host
            attribute("eth_type", written { $0.hex(tpid.host == 0 ? EtherType.vlan8021Q : tpid.host, digits: 4) })
            attribute("vlan", written { out in
                part(&out, "vid", tci & VLANTCI.vidMask, tciMask & VLANTCI.vidMask, all: VLANTCI.vidMask)
                part(&out, "pcp", tci >> 13, tciMask >> 13, all: 7)
                out.dropLast(",")
            })
            out.put("encap(")
            open += 1
        }
        return open
    }

    private func part(_ out: inout TextWriter, _ name: String, _ value: UInt16, _ bits: UInt16, all: UInt16) {
        guard bits != 0 || options.verbose else { return }
        out.put("\(name)=\(value)")
        if bits != all { out.put("/0x" + String(bits, radix: 16)) }
        out.put(",")
    }

    private mutating func etherType() {
        let bits = mask.l0.dlType.host
        attribute("eth_type", written { out in
            // A megaflow of frames that have a length in this place is one of no type.
            if !options.isPacket, bits == .max, key.l0.dlType.host == EtherType.notEtherType { return out.put("0/0xffff") }
            out.hex(key.l0.dlType.host, digits: 4)
            if bits != .max {
                out.put("/")
                out.hex(bits, digits: 4)
            }
        })
    }

    private mutating func mpls() {
        let entries = [mask.l3.mplsLSE0, mask.l3.mplsLSE1, mask.l3.mplsLSE2]
        guard key.satisfies(.mpls, under: .protocolBits) else { return }
        let count = (entries.lastIndex { $0 != .zero } ?? (options.verbose ? 0 : -1)) + 1
        if count == 1 {
            list("mpls", odpLabelStackEntry(0).filter(isPrinted))
        } else if count > 1 {
            let values = [key.l3.mplsLSE0, key.l3.mplsLSE1, key.l3.mplsLSE2]
            attribute("mpls", written { out in
                for index in 0..<count where entries[index] != .zero {
                    if !out.isEmpty { out.put(",") }
                    out.put("lse\(index)=")
                    out.hex(values[index].host)
                    guard entries[index] != .ones else { continue }
                    out.put("/")
                    out.hex(entries[index].host)
                }
            })
        }
    }

    private mutating func tcpFlags() {
        let bits = UInt32(mask.l0.tcpFlags.host & 0xfff)
        // With all words also flags that the packet had and the mask leaves out.
        guard bits != 0 || (options.verbose && (options.isMegaflow || key.l0.tcpFlags != .zero)), key.satisfies(.tcp, under: .protocolBits) else { return }
        guard bits != 0 else { return out.put("tcp_flags(0/0),") }
        let value = UInt32(key.l0.tcpFlags.host & 0xfff)
        attribute("tcp_flags", written { $0.put(bits == 0xfff ? FlagNames.tcp.text(value) : FlagNames.tcp.text(value, mask: bits)) })
    }

    private mutating func tunnel() {
        guard mask.usedLines.contains(.tunnel) else { return }
        let isIPv4 = key.hasFrame(of: .tunDst, asMask: false) || key.hasFrame(of: .tunSrc, asMask: false)
        let items = odpTunnel.filter { item in
            guard mask.value(at: item.place) != 0 else { return false }
            return item.format == .ipv4 ? isIPv4 : item.format == .ipv6 ? !isIPv4 : true
        }
        out.put("tunnel(")
        var parts: [String] = items.map { text($0) }
        parts += odpTunnelPorts.filter { mask.value(at: $0.place) != 0 }.map { text($0) }
        parts += [("vxlan(gbp", odpGBP, ")"), ("erspan", odpERSPAN, ""), ("gtpu", odpGTPU, "")].compactMap { name, items, tail in
            let used = items.filter { mask.value(at: $0.place) != 0 }
            return used.isEmpty ? nil : name + "(" + used.map { text($0) }.joined(separator: ",") + ")" + tail
        }
        let flags = UInt32(mask.l2.tunFlags) & FlagNames.tunnelAttribute.valid
        if flags != 0 {
            let value = UInt32(key.l2.tunFlags)
            let isExact = flags == FlagNames.tunnelAttribute.valid
            parts.append("flags(" + (isExact ? FlagNames.tunnelAttribute.text(value & flags) : FlagNames.tunnelAttribute.text(value, mask: flags)) + ")")
        }
        out.put(parts.joined(separator: ","))
        out.put("),")
    }

    private func text(_ item: ODPItem) -> String {
        var out = TextWriter()
        out.put(item.name + "=")
        out.put(item, key, mask, false)
        return out.text
    }
}

extension FlowMask {
    /// The bits that prerequisites look at.
    static let protocolBits: FlowMask = {
        var mask = FlowMask()
        for field in [Field.ethType, .nwProto, .tcpSrc, .tcpDst, .nwFrag, .packetType, .vlanTCI, .ctState] { mask.setMask(of: field) }
        return mask
    }()
}

extension TextWriter {
    /// The value of one item, and its mask unless it is exact.
    mutating func put(_ item: ODPItem, _ key: FlowKey, _ mask: FlowMask, _ verbose: Bool) {
        let bits = mask.value(at: item.place)
        let value = key.value(at: item.place)
        if item.format == .connectionState, !verbose {
            put(FlagNames.conntrack.text(UInt32(truncatingIfNeeded: value), mask: UInt32(truncatingIfNeeded: bits)))
            return
        }
        if item.format == .fragment {
            put(bits == 0 ? "no/0" : odpFragmentName(value))
            return
        }
        put(value, item.format)
        guard bits != item.place.ones || item.format == .connectionState && verbose else { return }
        put("/")
        put(bits, item.format == .decimal || item.format == .connectionState ? .hex : item.format)
    }

    mutating func put(_ value: UInt128, _ format: ODPFormat) {
        switch format {
        case .decimal: decimal(value)
        case .hex, .fragment, .connectionState: hex(value)
        case .ethernet: ethernet(EthernetAddress(UInt64(truncatingIfNeeded: value)))
        case .ipv4: ipv4(BE32(UInt32(truncatingIfNeeded: value)))
        case .ipv6: ipv6(BE128(number: value))
        }
    }
}

func odpFragmentName(_ value: UInt128) -> String {
    switch value & 3 {
    case 0: "no"
    case 1: "first"
    default: "later"
    }
}

/// What `write` writes.
private func written(_ write: (inout TextWriter) -> Void) -> TextWriter {
    var out = TextWriter()
    write(&out)
    return out
}

extension FlowKey {
    /// One attribute, such as "ipv4(src=1.2.3.4,ttl=63)", with the items that the mask selects. `name` is one of the packet's
    /// attributes, "eth", "skb_priority" or "skb_mark".
    public func odpAttributeText(_ name: String, mask: FlowMask) -> String {
        let items = name == "mpls" ? odpLabelStackEntry(0) : odpAttributesByName[name]?.items ?? []
        var out = TextWriter()
        out.put(name + "(")
        for item in items where mask.value(at: item.place) != 0 {
            if !item.name.isEmpty { out.put(item.name + "=") }
            out.put(item, self, mask, false)
            out.put(",")
        }
        out.dropLast(",")
        out.put(")")
        return out.text
    }

    /// Reads what `odpAttributeText` prints.
    public static func parseODPAttribute(_ text: TextSlice) throws(ODPTextError) -> (name: String, key: FlowKey, mask: FlowMask) {
        var rest = text
        let name = rest.take { $0 != 0x28 }.string
        guard let content = rest.takeParentheses(), rest.isEmpty else { throw ODPTextError(at: text) }
        guard let items = name == "mpls" ? odpLabelStackEntry(0) : odpAttributesByName[name]?.items else { throw ODPTextError(at: text) }
        var parser = ODPKeyParser()
        try parser.items(content, items)
        return (name, parser.key, parser.mask)
    }
}
