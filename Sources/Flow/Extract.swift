import Wire

// From a frame to a flow key: what OVS calls miniflow_extract.
//
// One path is short: an untagged IPv4 packet without options or fragmentation that carries TCP or UDP fills line 0 with
// seven stores and is done. Everything else goes through `extractGeneral`, header by header, with the same result.
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

/// The short path. Line 0 is put together as eight little-endian words, so that field offsets become shifts:
///
///     word 3  0 ctZone 2 ctState 3 ctNWProto | 4 frame[0...3]
///     word 4  frame[4...11]
///     word 5  0 dlType 2 vlanTPID 4 vlanTCI 6 nwProto 7 nwTOS
///     word 6  nwSrc nwDst
///     word 7  0 nwTTL 1 nwFrag 2 tpSrc 4 tpDst 6 tcpFlags
///
/// - Precondition: 54 bytes of the frame are readable.
/// - Returns: false, with nothing written, if the packet is not a plain IPv4 one.
@inlinable @inline(__always) @_noLocks func extractPlainIPv4(
    _ frame: UnsafeRawPointer, _ length: Int, inPort: UInt32, into key: UnsafeMutablePointer<FlowKey>
) -> Bool {
    // Loads end at byte 48 of 54 or more; stores stay within the key's first 64 bytes.
    let typeToLength = UInt64(littleEndian: unsafe frame.loadUnaligned(fromByteOffset: 12, as: UInt64.self))
    let fragmentToProto = UInt64(UInt32(littleEndian: unsafe frame.loadUnaligned(fromByteOffset: 20, as: UInt32.self)))
    let offsetAndFlags = UInt64(UInt16(littleEndian: unsafe frame.loadUnaligned(fromByteOffset: 46, as: UInt16.self)))
    let proto = UInt8(truncatingIfNeeded: fragmentToProto >> 24)
    let isTCP = proto == IPProtocol.tcp
    let headerSize = isTCP ? Int(truncatingIfNeeded: (offsetAndFlags & 0xf0) >> 2) : 8
    let headerMinimum = isTCP ? 20 : 8
    let totalLength = Int(BE16(raw: UInt16(truncatingIfNeeded: typeToLength >> 32).littleEndian).host)
    guard typeToLength & 0xff_ffff == 0x45_0008, fragmentToProto & 0xff3f == 0,
        isTCP || proto == IPProtocol.udp, headerSize >= headerMinimum,
        totalLength >= 20 &+ headerSize, totalLength &+ 14 <= length
    else { return false }

    let addressStart = UInt64(UInt32(littleEndian: unsafe frame.loadUnaligned(fromByteOffset: 0, as: UInt32.self)))
    let ports = UInt64(UInt32(littleEndian: unsafe frame.loadUnaligned(fromByteOffset: 34, as: UInt32.self)))
    let flags = isTCP ? offsetAndFlags & 0xff0f : 0
    let word5 = 0x0008 | (fragmentToProto & 0xff00_0000) << 24 | (typeToLength & 0xff00_0000) << 32
    let word7 = fragmentToProto >> 16 & 0xff | ports << 16 | flags << 48
    let line = UnsafeMutableRawPointer(key)
    unsafe line.storeBytes(of: UInt64(inPort.littleEndian), toByteOffset: 0, as: UInt64.self)
    unsafe line.storeBytes(of: SIMD2<UInt64>.zero, toByteOffset: 8, as: SIMD2<UInt64>.self)
    unsafe line.storeBytes(of: (addressStart << 32).littleEndian, toByteOffset: 24, as: UInt64.self)
    unsafe line.storeBytes(of: frame.loadUnaligned(fromByteOffset: 4, as: UInt64.self), toByteOffset: 32, as: UInt64.self)
    unsafe line.storeBytes(of: word5.littleEndian, toByteOffset: 40, as: UInt64.self)
    unsafe line.storeBytes(of: frame.loadUnaligned(fromByteOffset: 26, as: UInt64.self), toByteOffset: 48, as: UInt64.self)
    unsafe line.storeBytes(of: word7.littleEndian, toByteOffset: 56, as: UInt64.self)
    return true
}
