import Wire

// Extraction of what stands before and beside IP: Ethernet, VLAN tags, 802.2, MPLS, ARP, NSH. No unsafe construct here.

extension Extraction {
    /// Ethernet II, 802.2 or SNAP, with up to `vlanLimit` tags (IEEE 802.3, section 3; IEEE 802.1Q, section 9).
    @inline(__always) @_noLocks mutating func readEthernet(_ frame: PacketCursor, vlanLimit: Int) {
        var rest = frame
        // Addresses and at least the bytes of an EtherType, which is taken below.
        guard rest.left >= 14, let addresses = rest.pull(12) else { return }
        l0.dlDst = addresses.ethernetAddress(0)
        l0.dlSrc = addresses.ethernetAddress(6)
        readVLANs(&rest, vlanLimit: vlanLimit)
        l0.dlType = readEtherType(&rest)
        readAfterEtherType(rest)
    }

    /// Up to two tags. A tag counts only if an EtherType follows it.
    @inline(__always) @_noLocks private mutating func readVLANs(_ rest: inout PacketCursor, vlanLimit: Int) {
        guard vlanLimit > 0, let outer = pullVLAN(&rest) else { return }
        l0.vlanTPID = outer.be16(0)
        l0.vlanTCI = presentTCI(outer)
        guard vlanLimit > 1, let inner = pullVLAN(&rest) else { return }
        useLine3()
        l3.innerVLANTPID = inner.be16(0)
        l3.innerVLANTCI = presentTCI(inner)
    }
    @inline(__always) @_noLocks private func pullVLAN(_ rest: inout PacketCursor) -> HeaderView? {
        guard let header = rest.peek(6) else { return nil }
        let tpid = header.be16(0).host
        guard tpid == EtherType.vlan8021Q || tpid == EtherType.vlan8021AD else { return nil }
        return rest.pull(4)
    }
    @inline(__always) @_noLocks private func presentTCI(_ tag: HeaderView) -> BE16 {
        BE16(tag.be16(2).host | VLANTCI.present)
    }

    /// The EtherType, from the type field or from an 802.2 SNAP header with OUI 0 (RFC 1042).
    @inline(__always) @_noLocks private func readEtherType(_ rest: inout PacketCursor) -> BE16 {
        guard let field = rest.pull(2) else { return BE16(EtherType.notEtherType) }
        let type = field.be16(0)
        if type.host >= EtherType.minimum { return type }
        // DSAP and SSAP 0xaa, control 3, OUI 00-00-00, then a type.
        guard let snap = rest.peek(8), snap.be32(0).host == 0xaaaa_0300, snap.be16(4).host == 0,
            snap.be16(6).host >= EtherType.minimum
        else { return BE16(EtherType.notEtherType) }
        _ = rest.pull(8)
        return snap.be16(6)
    }

    /// A packet without Ethernet: packet_type is (1, `etherType`).
    @inline(__always) @_noLocks mutating func setPacketType(_ etherType: BE16) {
        useLine3()
        l3.packetType = BE32(1 << 16 | UInt32(etherType.host))
        l0.dlType = etherType
    }

    /// What dl_type, which is set, says that comes next.
    @inline(__always) @_noLocks mutating func readAfterEtherType(_ rest: PacketCursor) {
        switch l0.dlType.host {
        case EtherType.ipv4: readIPv4(rest)
        case EtherType.ipv6: readIPv6(rest)
        case EtherType.arp, EtherType.rarp: readARP(rest)
        case EtherType.mpls, EtherType.mplsMulticast: readMPLS(rest)
        case EtherType.nsh: readNSH(rest)
        default: break
        }
    }

    /// Up to three label stack entries, as far as the bottom of the stack (RFC 3032, section 2.1). What is under them is not
    /// looked at.
    @_noLocks private mutating func readMPLS(_ start: PacketCursor) {
        var rest = start
        useLine3()
        guard let first = rest.pull(4) else { return }
        l3.mplsLSE0 = first.be32(0)
        guard !isBottom(first), let second = rest.pull(4) else { return }
        l3.mplsLSE1 = second.be32(0)
        guard !isBottom(second), let third = rest.pull(4) else { return }
        l3.mplsLSE2 = third.be32(0)
    }
    @inline(__always) @_noLocks private func isBottom(_ entry: HeaderView) -> Bool { entry.byte(2) & 1 != 0 }

    /// ARP and RARP for Ethernet and IPv4 (RFC 826, RFC 903); other kinds give nothing.
    @_noLocks private mutating func readARP(_ start: PacketCursor) {
        // Hardware 1, protocol 0x0800, address lengths 6 and 4.
        guard let arp = start.peek(28), arp.be32(0).host == 0x0001_0800, arp.be16(4).host == 0x0604 else { return }
        let opcode = arp.be16(6).host
        l0.nwProto = opcode > 0xff ? 0 : UInt8(truncatingIfNeeded: opcode)
        l0.nwSrc = arp.be32(14)
        l0.nwDst = arp.be32(24)
        useLine1()
        l1.arpSHA = arp.ethernetAddress(8)
        l1.arpTHA = arp.ethernetAddress(18)
    }

    /// The Network Service Header (RFC 8300, section 2): version, O and U bits, TTL (6 bits), length in words (6 bits);
    /// MD type; next protocol; service path. The contexts are read of MD type 1 only.
    @_noLocks private mutating func readNSH(_ start: PacketCursor) {
        guard let nsh = start.peek(8) else { return }
        let first = nsh.be16(0).host
        let size = Int(first & 0x3f) &* 4
        let mdType = nsh.byte(2)
        guard first >> 14 == 0, size <= start.left,
            mdType != 1 || size == 24, mdType != 2 || size >= 8
        else { return }
        useLine5()
        l5.nshFlags = UInt8(truncatingIfNeeded: first >> 12 & 3)
        l5.nshTTL = UInt8(truncatingIfNeeded: first >> 6 & 0x3f)
        l5.nshMDType = mdType
        l5.nshNP = nsh.byte(3)
        l5.nshPathHeader = nsh.be32(4)
        guard mdType == 1, let whole = start.peek(24) else { return }
        l5.nshContext0 = whole.be32(8)
        l5.nshContext1 = whole.be32(12)
        l5.nshContext2 = whole.be32(16)
        l5.nshContext3 = whole.be32(20)
    }
}
