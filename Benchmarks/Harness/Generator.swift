import Foundation

/// How testpmd makes packets when it is a process of its own.
enum GeneratorMode: String, CaseIterable {
    /// As many flows as the case has, each packet's headers and checksums made anew.
    case flowgen
    /// 256 flows, whatever the case has, from a template: faster.
    case txonly

    func arguments(_ traffic: Traffic) -> [String] {
        switch self {
        case .flowgen: ["--forward-mode=flowgen", "--flowgen-flows=\(traffic.flows)"]
        case .txonly: ["--forward-mode=txonly", "--txonly-multi-flow"]
        }
    }
}

/// Where the packets of a throughput case come from.
enum Generator: Hashable {
    /// A capture replayed by the receiving thread itself: no second process, no queue between them.
    case replay
    /// testpmd on core 0, over shared memory.
    case memif
    /// testpmd on core 0, as a guest's virtio device: the switch is the vhost-user client.
    case vhost
    /// testpmd on the NIC `generator`, wired to the NIC `port` of the switch.
    case nic(generator: String, port: String)

    /// Reads "pcap", "memif", "vhost" or "pci:GENERATOR,SWITCH" with two PCI addresses; nil: none of these.
    init?(_ text: String) {
        switch text {
        case "pcap": self = .replay
        case "memif": self = .memif
        case "vhost": self = .vhost
        default:
            let addresses = text.dropFirst(4).split(separator: ",").map(String.init)
            guard text.hasPrefix("pci:"), addresses.count == 2 else { return nil }
            self = .nic(generator: addresses[0], port: addresses[1])
        }
    }

    /// Calls `body` with the switch's ports while the packets of `traffic` come to p0.
    ///
    /// - Parameter queues: the transmit queues that the switch gives a port, which a memif must be able to receive.
    func drive<Result>(_ traffic: Traffic, mode: GeneratorMode, queues: Int, scratch: URL, folder: URL, seed: UInt64,
        _ body: (PortArguments) throws -> Result) throws -> Result {
        if self == .replay { return try body(.replay(try traffic.write(to: scratch, seed: seed))) }
        guard traffic.groups == 1, !traffic.distinctMACs else {
            throw BenchError("only captures have the MAC addresses that this case needs: use --generator pcap")
        }
        let socket = folder.appending(path: "generator.sock").path
        // A memif client connects when it starts or is asked for its link, so the switch, which starts last, is the client.
        let (device, port): ([String], String) = switch self {
        case .memif: (["--no-pci", "--vdev=net_memif0,role=server,id=0,socket=\(socket),socket-abstract=no"],
            "net_memif0,role=client,id=0,socket=\(socket),socket-abstract=no")
        case .nic(let generator, let port): (["-a", generator], port)
        default: (["--no-pci", "--single-file-segments", "--vdev=net_virtio_user0,path=\(socket),server=1,queues=1"],
            "net_vhost0,iface=\(socket),client=1,queues=1")
        }
        // testpmd needs a core for its commands and one to forward; both are core 0. It ends with its standard input.
        let lcores = "--lcores=0@\(Harness.otherCore),1@\(Harness.otherCore)"
        let testpmd = try Child("generator", "stdbuf", ["-oL", "dpdk-testpmd", lcores, "--in-memory", "-m", "256"] + device + [
            "--", "-i",
        ] + mode.arguments(traffic) + [
            "--txpkts=\(traffic.size - 4)", "--nb-cores=1", "--auto-start", "--no-lsc-interrupt", "--total-num-mbufs=32768", "--rxq=\(self == .memif ? queues : 1)",
        ], folder: folder)
        defer { testpmd.stop() }
        // A virtio device in server mode waits for its client before testpmd says anything.
        guard try wait(atMost: 60, until: { testpmd.text.contains("testpmd> ") || FileManager.default.fileExists(atPath: socket) }) else {
            throw BenchError("the generator does not start:\n\(testpmd.text.suffix(2_000))")
        }
        return try body(PortArguments(p0: port, p1: PortArguments.sink))
    }
}
