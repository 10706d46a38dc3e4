/// A packet as the reference sees it: decoded addresses, tags and type, and the rest as bytes. Written for being evidently
/// right, not for speed: every change of an IPv4 header or of ports computes the checksums anew over all bytes.
struct RefPacket: Hashable {
    var dst: UInt64
    var src: UInt64
    /// TPID and TCI of each tag, the outer one first.
    var tags: [Tag]
    var type: UInt16
    /// What follows the EtherType.
    var rest: [UInt8]
    // Not in the frame:
    var inPort: UInt16
    var registers: [UInt32] = [0, 0]
    var metadata: UInt64 = 0
    /// While a table is looked up for conjunctive flows.
    var conjID: UInt32 = 0

    struct Tag: Hashable {
        var tpid: UInt16
        var tci: UInt16
    }

    /// Frames of at least 14 bytes; tags are 0x8100 or 0x88a8.
    init?(_ frame: [UInt8], inPort: UInt16) {
        guard frame.count >= 14 else { return nil }
        dst = number(frame, 0, 6)
        src = number(frame, 6, 6)
        tags = []
        var at = 12
        while [0x8100, 0x88a8].contains(number(frame, at, 2)), frame.count >= at + 6, tags.count < 2 {
            tags.append(Tag(tpid: UInt16(number(frame, at, 2)), tci: UInt16(number(frame, at + 2, 2))))
            at += 4
        }
        type = UInt16(number(frame, at, 2))
        rest = Array(frame[(at + 2)...])
        self.inPort = inPort
    }

    var bytes: [UInt8] {
        var frame = octets(dst, 6) + octets(src, 6)
        for tag in tags { frame += octets(UInt64(tag.tpid), 2) + octets(UInt64(tag.tci), 2) }
        return frame + octets(UInt64(type), 2) + rest
    }

    var isIPv4: Bool { type == 0x0800 && rest.count >= 20 }
    var isIPv6: Bool { type == 0x86dd && rest.count >= 40 }
    var isIP: Bool { isIPv4 || isIPv6 }
    /// RFC 3032: label stack entries follow.
    var isMPLS: Bool { type == 0x8847 && rest.count >= 4 }
    var isARP: Bool { type == 0x0806 && rest.count >= 28 }
    /// 1: a fragment; 2: not the first one.
    var fragment: UInt64 {
        guard isIPv4 else { return 0 }
        let word = number(rest, 6, 2)
        return (word & 0x3fff != 0 ? 1 : 0) | (word & 0x1fff != 0 ? 2 : 0)
    }
    var l3Length: Int { isIPv4 ? 20 : 40 }
    var ipProtocol: UInt64 { isIPv4 ? UInt64(rest[9]) : isIPv6 ? UInt64(rest[6]) : 0 }
    /// The bytes of TCP's, UDP's or ICMP's header can be read.
    var transport: UInt64? {
        guard isIP, fragment & 2 == 0, [1, 6, 17].contains(ipProtocol) else { return nil }
        return ipProtocol
    }

    /// A field's value; 0 if the packet does not have it.
    func read(_ field: RefField) -> UInt64 {
        switch field {
        case .inPort: return UInt64(inPort)
        case .dlDst: return dst
        case .dlSrc: return src
        case .dlType: return UInt64(type)
        case .vlanTCI: return tags.first.map { UInt64($0.tci | 0x1000) } ?? 0
        case .nwSrc: return isIPv4 ? number(rest, 12, 4) : isARP ? number(rest, 14, 4) : 0
        case .nwDst: return isIPv4 ? number(rest, 16, 4) : isARP ? number(rest, 24, 4) : 0
        case .nwProto: return isIP ? ipProtocol : isARP ? number(rest, 6, 2) : 0
        case .nwTOS: return isIPv4 ? UInt64(rest[1]) : isIPv6 ? number(rest, 0, 2) >> 4 & 0xff : 0
        case .nwTTL: return isIPv4 ? UInt64(rest[8]) : isIPv6 ? UInt64(rest[7]) : 0
        case .nwFrag: return fragment
        case .ipv6Src: return isIPv6 ? number(rest, 16, 8) : 0
        case .ipv6Dst: return isIPv6 ? number(rest, 32, 8) : 0
        case .tpSrc: return transport.map { number(rest, l3Length, $0 == 1 ? 1 : 2) } ?? 0
        case .tpDst: return transport.map { number(rest, $0 == 1 ? l3Length + 1 : l3Length + 2, $0 == 1 ? 1 : 2) } ?? 0
        case .tcpFlags: return transport == 6 ? number(rest, l3Length + 12, 2) & 0xfff : 0
        case .reg0: return UInt64(registers[0])
        case .reg1: return UInt64(registers[1])
        case .metadata: return metadata
        case .mplsLabel: return isMPLS ? number(rest, 0, 4) >> 12 : 0
        case .mplsTC: return isMPLS ? number(rest, 0, 4) >> 9 & 7 : 0
        case .mplsBOS: return isMPLS ? number(rest, 0, 4) >> 8 & 1 : 0
        case .mplsTTL: return isMPLS ? number(rest, 0, 4) & 0xff : 0
        case .conjID: return UInt64(conjID)
        }
    }

