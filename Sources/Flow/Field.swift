/// A match field of ovs-fields(7) that a `FlowKey` holds. Everything about a field — its names, its place in the
/// key, what it may be used for, how it is written — stands in its row of `fieldTable` and nowhere else.
///
/// A field's *value* is an unsigned number of at most 128 bits, the one that ovs-fields(7) describes: an
/// Ethernet address is 48 bits, `mpls_label` is 20 bits. `FlowKey.value(of:)` and its siblings translate between the
/// value and the place in the key. The fields tun_metadata0–63 alone have no place of their own: `TunMetadataPlace`.
public enum Field: UInt8, CaseIterable, Hashable, Sendable {
    case dpHash, recircID, packetType, conjID
    case tunID, tunSrc, tunDst, tunIPv6Src, tunIPv6Dst, tunFlags, tunTTL, tunTOS, tunGBPID, tunGBPFlags
    case tunERSPANIndex, tunERSPANVersion, tunERSPANDirection, tunERSPANHardwareID, tunGTPUFlags, tunGTPUMessageType
    case tunMetadata0, tunMetadata1, tunMetadata2, tunMetadata3, tunMetadata4, tunMetadata5, tunMetadata6, tunMetadata7, tunMetadata8, tunMetadata9, tunMetadata10
    case tunMetadata11, tunMetadata12, tunMetadata13, tunMetadata14, tunMetadata15, tunMetadata16, tunMetadata17, tunMetadata18, tunMetadata19, tunMetadata20, tunMetadata21
    case tunMetadata22, tunMetadata23, tunMetadata24, tunMetadata25, tunMetadata26, tunMetadata27, tunMetadata28, tunMetadata29, tunMetadata30, tunMetadata31, tunMetadata32
    case tunMetadata33, tunMetadata34, tunMetadata35, tunMetadata36, tunMetadata37, tunMetadata38, tunMetadata39, tunMetadata40, tunMetadata41, tunMetadata42, tunMetadata43
    case tunMetadata44, tunMetadata45, tunMetadata46, tunMetadata47, tunMetadata48, tunMetadata49, tunMetadata50, tunMetadata51, tunMetadata52, tunMetadata53, tunMetadata54
    case tunMetadata55, tunMetadata56, tunMetadata57, tunMetadata58, tunMetadata59, tunMetadata60, tunMetadata61, tunMetadata62, tunMetadata63
    case metadata, inPort, actsetOutput, skbPriority, pktMark
    case ctState, ctZone, ctMark, ctLabel, ctNWProto, ctNWSrc, ctNWDst, ctIPv6Src, ctIPv6Dst, ctTPSrc, ctTPDst
    case reg0, reg1, reg2, reg3, reg4, reg5, reg6, reg7, reg8, reg9, reg10, reg11, reg12, reg13, reg14, reg15
    case xreg0, xreg1, xreg2, xreg3, xreg4, xreg5, xreg6, xreg7
    case xxreg0, xxreg1, xxreg2, xxreg3
    case ethSrc, ethDst, ethType, vlanTCI, dlVLAN, vlanVID, dlVLANPCP, vlanPCP
    case mplsLabel, mplsTC, mplsBOS, mplsTTL
    case ipv4Src, ipv4Dst, ipv6Src, ipv6Dst, ipv6Label
    case nwProto, nwTOS, ipDSCP, nwECN, nwTTL, nwFrag
    case arpOp, arpSPA, arpTPA, arpSHA, arpTHA
    case tcpSrc, tcpDst, tcpFlags, udpSrc, udpDst, sctpSrc, sctpDst
    case icmpType, icmpCode, icmpv6Type, icmpv6Code
    case ndTarget, ndSLL, ndTLL, ndReserved, ndOptionsType
    case nshFlags, nshMDType, nshNP, nshSPI, nshSI, nshC1, nshC2, nshC3, nshC4, nshTTL

