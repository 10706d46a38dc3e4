import Datapath
import NetDev

/// The DPDK datapath: EAL, the netdevs and the PMDs.
public final class NetdevDatapath: SwitchDatapath {
    let netdev: DPIFNetdev
    /// What EAL was started with.
    public let eal: EALInfo

    /// Starts EAL, which works once in a process, and the PMD threads. Throws `DPIFError` with one line.
    /// - Parameter seed: hashes and random choices follow from it.
    public init(_ config: DatapathConfig, seed: UInt64) throws(DPIFError) {
        let allowed = Processors.allowed()
        let cores = config.pmdCores.isEmpty ? Array(allowed.suffix(1)) : config.pmdCores
        let online = Processors.online()
        if let core = cores.first(where: { !online.contains($0) }) {
            throw DPIFError(.invalid, "pmd-cores: core \(core) is not among the machine's: \(online)")
        }
        let others = allowed.filter { !cores.contains($0) }
        var options = EALOptions()
        options.hugepages = config.hugepages == false ? .never : .automatic
        options.socketMemory = config.memory.map { [$0] } ?? []
        options.plainMemory = config.memory
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
        netdev = try DPIFNetdev(settings: Self.settings(config, cores: cores, seed: seed), netdevs: NetdevRuntime(netdevOptions))
    }

    private static func settings(_ config: DatapathConfig, cores: [Int], seed: UInt64) -> DatapathSettings {
        var settings = DatapathSettings()
        settings.cores = cores
        settings.emcInsertInverseProbability = UInt32(clamping: config.emcInsertInverseProbability)
        settings.smcEnabled = config.smc
        settings.rxqAssign = switch config.rxqAssign {
        case .roundrobin: .roundrobin
        case .cycles: .cycles
        case .group: .group
        }
        settings.flowLimit = config.flowLimit
        settings.seed = seed
        return settings
    }

    public var dpif: any DPIF { netdev }
    public var now: Int64 { netdev.now }
    public var hertz: UInt64 { netdev.hertz }
    public func wait(milliseconds: Int32) { netdev.wait(milliseconds: milliseconds) }
    public func change(_ config: DatapathConfig) throws(DPIFError) {
        try netdev.change(Self.settings(config, cores: netdev.settings.cores, seed: netdev.settings.seed))
    }
    public func pmdStats() -> [(core: Int?, stats: PMDStats)] { netdev.pmdStats() }
    public func close() { netdev.close() }
}
