import Foundation
import TestSupport
import Testing
@testable import NetDev

extension NetDevTests {
    @Suite(.serialized) struct VhostUserTests {
        @Test func theServerPathIsChecked() throws {
            let missing = #expect(throws: NetdevError.self) { try Environment.open("vhu0", "dpdkvhostuserclient") }
            #expect(missing?.message == "vhu0: 'vhost-server-path' is missing")
            for path in ["/tmp/a,b", "/tmp/a b", "/tmp/a=b", "/" + String(repeating: "x", count: 108)] {
                let error = #expect(throws: NetdevError.self) {
                    try Environment.open("vhu0", "dpdkvhostuserclient", ["vhost-server-path": path])
                }
                #expect(error?.code == .invalid)
            }
        }

        /// A guest's driver in another process serves the socket; the port connects to it, and sends what it receives back.
        @Test func framesGoToAGuestAndBack() async throws {
            try await Environment.expectNoLeak {
                let path = FileManager.default.temporaryDirectory.appending(path: "nt-vhost-\(getpid()).sock").path
                let port = try Environment.open("vhu-1", "dpdkvhostuserclient", ["vhost-server-path": path, "iommu-support": "1", "postcopy-support": "1"])
                let loop = Cable(loop: port)
                defer {
                    loop.close()
                    for file in [path, path + ".end"] { try? FileManager.default.removeItem(atPath: file) }
                }
                #expect(port.rxQueueCount == 1 && port.txQueueCount == 1)
                try loop.start()
                #expect(!port.link.up)
                // The client connects whenever there is a server: now, and again after this one has gone.
                for _ in 0..<2 {
                    let before = port.statistics.txPackets
                    async let guest = Self.guest(path)
                    #expect(await eventually(seconds: 40) { port.statistics.txPackets > before + 2000 })
                    #expect(port.link.up)
                    // The guest ends when this file is there.
                    #expect(FileManager.default.createFile(atPath: path + ".end", contents: nil))
                    let report = try await guest
                    #expect(report.status == 0, "\(report.errors)")
                    // The guest's statistics: it has received what came back.
                    let counted = report.output.split(separator: "\n").last { $0.contains("RX-packets: ") } ?? ""
                    let received = counted.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
                    #expect(received > 1000, "\(report.output)")
                    #expect(await eventually { !port.link.up })
                }
                let stats = port.statistics
                #expect(stats.rxPackets >= stats.txPackets && stats.txPackets > 4000)
            }
        }

        /// testpmd as a guest that sends as fast as the port answers, and counts what comes back.
        private static func guest(_ path: String) async throws -> CommandResult {
            try await command("sh", ["-c", """
                rm -f \(path).end
                { echo 'set fwd flowgen'; echo 'start'; while [ ! -e \(path).end ]; do sleep 0.05; done; echo 'stop'; echo 'quit'; } |
                dpdk-testpmd --no-shconf --no-huge -m 256 --no-pci --lcores '0@0,1@0' --log-level=error \
                --vdev net_virtio_user0,path=\(path),server=1 -- -i --total-num-mbufs=4096
                """], seconds: 60)
        }
    }
}
