import Foundation
import TestSupport
import Testing
@testable import NetDev

extension NetDevTests {
    /// DPDK's own drivers for the kernel's interfaces, opened by devargs as any device is.
    @Suite(.serialized) struct KernelVdevTests {
        /// IEEE 802's types for local experiments: nobody else on an interface sends them.
        private static let frameType: [UInt8] = [0x88, 0xb5], readyType: [UInt8] = [0x88, 0xb6]

        /// A frame of `length` bytes, each different from its neighbours; `tag`: with an 802.1Q header.
        private static func made(_ number: UInt8, _ length: Int, tag: Bool = false) -> [UInt8] {
            let header: [UInt8] = [2, 0, 0, 0, 7, 1, 2, 0, 0, 0, 7, number] + (tag ? [0x81, 0, 0x20, 99] : []) + frameType
            return header + (header.count..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ Int(number)) }
        }

        /// The longest is the device's least room; the kernel pads none of them.
        private static let lengths = [60, 61, 64, 200, 1000, 1514]

        /// The other side: says that it is ready until the first frame comes, prints `count` frames, then sends those of the arguments.
        private static let station = """
            import socket, sys
            interface, count = sys.argv[1], int(sys.argv[2])
            station = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88b5))
            station.bind((interface, 0x88b5))
            station.settimeout(0.05)
            seen, tries = [], 0
            while len(seen) < count and tries < 400:
                try:
                    seen.append(station.recv(4096))
                except socket.timeout:
                    tries += 1
                    if not seen: station.send(bytes.fromhex('ffffffffffff02000000070088b6') + bytes(46))
            for frame in seen: print(frame.hex())
            for frame in sys.argv[3:]: station.send(bytes.fromhex(frame))
            """

        /// Sends frames out of the port and others into it, and compares every byte. `space`: where the other interface is; nil: here.
        private func exchange(_ port: any Netdev, with interface: String, in space: String?) async throws {
            let out = Self.lengths.enumerated().map { Self.made(UInt8($0), $1) }
            let back = Self.lengths.enumerated().map { Self.made(UInt8($0 + 100), $1, tag: $0 % 2 == 1) }
            let arguments = (space.map { ["ip", "netns", "exec", $0] } ?? ["env"]) + ["/usr/bin/python3", "-c", Self.station, interface, "\(out.count)"]
                + back.map(hex)
            async let other = command(arguments[0], Array(arguments.dropFirst()))
            _ = try await frame(from: port) { Array($0.dropFirst(12).prefix(2)) == Self.readyType }
            #expect(send(port.txQueue(0, shared: false), try out.map { try packet(port.pool, $0) }) == out.count)
            let got = try await frames(back.count, from: port) { $0.count > 11 && $0[11] >= 100 && Array($0.prefix(6)) == [2, 0, 0, 0, 7, 1] }
            #expect(got == back)
            let result = try await other
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.split(separator: "\n").map(String.init) == out.map(hex))
            #expect(port.statistics.txPackets == UInt64(out.count))
            #expect(port.statistics.rxPackets >= UInt64(back.count))
        }

        private func hex(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }

        @Test func anAFPacketDeviceOnAVethPairExchangesFrames() async throws {
            try await Environment.expectNoLeak {
                try await Namespaces.with { spaces in
                    let (space, outer, inner) = try await spaces.add("a", address: "10.9.0.1/24")
                    let port = try Environment.open("afp", "dpdk", ["dpdk-devargs": "net_af_packet_t,iface=\(outer)"])
                    defer { port.close() }
                    try port.start()
                    try await exchange(port, with: inner, in: space)
                    port.stop()
                }
            }
        }

        @Test func aTapDeviceExchangesFramesWithItsInterface() async throws {
            try await Environment.expectNoLeak {
                let interface = "dt\(getpid() % 100_000)"
                let port = try Environment.open("dtap", "dpdk", ["dpdk-devargs": "net_tap_t,iface=\(interface)"])
                defer { port.close() }
                try port.start()
                try await exchange(port, with: interface, in: nil)
                port.stop()
            }
        }
    }
}
