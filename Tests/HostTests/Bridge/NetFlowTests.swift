import Foundation
import TestSupport
import Testing

extension HostTests {
    @Suite(.serialized) struct NetFlowTests {
        /// Listens for datagrams until a connection's packets have been told of, or for 120 seconds; prints each of its records, a line each.
        private static let collector = """
            import socket, sys, time
            from scapy.layers.netflow import NetflowHeader, NetflowHeaderV5, NetflowRecordV5
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind((sys.argv[1], int(sys.argv[2]))); s.settimeout(1)
            print("listening", flush=True)
            left, end = int(sys.argv[3]), time.monotonic() + 120
            while left > 0 and time.monotonic() < end:
                try: packet = NetflowHeader(s.recv(65536))
                except socket.timeout: continue
                head = packet[NetflowHeaderV5]
                record, count = head.payload, 0
                while isinstance(record, NetflowRecordV5):
                    count += 1
                    if record.prot == 17 and record.dstport == 9000:
                        print(record.src, record.dst, record.srcport, record.input, record.output, head.engineType, head.engineID,
                            abs(head.unixSecs - time.time()) < 600, record.last >= record.first, record.dpkts, record.dOctets, flush=True)
                        left -= record.dpkts
                    record = record.payload
                assert packet.version == 5 and head.count == count
            """
        /// 100 bytes a datagram, in two bursts.
        private static let sender = """
            import socket, sys, time
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("", 4000))
            for number in range(int(sys.argv[2])):
                s.sendto(bytes(100), (sys.argv[1], 9000)); time.sleep(0.005 if number != 50 else 2.5)
            """

        @Test func aCollectorIsToldOfAllPackets() async throws {
            try await Bed.with { bed in
                let hosts = try await bed.hosts(2, .tap), packets = 200
                let collector = try bed.spawn("/usr/bin/python3", ["-c", Self.collector, bed.loopback, "2055", "\(packets)"])
                try await until("the collector listens") { contents(collector.output).contains("listening") }
                _ = try await bed.start([
                    BridgeText("br0", hosts.map { PortText($0, ", of-port: \(10 + $0.number)") }, settings: [
                        "fail-mode: standalone",
                        "netflow: { targets: [\"\(bed.loopback):2055\"], engine-type: 3, engine-id: 4, active-timeout: 1s }",
                    ])
                ])
                for host in hosts { try await host.connect() }
                // Both are known then, so that nothing is flooded.
                #expect(try await hosts[0].ping(hosts[1].address4, count: 3).isWhole)
                #expect(try await hosts[0].run("/usr/bin/python3", "-c", Self.sender, hosts[1].address4, "\(packets)").status == 0)
                try await until("all packets are told of", seconds: 150) { !collector.isRunning }
                #expect(contents(collector.errors) == "")
                let records = lines(contents(collector.output)).dropFirst().map { $0.split(separator: " ").map(String.init) }
                let expected = [hosts[0].address4, hosts[1].address4, "4000", "11", "12", "3", "4", "True", "True"]
                #expect(records.count > 1 && records.allSatisfy { Array($0.dropLast(2)) == expected }, "\(records)")
                #expect(records.compactMap { $0.dropLast().last.flatMap { Int($0) } }.reduce(0, +) == packets)
                // 100 bytes behind the headers of UDP, IPv4 and Ethernet.
                #expect(records.compactMap { $0.last.flatMap { Int($0) } }.reduce(0, +) == packets * (100 + 8 + 20 + 14))
            }
        }
    }
}
