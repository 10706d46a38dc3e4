import Foundation
import Testing
import Wire
@testable import NetDev

extension NetDevTests {
    @Suite(.serialized) struct DummyExchangeTests {
        private func dummy(_ options: [String: String] = [:], type: String = "dummy") throws -> DummyNetdev {
            try #require(try Environment.open("dummy1", type, options) as? DummyNetdev)
        }

        /// Lets the datapath send a frame.
        private func transmit(_ frame: [UInt8], by port: DummyNetdev) throws {
            let packet = try #require(port.pool.allocate())
            try #require(packet.append(frame))
            #expect(send(port.txQueue(0, shared: false), [packet]) == 1)
        }

        @Test func addressesAreNumbered() throws {
            _ = try Environment.info.get()
            let runtime = NetdevRuntime(Environment.runtime.options)
            var ports: [any Netdev] = []
            defer { ports.forEach { $0.close() } }
            for (name, type) in [("a", "dummy"), ("b", "dummy-internal"), ("c", "dummy-pmd")] {
                ports.append(try runtime.open(NetdevRequest(name: name, type: type)))
            }
            #expect(ports.map { "\($0.ethernetAddress)" } == ["aa:55:aa:55:00:00", "aa:55:aa:55:00:01", "aa:55:aa:55:00:02"])
            ports.removeLast().close()
            // A number is not given again.
            ports.append(try runtime.open(NetdevRequest(name: "c", type: "dummy")))
            #expect("\(ports[2].ethernetAddress)" == "aa:55:aa:55:00:03" && ports[2].mtu == 1500)
        }

        @Test func capturesWhatComesAndGoes() async throws {
            let folder = FileManager.default.temporaryDirectory.path + "/needletail-dummy-\(getpid())"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let sent = [UInt8](repeating: 7, count: 60), received = [UInt8](repeating: 9, count: 70)
            try await Environment.expectNoLeak {
                // The second port goes on with the files of the first.
                for options in [["tx_pcap": folder + "/tx", "rxq_pcap": folder + "/rx"], ["pcap": folder + "/tx"]] {
                    let port = try dummy(options)
                    defer { port.close() }
                    #expect(port.receive(received))
                    try transmit(sent, by: port)
                    #expect(port.exchange() && !port.exchange())
                }
            }
            #expect(try records(folder + "/tx") == [sent, received, sent])
            #expect(try records(folder + "/rx") == [received])
            #expect(throws: NetdevError.self) { try dummy(["pcap": folder + "/none/file"]) }
        }

        /// The frames of a capture file, after pcap-savefile(5).
        private func records(_ path: String) throws -> [[UInt8]] {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            func word(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
            #expect(word(0) == 0xa1b2c3d4 && word(4) == 2 | 4 << 16 && word(20) == 1)
            var frames: [[UInt8]] = [], at = 24
            while at < bytes.count {
                let length = word(at + 8)
                #expect(word(at + 12) == length && word(at + 4) < 1_000_000)
                frames.append(Array(bytes[(at + 16)..<(at + 16 + length)]))
                at += 16 + length
            }
            return frames
        }

        @Test func answersARPForItsAddresses() async throws {
            try await Environment.expectNoLeak {
                let port = try dummy()
                defer { port.close() }
                port.ipv4Addresses.insert([10, 0, 0, 1])
                let asker: [UInt8] = [2, 0, 0, 0, 0, 9], ours = port.ethernetAddress.bytes
                func request(_ target: [UInt8]) -> [UInt8] {
                    [UInt8](repeating: 0xff, count: 6) + asker + [8, 6, 0, 1, 8, 0, 6, 4, 0, 1] + asker + [10, 0, 0, 2] + [UInt8](repeating: 0, count: 6) + target
                }
                try transmit(request([10, 0, 0, 3]), by: port)
                try transmit(request([10, 0, 0, 1]), by: port)
                #expect(port.exchange())
                let answers = receive(port.rxQueue(0))
                #expect(answers.map(\.bytes) == [asker + ours + [8, 6, 0, 1, 8, 0, 6, 4, 0, 2] + ours + [10, 0, 0, 1] + asker + [10, 0, 0, 2]])
                answers.forEach { $0.free() }
            }
        }
    }
}
