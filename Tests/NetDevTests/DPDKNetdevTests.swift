import Foundation
import TestSupport
import Testing
import Wire
@testable import NetDev

/// Tests that count packets in use run one at a time.
@Suite(.serialized) struct NetDevTests {}

extension NetDevTests {
    @Suite(.serialized) struct DPDKNetdevTests {
        @Test func aNullDeviceReceivesSendsAndCounts() async throws {
            try await Environment.expectNoLeak {
                let port = try Environment.open("null", "dpdk", ["dpdk-devargs": "net_null_a,size=100"])
                defer { port.close() }
                #expect(port.rxQueueCount == 1 && port.txQueueCount == 1)
                #expect(port.mtu == 1500)
                try port.start()
                let packets = receive(port.rxQueue(0))
                #expect(packets.count == 32)
                #expect(packets.allSatisfy { $0.length == 100 })
                #expect(send(port.txQueue(0, shared: true), packets) == 32)
                #expect(port.statistics.rxPackets == 32)
                #expect(port.statistics.txPackets == 32)
                #expect(port.driverStatistics.contains { $0.name == "rx_q0_packets" && $0.value == 32 })
                #expect(!port.driverStatistics.contains { $0.name == "rx_good_packets" })
                port.stop()
            }
        }

        @Test func aRingDeviceIsALoop() async throws {
            try await Environment.expectNoLeak {
                let port = try Environment.open("ring", "dpdk", ["dpdk-devargs": "net_ring_a"])
                defer { port.close() }
                try port.start()
                #expect(port.link.up)
                #expect(send(port.txQueue(0, shared: false), [try packet(port.pool, Array(0..<60))]) == 1)
                let back = receive(port.rxQueue(0))
                #expect(back.map(\.bytes) == [Array(0..<60)])
                back.forEach { $0.free() }
            }
        }

        @Test func aDeviceCanBeOpenedAgainAfterItWasClosed() async throws {
            try await Environment.expectNoLeak {
                for round in 0..<3 {
                    let port = try Environment.open("again\(round)", "dpdk", ["dpdk-devargs": "net_null_again"])
                    try port.start()
                    let packets = receive(port.rxQueue(0))
                    #expect(packets.count == 32)
                    packets.forEach { $0.free() }
                    port.close()
                }
            }
        }

