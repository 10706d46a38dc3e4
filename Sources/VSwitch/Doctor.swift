import Foundation

/// What this machine offers, and what would work on it: `needletail doctor`.
public struct Doctor: Sendable {
    struct Finding: Sendable {
        enum Verdict: String, Sendable { case yes, no, part }
        var subject: String
        var verdict: Verdict
        var detail: String
    }
    private(set) var findings: [Finding] = []
    private let isRoot: Bool
    private let freeHugepageMB: UInt64
    private let drivers: Set<String>
    /// The processor and the drivers suffice for forwarding packets at all.
    public private(set) var canForward = true

    public init() {
        isRoot = ProcFS.value("Uid", in: "/proc/self/status")?.split(separator: "\t").dropFirst().first == "0"
        let pages = ProcFS.value("HugePages_Free", in: "/proc/meminfo").flatMap { UInt64($0) } ?? 0
        freeHugepageMB = pages &* (ProcFS.bytes("Hugepagesize", in: "/proc/meminfo") >> 20)
        drivers = Self.installedDrivers()
        examineMachine()
        examinePorts()
        examineTools()
    }

    /// One line a finding.
    public var text: String {
        let width = findings.map { $0.subject.count }.max() ?? 0
        return findings.map { finding in
            let mark = switch finding.verdict {
            case .yes: "yes "
            case .no: "no  "
            case .part: "part"
            }
            return "\(mark)  \(finding.subject)\(String(repeating: " ", count: width - finding.subject.count))  \(finding.detail)"
        }.joined(separator: "\n")
    }

    private mutating func note(_ subject: String, _ verdict: Finding.Verdict, _ detail: String) {
        findings.append(Finding(subject: subject, verdict: verdict, detail: detail))
    }

    private mutating func examineMachine() {
        #if arch(x86_64)
        let flags = Set(Self.cpuFlags().split(separator: " "))
        let missing = ["avx2", "bmi2", "fma", "movbe"].filter { !flags.contains(Substring($0)) }
        note("processor", missing.isEmpty ? .yes : .no, missing.isEmpty ? "x86-64-v3" : "lacks \(missing.joined(separator: ", ")); build with NEEDLETAIL_MARCH")
        if !missing.isEmpty { canForward = false }
        #endif
        let processors = Processors(), cores = processors.allowed, list = processors.onePerNode.map(String.init).joined(separator: ", ")
        note("cores", cores.count > 1 ? .yes : .part,
            cores.count > 1 ? "\(cores.count); the last one of each NUMA node, \(list), forwards unless pmd-cores says otherwise"
                : "one: the forwarding thread and everything else share it")
        note("root", isRoot ? .yes : .no, isRoot ? "all kinds of ports" : "only DPDK's virtual devices: pcap, null, memif, vhost-user")
        note("hugepages", freeHugepageMB >= 64 ? .yes : .no,
            freeHugepageMB >= 64 ? "\(freeHugepageMB) MB free" : "\(freeHugepageMB) MB free: runs without, slower; sysctl vm.nr_hugepages=512")
    }

    private mutating func examinePorts() {
        let virtual = ["pcap", "null", "memif", "vhost", "ring", "af_packet"]
        let missing = virtual.filter { !drivers.contains($0) }
        if drivers.isEmpty { canForward = false }
        note("DPDK drivers", drivers.isEmpty ? .no : missing.isEmpty ? .yes : .part,
            drivers.isEmpty ? "none found: apt-get install libdpdk-dev" : "\(drivers.count)" + (missing.isEmpty ? "" : ", without \(missing.joined(separator: ", "))"))
        let tun = FileManager.default.fileExists(atPath: "/dev/net/tun")
        note("tap, internal ports", isRoot && tun ? .yes : .no, tun ? (isRoot ? "/dev/net/tun" : "need root") : "the kernel has no /dev/net/tun")
        let vfio = FileManager.default.fileExists(atPath: "/dev/vfio/vfio")
        let cards = Self.networkCards()
        let bound = cards.filter { ["vfio-pci", "uio_pci_generic", "igb_uio", "mlx5_core", "mlx4_core"].contains($0.driver) }
        let list = cards.map { "\($0.address) (\($0.driver))" }.joined(separator: ", ")
        note("network cards", bound.isEmpty || !isRoot ? .no : .yes,
            cards.isEmpty ? "none on the PCI bus" : list + (bound.isEmpty ? (vfio ? "; bind one by dpdk-devbind.py -b vfio-pci" : "; modprobe vfio-pci") : ""))
    }

    private mutating func examineTools() {
        for (tool, purpose) in [("dpdk-testpmd", "benchmarks"), ("ovs-vswitchd", "benchmarks, reference"), ("ovs-ofctl", "tests"),
            ("tcpdump", "tests"), ("tcpreplay", "tests"), ("iperf3", "tests"), ("ip", "taps and namespaces"), ("ethtool", "tests")] {
            let path = Self.find(tool)
            note(tool, path == nil ? .no : .yes, (path ?? "not installed") + " — for \(purpose)")
        }
    }

    // Sources

    private static func cpuFlags() -> String {
        guard let data = FileManager.default.contents(atPath: "/proc/cpuinfo") else { return "" }
        let text = String(decoding: data, as: UTF8.self)
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("flags") }), let colon = line.firstIndex(of: ":") else { return "" }
        return String(line[line.index(after: colon)...])
    }

    /// Names of the driver plugins that EAL loads, without "librte_net_".
    private static func installedDrivers() -> Set<String> {
        var names: Set<String> = []
        for triplet in ["x86_64-linux-gnu", "aarch64-linux-gnu"] {
            let folder = "/usr/lib/\(triplet)/dpdk"
            for plugins in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where plugins.hasPrefix("pmds-") {
                for file in (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + plugins)) ?? [] where file.hasPrefix("librte_net_") {
                    names.insert(String(file.dropFirst(11).prefix { $0 != "." }))
                }
            }
        }
        return names
    }

    private static func networkCards() -> [(address: String, driver: String)] {
        let folder = "/sys/bus/pci/devices"
        let addresses = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
        return addresses.compactMap { address in
            // Class 02 is a network controller (PCI Code and ID Assignment Specification).
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(address)/class"),
                String(decoding: data, as: UTF8.self).hasPrefix("0x02") else { return nil }
            let driver = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(address)/driver")
            return (address, driver?.split(separator: "/").last.map(String.init) ?? "no driver")
        }
    }

    private static func find(_ tool: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map { String($0) } + ["/usr/sbin", "/sbin"]
        return folders.map { $0 + "/" + tool }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
