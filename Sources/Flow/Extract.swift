import Wire

// From a frame to a flow key: what OVS calls miniflow_extract.
//
// One path is short: an untagged IPv4 packet without options or fragmentation that carries TCP or UDP fills line 0 with
// six stores and is done. Everything else goes through `extractGeneral`, header by header, with the same result.
//
// The rules for damaged packets are OVS's: a header that is cut short or lies about a length ends the extraction; what
// stands before it stays, its own fields are zero. The packet is not dropped for it.
//
//   frame cut before 14 bytes         nothing but in_port
//   VLAN tag without its EtherType    dl_type is the tag's TPID
//   IPv4 header, IHL or total length  dl_type only; the version nibble is not looked at
//   IPv6 header or payload length     dl_type only
//   IPv6 extension header             addresses only
//   TCP, UDP, SCTP, ICMP, IGMP        all of L3; ports and flags zero
//   ARP that is not Ethernet and IPv4 dl_type only
//   ND link-layer option given twice  nd_target, nd_sll, nd_tll zero
//   NSH of another version or length  dl_type only

/// Writes a frame's fields into `key`.
///
/// Line 0 is written whole: its packet fields from the frame, its metadata fields zero except `inPort`. A line named in the
/// result beyond line 0 is written whole too (so `tunMetadataPresent` is zero after an NSH packet); a line that is not
/// named is not touched and counts as zero. Lines 2, 4 and 6–11 are never touched.
///
/// - Parameters:
///   - frame: the first byte of an Ethernet frame without FCS, of any alignment, contiguous in memory.
///   - length: readable bytes from there; any number, also 0.
///   - inPort: goes to `in_port`.
///   - vlanLimit: how many VLAN tags to look into, at most 2 (`other_config:vlan-limit` of ovs-vswitchd.conf.db(5)). A
///     further tag is payload: its TPID becomes dl_type.
///   - key: where to write.
/// - Returns: the lines written: `.l0`, and `.l1`, `.l3`, `.nsh` as the packet needs them. It depends on the frame alone.
/// - Source: ovs-fields(7); the shape of headers: IEEE 802.3 and 802.1Q, RFC 791, 8200, 9293, 768, 4861, 8300.
@inlinable @_noLocks public func extractFlow(
    _ frame: UnsafeRawPointer, _ length: Int, inPort: UInt32, vlanLimit: Int = 2, into key: UnsafeMutablePointer<FlowKey>
) -> FlowLines {
    // 54 bytes hold Ethernet, IPv4 without options and TCP without options: every load of the short path is inside.
    if length >= 54, unsafe extractPlainIPv4(frame, length, inPort: inPort, into: key) { return .l0 }
    return unsafe extractGeneral(frame, length, inPort: inPort, vlanLimit: vlanLimit, into: key)
}

/// Writes the fields of a packet that does not begin with Ethernet, such as one after pop_eth or from a layer-3 tunnel.
/// Its packet_type is (1, `etherType`), so line 3 is always among the result.
///
/// - Parameters:
///   - packet: the first byte after where the Ethernet header would be.
///   - length: readable bytes from there.
///   - etherType: what the packet is; becomes dl_type.
/// - Returns: the lines written, as `extractFlow` does.
/// - Source: ovs-fields(7), packet_type.
@_noLocks public func extractFlowL3(
    _ packet: UnsafeRawPointer, _ length: Int, etherType: BE16, inPort: UInt32, into key: UnsafeMutablePointer<FlowKey>
) -> FlowLines {
    // The caller vouches for `length` bytes and for the key, as for extractFlow.
    unsafe Extraction.begin(key, inPort: inPort)
    var extraction = unsafe Extraction(key)
    extraction.setPacketType(etherType)
    extraction.readAfterEtherType(unsafe PacketCursor(packet, length))
    return extraction.lines
}

/// The general path: any frame, of any length.
@inline(never) @usableFromInline @_noLocks func extractGeneral(
    _ frame: UnsafeRawPointer, _ length: Int, inPort: UInt32, vlanLimit: Int, into key: UnsafeMutablePointer<FlowKey>
) -> FlowLines {
    // The caller vouches for `length` bytes and for the key.
    unsafe Extraction.begin(key, inPort: inPort)
    var extraction = unsafe Extraction(key)
    extraction.readEthernet(unsafe PacketCursor(frame, length), vlanLimit: vlanLimit)
    return extraction.lines
}

