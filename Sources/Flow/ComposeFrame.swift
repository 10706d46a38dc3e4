import Wire

extension FlowKey {
    /// Bytes behind the transport header of a composed frame, unless a length is asked for.
    public static let composedPayload = 64

    /// A frame that has this key, as OVS makes one of a flow: what the key does not say is zero, the payload is 00 01 02 … where the protocol may carry one,
    /// lengths and checksums are right.
    /// - Parameter length: nil: the payload has `composedPayload` bytes; else the frame is made this long by zeros behind the headers.
    /// Returns nil if the headers alone are longer.
    public func composedFrame(length: Int? = nil) -> [UInt8]? {
        var composer = FrameComposer(key: self, payload: length == nil ? FlowKey.composedPayload : 0)
        composer.compose()
        guard let length else { return composer.finished() }
        guard composer.frame.count <= length else { return nil }
        composer.pad(to: length)
        return composer.finished()
    }
}

/// Writes a frame from the outside to the inside; lengths and checksums come last.
private struct FrameComposer {
    let key: FlowKey
    /// Bytes of payload.
    let payload: Int
    private(set) var frame: [UInt8] = []
    /// Where the network and transport headers begin; 0: there is none.
    private var network = 0, transport = 0
    /// Bytes that `pad` has added.
    private var padding = 0

    init(key: FlowKey, payload: Int) {
        self.key = key
        self.payload = payload
    }

    private var type: UInt16 { key.l0.dlType.host }
    private var isIP: Bool { type == EtherType.ipv4 || type == EtherType.ipv6 }

    mutating func compose() {
        put(key.l0.dlDst.bytes + key.l0.dlSrc.bytes)
        tags()
        guard type != EtherType.notEtherType else { return put16(0) }
        put16(type)
        switch type {
        case EtherType.ipv4: ipv4()
        case EtherType.ipv6: ipv6()
        case EtherType.arp, EtherType.rarp: arp()
        case EtherType.nsh: nsh()
        case EtherType.mpls, EtherType.mplsMulticast: labels()
        default: break
        }
    }

    mutating func pad(to length: Int) {
        padding = length - frame.count
        frame += [UInt8](repeating: 0, count: padding)
    }

    // MARK: Link layer

    private mutating func tags() {
        for (tpid, tci) in [(key.l0.vlanTPID, key.l0.vlanTCI), (key.l3.innerVLANTPID, key.l3.innerVLANTCI)] where tci.host & VLANTCI.present != 0 {
            put16(tpid.host)
            put16(tci.host & ~VLANTCI.present)
        }
    }

    private mutating func labels() {
        let entries = [key.l3.mplsLSE0, key.l3.mplsLSE1, key.l3.mplsLSE2].map(\.host)
        let bottom = entries.firstIndex { $0 & 0x100 != 0 } ?? entries.count - 1
        for entry in entries[...bottom] { put32(entry) }
    }

    private mutating func arp() {
        put([0, 1, 0x08, 0, 6, 4])
        put16(UInt16(key.l0.nwProto))
        // Addresses are known of requests and replies.
        let isKnown = key.l0.nwProto == 1 || key.l0.nwProto == 2
        guard isKnown else { return put([UInt8](repeating: 0, count: 20)) }
        put(key.l1.arpSHA.bytes)
        put32(key.l0.nwSrc.host)
        put(key.l1.arpTHA.bytes)
        put32(key.l0.nwDst.host)
    }

    /// RFC 8300, section 2: base header, service path header, and the context of MD type 1.
    private mutating func nsh() {
        let header = key.l5, hasContext = header.nshMDType == 1
        let words: UInt16 = hasContext ? 6 : 2
        put16(UInt16(header.nshFlags & 1) << 13 | UInt16(header.nshTTL & 0x3f) << 6 | words)
        put([header.nshMDType & 0xf, header.nshNP])
        put32(header.nshPathHeader.host)
        guard hasContext else { return }
        for word in [header.nshContext0, header.nshContext1, header.nshContext2, header.nshContext3] { put32(word.host) }
    }

    // MARK: Network layer

    private mutating func ipv4() {
        network = frame.count
        put([0x45, key.l0.nwTOS, 0, 0, 0, 0])
        let isFragment = key.l0.nwFrag & FragmentBits.any != 0, isLater = key.l0.nwFrag & FragmentBits.later != 0
        // "More fragments", and for a later one some offset.
        put16(isFragment ? 0x2000 | (isLater ? 100 : 0) : 0)
        put([key.l0.nwTTL, key.l0.nwProto, 0, 0])
        put32(key.l0.nwSrc.host)
        put32(key.l0.nwDst.host)
        transportHeader()
    }

    private mutating func ipv6() {
        network = frame.count
        put32(6 << 28 | UInt32(key.l0.nwTOS) << 20 | key.l1.ipv6Label.host & 0xf_ffff)
        // A fragment gets no header that says so, as with OVS.
        put([0, 0, key.l0.nwProto, key.l0.nwTTL])
        put128(key.l1.ipv6Src)
        put128(key.l1.ipv6Dst)
        transportHeader()
    }

    // MARK: Transport layer

