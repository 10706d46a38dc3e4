import Glibc

/// A capture file that a net_pcap device replays for ever (`infinite_rx=1`): the driver keeps a copy of every frame in an mbuf.
enum ReplayedCapture {
    /// How many frames the device of these devargs keeps; 0 when it replays nothing.
    static func packets(devargs: String) -> Int {
        let arguments = devargs.split(separator: ",")
        guard arguments.first?.hasPrefix("net_pcap") == true, arguments.contains("infinite_rx=1") else { return 0 }
        return arguments.reduce(0) { sum, argument in
            argument.hasPrefix("rx_pcap=") ? sum + packets(file: String(argument.dropFirst("rx_pcap=".count))) : sum
        }
    }

    /// The records of a file in libpcap's format (pcap-savefile(5)), at most `Limits.replayedPackets`; 0 for a file that is none.
    static func packets(file path: String) -> Int {
        let descriptor = unsafe open(path, O_RDONLY)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        guard let magic = word(descriptor, at: 0) else { return 0 }
        let isSwapped: Bool
        switch magic {
        case 0xa1b2_c3d4, 0xa1b2_3c4d: isSwapped = false
        case 0xd4c3_b2a1, 0x4d3c_b2a1: isSwapped = true
        default: return 0
        }
        var count = 0
        var offset = 24
        // A record is 16 bytes of header, of which bytes 8–11 tell the captured length, and the frame.
        while count < Limits.replayedPackets, let length = word(descriptor, at: offset + 8) {
            offset += 16 + Int(isSwapped ? length.byteSwapped : length)
            count += 1
        }
        return count
    }

    private static func word(_ descriptor: Int32, at offset: Int) -> UInt32? {
        var word: UInt32 = 0
        // pread fills the four bytes of `word`, or says that it did not.
        return unsafe pread(descriptor, &word, 4, offset) == 4 ? UInt32(littleEndian: word) : nil
    }
}