    /// The field's row in the table.
    @inline(__always) public var row: FieldRow { fieldTable[Int(rawValue)] }
    /// The field's place in a key, as a value without references.
    @inline(__always) public var place: FieldPlace { fieldPlaces[Int(rawValue)] }
    /// The name that is printed: ovs-fields(7)'s.
    public var name: String { row.name }
    /// The width in bits that a value and its mask are written in; the upper bits may be always zero.
    public var width: Int { Int(fieldTraits[Int(rawValue)].width) }
    /// False: a match is exact or none.
    public var isMaskable: Bool { fieldTraits[Int(rawValue)].isMaskable }
    /// What a match must say before the field means anything.
    public var prerequisite: Prerequisite { fieldTraits[Int(rawValue)].prerequisite }
    /// False: actions may not set it.
    public var isWritable: Bool { fieldTraits[Int(rawValue)].isWritable }
    /// The number of bits that subfields such as `field[first..last]` may name.
    public var bits: Int {
        switch self {
        case .arpOp, .ctState: width
        case _ where isTunMetadata: width
        case .vlanVID: 12
        default: min(width, 128 - place.ones.leadingZeroBitCount)
        }
    }

    /// The register `index` (0–15).
    public static func reg(_ index: Int) -> Field? {
        (0..<16).contains(index) ? Field(rawValue: Field.reg0.rawValue + UInt8(index)) : nil
    }

    /// One of tun_metadata0–63, whose length and place in a key a switch's table of tunnel options decides.
    @inline(__always) public var isTunMetadata: Bool { rawValue &- Field.tunMetadata0.rawValue < 64 }
    /// The number at the end of the name of one of tun_metadata0–63; nil for other fields.
    public var tunMetadataIndex: Int? { isTunMetadata ? Int(rawValue - Field.tunMetadata0.rawValue) : nil }

    /// A field by any of its names (ovs-fields(7) name, alias, NXM or OXM name); nil if there is none.
    public init?(named name: String) {
        guard let field = fieldsByName[name] else { return nil }
        self = field
    }
}

/// How a field's value is written.
public enum FieldFormat: Hashable, Sendable {
    case decimal, hexadecimal, ethernet, ipv4, ipv6, port, fragment, tcpFlags, ctState, tunnelFlags, packetType
}

/// What a match must say before a field means anything (ovs-fields(7), "Prerequisites").
public enum Prerequisite: Hashable, Sendable {
    case none, ethernet, vlan, ipv4, ipv6, ip, arp, mpls, nsh, conntrack, tcp, udp, sctp, icmpv4, icmpv6
    case nd, ndSolicit, ndAdvert
}

/// One row of the table of fields.
public struct FieldRow: Sendable {
    public let field: Field
    /// What is printed.
    public let name: String
    /// The other name that ovs-fields(7) gives ("aka").
    public let alias: String?
    /// Its NXM and OXM headers in the order of the OpenFlow versions from which they are preferred; none: it is not said on the wire.
    public let headers: [FieldHeader]
    /// Bits of the value as it is written.
    public let width: Int
    public let format: FieldFormat
    /// False: a match is exact or none.
    public let maskable: Bool
    public let prerequisite: Prerequisite
    /// False: actions may not set it.
    public let writable: Bool
    public let place: FieldPlace
}

extension FieldRow {
    /// The name that `move`, `load` and the like print; nil if the field has no header.
    public var nxm: String? { headers.first?.name }
}

/// What of a row is asked for often, as a value without references.
struct FieldTraits {
    let width: UInt16
    let isMaskable: Bool
    let isWritable: Bool
    let prerequisite: Prerequisite
}

/// Where a field is in a `FlowKey`: `bits` bits of a container of `size` bytes at byte `offset`.
@frozen public struct FieldPlace: Hashable, Sendable {
    /// How the container's bytes make a number.
    @frozen public enum Order: UInt8, Hashable, Sendable {
        /// Most significant byte first.
        case network
        /// The machine's (little-endian) integer.
        case host
        /// 32-bit integers of the machine, the most significant one first (xreg, xxreg).
        case words
    }
    /// Bytes from the start of the key.
    public let offset: UInt16
    /// Bytes of the container: 1, 2, 4, 6, 8 or 16; it lies within one line. 0: the field has no place that is always the same.
    public let size: UInt8
    /// The container's bits below the value.
    public let shift: UInt8
    public let order: Order
    /// The value's valid bits, counted from bit 0; `nw_tos` alone has a hole.
    public let ones: UInt128
    /// Bits of the container outside the value that a match on the field also fixes, and to what: the tag's
    /// presence for dl_vlan, the ::ffff: of a tun_src, zeroes above an 8-bit icmp_type.
    public let frameMask: UInt128
    public let frameValue: UInt128
}
