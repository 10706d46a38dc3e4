/// A flow of IPv4 packets.
struct FiveTuple: Hashable {
    var source: UInt32
    var destination: UInt32
    /// TCP (6), UDP (17) or another protocol, which has no ports.
    var proto: UInt8
    var sourcePort: UInt16 = 0
    var destinationPort: UInt16 = 0
    /// The last two bytes of the MAC addresses 02:00:00:00:xx:xx.
    var sourceMAC: UInt16 = 1
    var destinationMAC: UInt16 = 0x0100

    /// A frame of `size` bytes, without its check sequence; the IP header's checksum is right, those of TCP and UDP are left out.
    func frame(size: Int) -> [UInt8] {
        var frame: [UInt8] = [2, 0, 0, 0] + bytes(destinationMAC) + [2, 0, 0, 1] + bytes(sourceMAC) + [8, 0]
        var ip: [UInt8] = [0x45, 0] + bytes(UInt16(size - 14)) + [0, 0, 0, 0, 64, proto, 0, 0] + bytes(source) + bytes(destination)
        ip.replaceSubrange(10..<12, with: bytes(checksum(ip)))
        frame += ip
        switch proto {
        case 6: frame += bytes(sourcePort) + bytes(destinationPort) + [0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x10, 0xff, 0xff, 0, 0, 0, 0]
        case 17: frame += bytes(sourcePort) + bytes(destinationPort) + bytes(UInt16(size - 34)) + [0, 0]
        default: break
        }
        return frame + [UInt8](repeating: 0, count: max(0, size - frame.count))
    }
}
