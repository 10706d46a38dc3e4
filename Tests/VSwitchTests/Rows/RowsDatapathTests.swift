import Testing
@testable import OVSDB
@testable import VSwitch

/// Open_vSwitch, other_config.
@Suite struct RowsDatapathTests {
    private func datapath(_ settings: [String: String]) throws -> (config: DatapathConfig, lines: [String]) {
        let result = try TestRows().rooted(["other_config": .map(settings)]).config()
        return (result.config.datapath, result.lines)
    }

    /// A key, a value, what it changes, and what is said.
    private static let keys: [(String, String, @Sendable (inout DatapathConfig) -> Void, [String])] = [
        ("vlan-limit", "2", { $0.vlanLimit = 2 }, []), ("vlan-limit", "0", { $0.vlanLimit = 0 }, []), ("vlan-limit", "-1", { $0.vlanLimit = 0 }, []),
        ("vlan-limit", "99", { $0.vlanLimit = 2 }, []), ("vlan-limit", "foo", { _ in }, []),
        ("flow-limit", "1000", { $0.flowLimit = 1000 }, []), ("flow-limit", "0", { $0.flowLimit = 0 }, []), ("flow-limit", "4294967295", { $0.flowLimit = 1 << 20 }, []),
        ("flow-limit", "-5", { _ in }, []), ("flow-limit", "4294967296", { _ in }, []), ("flow-limit", "foo", { _ in }, []),
        ("max-idle", "3", { $0.maxIdle = 3 }, []), ("max-idle", "-3", { _ in }, []), ("max-idle", "10s", { _ in }, []),
        ("max-revalidator", "100", { $0.maxRevalidator = 100 }, []), ("max-revalidator", "0", { _ in }, []), ("max-revalidator", "x", { _ in }, []),
        ("emc-insert-inv-prob", "0", { $0.emcInsertInverseProbability = 0 }, []), ("emc-insert-inv-prob", "4294967295", { $0.emcInsertInverseProbability = 4_294_967_295 }, []),
        ("emc-insert-inv-prob", "5000000000", { _ in }, []), ("emc-insert-inv-prob", "-1", { _ in }, []), ("emc-insert-inv-prob", "foo", { _ in }, []),
        ("smc-enable", "false", { $0.smc = false }, []), ("smc-enable", "FALSE", { $0.smc = false }, []), ("smc-enable", "true", { _ in }, []), ("smc-enable", "0", { _ in }, []),
        ("pmd-rxq-assign", "group", { $0.rxqAssign = .group }, []), ("pmd-rxq-assign", "roundrobin", { $0.rxqAssign = .roundrobin }, []), ("pmd-rxq-assign", "cycles", { _ in }, []),
        ("pmd-rxq-assign", "foo", { _ in }, ["dpif_netdev|WARN|Unsupported rx queue to PMD assignment mode in pmd-rxq-assign. Defaulting to 'cycles'."]),
        ("pmd-rxq-isolate", "false", { _ in }, ["dpif_netdev|WARN|pmd-rxq-isolate can only be set false when using pmd-rxq-assign=group"]),
        ("pmd-rxq-isolate", "foo", { _ in }, []), ("pmd-rxq-isolate", "true", { _ in }, []),
        ("pmd-auto-lb", "true", { $0.autoLoadBalance.isOn = true }, []), ("pmd-auto-lb", "1", { _ in }, []),
        ("pmd-auto-lb-rebal-interval", "20000", { $0.autoLoadBalance.interval = 20_000 }, []), ("pmd-auto-lb-rebal-interval", "0", { _ in }, []),
        ("pmd-auto-lb-rebal-interval", "20001", { _ in }, []), ("pmd-auto-lb-load-threshold", "0", { $0.autoLoadBalance.loadThreshold = 0 }, []),
        ("pmd-auto-lb-load-threshold", "101", { _ in }, []), ("pmd-auto-lb-improvement-threshold", "100", { $0.autoLoadBalance.improvementThreshold = 100 }, []),
        ("pmd-auto-lb-improvement-threshold", "-1", { _ in }, []), ("pmd-maxsleep", "500", { $0.maxSleep = 500 }, []), ("pmd-maxsleep", "100000", { $0.maxSleep = 10_000 }, []),
        ("pmd-maxsleep", "-1", { _ in }, []), ("tx-flush-interval", "50", { $0.txFlushInterval = 50 }, []), ("tx-flush-interval", "5000000", { $0.txFlushInterval = 1_000_000 }, []),
        ("tx-flush-interval", "x", { _ in }, []), ("bundle-idle-timeout", "3", { $0.bundleIdle = 3 }, []), ("bundle-idle-timeout", "0", { _ in }, []),
        ("bundle-idle-timeout", "-3", { _ in }, []),
        ("pmd-cpu-mask", "6", { ($0.pmdCores, $0.skipsMissingCores) = ([1, 2], true) }, []),
        ("pmd-cpu-mask", "0x10000000000000001", { ($0.pmdCores, $0.skipsMissingCores) = ([0, 64], true) }, []),
        ("pmd-cpu-mask", "0xfF", { ($0.pmdCores, $0.skipsMissingCores) = ([0, 1, 2, 3, 4, 5, 6, 7], true) }, []),
        ("pmd-cpu-mask", "0x0", { $0.skipsMissingCores = true }, []), ("pmd-cpu-mask", "", { $0.skipsMissingCores = true }, []),
        ("pmd-cpu-mask", "g1", { ($0.pmdCores, $0.skipsMissingCores) = ([0], true) }, ["ovs_numa|WARN|Invalid cpu mask: g"]),
        ("dpdk-extra", " -a  0000:01:00.0 ", { $0.ealArguments = ["-a", "0000:01:00.0"] }, []),
        ("dpdk-lcore-mask", "0x3", { $0.ealArguments = ["-c", "0x3"] }, []), ("dpdk-hugepage-dir", "/huge", { $0.ealArguments = ["--huge-dir", "/huge"] }, []),
        ("dpdk-socket-limit", "512,0", { $0.ealArguments = ["--socket-limit", "512,0"] }, []),
        ("dpdk-socket-mem", "512,0", { $0.socketMemory = [512, 0] }, []), ("dpdk-socket-mem", "", { _ in }, []),
        ("dpdk-socket-mem", "foo", { _ in }, ["dpdk|ERR|invalid dpdk-socket-mem 'foo'"]), ("dpdk-socket-mem", "512,-1", { _ in }, ["dpdk|ERR|invalid dpdk-socket-mem '512,-1'"]),
        ("dpdk-alloc-mem", "512", { $0.memory = 512 }, []), ("dpdk-alloc-mem", "foo", { _ in }, ["dpdk|ERR|invalid dpdk-alloc-mem 'foo'"]),
        ("nonsense", "foo", { _ in }, []), ("dpdk-init", "foo", { _ in }, []),
    ]