/// The short path: three tests, then line 0 in six stores. TCP and UDP differ by masks, not by branches, so that a mix of
/// both predicts as well as either.
///
/// Where bytes 28–63 of the line come from:
///
///     28 dlDst dlSrc                          frame[0..<12], one copy
///     40 dlType | 42 vlanTPID vlanTCI: 0      frame[12..<14], zeros
///     46 nwProto 47 nwTOS                     frame[23], frame[15]
///     48 nwSrc nwDst                          frame[26..<34]
///     56 nwTTL 57 nwFrag: 0                   frame[22], zero
///     58 tpSrc tpDst | 62 tcpFlags            frame[34..<38], frame[46..<48] of TCP or zeros
///
/// - Precondition: 54 bytes of the frame are readable.
/// - Returns: false, with nothing written, if the packet is not a plain IPv4 one.
@inlinable @inline(__always) @_noLocks func extractPlainIPv4(
    _ frame: UnsafeRawPointer, _ length: Int, inPort: UInt32, into key: UnsafeMutablePointer<FlowKey>
) -> Bool {
    // Loads end at byte 48 of 54 or more; stores stay within the key's first 64 bytes. `littleEndian` puts the byte that
    // comes first into the low bits; on the machines there are it is free.
    let typeToLength = UInt64(littleEndian: unsafe frame.loadUnaligned(fromByteOffset: 12, as: UInt64.self))
    let fragmentToProto = UInt32(littleEndian: unsafe frame.loadUnaligned(fromByteOffset: 20, as: UInt32.self))
    let offsetAndFlags = UInt16(littleEndian: unsafe frame.loadUnaligned(fromByteOffset: 46, as: UInt16.self))
    let proto = fragmentToProto &>> 24
    // EtherType, version and IHL as they must be; no fragment; a protocol below 32, and of those 6 or 17.
    guard (typeToLength ^ 0x45_0008) & 0xff_ffff | UInt64(fragmentToProto & 0xe000_ff3f) == 0,
        0x0002_0040 &>> proto & 1 != 0
    else { return false }
    // Ones for TCP (6), zeros for UDP (17).
    let tcpMask = (proto & 1) &- 1
    let tcpSize = UInt32(offsetAndFlags & 0xf0) &>> 2
    let headersSize = 28 &+ (tcpSize &- 8) & tcpMask
    let totalLength = UInt32(BE16(raw: UInt16(truncatingIfNeeded: typeToLength &>> 32).littleEndian).host)
    guard tcpSize | ~tcpMask >= 20, headersSize <= totalLength, Int(totalLength) &+ 14 <= length else { return false }

    let b = unsafe frame.loadUnaligned(fromByteOffset: 22, as: SIMD16<UInt8>.self)
    let word40 = 0x0008 | UInt64(proto) &<< 48 | (typeToLength &>> 24) &<< 56
    let bytes48 = SIMD16<UInt8>(
        b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[0], 0, b[12], b[13], b[14], b[15], 0, 0)
    let flags = offsetAndFlags & 0xff0f & UInt16(truncatingIfNeeded: tcpMask)
    let line = UnsafeMutableRawPointer(key)
    unsafe line.storeBytes(of: SIMD4<UInt64>.zero, toByteOffset: 0, as: SIMD4<UInt64>.self)
    unsafe line.storeBytes(of: inPort, toByteOffset: 0, as: UInt32.self)
    unsafe line.storeBytes(of: frame.loadUnaligned(as: SIMD2<UInt64>.self), toByteOffset: 28, as: SIMD2<UInt64>.self)
    unsafe line.storeBytes(of: word40.littleEndian, toByteOffset: 40, as: UInt64.self)
    unsafe line.storeBytes(of: bytes48, toByteOffset: 48, as: SIMD16<UInt8>.self)
    unsafe line.storeBytes(of: flags.littleEndian, toByteOffset: 62, as: UInt16.self)
    return true
}

extension FlowKey {
    /// The fields of a frame, as a packet's from `inPort`.
    public init(frame: [UInt8], inPort: UInt32 = 0, vlanLimit: Int = FlowKey.vlanTags) {
        self.init()
        // The frame's bytes are in one piece, and the key is this one.
        unsafe frame.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            unsafe withUnsafeMutablePointer(to: &self) { key in _ = unsafe extractFlow(start, bytes.count, inPort: inPort, vlanLimit: vlanLimit, into: key) }
        }
    }
}
