import CDPDK
import NetDev

/// What cannot be set up.
struct ProbeError: Error, CustomStringConvertible {
    var description: String
}

/// Two memif clients with one transmit queue and as many receive queues as the switch has transmit queues (memif wants the
/// same number on both sides), and the pool that their packets come from.
@safe struct MemifPorts {
    let into: UInt16
    let out: UInt16
    let receiveQueues: UInt16
    let pool: OpaquePointer

    /// Starts EAL and both ports.
    init(into: String, out: String, receiveQueues: UInt16, noHuge: Bool) throws {
        var arguments = ["prober", "--lcores=0@0", "--no-pci", "-m", "128", "--log-level=error"]
        // EAL refuses --in-memory together with --no-huge.
        arguments += noHuge ? ["--no-huge", "--no-shconf"] : ["--in-memory"]
        // The queue out of the switch holds 2¹³ packets: what the prober does not fetch while it sleeps must not be lost there.
        for (id, (socket, size)) in [(into, 10), (out, 13)].enumerated() {
            arguments.append("--vdev=net_memif\(id),role=client,id=\(id),socket=\(socket),socket-abstract=no,rsize=\(size)")
        }
        // EAL keeps pointers into the arguments: the copies live as long as the process.
        var strings = unsafe arguments.map { unsafe strdup($0) }
        guard unsafe rte_eal_init(Int32(strings.count), &strings) >= 0 else { throw ProbeError(description: "EAL does not start (errno \(nt_errno()))") }
        guard let pool = unsafe rte_pktmbuf_pool_create("probes", 16_383, 256, 0, UInt16(RTE_MBUF_DEFAULT_BUF_SIZE), 0) else {
            throw ProbeError(description: "no memory for 16 383 packets")
        }
        unsafe self.pool = pool
        var ports: [UInt16] = []
        for id in 0..<2 {
            var port: UInt16 = 0
            guard unsafe rte_eth_dev_get_port_by_name("net_memif\(id)", &port) == 0 else { throw ProbeError(description: "net_memif\(id) is not there") }
            var settings = unsafe rte_eth_conf()
            guard unsafe rte_eth_dev_configure(port, receiveQueues, 1, &settings) == 0,
                  (0..<receiveQueues).allSatisfy({ unsafe rte_eth_rx_queue_setup(port, $0, 1_024, 0, nil, pool) == 0 }),
                  rte_eth_tx_queue_setup(port, 0, 1_024, 0, nil) == 0,
                  rte_eth_dev_start(port) == 0
            else { throw ProbeError(description: "net_memif\(id) does not start") }
            ports.append(port)
        }
        self.receiveQueues = receiveQueues
        self.into = ports[0]
        self.out = ports[1]
    }

    /// Waits until both ports are connected to their servers.
    func awaitLink(seconds: Double) throws {
        let end = ContinuousClock.now + .seconds(seconds)
        for port in [into, out] {
            var link = rte_eth_link()
            while unsafe rte_eth_link_get_nowait(port, &link) != 0 || link.link_status == 0 {
                if .now > end { throw ProbeError(description: "port \(port) is not connected after \(seconds) s") }
                // A millisecond between looks leaves the core to the switch.
                rte_delay_us_sleep(1_000)
            }
        }
    }
}