    private mutating func transportHeader() {
        transport = frame.count
        guard key.l0.nwFrag & FragmentBits.later == 0 else { return }
        switch key.l0.nwProto {
        case IPProtocol.tcp: tcp()
        case IPProtocol.udp:
            ports()
            put32(0)
            putPayload()
        case IPProtocol.sctp:
            ports()
            put([UInt8](repeating: 0, count: 8))
        case IPProtocol.icmp where type == EtherType.ipv4:
            message()
            if isEcho(0, 8) { putPayload() }
        case IPProtocol.igmp where type == EtherType.ipv4:
            put([UInt8(truncatingIfNeeded: key.l0.tpSrc.host), UInt8(truncatingIfNeeded: key.l0.tpDst.host), 0, 0])
            put32(key.l3.igmpGroup.host)
        case IPProtocol.icmpv6 where type == EtherType.ipv6: icmpv6()
        default: break
        }
    }

    private mutating func ports() {
        put16(key.l0.tpSrc.host)
        put16(key.l0.tpDst.host)
    }

    private mutating func tcp() {
        ports()
        put([UInt8](repeating: 0, count: 8))
        put16(5 << 12 | key.l0.tcpFlags.host & 0xfff)
        put([UInt8](repeating: 0, count: 6))
        // SYN, FIN or RST: without data.
        if key.l0.tcpFlags.host & 0x7 == 0 { putPayload() }
    }

    /// The first eight bytes of ICMP and ICMPv6.
    private mutating func message() {
        put([UInt8(truncatingIfNeeded: key.l0.tpSrc.host), UInt8(truncatingIfNeeded: key.l0.tpDst.host), 0, 0])
        put32(0)
    }

    private func isEcho(_ types: UInt16...) -> Bool { types.contains(key.l0.tpSrc.host) && key.l0.tpDst == .zero }

    /// Neighbour solicitations and advertisements have their target and their options (RFC 4861, section 4).
    private mutating func icmpv6() {
        message()
        if isEcho(135, 136) {
            put128(key.l1.ndTarget)
            if !key.l1.arpSHA.isZero { put([1, 1] + key.l1.arpSHA.bytes) }
            if !key.l1.arpTHA.isZero { put([2, 1] + key.l1.arpTHA.bytes) }
        } else if isEcho(128, 129) {
            putPayload()
        }
    }

    private mutating func putPayload() { put((0..<payload).map { UInt8(truncatingIfNeeded: $0) }) }

    // MARK: Lengths and checksums

    /// The frame with all that hangs on its length.
    mutating func finished() -> [UInt8] {
        if type == EtherType.notEtherType { set16(at: frame.count - padding - 2, UInt16(truncatingIfNeeded: frame.count)) }
        guard isIP else { return frame }
        let length = frame.count - network
        if type == EtherType.ipv4 {
            set16(at: network + 2, UInt16(truncatingIfNeeded: length))
            set16(at: network + 10, ~folded(sum(network..<network + 20)))
        } else {
            set16(at: network + 4, UInt16(truncatingIfNeeded: length - 40))
        }
        if key.l0.nwFrag & FragmentBits.later == 0 { finishTransport() }
        return frame
    }

    private mutating func finishTransport() {
        let rest = transport..<frame.count
        switch key.l0.nwProto {
        case IPProtocol.tcp: setChecksum(at: transport + 16, pseudoHeader() + sum(rest))
        case IPProtocol.udp:
            // What was padded counts twice, as OVS has it.
            set16(at: transport + 4, UInt16(truncatingIfNeeded: rest.count + padding))
            setChecksum(at: transport + 6, pseudoHeader() + sum(rest))
            // Zero is "no checksum" (RFC 768).
            if frame[transport + 6] == 0, frame[transport + 7] == 0 { set16(at: transport + 6, 0xffff) }
        case IPProtocol.icmp where type == EtherType.ipv4, IPProtocol.igmp where type == EtherType.ipv4:
            setChecksum(at: transport + 2, sum(rest))
        case IPProtocol.icmpv6 where type == EtherType.ipv6: setChecksum(at: transport + 2, pseudoHeader() + sum(rest))
        default: break
        }
    }

    private mutating func setChecksum(at offset: Int, _ sum: UInt64) { set16(at: offset, ~folded(sum)) }

    /// Of the addresses, the protocol and the transport layer's length (RFC 9293, section 3.1; RFC 8200, section 8.1).
    private func pseudoHeader() -> UInt64 {
        let addresses = type == EtherType.ipv4 ? network + 12..<network + 20 : network + 8..<network + 40
        return sum(addresses) + UInt64(key.l0.nwProto) + UInt64(frame.count - transport)
    }

    /// The sum of 16-bit words (RFC 1071); a last single byte counts as a word's first.
    private func sum(_ range: Range<Int>) -> UInt64 {
        stride(from: range.lowerBound, to: range.upperBound, by: 2).reduce(0) { total, at in
            total + UInt64(frame[at]) << 8 + (at + 1 < range.upperBound ? UInt64(frame[at + 1]) : 0)
        }
    }

    private func folded(_ sum: UInt64) -> UInt16 {
        var sum = sum
        while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
        return UInt16(sum)
    }

    // MARK: Bytes

    private mutating func put(_ bytes: [UInt8]) { frame += bytes }
    private mutating func put16(_ number: UInt16) { put([UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]) }
    private mutating func put32(_ number: UInt32) {
        put16(UInt16(number >> 16))
        put16(UInt16(truncatingIfNeeded: number))
    }
    private mutating func put128(_ number: BE128) { put((0..<16).map { UInt8(truncatingIfNeeded: number.number >> UInt128(120 - 8 * $0)) }) }
    private mutating func set16(at offset: Int, _ number: UInt16) {
        frame[offset] = UInt8(number >> 8)
        frame[offset + 1] = UInt8(truncatingIfNeeded: number)
    }
}