    @Test(arguments: keys.indices) func otherConfig(index: Int) throws {
        let (key, value, change, lines) = Self.keys[index]
        var expected = TestRows.plainDatapath
        change(&expected)
        let found = try datapath([key: value])
        #expect(found.config == expected)
        #expect(found.lines == lines)
    }

    @Test func whatChangesNothingIsTold() throws {
        for key in [
            "hw-offload", "userspace-tso-enable", "per-port-memory", "min-revalidate-pps", "offered-flow-limit", "vhost-sock-dir", "tc-policy",
        ] {
            let found = try datapath([key: "1"])
            #expect(found.config == TestRows.plainDatapath)
            #expect(found.lines == ["bridge|INFO|Open_vSwitch: other_config:\(key) has no effect"])
        }
        for key in ["n-handler-threads", "n-revalidator-threads"] {
            let found = try datapath([key: "2"])
            #expect(found.config == TestRows.plainDatapath)
            #expect(found.lines == ["ofproto_dpif_upcall|INFO|Open_vSwitch: other_config:\(key) has no effect: one thread handles upcalls and revalidates"])
        }
        #expect(try datapath(["pmd-perf-metrics": "true", "enable-statistics": "true"]).lines.isEmpty)
    }

    @Test func onlyGroupsLeavePinnedCoresOpen() throws {
        #expect(try datapath(["pmd-rxq-assign": "group", "pmd-rxq-isolate": "false"]).config.rxqIsolate == false)
        #expect(try datapath(["pmd-rxq-assign": "cycles", "pmd-rxq-isolate": "false"]).config.rxqIsolate)
    }

    @Test func furtherArgumentsGoBeforeTheDatabase() throws {
        let found = try datapath(["dpdk-extra": "-c 1 --socket-mem 64", "dpdk-lcore-mask": "2", "dpdk-socket-mem": "128", "dpdk-hugepage-dir": "/h"])
        #expect(found.config.ealArguments == ["-c", "1", "--socket-mem", "64", "--huge-dir", "/h"])
        #expect(found.config.socketMemory.isEmpty)
        #expect(found.lines == [
            "dpdk|WARN|Ignoring database defined option 'dpdk-lcore-mask' due to dpdk-extra config", "dpdk|WARN|Ignoring database defined option 'dpdk-socket-mem' due to dpdk-extra config",
        ])
        let both = try datapath(["dpdk-socket-mem": "128", "dpdk-alloc-mem": "64"])
        #expect(both.config.socketMemory == [128])
        #expect(both.config.memory == nil)
        #expect(both.lines == ["dpdk|ERR|Multiple defined options for -m. Please check your database settings and reconfigure if necessary."])
    }

    @Test func numbersAreReadAsByC() throws {
        var rows = TestRows()
        let uuid = rows.add("Open_vSwitch", ["other_config": .map(["a": " 7", "b": "7 ", "c": "+7", "d": "2147483648", "e": "", "f": "0x7", "g": "-7"])])
        let settings = RowSettings(try #require(try rows.replica().row("Open_vSwitch", uuid)))
        #expect(["a", "b", "c", "d", "e", "f", "g", "h"].map(settings.int) == [7, nil, 7, nil, nil, nil, -7, nil])
        #expect(["a", "b", "c", "d", "e", "f", "g", "h"].map(settings.uint) == [7, nil, 7, 2_147_483_648, nil, nil, nil, nil])
    }
}
