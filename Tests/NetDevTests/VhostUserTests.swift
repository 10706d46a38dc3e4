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
                let port = try Environment.open("vhu-1", "dpdkvhostuserclient", ["vhost-server-path": path])
                let loop = Wire(loop: port)
                defer {
                    loop.close()
                    try? FileManager.default.removeItem(atPath: path)
                }
                #expect(port.rxQueueCount == 1 && port.txQueueCount == 1)
                try loop.start()
                #expect(!port.link.up)
                // The client connects whenever there is a server: now, and again after this one has gone.
                for _ in 0..<2 {
                    async let guest = Self.guest(path)
                    #expect(await eventually(seconds: 20) { port.link.up })
                    let report = try await guest
                    #expect(report.status == 0, "\(report.errors)")
                    // The guest's statistics: it has received as much as came back, and that is not nothing.
                    let counted = report.output.split(separator: "\n").last { $0.contains("RX-packets: ") } ?? ""
                    let received = counted.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
                    #expect(received > 1000, "\(report.output)")
                    #expect(await eventually { !port.link.up })
                }
                let stats = port.statistics
                #expect(stats.rxPackets >= stats.txPackets && stats.txPackets > 2000)
            }
        }

        /// testpmd as a guest that sends as fast as the port answers, and counts what comes back.
        private static func guest(_ path: String) async throws -> CommandResult {
            try await command("sh", ["-c", """
                { echo 'set fwd flowgen'; echo 'start'; sleep 2; echo 'stop'; echo 'quit'; } | dpdk-testpmd --no-shconf --no-huge \
                -m 256 --no-pci --lcores '0@0,1@0' --vdev net_virtio_user0,path=\(path),server=1 --log-level=error \
                -- -i --total-num-mbufs=4096
                """], seconds: 30)
        }
    }
}
