import Flow
import OpenFlow
import Wire

/// Hashes of packets' fields, equal to OVS's on machines without its special instructions, so that the same links are chosen: Bob Jenkins' lookup3 over bytes
/// (burtleburtle.net/bob/c/lookup3.c) and Austin Appleby's MurmurHash3 over words.
enum FlowHash {
    /// lookup3 of the bytes, which are read as little-endian words; a last part is filled up with zeroes.
    static func bytes(_ bytes: [UInt8], basis: UInt32) -> UInt32 {
        var a = 0xdead_beef &+ UInt32(bytes.count) &+ basis
        var b = a, c = a
        var at = 0
        func word(_ index: Int) -> UInt32 { (0..<4).reduce(0) { at + index + $1 < bytes.count ? $0 | UInt32(bytes[at + index + $1]) << UInt32(8 * $1) : $0 } }
        func add() { (a, b, c) = (a &+ word(0), b &+ word(4), c &+ word(8)) }
        while bytes.count - at >= 12 {
            add()
            a = (a &- c) ^ rotated(c, 4)
            c = c &+ b
            b = (b &- a) ^ rotated(a, 6)
            a = a &+ c
            c = (c &- b) ^ rotated(b, 8)
            b = b &+ a
            a = (a &- c) ^ rotated(c, 16)
            c = c &+ b
            b = (b &- a) ^ rotated(a, 19)
            a = a &+ c
            c = (c &- b) ^ rotated(b, 4)
            b = b &+ a
            at += 12
        }
        guard at < bytes.count else { return c }
        add()
        c = (c ^ b) &- rotated(b, 14)
        a = (a ^ c) &- rotated(c, 11)
        b = (b ^ a) &- rotated(a, 25)
        c = (c ^ b) &- rotated(b, 16)
        a = (a ^ c) &- rotated(c, 4)
        b = (b ^ a) &- rotated(a, 14)
        return (c ^ b) &- rotated(b, 24)
    }

    /// MurmurHash3 of words; `last` is mixed in at the end.
    static func words(_ words: [UInt32], basis: UInt32, last: UInt32) -> UInt32 {
        var hash = basis
        for word in words { hash = rotated(hash ^ rotated(word &* 0xcc9e_2d51, 15) &* 0x1b87_3593, 13) &* 5 &+ 0xe654_6b64 }
        hash ^= last
        hash = (hash ^ hash >> 16) &* 0x85eb_ca6b
        hash = (hash ^ hash >> 13) &* 0xc2b2_ae35
        return hash ^ hash >> 16
    }

    /// MurmurHash3 of bytes, which are read as little-endian words; the last is filled up with zeroes.
    static func bytesAsWords(_ bytes: [UInt8], basis: UInt32) -> UInt32 {
        words(littleEndianWords(bytes), basis: basis, last: UInt32(bytes.count))
    }

    private static func littleEndianWords(_ bytes: [UInt8]) -> [UInt32] {
        stride(from: 0, to: bytes.count, by: 4).map { at in bytes[at..<min(at + 4, bytes.count)].reversed().reduce(0) { $0 << 8 | UInt32($1) } }
    }

    static func pair(_ first: UInt32, _ second: UInt32) -> UInt32 { words([0, second], basis: first, last: 8) }

    private static func rotated(_ word: UInt32, _ bits: UInt32) -> UInt32 { word << bits | word >> (32 - bits) }

    /// The hash that bundle and multipath choose by (ovs-actions(7)).
    static func fields(_ fields: HashFields, of key: borrowing FlowKey, basis: UInt32) -> UInt32 {
        switch fields {
        case .ethSrc: bytes(key.l0.dlSrc.bytes, basis: basis)
        case .symmetricL4: symmetricL4(key, basis: basis)
        case .symmetricL3L4: symmetricL3L4(key, basis: basis, withUDP: false)
        case .symmetricL3L4UDP: symmetricL3L4(key, basis: basis, withUDP: true)
        case .nwSrc: address(key, key.l0.nwSrc, key.l1.ipv6Src).map { bytes($0, basis: basis) } ?? basis
        case .nwDst: address(key, key.l0.nwDst, key.l1.ipv6Dst).map { bytes($0, basis: basis) } ?? basis
        case .symmetricL3: bytes(padded(addresses(key), to: 16) + key.l0.dlType.bytes + [0, 0], basis: basis)
        }
    }

    /// Layers 2 to 4; both directions of a connection have one hash. UDP's ports, which tunnels choose for each direction, are left out.
    static func symmetricL4(_ key: borrowing FlowKey, basis: UInt32) -> UInt32 {
        let proto = isIP(key) ? key.l0.nwProto : 0
        let ports = hasPorts(proto, withUDP: false) ? key.l0.tpSrc.xor(key.l0.tpDst) : .zero
        return bytes(
            padded(addresses(key), to: 16) + key.l0.dlType.bytes + tags(key).bytes + ports.bytes + stations(key) + [proto, 0, 0, 0], basis: basis)
    }

