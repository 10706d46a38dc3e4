import Foundation
import TestSupport
import Testing
import Wire
@testable import NetDev

extension NetDevTests {
    @Suite(.serialized) struct KernelNetdevTests {
        @Test func aTapPortTalksWithTheHost() async throws {
            try await Environment.expectNoLeak {
                let name = "ntt\(getpid() % 100_000)"
                let request = NetdevRequest(
                    name: name, type: "internal", shape: NetdevShape(mtu: 1400, txQueues: 2),
                    ethernetAddress: EthernetAddress(0x0200_0000_0a01))
                _ = try Environment.info.get()
                let port = try Environment.runtime.open(request)
                defer { port.close() }
                #expect(port.mtu == 1400 && port.txQueueCount == 2 && port.rxQueueCount == 1)
                #expect(port.ethernetAddress == EthernetAddress(0x0200_0000_0a01))
                #expect(try await command("cat", ["/sys/class/net/\(name)/mtu"]).output == "1400\n")
                try await ip("addr", "add", "198.18.7.1/24", "dev", name)
                try port.start()
                let us = EthernetAddress(0x0200_0000_0b02)
                let ask = arp(1, from: us, [198, 18, 7, 2], to: .broadcast, [198, 18, 7, 1])
                // By both rings, so that the sleeping thread is woken by each.
                for queue in 0..<2 {
                    #expect(send(port.txQueue(queue, shared: false), [try packet(port.pool, ask)]) == 1)
                    let answer = try await frame(from: port) { $0.count >= 42 && number($0, 12) == 0x0806 && $0[21] == 2 }
                    #expect(Array(answer[0..<6]) == addressBytes(us))
                    #expect(Array(answer[22..<32]) == addressBytes(port.ethernetAddress) + [198, 18, 7, 1])
                }
                #expect(port.statistics.txPackets == 2 && port.statistics.txBytes == 2 * UInt64(ask.count))
                #expect(port.statistics.rxPackets >= 2)
                #expect(port.link.up)
                port.stop()
                try port.reconfigure(NetdevShape(mtu: 9000, txQueues: 1))
                #expect(port.mtu == 9000 && port.txQueueCount == 1)
            }
        }

        @Test func aJumboFrameIsOnePacket() async throws {
            try await Environment.expectNoLeak {
                let name = "ntj\(getpid() % 100_000)"
                let port = try Environment.open(name, "tap", shape: NetdevShape(mtu: 9000))
                defer { port.close() }
                try await ip("addr", "add", "198.18.8.1/24", "dev", name)
                try await ip("neigh", "add", "198.18.8.2", "lladdr", "02:00:00:00:00:02", "dev", name)
                try port.start()
                let sent = try await python("""
                    import socket
                    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                    s.sendto(b'j' * 8972, ('198.18.8.2', 9))
                    """)
                #expect(sent.status == 0)
                let jumbo = try await frame(from: port) { $0.count > 2000 }
                #expect(jumbo.count == 14 + 9000)
                #expect(checksumsAreRight(jumbo))
                #expect(jumbo.suffix(8972).allSatisfy { $0 == UInt8(ascii: "j") })
            }
        }

        @Test func whatCannotBeOpenedSaysWhy() throws {
            let missing = #expect(throws: NetdevError.self) { try Environment.open("ntnone0", "system") }
            #expect(missing == NetdevError(.notFound, "could not open network device ntnone0 (No such device)"))
            let name = "ntd\(getpid() % 100_000)"
            let port = try Environment.open(name, "tap")
            defer { port.close() }
            let busy = #expect(throws: NetdevError.self) { try Environment.open(name, "internal") }
            #expect(busy == NetdevError(.busy, "could not create tap device \(name) (Device or resource busy)"))
            let long = #expect(throws: NetdevError.self) { try Environment.open("a-name-too-long-for-linux", "tap") }
            #expect(long?.code == .invalid)
        }

