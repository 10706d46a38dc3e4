import Flow
import Foundation

/// A set of flows of Ethernet/IPv4/UDP frames, one frame a flow, in a seeded random order.
struct Traffic: Hashable {
    /// The number of distinct 5-tuples.
    var flows: Int
    /// Flows are dealt evenly to this many destination MAC addresses, 02:00:00:00:01:00 and up.
    var groups = 1
    /// True: each flow has a source MAC address of its own.
    var distinctMACs = false
    /// Bytes on the wire, the frame check sequence of 4 bytes included, which a capture does not hold.
    var size = 64

    /// Not empty: the flows have these five-tuples.
    var tuples: [FiveTuple] = []
    /// Not nil: TCP flows to port 80, and among them packets that explode the tuple space of `Case.attack`.
    var hostile: Hostile?

    /// What the hostile packets are.
    struct Hostile: Hashable {
        /// Each of them makes a mask.
        var masks: Int
        /// Every so manieth frame is hostile.
        static let share = 100

        /// The five-tuple that differs from the rules' values first in these bits.
        func tuple(_ index: Int) -> FiveTuple {
            // A fixed shuffle of the 32 · 16 · 16 combinations of prefix lengths: 4093 is odd.
            let number = index * 4_093 % 8_192
            return FiveTuple(source: 0x0a00_000a ^ (0x8000_0000 >> UInt32(number % 32)), destination: 0x1400_0001, proto: 6,
                sourcePort: 12_345 ^ (0x8000 >> UInt16(number / 32 % 16)), destinationPort: 80 ^ (0x8000 >> UInt16(number / 512)))
        }
    }

    /// Frames of the capture: one a flow, but for an attack.
    var frames: Int { hostile.map { $0.masks * Hostile.share } ?? flows }

    /// The frame at a place of the capture, before frames are shuffled.
    func captured(_ index: Int) -> [UInt8] {
        if !tuples.isEmpty { return tuples[index].frame(size: size - 4) }
        guard let hostile else { return frame(index) }
        if index % Hostile.share == 0 { return hostile.tuple(index / Hostile.share).frame(size: size - 4) }
        let flow = index % flows
        return FiveTuple(source: 0x1e00_0000 | UInt32(flow), destination: 0x1400_0001, proto: 6, sourcePort: UInt16(20_000 + flow), destinationPort: 80).frame(size: size - 4)
    }

    /// The frame of flow `index` (0 ..< flows), without its check sequence. The source address is in 10.0/16, the
    /// destination address in 20.0/16; all checksums are right.
    func frame(_ index: Int) -> [UInt8] {
        var random = UInt64(index)
        let noise = splitMix64(&random)
        let length = size - 4
        var frame: [UInt8] = [2, 0, 0, 0, 1, UInt8(index % groups)]
        frame += distinctMACs ? [2, 1] + bytes(UInt32(index)) : [2, 0, 0, 0, 0, 1]
        frame += [8, 0]
        let source = 0x0a00_0000 | UInt32(index & 0xffff)
        let destination = 0x1400_0000 | UInt32(truncatingIfNeeded: noise & 0xffff)
        var ip: [UInt8] = [0x45, 0] + bytes(UInt16(length - 14)) + bytes(UInt16(index & 0xffff)) + [0, 0, 64, 17, 0, 0]
        ip += bytes(source) + bytes(destination)
        let ipSum = checksum(ip)
        ip.replaceSubrange(10..<12, with: bytes(ipSum))
        // The upper bits of the index are in the destination port, so that no two flows are the same.
        var udp = bytes(UInt16(1024 + (noise >> 16) % 50_000)) + bytes(UInt16(53 + index >> 16))
        udp += bytes(UInt16(length - 34)) + [0, 0] + [UInt8](repeating: 0, count: length - 42)
        let udpSum = checksum(bytes(source) + bytes(destination) + [0, 17] + bytes(UInt16(length - 34)) + udp)
        udp.replaceSubrange(6..<8, with: bytes(udpSum == 0 ? 0xffff : udpSum))
        return frame + ip + udp
    }

    /// A capture of all frames in the classic pcap format (draft-ietf-opsawg-pcap, section 4), shuffled by `seed`.
    func capture(seed: UInt64) -> [UInt8] {
        var state = seed
        var order = Array(0..<frames)
        for index in stride(from: frames - 1, to: 0, by: -1) {
            order.swapAt(index, Int(splitMix64(&state) % UInt64(index + 1)))
        }
        var file: [UInt8] = []
        file.reserveCapacity(24 + frames * (size + 12))
        for word in [0xa1b2_c3d4, 2 << 16 | 4, 0, 0, 65_535, 1] as [UInt32] { file += bytes(word) }
        for index in order {
            let frame = captured(index)
            for word in [0, 0, UInt32(frame.count), UInt32(frame.count)] { file += bytes(word) }
            file += frame
        }
        return file
    }

    /// Writes the capture into `folder`, unless it is there already; returns its path.
    func write(to folder: URL, seed: UInt64) throws -> String {
        let kind = hostile.map { "attack-\($0.masks)" } ?? (tuples.isEmpty ? "plain" : "tuples-\(tuples.hashValue)")
        let file = folder.appending(path: "\(flows)-\(groups)-\(distinctMACs ? "macs" : "mac")-\(kind)-\(size)-\(seed).pcap")
        if !FileManager.default.fileExists(atPath: file.path) { try Data(capture(seed: seed)).write(to: file) }
        return file.path
    }
}

/// The bytes of a number in network order.
func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (0..<Number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> Number($0 * 8)) }
}

/// The Internet checksum (RFC 1071).
func checksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
        sum += UInt32(bytes[index]) << 8 | (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
    }
    while sum > 0xffff { sum = (sum & 0xffff) + sum >> 16 }
    return ~UInt16(sum)
}