    /// Writes bits of a field that the packet has.
    mutating func write(_ field: RefField, _ value: UInt64, mask: UInt64) {
        let new = read(field) & ~mask | value & mask
        switch field {
        case .dlDst: dst = new
        case .dlSrc: src = new
        case .nwSrc where isIPv4: put(12, new, 4)
        case .nwDst where isIPv4: put(16, new, 4)
        case .nwTOS where isIPv4: put(1, new, 1)
        case .nwTOS where isIPv6: put(0, number(rest, 0, 2) & 0xf00f | new << 4, 2)
        case .nwTTL where isIPv4: put(8, new, 1)
        case .nwTTL where isIPv6: put(7, new, 1)
        case .tpSrc where transport != nil && transport != 1: put(l3Length, new, 2)
        case .tpDst where transport != nil && transport != 1: put(l3Length + 2, new, 2)
        case .ipv6Src where isIPv6: put(16, new, 8)
        case .ipv6Dst where isIPv6: put(32, new, 8)
        case .reg0: registers[0] = UInt32(truncatingIfNeeded: new)
        case .reg1: registers[1] = UInt32(truncatingIfNeeded: new)
        case .metadata: metadata = new
        case .mplsLabel where isMPLS: putEntry(new, shift: 12, mask: 0xfffff)
        case .mplsTC where isMPLS: putEntry(new, shift: 9, mask: 7)
        case .mplsTTL where isMPLS: putEntry(new, shift: 0, mask: 0xff)
        default: break
        }
    }

    private mutating func putEntry(_ value: UInt64, shift: UInt64, mask: UInt64) {
        put(0, number(rest, 0, 4) & ~(mask << shift) | value << shift, 4)
    }

    private mutating func put(_ at: Int, _ value: UInt64, _ count: Int) {
        rest.replaceSubrange(at..<at + count, with: octets(value, count))
        fixChecksums()
    }

    /// IPv4's header checksum and, unless it is a later fragment or UDP without one, the transport's.
    mutating func fixChecksums() {
        if isMPLS { return fixLabelledChecksums() }
        if isIPv4 {
            rest.replaceSubrange(10..<12, with: [0, 0])
            rest.replaceSubrange(10..<12, with: octets(checksum(rest[..<20], 0), 2))
        }
        guard let transport else { return }
        let at = l3Length + [1: 2, 6: 16, 17: 6][Int(transport), default: 0]
        if transport == 17 && number(rest, at, 2) == 0 { return }
        let segment = rest.count - l3Length
        // ICMP for IPv4 has no pseudo-header (RFC 792).
        var pseudo: UInt64 = 0
        if transport != 1 {
            let addresses = isIPv4 ? rest[12..<20] : rest[8..<40]
            pseudo = sum(addresses) + transport + UInt64(segment)
        }
        rest.replaceSubrange(at..<at + 2, with: [0, 0])
        let computed = checksum(rest[l3Length...], pseudo)
        rest.replaceSubrange(at..<at + 2, with: octets(transport == 17 && computed == 0 ? 0xffff : computed, 2))
    }

    mutating func stripTag() { if !tags.isEmpty { tags.removeFirst() } }
    mutating func pushTag(_ tci: UInt16) { tags.insert(Tag(tpid: 0x8100, tci: tci), at: 0) }
    mutating func setTag(_ bits: UInt16, mask: UInt16) {
        if tags.isEmpty { pushTag(0) }
        tags[0].tci = tags[0].tci & ~mask | bits
    }
}

/// The fields that the simulation uses, by value.
enum RefField: Int {
    case inPort, dlDst, dlSrc, dlType, vlanTCI, nwSrc, nwDst, nwProto, nwTOS, nwTTL, nwFrag, ipv6Src, ipv6Dst
    case tpSrc, tpDst, tcpFlags, reg0, reg1, metadata, mplsLabel, mplsTC, mplsBOS, mplsTTL, conjID
}

/// `count` bytes at `at` as a number, the most significant one first.
func number(_ bytes: [UInt8], _ at: Int, _ count: Int) -> UInt64 {
    var result: UInt64 = 0
    for index in at..<at + count { result = result << 8 | UInt64(bytes[index]) }
    return result
}

func octets(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
}

/// The sum of 16-bit words.
private func sum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    var total: UInt64 = 0
    for (place, byte) in bytes.enumerated() { total += place % 2 == 0 ? UInt64(byte) << 8 : UInt64(byte) }
    return total
}

/// RFC 1071.
private func checksum(_ bytes: ArraySlice<UInt8>, _ start: UInt64) -> UInt64 {
    var total = start + sum(bytes)
    while total > 0xffff { total = total & 0xffff + total >> 16 }
    return ~total & 0xffff
}
