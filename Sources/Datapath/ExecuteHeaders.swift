import CDPDK
import NetDev
import Wire

/// The beginning of a packet, for reading and writing headers in place.
///
/// Owner: the executor, while it is the packet's only holder. Whoever names an offset has made sure before that the
/// field ends at or before `available`; the accessors only assert it.
@safe struct FrameView {
    let base: UnsafeMutableRawPointer
    /// Bytes in the first segment, where headers must be.
    let available: Int
    /// Bytes in the whole packet.
    let length: Int
    /// The EtherType of a packet without an Ethernet header, in host order; 0 for a frame.
    let bareType: UInt16

    @inline(__always) @_noLocks init(_ packet: Mbuf) {
        // The mbuf is owned by the running batch.
        unsafe base = packet.data
        available = packet.dataLength
        length = packet.length
        unsafe bareType = nt_mbuf_bare_type(packet.raw)
    }

    // Every access below is inside the first segment, by the contract above.

    @inline(__always) @_noLocks func load8(_ offset: Int) -> UInt8 {
        assert(offset >= 0 && offset &+ 1 <= available)
        return unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt8.self)
    }
    @inline(__always) @_noLocks func load16(_ offset: Int) -> UInt16 {
        assert(offset >= 0 && offset &+ 2 <= available)
        return unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
    }
    @inline(__always) @_noLocks func load32(_ offset: Int) -> UInt32 {
        assert(offset >= 0 && offset &+ 4 <= available)
        return unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    }
    @inline(__always) @_noLocks func load64(_ offset: Int) -> UInt64 {
        assert(offset >= 0 && offset &+ 8 <= available)
        return unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
    @inline(__always) @_noLocks func store8(_ value: UInt8, _ offset: Int) {
        assert(offset >= 0 && offset &+ 1 <= available)
        unsafe base.storeBytes(of: value, toByteOffset: offset, as: UInt8.self)
    }
    @inline(__always) @_noLocks func store16(_ value: UInt16, _ offset: Int) {
        assert(offset >= 0 && offset &+ 2 <= available)
        unsafe base.storeBytes(of: value, toByteOffset: offset, as: UInt16.self)
    }
    @inline(__always) @_noLocks func store32(_ value: UInt32, _ offset: Int) {
        assert(offset >= 0 && offset &+ 4 <= available)
        unsafe base.storeBytes(of: value, toByteOffset: offset, as: UInt32.self)
    }
    @inline(__always) @_noLocks func store64(_ value: UInt64, _ offset: Int) {
        assert(offset >= 0 && offset &+ 8 <= available)
        unsafe base.storeBytes(of: value, toByteOffset: offset, as: UInt64.self)
    }
    @inline(__always) @_noLocks func byte(_ offset: Int) -> UInt8 { load8(offset) }
    /// A 16-bit number in host order.
    @inline(__always) @_noLocks func number(_ offset: Int) -> Int { Int(UInt16(bigEndian: load16(offset))) }

    /// Moves bytes, which may overlap.
    @inline(__always) @_noLocks func move(from: Int, to: Int, count: Int) {
        assert(count >= 0 && max(from, to) &+ count <= available)
        unsafe (base + to).copyMemory(from: base + from, byteCount: count)
    }

    // Each of these replaces the bits in `mask` of a word at `offset`, and returns what was there and what is.

    @inline(__always) @_noLocks func replace8(_ offset: Int, _ value: UInt8, _ mask: UInt8) -> (old: UInt8, new: UInt8) {
        let old = load8(offset), new = old & ~mask | value
        store8(new, offset)
        return (old, new)
    }
    @inline(__always) @_noLocks func replace16(_ offset: Int, _ value: UInt16, _ mask: UInt16) -> (old: UInt16, new: UInt16) {
        let old = load16(offset), new = old & ~mask | value
        store16(new, offset)
        return (old, new)
    }
    @inline(__always) @_noLocks func replace32(_ offset: Int, _ value: UInt32, _ mask: UInt32) -> (old: UInt32, new: UInt32) {
        let old = load32(offset), new = old & ~mask | value
        store32(new, offset)
        return (old, new)
    }
    @inline(__always) @_noLocks func replace64(_ offset: Int, _ value: UInt64, _ mask: UInt64) -> (old: UInt64, new: UInt64) {
        let old = load64(offset), new = old & ~mask | value
        store64(new, offset)
        return (old, new)
    }
}

/// Where the network header starts, and what it is.
struct NetworkHeader {
    var offset: Int
    /// In host order.
    var etherType: UInt16
    @inline(__always) @_noLocks init(offset: Int, etherType: UInt16) {
        self.offset = offset
        self.etherType = etherType
    }
}

/// A network header with what it carries. Offsets count from the packet's first byte.
struct NetworkLayer {
    var offset: Int
    /// Of the upper layer, past extension headers.
    var proto: UInt8
    /// Where the upper layer starts; meaningless when `payload` is 0.
    var transport: Int
    /// Bytes of the upper layer with its payload, without the frame's padding; 0 when there is none: in a later
    /// fragment, or behind a damaged extension header.
    var payload: Int
    /// The packet is a fragment, also a first one.
    var isFragment: Bool
    /// An IPv6 routing header with segments left: the destination is not the final one (RFC 8200, section 8.1).
    var isRouted = false
    @inline(__always) @_noLocks init(offset: Int, proto: UInt8, transport: Int, payload: Int, isFragment: Bool = false) {
        self.offset = offset
        self.proto = proto
        self.transport = transport
        self.payload = payload
        self.isFragment = isFragment
    }
}