    /// Layers 3 and 4, the same way; layer 2 of what is not IP. Fragments go without their ports.
    static func symmetricL3L4(_ key: borrowing FlowKey, basis: UInt32, withUDP: Bool) -> UInt32 {
        var list: [UInt8]
        if isIP(key) {
            list = addresses(key) + [key.l0.nwProto, 0, 0, 0]
            if hasPorts(key.l0.nwProto, withUDP: withUDP), key.l0.nwFrag & FragmentBits.any == 0 { list += key.l0.tpSrc.xor(key.l0.tpDst).bytes + [0, 0] }
        } else {
            list = key.l0.dlType.bytes + tags(key).bytes + stations(key) + [0, 0]
        }
        return words(littleEndianWords(list), basis: basis, last: basis)
    }

    /// What `fields` reads of a packet with this key is added to the mask.
    static func consult(_ fields: HashFields, of key: borrowing FlowKey, in mask: inout FlowMask) {
        switch fields {
        case .ethSrc: mask.l0.dlSrc = .broadcast
        case .nwSrc: consultAddress(key, \.l0.nwSrc, \.l1.ipv6Src, &mask)
        case .nwDst: consultAddress(key, \.l0.nwDst, \.l1.ipv6Dst, &mask)
        case .symmetricL3: consultAddresses(key, &mask)
        case .symmetricL4:
            consultLink(key, &mask)
            consultAddresses(key, &mask)
            guard isIP(key) else { return }
            mask.l0.nwProto = .max
            consultPorts(key, withUDP: false, &mask)
        case .symmetricL3L4, .symmetricL3L4UDP:
            guard isIP(key) else { return consultLink(key, &mask) }
            consultAddresses(key, &mask)
            mask.l0.nwProto = .max
            mask.l0.nwFrag = FragmentBits.mask
            if key.l0.nwFrag & FragmentBits.any == 0 { consultPorts(key, withUDP: fields == .symmetricL3L4UDP, &mask) }
        }
    }

    // MARK: Parts of a key

    private static func isIP(_ key: borrowing FlowKey) -> Bool {
        let type = key.l0.dlType
        return type == XlateTypes.ipv4 || type == XlateTypes.ipv6
    }

    private static func hasPorts(_ proto: UInt8, withUDP: Bool) -> Bool {
        proto == IPProtocol.tcp || proto == IPProtocol.sctp || withUDP && proto == IPProtocol.udp
    }

    private static func address(_ key: borrowing FlowKey, _ ipv4: BE32, _ ipv6: BE128) -> [UInt8]? {
        switch key.l0.dlType {
        case XlateTypes.ipv4: ipv4.bytes
        case XlateTypes.ipv6: ipv6.bytes
        default: nil
        }
    }

    /// Both addresses in one, whichever is which; empty without IP.
    private static func addresses(_ key: borrowing FlowKey) -> [UInt8] {
        address(key, key.l0.nwSrc.xor(key.l0.nwDst), key.l1.ipv6Src.xor(key.l1.ipv6Dst)) ?? []
    }

    private static func stations(_ key: borrowing FlowKey) -> [UInt8] { key.l0.dlSrc.xor(key.l0.dlDst).bytes }

    private static func tags(_ key: borrowing FlowKey) -> BE16 { key.l0.vlanTCI.xor(key.l3.innerVLANTCI).and(BE16(VLANTCI.vidMask)) }

    private static func padded(_ bytes: [UInt8], to count: Int) -> [UInt8] { bytes + [UInt8](repeating: 0, count: count - bytes.count) }

    private static func consultAddress(
        _ key: borrowing FlowKey, _ ipv4: WritableKeyPath<FlowMask, BE32>, _ ipv6: WritableKeyPath<FlowMask, BE128>, _ mask: inout FlowMask
    ) {
        if key.l0.dlType == XlateTypes.ipv4 { mask[keyPath: ipv4] = .ones }
        if key.l0.dlType == XlateTypes.ipv6 { mask[keyPath: ipv6] = .ones }
    }

    private static func consultAddresses(_ key: borrowing FlowKey, _ mask: inout FlowMask) {
        consultAddress(key, \.l0.nwSrc, \.l1.ipv6Src, &mask)
        consultAddress(key, \.l0.nwDst, \.l1.ipv6Dst, &mask)
    }

    private static func consultLink(_ key: borrowing FlowKey, _ mask: inout FlowMask) {
        mask.l0.dlSrc = .broadcast
        mask.l0.dlDst = .broadcast
        let tag = BE16(VLANTCI.vidMask | VLANTCI.present)
        mask.l0.vlanTCI = mask.l0.vlanTCI.or(tag)
        if key.l0.vlanTCI != .zero { mask.l3.innerVLANTCI = mask.l3.innerVLANTCI.or(tag) }
    }

    private static func consultPorts(_ key: borrowing FlowKey, withUDP: Bool, _ mask: inout FlowMask) {
        guard hasPorts(key.l0.nwProto, withUDP: withUDP) else { return }
        mask.l0.tpSrc = .ones
        mask.l0.tpDst = .ones
    }
}

extension BE16 { fileprivate var bytes: [UInt8] { [UInt8(truncatingIfNeeded: host >> 8), UInt8(truncatingIfNeeded: host)] } }
extension BE32 { fileprivate var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: host >> UInt32(24 - 8 * $0)) } } }
extension BE128 { fileprivate var bytes: [UInt8] { [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) } } } }
extension EthernetAddress { fileprivate var bytes: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: number >> UInt64(40 - 8 * $0)) } } }