        @Test func aSystemPortSeesVLANTagsAndWholeChecksums() async throws {
            try await Environment.expectNoLeak {
                try await Namespaces.with { spaces in
                    let (space, outer, inner) = try await spaces.add("s", address: "198.18.9.2/24")
                    let port = try Environment.open(outer, "system")
                    defer { port.close() }
                    try port.start()
                    #expect(port.mtu == 1500)
                    // The receiving side of the pair takes the outer tag out of the frame and tells it beside.
                    let tagged: [UInt8] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2] + [0x81, 0, 0x60, 7, 0x81, 0, 0, 8, 0x88, 0xb5]
                        + Array("tagged".utf8) + [UInt8](repeating: 0, count: 40)
                    let service = [0x88, 0xa8] + tagged[14...]
                    for bytes in [tagged, Array(tagged[0..<12] + service)] {
                        let hex = bytes.map { String($0, radix: 16).count == 1 ? "0" + String($0, radix: 16) : String($0, radix: 16) }
                        #expect(try await python(in: space, """
                            import socket, sys
                            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
                            s.bind((sys.argv[1], 0))
                            s.send(bytes.fromhex(sys.argv[2]))
                            """, [inner, hex.joined()]).status == 0)
                        #expect(try await frame(from: port) { $0.count == bytes.count && $0[22] == UInt8(ascii: "t") } == bytes)
                    }
                    // A checksum that the kernel leaves to the card.
                    try await ip("-n", space, "neigh", "add", "198.18.9.1", "lladdr", "02:00:00:00:00:01", "dev", inner)
                    #expect(try await python(in: space, """
                        import socket
                        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                        s.sendto(b'hello-world', ('198.18.9.1', 9))
                        """).status == 0)
                    let plain = try await frame(from: port) { $0.count > 40 && $0.suffix(11).elementsEqual("hello-world".utf8) }
                    #expect(number(plain, 12) == 0x0800)
                    #expect(checksumsAreRight(plain))
                }
            }
        }

        @Test func aLargeUDPFrameIsCutIntoPackets() async throws {
            try await Environment.expectNoLeak {
                try await Namespaces.with { spaces in
                    let (space, outer, inner) = try await spaces.add("u", address: "198.18.11.2/24")
                    let port = try Environment.open(outer, "system")
                    defer { port.close() }
                    try port.start()
                    try await ip("-n", space, "neigh", "add", "198.18.11.1", "lladdr", "02:00:00:00:00:01", "dev", inner)
                    // UDP_SEGMENT (udp(7)): one call, one large frame inside the kernel, eleven datagrams on the wire.
                    #expect(try await python(in: space, """
                        import socket
                        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                        s.setsockopt(17, 103, 1000)
                        s.sendto(b''.join(bytes([65 + i]) * 1000 for i in range(10)) + b'end', ('198.18.11.1', 9))
                        """).status == 0)
                    let segments = try await frames(11, from: port) { $0.count > 42 && number($0, 12) == 0x0800 && $0[23] == 17 }
                    for (index, segment) in segments.enumerated() {
                        #expect(segment.count == 42 + (index < 10 ? 1000 : 3))
                        #expect(segment[42] == (index < 10 ? UInt8(65 + index) : UInt8(ascii: "e")))
                        #expect(checksumsAreRight(segment))
                        #expect(number(segment, 38) == segment.count - 34)
                    }
                }
            }
        }

        /// Two hosts, each behind a system port, with a cable between the ports: frames of a TCP connection arrive cut to the
        /// MTU and whole, or the transfer fails.
        @Test(arguments: ["4", "6"]) func aTCPConnectionRunsThroughTwoSystemPorts(_ version: String) async throws {
            try await Environment.expectNoLeak {
                try await Namespaces.with { spaces in
                    let prefix = version == "4" ? "198.18.13." : "fd00:13::"
                    let size = version == "4" ? "/24" : "/64"
                    let (left, leftPort, _) = try await spaces.add("l", address: prefix + "1" + size)
                    let (right, rightPort, _) = try await spaces.add("r", address: prefix + "2" + size)
                    let cable = Cable(try Environment.open(leftPort, "system"), try Environment.open(rightPort, "system"))
                    defer { cable.close() }
                    try cable.start()
                    async let server = python(in: right, """
                        import hashlib, socket, sys
                        s = socket.create_server(('', 7000), family=socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET)
                        s.settimeout(30)
                        c, _ = s.accept()
                        h = hashlib.sha256()
                        while d := c.recv(65536): h.update(d)
                        c.sendall(h.digest())
                        """, [prefix + "2"])
                    let client = try await python(in: left, """
                        import hashlib, random, socket, sys, time
                        data = random.Random(7).randbytes(8 << 20)
                        end = time.time() + 20
                        while True:
                            try: s = socket.create_connection((sys.argv[1], 7000), timeout=20); break
                            except OSError:
                                if time.time() > end: raise
                                time.sleep(0.05)
                        s.sendall(data)
                        s.shutdown(socket.SHUT_WR)
                        assert s.recv(32, socket.MSG_WAITALL) == hashlib.sha256(data).digest()
                        """, [prefix + "2"])
                    #expect(client.status == 0, "\(client.errors)")
                    #expect(try await server.status == 0)
                    cable.stop()
                    #expect(cable.longest == 1514)
                    #expect(cable.ports.allSatisfy { $0.statistics.rxErrors == 0 && $0.statistics.txErrors == 0 })
                }
            }
        }

        @Test func framesAreDroppedAndCountedWhenThereAreNoPackets() async throws {
            try await Environment.expectNoLeak {
                let name = "nte\(getpid() % 100_000)"
                let port = try Environment.open(name, "tap")
                defer { port.close() }
                try port.start()
                var held: [Mbuf] = []
                // The pool's size bounds the loop.
                while held.count <= port.pool.packets, let packet = port.pool.allocate() { held.append(packet) }
                #expect(port.pool.inUseCount > port.pool.packets - 20 * Limits.mempoolCache)
                try await ip("addr", "add", "198.18.12.1/24", "dev", name)
                let flood = """
                    import socket
                    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
                    s.bind(('\(name)', 0))
                    for i in range(1000): s.send(b'\\x02' * 60)
                    """
                #expect(try await python(flood).status == 0)
                // The I/O thread's own cache holds some packets; the flood is longer.
                #expect(await eventually { port.statistics.rxDropped > 0 })
                held.forEach { $0.free() }
                let before = port.statistics.rxPackets
                #expect(try await python(flood).status == 0)
                #expect(await eventually { port.statistics.rxPackets > before })
                port.stop()
            }
        }

        /// Nanoseconds that the I/O thread has run (proc(5), schedstat).
        private func runTime() throws -> Int {
            for task in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task") {
                let name = try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)
                guard name == "nt-kernel-io\n" else { continue }
                let text = try String(contentsOfFile: "/proc/self/task/\(task)/schedstat", encoding: .utf8)
                return try #require(text.split(separator: " ").first.flatMap { Int($0) })
            }
            throw CancellationError()
        }

        @Test func theThreadSleepsAlsoAfterAnInterfaceIsGone() async throws {
            try await Environment.expectNoLeak {
                let name = "ntg\(getpid() % 100_000)"
                let port = try Environment.open(name, "tap")
                defer { port.close() }
                try port.start()
                #expect(port.link.up)
                try await ip("link", "del", name)
                #expect(!port.link.up)
                let before = try runTime()
                // A second of nothing.
                #expect(try await command("sleep", ["1"]).status == 0)
                #expect(try runTime() - before < 50_000_000)
                #expect(send(port.txQueue(0, shared: false), [try packet(port.pool, [UInt8](repeating: 0, count: 60))]) == 1)
                #expect(await eventually { port.statistics.txErrors == 1 })
            }
        }
    }
}
