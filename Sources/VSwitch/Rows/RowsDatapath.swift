import Flow
import OVSDB
import Stream

/// Open_vSwitch, other_config and ssl: the datapath as a whole.
extension RowsReader {
    /// Settings that ovs-vswitchd has, and that change nothing here (yet).
    private static let withoutEffect = [
        "ct-scan", "hw-offload", "min-revalidate-pps", "offered-flow-limit", "per-port-memory", "pmd-sleep-max", "shared-mempool-config", "statistics-interval",
        "tc-policy", "userspace-tso-enable", "vhost-sock-dir",
    ]

    mutating func datapath(_ row: Row) {
        let settings = RowSettings(row)
        tellWithoutEffect(settings, Self.withoutEffect, "Open_vSwitch")
        for key in ["n-handler-threads", "n-revalidator-threads"] where settings[key] != nil {
            tell(.information, "ofproto_dpif_upcall", "Open_vSwitch: other_config:\(key) has no effect: one thread handles upcalls and revalidates")
        }
        result.config.datapath.interfacesLast = true
        result.config.waitsForFlows = mayWaitForFlows && settings.bool("flow-restore-wait")
        for option in ["iommu-support", "postcopy-support"] where settings.bool("vhost-" + option) { vhostOptions[option] = "1" }
        dpdk(settings, row)
        pmds(settings)
        balancing(settings)
        caches(settings)
        var config = result.config.datapath
        // 0, or less: as many as there is room for.
        if let limit = settings.int("vlan-limit") { config.vlanLimit = min(max(limit, 0), FlowKey.vlanTags) }
        if let limit = settings.uint("flow-limit") { config.flowLimit = min(limit, Limits.megaflows) }
        if let idle = settings.uint("max-idle") { config.maxIdle = Int64(idle) }
        if let idle = settings.int("bundle-idle-timeout"), idle > 0 { config.bundleIdle = Int64(idle) }
        if let interval = settings.uint("max-revalidator"), interval > 0 { config.maxRevalidator = Int64(interval) }
        result.config.datapath = config
    }

    private mutating func pmds(_ settings: RowSettings) {
        if let mask = settings["pmd-cpu-mask"] {
            let (cores, invalid) = cores(mask: mask)
            for character in invalid { tell(.warning, "ovs_numa", "Invalid cpu mask: \(character)") }
            result.config.datapath.pmdCores = cores
            result.config.datapath.skipsMissingCores = true
        }
        let mode = settings["pmd-rxq-assign"] ?? DatapathConfig.RxqAssign.cycles.rawValue
        if let assign = DatapathConfig.RxqAssign(rawValue: mode) {
            result.config.datapath.rxqAssign = assign
        } else {
            tell(.warning, "dpif_netdev", "Unsupported rx queue to PMD assignment mode in pmd-rxq-assign. Defaulting to 'cycles'.")
        }
        if let sleep = settings.long("pmd-maxsleep") { result.config.datapath.maxSleep = min(sleep, Limits.maxSleep) }
        if let interval = settings.uint("tx-flush-interval") { result.config.datapath.txFlushInterval = min(interval, Limits.txFlushInterval) }
        guard !settings.bool("pmd-rxq-isolate", true) else { return }
        if result.config.datapath.rxqAssign == .group {
            result.config.datapath.rxqIsolate = false
        } else {
            tell(.warning, "dpif_netdev", "pmd-rxq-isolate can only be set false when using pmd-rxq-assign=group")
        }
    }

    /// pmd-auto-lb and its settings: what is out of its bounds is the default.
    private mutating func balancing(_ settings: RowSettings) {
        var balance = DatapathConfig.LoadBalance()
        balance.isOn = settings.bool("pmd-auto-lb")
        if let interval = settings.int("pmd-auto-lb-rebal-interval"), (1...20_000).contains(interval) { balance.interval = interval }
        if let threshold = settings.int("pmd-auto-lb-load-threshold"), (0...100).contains(threshold) { balance.loadThreshold = threshold }
        if let threshold = settings.int("pmd-auto-lb-improvement-threshold"), (0...100).contains(threshold) { balance.improvementThreshold = threshold }
        result.config.datapath.autoLoadBalance = balance
    }

    private mutating func caches(_ settings: RowSettings) {
        if let inverse = settings.long("emc-insert-inv-prob"), inverse <= Int(UInt32.max) { result.config.datapath.emcInsertInverseProbability = inverse }
        result.config.datapath.smc = settings.bool("smc-enable", result.config.datapath.smc)
    }

    // DPDK

    /// Settings that become an argument of EAL.
    private static let ealArguments = [
        ("dpdk-lcore-mask", "-c"), ("dpdk-hugepage-dir", "--huge-dir"), ("dpdk-socket-limit", "--socket-limit"), ("dpdk-socket-mem", "--socket-mem"), ("dpdk-alloc-mem", "-m"),
    ]

    private mutating func dpdk(_ settings: RowSettings, _ row: Row) {
        let wish = settings["dpdk-init"]?.lowercased()
        // Once it runs it does so to the process's end.
        hasDPDK = wish == "true" || wish == "try" || row.bool("dpdk_initialized") == true
        var config = result.config.datapath
        config.ealArguments = Array((settings["dpdk-extra"] ?? "").split { $0 == " " || $0 == "\t" || $0 == "\n" }.map(String.init).prefix(Limits.ealArguments))
        let extra = config.ealArguments
        for (key, argument) in Self.ealArguments {
            guard let value = settings[key], !value.isEmpty else { continue }
            guard !extra.contains(argument) else {
                tell(.warning, "dpdk", "Ignoring database defined option '\(key)' due to dpdk-extra config")
                continue
            }
            switch key {
            case "dpdk-socket-mem": config.socketMemory = megabytes(value, key)
            case "dpdk-alloc-mem":
                guard config.socketMemory.isEmpty else {
                    tell(.error, "dpdk", "Multiple defined options for -m. Please check your database settings and reconfigure if necessary.")
                    continue
                }
                config.memory = megabytes(value, key).first
            default: config.ealArguments += [argument, value]
            }
        }
        result.config.datapath = config
    }

    /// Megabytes for each NUMA node.
    private mutating func megabytes(_ text: String, _ key: String) -> [Int] {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        guard numbers.allSatisfy({ (0...(1 << 20)).contains($0) }) else {
            tell(.error, "dpdk", "invalid \(key) '\(text)'")
            return []
        }
        return numbers
    }

    // TLS

    mutating func readTLS(_ root: Row) {
        result.config.tls = tls
        guard let row = replica.referenced(by: root, "ssl").rows.first, let key = row.string("private_key"), let certificate = row.string("certificate"),
            let authority = row.string("ca_cert") else { return }
        result.config.tls = TLSFiles(
            privateKey: key, certificate: certificate, caCertificate: authority, bootstrapCACertificate: row.bool("bootstrap_ca_cert") ?? false,
            settings: tlsSettings)
    }
}
