import Flow
import Wire

/// One datapath action, as ovs-actions(7) and `ovs-appctl dpctl/dump-flows` mean it. This is the form that
/// translation composes and that is printed; what a PMD executes is the `ActionProgram` compiled from it.
public indirect enum DPAction: Hashable, Sendable {
    case output(ODPPort)
    /// Hand the packet to the ofproto thread. `userdata` comes back in the upcall; `maxLength` 0 is the whole packet.
    case userspace(userdata: UInt64, maxLength: UInt32)
    case pushVLAN(tpid: BE16, tci: BE16)
    case popVLAN
    case pushMPLS(lse: BE32, etherType: BE16)
    /// `etherType`: what the frame holds after the pop; 0x6558: what follows is an Ethernet frame itself.
    case popMPLS(etherType: BE16)
    /// Set the bits of one header that `mask` selects.
    case set(DPSetField)
    case recirc(RecircID)
    /// Compute dp_hash; algorithm 0 is L4 with `basis`, 1 is symmetric L4.
    case hash(algorithm: UInt32, basis: UInt32)
    /// Cut the packet to `maxLength` bytes at the next output.
    case trunc(maxLength: UInt32)
    /// Run the actions on a copy.
    case clone([DPAction])
    /// Run the actions on a copy with the probability `probability` / 2³².
    case sample(probability: UInt32, [DPAction])
    case meter(UInt32)
    case checkPacketLength(UInt32, greater: [DPAction], lessOrEqual: [DPAction])
    case pushEthernet(src: EthernetAddress, dst: EthernetAddress)
    case popEthernet
    /// In front of all the packet is.
    case addMPLS(lse: BE32, etherType: BE16)
    case pushNSH(DPPushNSH)
    case popNSH
    case drop
}

/// A masked set of one header's fields. Values outside the mask are zero.
public enum DPSetField: Hashable, Sendable {
    case skbPriority(UInt32, mask: UInt32)
    case pktMark(UInt32, mask: UInt32)
    case ethernet(src: EthernetAddress, dst: EthernetAddress, srcMask: EthernetAddress, dstMask: EthernetAddress)
    /// The outer tag's TCI, without the present bit. (The datapath text has no masked form: pop and push are used there.)
    case ipv4(DPSetIPv4, mask: DPSetIPv4)
    case ipv6(DPSetIPv6, mask: DPSetIPv6)
    case tcp(src: BE16, dst: BE16, srcMask: BE16, dstMask: BE16)
    case udp(src: BE16, dst: BE16, srcMask: BE16, dstMask: BE16)
    case sctp(src: BE16, dst: BE16, srcMask: BE16, dstMask: BE16)
    case icmp(type: UInt8, code: UInt8, typeMask: UInt8, codeMask: UInt8)
    /// ARP's opcode, protocol and hardware addresses.
    case arp(DPSetARP, mask: DPSetARP)
    /// ND's target and link-layer address options.
    case nd(DPSetND, mask: DPSetND)
    /// ND's reserved word, with an advertisement's flags, and the type of the first link-layer address option.
    case ndExtensions(reserved: BE32, optionsType: UInt8, reservedMask: BE32, optionsTypeMask: UInt8)
    /// The outermost label stack entry.
    case mpls(lse: BE32, mask: BE32)
    case nsh(DPSetNSH, mask: DPSetNSH)
}

public struct DPSetIPv4: Hashable, Sendable {
    public var src = BE32.zero, dst = BE32.zero, tos: UInt8 = 0, ttl: UInt8 = 0
    public init() {}
}

public struct DPSetIPv6: Hashable, Sendable {
    public var src = BE128.zero, dst = BE128.zero, label = BE32.zero, trafficClass: UInt8 = 0, hopLimit: UInt8 = 0
    public init() {}
}

public struct DPSetARP: Hashable, Sendable {
    public var opcode = BE16.zero, spa = BE32.zero, tpa = BE32.zero
    public var sha = EthernetAddress.zero, tha = EthernetAddress.zero
    public init() {}
}

public struct DPSetND: Hashable, Sendable {
    public var target = BE128.zero, sll = EthernetAddress.zero, tll = EthernetAddress.zero
    public init() {}
}
