import NetDev
import TestSupport
import Wire
@testable import Datapath
@testable import VSwitch

/// A datapath without threads, in the test's own process.
final class ThreadlessDatapath: SwitchDatapath {
    let netdev: DPIFNetdev
    init() throws {
        _ = try TestEAL.started.get()
        var settings = DatapathSettings()
        settings.cores = []
        netdev = try DPIFNetdev(settings: settings, netdevs: TestEAL.runtime)
    }
    var dpif: any DPIF { netdev }
    var now: Int64 { netdev.now }
    var hertz: UInt64 { netdev.hertz }
    var waker: Waker { netdev.waker }
    let isThreadless = true
    func turn() -> Bool { netdev.turn() }
    func announceSleep(milliseconds: Int32) -> Int32 { netdev.announceSleep(milliseconds: milliseconds) }
    func change(_ config: DatapathConfig) throws(DPIFError) {}
    func pmdStats() -> [(core: Int?, isRunning: Bool, stats: PMDStats)] { netdev.pmdStats() }
    var subtableCount: Int { netdev.subtableCount }
    func close() { netdev.close() }
}
