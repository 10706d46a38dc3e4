import Flow
import Wire

// Matches in NXM and OXM form, with the fields in the order in which ovs-ofctl sends them.

extension Match {
    /// A match of OpenFlow 1.2 and later, with type, length and padding to 8 bytes.
    public func encodeOXM(_ writer: inout ByteWriter, _ version: OFVersion) {
        _ = placeOXM(&writer, version)
    }

    /// The same; tells where the values are, counted from the match's first byte.
    func placeOXM(_ writer: inout ByteWriter, _ version: OFVersion) -> [FieldEntryPlace] {
        let start = writer.count
        writer.u16(1)
        writer.u16(0)
        var places = writeFields(&writer, version: version.rawValue)
        for index in places.indices { places[index].offset -= start }
        writer.set16(writer.count - start, at: start + 2)
        writer.pad(from: start)
        return places
    }

    /// The fields alone, without padding, as packet-ins of the extension carry them in `version`'s form.
    public func encodeFields(_ writer: inout ByteWriter, _ version: OFVersion) {
        writeFields(&writer, version: version < .v12 ? 0 : version.rawValue)
    }

    /// The fields, and `cookie` unless its mask is 0, with padding to 8 bytes. Returns the number of bytes without the padding.
    @discardableResult public func encodeNXM(_ writer: inout ByteWriter, cookie: (value: UInt64, mask: UInt64)? = nil) -> Int {
        let start = writer.count
        writeFields(&writer, version: 0)
        if let cookie, cookie.mask != 0 {
            let isMasked = cookie.mask != .max
            writer.fieldHeader(FieldHeaderBits(oxmClass: 1, experimenter: 0, number: cookieNumber, bytes: 8), masked: isMasked)
            writer.u64(cookie.value & cookie.mask)
            if isMasked { writer.u64(cookie.mask) }
        }
        let length = writer.count - start
        writer.pad(from: start)
        return length
    }

    @discardableResult private func writeFields(_ writer: inout ByteWriter, version: UInt8) -> [FieldEntryPlace] {
        var encoder = MatchEncoder(match: self, version: version)
        // The bytes change hands: with two owners they would be copied.
        swap(&writer, &encoder.writer)
        encoder.run()
        swap(&writer, &encoder.writer)
        return encoder.places
    }
}

/// Writes a match's fields. `version`: 0 for NXM, or OpenFlow's number of the version.
private struct MatchEncoder {
    let match: Match
    let version: UInt8
    var writer = ByteWriter(capacity: 0)
    /// Where values are among the writer's bytes.
    var places: [FieldEntryPlace] = []

    private var isOXM: Bool { version != 0 }

    /// Writes a field if the match demands anything of it.
    private mutating func put(_ field: Field) {
        let mask = match.mask.value(of: field)
        guard mask != 0 else { return }
        write(field, mask == field.place.ones || !field.isMaskable ? nil : mask)
    }

    /// Writes a field of flags, always with a mask: the known flags are not all that it has room for.
    private mutating func putFlags(_ field: Field) {
        let mask = match.mask.value(of: field)
        guard mask != 0 else { return }
        write(field, mask)
    }

    private mutating func write(_ field: Field, _ mask: UInt128?) {
        guard let bytes = field.header(version: version).map({ Int($0.bytes) }) else { return }
        writer.fieldEntry(field, version: version, value: match.key.value(of: field), mask: mask)
        places.append(FieldEntryPlace(field: field, offset: writer.count - (mask == nil ? bytes : 2 * bytes), bytes: bytes))
    }

    mutating func run() {
        let mask = match.mask
        if mask.l3.packetType != .zero { put(.packetType) }
        put(.dpHash)
        put(.recircID)
        put(.conjID)
        if mask.l0.inPort != 0 { put(.inPort) }
        put(.actsetOutput)
        put(.ethSrc)
        put(.ethDst)
        put(.ethType)
        if mask.l0.vlanTCI != .zero { vlan() }
        let type = match.key.matchedEtherType(under: mask)
        switch type {
        case EtherType.mpls, EtherType.mplsMulticast:
            for field in [Field.mplsTC, .mplsBOS, .mplsTTL, .mplsLabel] { put(field) }
        case EtherType.ipv4, EtherType.ipv6: internet(isIPv4: type == EtherType.ipv4)
        case EtherType.arp, EtherType.rarp:
            for field in [Field.arpOp, .arpSPA, .arpTPA, .arpSHA, .arpTHA] { put(field) }
        default: break
        }
        if mask[line: 2] != .zero || !match.tunMetadata.isEmpty { tunnel() }
        if mask[line: 5] != .zero { nsh() }
        if mask.regs != .zero { registers() }
        put(.pktMark)
        conntrack()
        put(.metadata)
    }

