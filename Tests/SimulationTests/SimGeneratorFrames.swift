// Frames.
extension SimGenerator {
    /// A frame whose last eight bytes are its own number.
    mutating func frame() -> (id: UInt64, bytes: [UInt8]) {
        let id = nextFrame()
        return (id, chance(4) ? gratuitousARP(id) : packet(id: id).bytes)
    }

    /// A frame of gratuitous ARP.
    mutating func claim() -> (id: UInt64, bytes: [UInt8]) {
        let id = nextFrame()
        return (id, gratuitousARP(id))
    }

    /// A station tells its address unasked: a broadcast reply, or a request for its own address.
    private mutating func gratuitousARP(_ id: UInt64) -> [UInt8] {
        let source = octets(mac(), 6), address = octets(address(), 4), tag = chance(40) ? octets(0x8100_0005, 4) : []
        let header = octets(0xffff_ffff_ffff, 6) + source + tag + octets(0x0806, 2) + octets(0x0001_0800_0604, 6)
        return header + octets(UInt64(1 + below(2)), 2) + source + address + octets(0, 6) + address + octets(0, 10) + octets(id, 8)
    }

    /// A number that no frame had yet, and that nothing else in a frame looks like.
    mutating func nextFrame() -> UInt64 {
        lastFrame += 1
        return 0x5a5a_a5a5_0000_0000 | lastFrame
    }

    /// Another packet near one that was there: one thing is different.
    mutating func neighbour(of frame: [UInt8]) -> [UInt8] {
        guard var near = RefPacket(frame, inPort: 0) else { return frame }
        let other = packet(id: 0)
        switch below(9) {
        case 0: near.src = other.src
        case 1: near.dst = other.dst
        case 2: near.tags = other.tags
        case 3: if !near.tags.isEmpty { near.tags[0].tci ^= one([0x2000, 0x8000, 1, 0x1000]) & 0xefff }
        case 4: if near.type == other.type { near.rest = other.rest }
        default:
            guard near.isIP else { break }
            let field = one([RefField.nwSrc, .nwDst, .nwTOS, .nwTTL, .tpSrc, .tpDst, .ipv6Src, .ipv6Dst])
            let value = one([near.read(field) ^ 1, near.read(field) ^ UInt64(1 << below(8)), other.read(field)])
            near.write(field, value, mask: [.nwTOS, .nwTTL].contains(field) ? 0xff : [.tpSrc, .tpDst].contains(field) ? 0xffff : .max)
        }
        return near.bytes
    }

    private mutating func packet(id: UInt64) -> RefPacket {
        var bytes = octets(destination(), 6) + octets(mac(), 6)
        let tags = one([0, 0, 0, 1, 1, 1, 2])
        for _ in 0..<tags { bytes += octets(0x8100, 2) + octets(UInt64(one([0, 5, 5, 10, 0x2005, 0x600a])), 2) }
        let type: UInt64, payload: [UInt8]
        switch below(10) {
        case 0:
            let bottom = networkPacket(id: id)
            payload = labels() + bottom.payload
            type = 0x8847
        default: (type, payload) = networkPacket(id: id)
        }
        guard var packet = RefPacket(bytes + octets(type, 2) + payload, inPort: 0) else { preconditionFailure("a frame of \(bytes.count) bytes") }
        packet.fixChecksums()
        return packet
    }

    /// A label stack of one or two entries.
    private mutating func labels() -> [UInt8] {
        func entry(_ isBottom: Bool) -> [UInt8] {
            octets(one([0, 16, 17]) << 12 | UInt64(below(2)) << 9 | (isBottom ? 0x100 : 0) | one([1, 2, 64, 64]), 4)
        }
        return (chance(30) ? entry(false) : []) + entry(true)
    }

    /// What a frame carries, and its EtherType.
    private mutating func networkPacket(id: UInt64) -> (type: UInt64, payload: [UInt8]) {
        var bytes: [UInt8] = []
        let number = octets(id, 8)
        switch below(10) {
        case 9: return (UInt64(RefPacket.serviceType), service(number))
        case 0:
            bytes += octets(0x0001_0800_0604, 6) + octets(UInt64(1 + below(2)), 2) + octets(mac(), 6)
            bytes += octets(address(), 4) + octets(0, 6) + octets(address(), 4) + octets(0, 10) + number
            return (0x0806, bytes)
        case 1:
            return (0x88b5, octets(0, 38) + number)
        case 2, 3:
            let proto = one([6, 17, 89] as [UInt64])
            let l4 = transport(proto) + number
            bytes += octets(0x6000_0000 | UInt64(one([0, 0x20])) << 20, 4) + octets(UInt64(l4.count), 2)
            bytes += octets(proto, 1) + octets(UInt64(one([1, 2, 64])), 1) + octets(0x2001_0db8_0000_0000, 8) + octets(v6(), 8)
            bytes += octets(0x2001_0db8_0000_0000, 8) + octets(v6(), 8) + l4
            return (0x86dd, bytes)
        default:
            let proto = one([1, 6, 6, 17, 89] as [UInt64])
            let l4 = transport(proto) + number
            let fragment = chance(90) ? 0 : one([0x2000, 0x2010, 0x0020] as [UInt64])
            bytes += octets(0x45, 1) + octets(UInt64(one([0, 0x20])), 1) + octets(UInt64(20 + l4.count), 2)
            bytes += octets(0, 2) + octets(fragment, 2) + octets(UInt64(one([1, 2, 64, 64])), 1) + octets(proto, 1) + [0, 0]
            bytes += octets(address(), 4) + octets(address(), 4) + l4
            return (0x0800, bytes)
        }
    }

    /// A service header of either MD type, and an Ethernet frame behind it.
    private mutating func service(_ payload: [UInt8]) -> [UInt8] {
        let metadata = one([octets(0, 16), octets(0x1000_0a04_dead_beef, 8), octets(0x1000_0a00, 4), []])
        let first = UInt64(one([1, 63])) << 22 | UInt64(2 + metadata.count / 4) << 16 | (metadata.count == 16 ? 0x103 : 0x203)
        let path = octets(0x100, 3) + [UInt8(one([0, 255]))], inner = octets(destination(), 6) + octets(mac(), 6) + octets(0x88b5, 2)
        return octets(first, 4) + path + metadata + inner + octets(0, 40) + payload
    }

    private mutating func transport(_ proto: UInt64) -> [UInt8] {
        let ports = octets(one([80, 1024, 8]), 2) + octets(one([22, 80, 0x8000]), 2)
        switch proto {
        case 1: return octets(one([0, 8]), 1) + [0] + octets(0, 6) + octets(0, 12)
        case 6: return ports + octets(0, 8) + octets(0x5000 | one([2, 0x10, 0x11, 0x14]), 2) + octets(0, 6)
        // Some have no checksum (RFC 768); the simulation's own value 0 is that.
        case 17: return ports + octets(20 + 8, 2) + octets(one([0, 1]), 2) + octets(0, 12)
        default: return octets(0, 20)
        }
    }
}
