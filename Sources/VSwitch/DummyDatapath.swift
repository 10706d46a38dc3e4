import Datapath
import NetDev
import Wire

/// `--enable-dummy`: which classes of ports are dummies, besides those that are by their name.
public enum DummyLevel: String, CaseIterable, Sendable {
    case plain = "", system, override

    /// The types of datapath that it stands for.
    var datapathTypes: [String] { self == .plain ? ["dummy", "netdev"] : ["dummy", "netdev", "system"] }

    /// The classes whose ports are opened as dummies.
    var classes: Set<NetdevClass> {
        switch self {
        case .plain: []
        case .system: [.system]
        case .override: [.system, .tap, .internal, .dpdk, .vhostUserClient]
        }
    }
}

/// What is for tests in a switch.
public struct DummyOptions: Sendable {
    public var level: DummyLevel
    /// `--dummy-numa`: the NUMA node of each core that there seems to be; nil: there are the machine's.
    public var nodes: [Int]?

    /// - Parameter numa: numbers of nodes, separated by commas; what is no number is 0, as with ovs-vswitchd. One that no node can have is told and left out.
    public init(_ level: DummyLevel, numa: String? = nil) {
        self.level = level
        nodes = numa?.split(separator: ",").map { Int($0) ?? 0 }.filter { node in
            if (0..<Limits.numaNodes).contains(node) { return true }
            VLog.shared.log("ovs_numa", .warning, "Invalid numa node \(node)")
            return false
        }
    }
}

/// The datapath for tests, OVS's `dummy@ovs-dummy`: the same as ever, but its PMDs have no threads. They take their turns on the ofproto thread until nothing is left
/// to do, so that with a stopped clock what happens hangs on nothing but what the switch is told.
///
/// One of the PMDs is the main thread, which polls the ports of the classes dummy and dummy-internal; those of dummy-pmd are shared out to the others.
/// Owner: who has the turn.
public final class DummyDatapath: SwitchDatapath {
    public let netdev: DPIFNetdev
    private let netdevs: NetdevRuntime
    private let own: EthernetAddress
    private let wires: DummyWires
    private let logged: DummyDPIF
    private var clock = DummyClock()
    private let processors: Processors

    /// Starts EAL without hugepages, which works once in a process, if it is not running. Throws `DPIFError` with one line.
    /// - Parameters:
    ///   - seed: hashes and random choices follow from it.
    ///   - waker: of the ofproto thread; nil: the datapath makes one.
    public init(_ config: DatapathConfig, _ dummy: DummyOptions, seed: UInt64, waker: Waker? = nil) throws(DPIFError) {
        processors = dummy.nodes.map { Processors(nodes: $0) } ?? Processors()
        processors.tell()
        if EAL.info == nil {
            var options = EALOptions()
            options.hugepages = .never
            options.plainMemory = config.memory ?? Limits.dummyMemory
            options.extraArguments = config.ealArguments
            // Who has arguments for it may want its drivers, too.
            options.isQuick = config.ealArguments.isEmpty
            do throws(EALError) { _ = try EAL.start(options) } catch { throw DPIFError(.device, "\(error)") }
        }
        var options = NetdevOptions()
        options.demand.limit = Limits.dummyPackets
        options.dummyClasses = dummy.level.classes
        netdevs = NetdevRuntime(options)
        own = netdevs.nextDummyAddress()
        netdev = try DPIFNetdev(settings: Self.settings(config, processors, seed: seed), netdevs: netdevs, waker: waker, virtualHertz: 1_000_000)
        wires = DummyWires(waker: netdev.waker)
        logged = DummyDPIF(netdev, wires: wires)
    }

    private static func settings(_ config: DatapathConfig, _ processors: Processors, seed: UInt64) -> DatapathSettings {
        var settings = NetdevDatapath.settings(config, cores: [], seed: seed)
        settings.simulatedCores = [DatapathSettings.mainThread] + processors.dummyCores(config.pmdCores)
        settings.simulatedNodes = processors.nodes
        settings.portNumbers = .byName
        return settings
    }

    /// What bridges call it: there is one datapath, whatever they call it.
    public internal(set) var type = "dummy"
    public let isThreadless = true
    public var dpif: any DPIF { logged }
    public var waker: Waker { netdev.waker }
    public var hertz: UInt64 { netdev.hertz }
    public var subtableCount: Int { netdev.subtableCount }
    public func announceSleep(milliseconds: Int32) -> Int32 { netdev.announceSleep(milliseconds: milliseconds) }
    public func pmdStats() -> [(core: Int?, isRunning: Bool, stats: PMDStats)] { netdev.pmdStats() }

    public func change(_ config: DatapathConfig) throws(DPIFError) {
        try netdev.change(Self.settings(config, processors, seed: netdev.settings.seed))
    }

    public func close() {
        wires.close()
        netdev.close()
    }

    // MARK: Time

    public var now: Int64 {
        netdev.virtualCycles = UInt64(clock.microseconds)
        return netdev.now
    }

    /// The clock stands from now on, and only `warp` moves it.
    func stopTime() { clock.stop() }
    func warp(milliseconds: Int64) { clock.warp(milliseconds: milliseconds) }

    public func turn() -> Bool {
        var worked = wires.run(now: now)
        if netdev.turn() { worked = true }
        for device in devices where device.exchange() { worked = true }
        return worked
    }

    // MARK: Ports

    /// All ports that are dummies, by their numbers.
    var devices: [DummyNetdev] { netdev.openNetdevs.compactMap { $0 as? DummyNetdev } }

    func device(_ name: String) -> DummyNetdev? { devices.first { $0.name == name } }

    /// The port that OVS's datapath has by itself. No packet comes or goes by it.
    var ownPort: DPPortInfo {
        DPPortInfo(port: ODPPort(0), name: "ovs-dummy", type: NetdevClass.dummyInternal.rawValue, ethernetAddress: own, mtu: 1500, linkUp: true, linkSpeed: 0)
    }

    /// A megaflow as OVS shows it.
    func shown(_ flow: DPFlowDump) -> DPFlowDump { logged.shown(flow) }

    /// The connection of a port's wire; nil: it makes none.
    func isConnected(_ name: String) -> Bool? { wires.isConnected(name) }
}