extension FrameView {
    /// Finds the network header behind up to two VLAN tags, or in an 802.2 SNAP frame; nil when the frame is cut before it.
    @inline(__always) @_noLocks func networkHeader() -> NetworkHeader? {
        if bareType != 0 { return NetworkHeader(offset: 0, etherType: bareType) }
        guard available >= 14 else { return nil }
        let type = UInt16(truncatingIfNeeded: number(12))
        if type == EtherType.ipv4 || type == EtherType.ipv6 { return NetworkHeader(offset: 14, etherType: type) }
        return behindTags(type)
    }

    @inline(never) @_noLocks private func behindTags(_ outer: UInt16) -> NetworkHeader? {
        var type = outer, offset = 14
        for _ in 0..<2 where isVLAN(type) {
            guard available >= offset &+ 4 else { return nil }
            type = UInt16(truncatingIfNeeded: number(offset &+ 2))
            offset &+= 4
        }
        if type >= EtherType.minimum { return NetworkHeader(offset: offset, etherType: type) }
        // LLC aa-aa-03, OUI 00-00-00 (IEEE 802, section 10.3), then the EtherType.
        guard available >= offset &+ 8, load32(offset) == BE32(0xaaaa_0300).raw, number(offset &+ 4) == 0 else { return nil }
        type = UInt16(truncatingIfNeeded: number(offset &+ 6))
        return type >= EtherType.minimum ? NetworkHeader(offset: offset &+ 8, etherType: type) : nil
    }

    /// The network and transport layers of an IPv4 or IPv6 packet; nil for other packets and damaged headers.
    @inline(__always) @_noLocks func networkLayer() -> NetworkLayer? {
        guard let header = networkHeader() else { return nil }
        if header.etherType == EtherType.ipv4 { return ipv4(header.offset) }
        return header.etherType == EtherType.ipv6 ? ipv6(header.offset) : nil
    }

    /// An IPv4 header whose lengths fit the packet (RFC 791).
    @inline(__always) @_noLocks func ipv4(_ offset: Int) -> NetworkLayer? {
        guard available >= offset &+ 20 else { return nil }
        let headerLength = Int(byte(offset) & 15) &* 4, total = number(offset &+ 2), fragment = number(offset &+ 6)
        guard headerLength >= 20, total >= headerLength, length >= offset &+ total, available >= offset &+ headerLength
        else { return nil }
        // The lower 13 bits are the fragment's offset.
        let isLater = fragment & 0x1fff != 0
        return NetworkLayer(
            offset: offset, proto: byte(offset &+ 9), transport: offset &+ headerLength,
            payload: isLater ? 0 : total &- headerLength, isFragment: fragment & 0x3fff != 0)
    }

    /// The transport header if it is `proto`'s and `size` bytes of it are there.
    @inline(__always) @_noLocks func transport(_ proto: UInt8, _ size: Int) -> NetworkLayer? {
        guard let layer = networkLayer(), layer.proto == proto, hasTransport(layer, size) else { return nil }
        return layer
    }

    @inline(__always) @_noLocks func hasTransport(_ layer: NetworkLayer, _ size: Int) -> Bool {
        layer.payload >= size && layer.transport &+ size <= available
    }
}

@inline(__always) @_noLocks func isVLAN(_ type: UInt16) -> Bool { type == EtherType.vlan8021Q || type == EtherType.vlan8021AD }

extension FrameView {
    /// An IPv6 header whose length fits the packet, with its extension headers walked through (RFC 8200, section 4).
    @inline(__always) @_noLocks func ipv6(_ offset: Int) -> NetworkLayer? {
        guard available >= offset &+ 40 else { return nil }
        let payload = number(offset &+ 4)
        guard length >= offset &+ 40 &+ payload else { return nil }
        let layer = NetworkLayer(offset: offset, proto: byte(offset &+ 6), transport: offset &+ 40, payload: payload)
        switch layer.proto {
        case IPProtocol.tcp, IPProtocol.udp, IPProtocol.icmpv6: return layer
        default: return pastExtensions(layer)
        }
    }

    @inline(never) @_noLocks private func pastExtensions(_ start: NetworkLayer) -> NetworkLayer {
        var layer = start
        // Each turn goes at least eight bytes on.
        while layer.payload > 0 {
            let at = layer.transport
            var size = 8
            switch layer.proto {
            case IPProtocol.hopByHop, IPProtocol.routing, IPProtocol.destinationOptions, IPProtocol.authentication, IPProtocol.fragment: break
            default: return layer
            }
            guard hasTransport(layer, 8) else { break }
            switch layer.proto {
            case IPProtocol.fragment:
                // Offset (13 bits), reserved (2), more fragments (1). Without any it is a whole packet (RFC 6946).
                layer.isFragment = number(at &+ 2) & 0xfff9 != 0
                if number(at &+ 2) & 0xfff8 != 0 {
                    layer.proto = byte(at)
                    layer.payload = 0
                    return layer
                }
            case IPProtocol.authentication: size = (Int(byte(at &+ 1)) &+ 2) &* 4
            case IPProtocol.routing:
                size = (Int(byte(at &+ 1)) &+ 1) &* 8
                if byte(at &+ 3) != 0 { layer.isRouted = true }
            default: size = (Int(byte(at &+ 1)) &+ 1) &* 8
            }
            guard hasTransport(layer, size) else { break }
            layer.proto = byte(at)
            layer.transport = at &+ size
            layer.payload &-= size
        }
        layer.payload = 0
        return layer
    }
}
