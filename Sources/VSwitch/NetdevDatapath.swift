import Datapath
import NetDev
import Wire

/// The DPDK datapath: EAL, the netdevs and the PMDs.
public final class NetdevDatapath: SwitchDatapath {
    public let netdev: DPIFNetdev
    private let netdevs: NetdevRuntime
    private let processors: Processors
    /// What EAL was started with.
    public let eal: EALInfo

    /// Starts EAL, which works once in a process, and the PMD threads. Throws `DPIFError` with one line.
    /// - Parameters:
    ///   - seed: hashes and random choices follow from it.
    ///   - waker: of the ofproto thread; nil: the datapath makes one.
    public init(_ config: DatapathConfig, seed: UInt64, waker: Waker? = nil) throws(DPIFError) {
        processors = Processors()
        processors.tell()
        let cores = try Self.cores(config, processors)
        let others = processors.allowed.filter { !cores.contains($0) }
        var options = EALOptions()
        options.hugepages = config.hugepages == false ? .never : .automatic
        options.socketMemory = config.socketMemory.isEmpty ? config.memory.map { [$0] } ?? [] : config.socketMemory
        options.plainMemory = config.socketMemory.isEmpty ? config.memory : config.socketMemory.reduce(0, +)
        options.mainCPU = others.first
        options.controlCPUs = others
        options.extraArguments = config.ealArguments
        do throws(EALError) {
            eal = try EAL.start(options)
            // The ofproto thread keeps out of the way of the PMDs.
            if !others.isEmpty { try Affinity.set(others) }
        } catch {
            throw DPIFError(.device, "\(error)")
        }
        if config.hugepages == true && !eal.hugepages {
            throw DPIFError(.noMemory, "hugepages: there are not enough free ones (sysctl vm.nr_hugepages)")
        }
        var netdevOptions = NetdevOptions()
        netdevOptions.kernelCPUs = others
        netdevOptions.interfacesLast = config.interfacesLast
        netdevs = NetdevRuntime(netdevOptions)
        netdev = try DPIFNetdev(settings: Self.settings(config, cores: cores, seed: seed), netdevs: netdevs, waker: waker)
    }

    /// The cores that PMDs are to run on: those of the configuration, or of each NUMA node the last one that the process may use.
    private static func cores(_ config: DatapathConfig, _ processors: Processors) throws(DPIFError) -> [Int] {
        let online = Processors.online()
        let wanted = config.skipsMissingCores ? config.pmdCores.filter { online.contains($0) } : config.pmdCores
        let cores = wanted.isEmpty ? processors.onePerNode : wanted
        if let core = cores.first(where: { !online.contains($0) }) {
            throw DPIFError(.invalid, "pmd-cores: core \(core) is not among the machine's: \(online)")
        }
        return cores
    }

    /// Keeps the ofproto thread and the kernel I/O thread out of the way of the PMDs, if there is a processor left for them.
    private func keepAway(from cores: [Int]) throws(DPIFError) {
        let others = processors.allowed.filter { !cores.contains($0) }
        let cpus = others.isEmpty ? processors.allowed : others
        do throws(EALError) { try Affinity.set(cpus) } catch { throw DPIFError(.device, "\(error)") }
        netdevs.moveKernelIO(to: cpus)
    }

    static func settings(_ config: DatapathConfig, cores: [Int], seed: UInt64) -> DatapathSettings {
        var settings = DatapathSettings()
        settings.cores = cores
        settings.emcInsertInverseProbability = UInt32(clamping: config.emcInsertInverseProbability)
        settings.smcEnabled = config.smc
        settings.rxqAssign = switch config.rxqAssign {
        case .roundrobin: .roundrobin
        case .cycles: .cycles
        case .group: .group
        }
        settings.rxqIsolate = config.rxqIsolate
        settings.longestSleep = UInt32(clamping: config.maxSleep)
        settings.flushInterval = UInt32(clamping: config.txFlushInterval)
        settings.flowLimit = config.flowLimit
        settings.vlanLimit = config.vlanLimit
        settings.seed = seed
        return settings
    }

    public var dpif: any DPIF { netdev }
    public var now: Int64 { netdev.now }
    public var subtableCount: Int { netdev.subtableCount }
    public var hertz: UInt64 { netdev.hertz }
    public var waker: Waker { netdev.waker }
    public func announceSleep(milliseconds: Int32) -> Int32 { netdev.announceSleep(milliseconds: milliseconds) }
    public func change(_ config: DatapathConfig) throws(DPIFError) {
        let running = netdev.settings
        let cores = try Self.cores(config, processors)
        // First the way is cleared: a PMD lets nobody else run for long.
        if cores != running.cores { try keepAway(from: cores) }
        do throws(DPIFError) {
            try netdev.change(Self.settings(config, cores: cores, seed: running.seed))
        } catch {
            if cores != running.cores { try keepAway(from: running.cores) }
            throw error
        }
    }
    public func pmdStats() -> [(core: Int?, isRunning: Bool, stats: PMDStats)] { netdev.pmdStats() }
    public func leaveInterfaces(_ leaves: Bool) { netdevs.leaveInterfaces(leaves) }
    public func close() { netdev.close() }
}
