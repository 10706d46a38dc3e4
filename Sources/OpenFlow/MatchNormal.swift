import Flow
import Wire

extension Match {
    /// Takes out of the match what its prerequisites (ovs-fields(7)) make meaningless, as OVS does: "tp_dst=80"
    /// without an IP protocol demands nothing. Returns the fields taken out.
    public mutating func normalize() -> [Field] {
        var dropped: [Field] = []
        for group in storage {
            guard group.fields.contains(where: { !isWild($0) }), !group.allowed.contains(where: { key.satisfies($0, under: mask) })
            else { continue }
            for field in group.fields where !isWild(field) {
                dropped.append(field)
                mask.set(field, to: 0)
                key.set(field, to: 0)
            }
        }
        return dropped
    }

    /// True if the match asks for ports or flags of TCP, UDP or SCTP in fragments that have none.
    var asksLaterFragments: Bool {
        let isLater = key.l0.nwFrag & mask.l0.nwFrag & FragmentBits.later != 0
        let isTransport = mask.l0.nwProto == .max && [IPProtocol.tcp, IPProtocol.udp, IPProtocol.sctp].contains(key.l0.nwProto)
        return isLater && isTransport && !(isWild(.tcpSrc) && isWild(.tcpDst) && isWild(.tcpFlags))
    }

    /// The first field whose prerequisites OVS refuses a flow for, instead of ignoring the field.
    public func fieldWithoutPrerequisites() -> Field? {
        if let field = refusedWithoutPrerequisites.first(where: { !isWild($0) && !key.satisfies($0.prerequisite, under: mask) }) { return field }
        return conntrackAddressOfOtherProtocol
    }

    /// An address of a connection's original direction that is not of the version of IP that is matched. OVS refuses flow mods for it
    /// (`bacMatchInconsistent`), after the match and before the actions have been read.
    public var conntrackAddressOfOtherProtocol: Field? {
        guard mask.l4 != FlowLine4() else { return nil }
        let type = key.l0.dlType.host
        let wrong: [Field] = (type == EtherType.ipv4 ? [] : [.ctNWSrc, .ctNWDst]) + (type == EtherType.ipv6 ? [] : [.ctIPv6Src, .ctIPv6Dst])
        return wrong.first { !isWild($0) }
    }
}

/// Fields that share bits of the key, and the prerequisites any of which makes them meaningful. In this order, a field that
/// is a prerequisite is looked at before those that need it.
private let storage: [(fields: [Field], allowed: [Prerequisite])] = [
    ([.ipv4Src, .ipv4Dst], [.ipv4, .arp]),
    ([.nwProto], [.ip, .arp]),
    ([.nwTOS, .nwECN, .nwTTL, .nwFrag], [.ip]),
    ([.tcpSrc, .tcpDst], [.tcp, .udp, .sctp, .icmpv4, .icmpv6]),
    ([.tcpFlags], [.tcp]),
    ([.ipv6Src, .ipv6Dst, .ipv6Label], [.ipv6]),
    ([.ndTarget, .ndReserved, .ndOptionsType], [.nd]),
    ([.arpSHA], [.arp, .ndSolicit]),
    ([.arpTHA], [.arp, .ndAdvert]),
    ([.mplsLabel, .mplsTC, .mplsBOS, .mplsTTL], [.mpls]),
]

private let refusedWithoutPrerequisites: [Field] = [
    .ethSrc, .ethDst, .ethType, .vlanTCI,
    .ctNWProto, .ctNWSrc, .ctNWDst, .ctIPv6Src, .ctIPv6Dst, .ctTPSrc, .ctTPDst,
    .nshFlags, .nshTTL, .nshMDType, .nshNP, .nshSPI, .nshSI, .nshC1, .nshC2, .nshC3, .nshC4,
]