        @Test func wrongDevargsAreNamedInTheError() throws {
            let error = #expect(throws: NetdevError.self) { try Environment.open("p0", "dpdk", ["dpdk-devargs": "net_foo0"]) }
            #expect(error?.code == .invalid)
            #expect(error?.message.hasPrefix("p0: 'net_foo0' is not a valid devargs: ") == true)
            let missing = #expect(throws: NetdevError.self) { try Environment.open("p0", "dpdk") }
            #expect(missing?.message == "p0: 'dpdk-devargs' is missing")
            let unknown = #expect(throws: NetdevError.self) { try Environment.open("p0", "quantum") }
            #expect(unknown?.code == .unsupported)
            let pcap = #expect(throws: NetdevError.self) {
                try Environment.open("p0", "dpdk", ["dpdk-devargs": "net_pcap_x,rx_pcap=/nonexistent.pcap"])
            }
            #expect(pcap?.message.hasPrefix("p0: 'net_pcap_x,rx_pcap=/nonexistent.pcap'") == true)
            let mac = #expect(throws: NetdevError.self) {
                try Environment.open("p0", "dpdk", ["dpdk-devargs": "class=eth,mac=02:00:00:00:be:ef"])
            }
            #expect(mac?.code == .notFound)
        }

        @Test func aDeviceBelongsToOnePort() throws {
            let first = try Environment.open("one", "dpdk", ["dpdk-devargs": "net_null_one"])
            defer { first.close() }
            let error = #expect(throws: NetdevError.self) {
                try Environment.open("two", "dpdk", ["dpdk-devargs": "net_null_one"])
            }
            #expect(error?.message == "two: 'net_null_one' is already in use by 'one'")
            try first.start()
            let packets = receive(first.rxQueue(0))
            #expect(packets.count == 32)
            packets.forEach { $0.free() }
        }

        @Test func optionsAreChecked() throws {
            for (option, value) in [
                ("n_rxq", "0"), ("n_rxq", "many"), ("n_rxq", "65"), ("n_rxq_desc", "1000"), ("n_txq_desc", "16384"), ("n_txq", "-1"),
            ] {
                let error = #expect(throws: NetdevError.self) {
                    try Environment.open("p0", "dpdk", ["dpdk-devargs": "net_null_opt", option: value])
                }
                #expect(error?.code == .invalid)
                #expect(error?.message.contains(option) == true)
            }
            let error = #expect(throws: NetdevError.self) {
                try Environment.open("p0", "dpdk", ["dpdk-devargs": "net_null_opt"], shape: NetdevShape(mtu: 20_000))
            }
            #expect(error?.message == "p0: mtu_request 20000 is out of range 68 to 9702")
        }

        @Test func queuesMTUAndAddressCanBeChanged() async throws {
            try await Environment.expectNoLeak {
                let port = try Environment.open(
                    "shape", "dpdk", ["dpdk-devargs": "net_null_shape,size=64", "n_rxq": "2", "n_rxq_desc": "256"],
                    shape: NetdevShape(txQueues: 3))
                defer { port.close() }
                #expect(port.rxQueueCount == 2 && port.txQueueCount == 3)
                #expect(port.pool.room == 2048)
                try port.reconfigure(NetdevShape(mtu: 9000, rxQueues: 1))
                #expect(port.mtu == 9000 && port.rxQueueCount == 1 && port.txQueueCount == 3)
                #expect(port.pool.room >= 9000 + 18)
                try port.setEthernetAddress(EthernetAddress(0x0200_0000_1234))
                #expect(port.ethernetAddress == EthernetAddress(0x0200_0000_1234))
                try port.start()
                let packets = receive(port.rxQueue(0))
                #expect(packets.count == 32)
                packets.forEach { $0.free() }
                port.stop()
            }
        }

        @Test func eachUserHasAQueueOrALock() throws {
            let port = try Environment.open("users", "dpdk", ["dpdk-devargs": "net_null_users", "n_txq": "2"])
            defer { port.close() }
            #expect(port.txQueue(user: 1, users: 2).lock == nil)
            #expect(port.txQueue(user: 2, users: 3).lock != nil)
        }

        @Test func aCaptureIsReplayedAndAnotherOneWritten() async throws {
            try await Environment.expectNoLeak {
                let folder = FileManager.default.temporaryDirectory.appending(path: "nt-pcap-\(getpid())").path
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                defer { try? FileManager.default.removeItem(atPath: folder) }
                let made = try await python("""
                    import sys
                    from scapy.all import *
                    wrpcap(sys.argv[1] + '/in.pcap', [Ether(bytes([i]) * 14 + b'x' * (46 + i)) for i in range(50)])
                    """, [folder])
                try #require(made.status == 0, "\(made.errors)")
                let port = try Environment.open(
                    "pcap", "dpdk", ["dpdk-devargs": "net_pcap_a,rx_pcap=\(folder)/in.pcap,tx_pcap=\(folder)/out.pcap"])
                try port.start()
                var count = 0
                // Two bursts give all fifty; a third gives none.
                for _ in 0..<3 {
                    let packets = receive(port.rxQueue(0))
                    for packet in packets {
                        #expect(packet.bytes == [UInt8](repeating: UInt8(count), count: 14) + [UInt8](repeating: 0x78, count: 46 + count))
                        count += 1
                    }
                    #expect(send(port.txQueue(0, shared: false), packets) == packets.count)
                }
                #expect(count == 50)
                #expect(port.statistics.txPackets == 50)
                port.close()
                let compared = try await command("cmp", ["-s", "-i", "24", folder + "/in.pcap", folder + "/out.pcap"])
                // Time stamps differ, lengths do not.
                #expect(compared.status == 1)
                let sizes = try await command("sh", ["-c", "stat -c %s \(folder)/*.pcap | sort -u | wc -l"])
                #expect(sizes.output == "1\n")
            }
        }

        @Test func twoPortsOfAMemifPairExchangeFrames() async throws {
            try await Environment.expectNoLeak {
                let socket = FileManager.default.temporaryDirectory.appending(path: "nt-memif-\(getpid())").path
                let common = "socket=\(socket),socket-abstract=no,id=1"
                let server = try Environment.open("m0", "dpdk", ["dpdk-devargs": "net_memif_s,role=server,\(common)"])
                defer { server.close() }
                let client = try Environment.open("m1", "dpdk", ["dpdk-devargs": "net_memif_c,role=client,\(common)"])
                defer { client.close() }
                try server.start()
                try client.start()
                #expect(await eventually { server.link.up && client.link.up })
                for (from, to) in [(server, client), (client, server)] {
                    let frame = [UInt8](repeating: 9, count: 200)
                    // A side that polls lends the other one the memory to write to.
                    #expect(receive(to.rxQueue(0)).isEmpty)
                    #expect(send(from.txQueue(0, shared: false), [try packet(from.pool, frame)]) == 1)
                    var got: [Mbuf] = []
                    #expect(await eventually {
                        got = receive(to.rxQueue(0))
                        return !got.isEmpty
                    })
                    #expect(got.map(\.bytes) == [frame])
                    got.forEach { $0.free() }
                }
            }
        }
    }
}