    private mutating func vlan() {
        guard isOXM else { return put(.vlanTCI) }
        put(.vlanVID)
        let isTagKnown = match.key.l0.vlanTCI.host & (VLANTCI.vidMask | VLANTCI.present) != 0
        if isTagKnown { put(.vlanPCP) }
    }

    private mutating func internet(isIPv4: Bool) {
        put(isIPv4 ? .ipv4Src : .ipv6Src)
        put(isIPv4 ? .ipv4Dst : .ipv6Dst)
        put(.nwFrag)
        put(isOXM ? .ipDSCP : .nwTOS)
        put(.nwECN)
        put(.nwTTL)
        if !isIPv4 { put(.ipv6Label) }
        guard match.mask.l0.nwProto != 0 else { return }
        put(.nwProto)
        switch match.key.l0.nwProto {
        case IPProtocol.tcp:
            put(.tcpSrc)
            put(.tcpDst)
            put(.tcpFlags)
        case IPProtocol.udp:
            put(.udpSrc)
            put(.udpDst)
        case IPProtocol.sctp:
            put(.sctpSrc)
            put(.sctpDst)
        case IPProtocol.icmp where isIPv4:
            put(.icmpType)
            put(.icmpCode)
        case IPProtocol.icmpv6 where !isIPv4:
            put(.icmpv6Type)
            put(.icmpv6Code)
            neighborDiscovery()
        default: break
        }
    }

    private mutating func neighborDiscovery() {
        guard match.key.satisfies(.nd, under: match.mask) else { return }
        put(.ndReserved)
        put(.ndTarget)
        put(.ndOptionsType)
        put(match.key.l0.tpSrc.host == 135 ? .ndSLL : .ndTLL)
    }

    private mutating func tunnel() {
        put(.tunID)
        putFlags(.tunFlags)
        let isSrc4 = isIPv4(.tunSrc), isDst4 = isIPv4(.tunDst)
        if isSrc4 { put(.tunSrc) }
        if isDst4 { put(.tunDst) }
        if !isSrc4 { put(.tunIPv6Src) }
        if !isDst4 { put(.tunIPv6Dst) }
        put(.tunGBPID)
        put(.tunGBPFlags)
        for wanted in match.tunMetadata { writer.tunMetadata(wanted) }
        for field in [Field.tunERSPANIndex, .tunERSPANVersion, .tunERSPANDirection, .tunERSPANHardwareID,
            .tunGTPUFlags, .tunGTPUMessageType] { put(field) }
    }

    /// True if a tunnel's address is said by `field`, for IPv4-mapped ones.
    private func isIPv4(_ field: Field) -> Bool {
        match.mask.hasFrame(of: field, asMask: true) && match.key.hasFrame(of: field, asMask: false)
    }

    private mutating func nsh() {
        for field in [Field.nshFlags, .nshTTL, .nshMDType, .nshNP, .nshSPI, .nshSI, .nshC1, .nshC2, .nshC3, .nshC4] { put(field) }
    }

    private mutating func registers() {
        let isWide = version >= OFVersion.v15.rawValue
        let first = isWide ? Field.xreg0.rawValue : Field.reg0.rawValue
        for index in 0..<(isWide ? UInt8(8) : 16) { if let field = Field(rawValue: first + index) { put(field) } }
    }

    private mutating func conntrack() {
        let mask = match.mask
        if mask.l0.ctState != 0 { putFlags(.ctState) }
        if mask.l0.ctZone != 0 { put(.ctZone) }
        if mask.l0.ctMark != 0 { put(.ctMark) }
        if mask[line: 4] != .zero {
            for field in [Field.ctLabel, .ctNWSrc, .ctIPv6Src, .ctNWDst, .ctIPv6Dst] { put(field) }
        }
        guard match.key.l0.ctNWProto != 0 else { return }
        put(.ctNWProto)
        put(.ctTPSrc)
        put(.ctTPDst)
    }
}
