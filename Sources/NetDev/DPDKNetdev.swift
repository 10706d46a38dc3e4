import CDPDK
import Wire

/// A port on a DPDK device, of class `dpdk` or `dpdkvhostuserclient`. The PMD polls the device itself.
///
/// Owner: the ofproto thread. The device belongs to this port alone from `open` to `close`.
final class DPDKNetdev: Netdev {
    let name: String
    let type: String
    private let device: DPDKDevice
    let info: nt_port_info
    private let demand: MempoolDemand
    private(set) var pool: Mempool
    private var settings: NetdevSettings
    private var locks: [QueueLock] = []
    private var started = false
    /// Where a guest's socket is, for class `dpdkvhostuserclient`.
    let vhostPath: String
    private(set) var isEnabled = true
    private var lastLink: Bool?
    /// How often the link was seen to change.
    private(set) var linkResets: UInt64 = 0

    init(_ request: NetdevRequest, device: DPDKDevice, settings wanted: NetdevSettings, demand: MempoolDemand) throws(NetdevError) {
        name = request.name
        type = request.type
        self.device = device
        vhostPath = request.options["vhost-server-path"] ?? ""
        let replayed = ReplayedCapture.packets(devargs: request.options["dpdk-devargs"] ?? "") * wanted.rxQueues
        self.demand = replayed == 0 ? demand
            : .replaying(replayed, threads: demand.threads, upcallSlots: demand.upcallSlots)
        var info = nt_port_info()
        // C fills the structure in.
        let status = unsafe nt_port_info(device.port, &info)
        guard status == 0 else { throw NetdevError(.device, "\(request.name): the device does not answer: \(errorText(status))") }
        self.info = info
        settings = Self.fit(wanted, to: info)
        pool = try Mempools.acquire(mtu: wanted.mtu, node: Int(info.node), demand: self.demand)
        do throws(NetdevError) {
            try configure()
            if let address = request.ethernetAddress { try setEthernetAddress(address) }
        } catch {
            Mempools.release(pool)
            locks.forEach { $0.deallocate() }
            throw error
        }
    }

    /// A device with fewer queues gets all it has (as OVS does it).
    private static func fit(_ settings: NetdevSettings, to info: nt_port_info) -> NetdevSettings {
        var fitted = settings
        fitted.rxQueues = min(settings.rxQueues, max(1, Int(info.max_rx_queues)))
        fitted.txQueues = min(settings.txQueues, max(1, Int(info.max_tx_queues)))
        return fitted
    }

    private func configure() throws(NetdevError) {
        let range = Int(info.min_mtu)...max(Int(info.min_mtu), Int(info.max_mtu))
        guard range.contains(settings.mtu) else {
            throw NetdevError(.invalid, "\(name): the device does not support an MTU of \(settings.mtu) "
                + "(\(range.lowerBound) to \(range.upperBound))")
        }
        var config = nt_port_config()
        config.rx_queues = UInt16(settings.rxQueues)
        config.tx_queues = UInt16(settings.txQueues)
        config.rx_descriptors = UInt16(settings.rxDescriptors)
        config.tx_descriptors = UInt16(settings.txDescriptors)
        config.mtu = UInt16(settings.mtu)
        // net_vhost completes a guest's partial checksums by itself, as long as nobody asks it for checksum offload.
        config.rx_offloads = isVhost ? 0 : info.rx_offloads & (nt_rx_offload_checksum | nt_rx_offload_rss_hash)
        config.tx_offloads = isVhost ? 0 : info.tx_offloads & (nt_tx_offload_ipv4_checksum | nt_tx_offload_tcp_checksum
            | nt_tx_offload_udp_checksum | nt_tx_offload_multi_segments)
        config.rss_types = info.rss_types & nt_rss_types
        // The pool outlives the device's configuration: it is released in `close` only.
        let status = unsafe nt_port_configure(port, &config, pool.raw)
        guard status == 0 else {
            throw NetdevError(.device, "\(name): the device refuses \(settings.rxQueues) rx and \(settings.txQueues) tx queues "
                + "with MTU \(settings.mtu): \(errorText(status))")
        }
        while locks.count < settings.txQueues { locks.append(QueueLock()) }
    }

    var port: UInt16 { device.port }
    var isVhost: Bool { type == NetdevClass.vhostUserClient.rawValue }

    var numaNode: Int { max(0, Int(info.node)) }
    var rxQueueCount: Int { settings.rxQueues }
    var txQueueCount: Int { settings.txQueues }
    var mtu: Int { settings.mtu }

    func rxQueue(_ index: Int) -> RxQueue {
        precondition(index < rxQueueCount)
        return RxQueue(.dpdk(port: port, queue: UInt16(index)))
    }
    func txQueue(_ index: Int, shared: Bool) -> TxQueue {
        precondition(index < txQueueCount)
        return TxQueue(.dpdk(port: port, queue: UInt16(index)), lock: shared ? locks[index] : nil)
    }

    func start() throws(NetdevError) {
        guard !started else { return }
        let status = rte_eth_dev_start(port)
        guard status == 0 else { throw NetdevError(.device, "\(name): the device does not start: \(errorText(status))") }
        // A driver without promiscuous mode passes everything on anyway.
        _ = rte_eth_promiscuous_enable(port)
        _ = rte_eth_allmulticast_enable(port)
        started = true
    }

    func stop() {
        guard started else { return }
        _ = rte_eth_dev_stop(port)
        started = false
    }

    func close() {
        stop()
        device.giveBack()
        Mempools.release(pool)
        locks.forEach { $0.deallocate() }
        locks = []
    }

    func reconfigure(_ shape: NetdevShape) throws(NetdevError) {
        precondition(!started, "a port is reconfigured while it is stopped")
        let former = (settings: settings, pool: pool)
        let new = try settings.changed(name, by: shape)
        if Mempools.room(mtu: new.mtu) != Mempools.room(mtu: settings.mtu) {
            pool = try Mempools.acquire(mtu: new.mtu, node: Int(info.node), demand: demand)
        }
        settings = Self.fit(new, to: info)
        do throws(NetdevError) {
            try configure()
            if pool != former.pool { Mempools.release(former.pool) }
        } catch {
            if pool != former.pool { Mempools.release(pool) }
            (settings, pool) = former
            try configure()
            throw error
        }
    }
}

// What the device says of itself.
extension DPDKNetdev {
    var ethernetAddress: EthernetAddress {
        var address = rte_ether_addr()
        guard unsafe rte_eth_macaddr_get(port, &address) == 0 else { return .zero }
        let bytes = address.addr_bytes
        return EthernetAddress([bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5].reduce(0) { $0 << 8 | UInt64($1) })
    }

    func setEthernetAddress(_ new: EthernetAddress) throws(NetdevError) {
        var address = rte_ether_addr()
        let byte = { (index: UInt64) in UInt8(truncatingIfNeeded: new.number >> (40 - 8 * index)) }
        address.addr_bytes = (byte(0), byte(1), byte(2), byte(3), byte(4), byte(5))
        let status = unsafe rte_eth_dev_default_mac_addr_set(port, &address)
        guard status == 0 else {
            throw NetdevError(.device, "\(name): the device refuses the address \(new): \(errorText(status))")
        }
    }

    var link: NetdevLink {
        var state = nt_port_link()
        guard unsafe nt_port_link(port, &state) == 0 else { return NetdevLink(up: false, speed: 0) }
        return NetdevLink(up: state.up && isEnabled, speed: Int(state.speed))
    }

    func setAdminState(isUp: Bool) {
        isEnabled = isUp
        // Not every driver can; what is not polled receives nothing anyway.
        _ = isUp ? rte_eth_dev_set_link_up(port) : rte_eth_dev_set_link_down(port)
    }

    var isPolled: Bool { isEnabled }

    /// Counts a change of the link since the last time.
    func noteLink(_ isUp: Bool) {
        if let lastLink, lastLink != isUp { linkResets += 1 }
        lastLink = isUp
    }

    var statistics: NetdevStats {
        var counters = rte_eth_stats()
        var stats = NetdevStats()
        guard unsafe rte_eth_stats_get(port, &counters) == 0 else { return stats }
        stats.rxPackets = counters.ipackets
        stats.rxBytes = counters.ibytes
        stats.rxErrors = counters.ierrors
        stats.rxDropped = counters.imissed &+ counters.rx_nombuf
        stats.txPackets = counters.opackets
        stats.txBytes = counters.obytes
        stats.txErrors = counters.oerrors
        return stats
    }

    var driverStatistics: [(name: String, value: UInt64)] {
        let count = rte_eth_xstats_get_names(port, nil, 0)
        guard count > 0 else { return [] }
        var names = [rte_eth_xstat_name](repeating: rte_eth_xstat_name(), count: Int(count))
        var values = [rte_eth_xstat](repeating: rte_eth_xstat(), count: Int(count))
        // Both calls write at most the count they are given.
        guard unsafe rte_eth_xstats_get_names(port, &names, UInt32(count)) == count,
            unsafe rte_eth_xstats_get(port, &values, UInt32(count)) == count
        else { return [] }
        return values.compactMap { value in
            guard value.id < names.count else { return nil }
            // The name is a C array of 64 bytes, ended by a zero.
            let name = unsafe withUnsafeBytes(of: names[Int(value.id)].name) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            return Self.isTold(name) ? (name, value.value) : nil
        }
    }

    /// As with ovs-vswitchd: what is counted for each queue, errors, drops and management.
    private static func isTold(_ name: String) -> Bool {
        // Asked for each counter of each port, whenever counters are read: no regular expression.
        let isQueue = (name.hasPrefix("rx_q") || name.hasPrefix("tx_q")) && (name.hasSuffix("_packets") || name.hasSuffix("_bytes"))
        return isQueue || name.hasSuffix("_errors") || name.hasSuffix("_dropped") || name.contains("_management_")
    }

    var offloads: NetdevOffloads {
        guard !isVhost else { return [] }
        var offloads: NetdevOffloads = []
        if info.tx_offloads & nt_tx_offload_ipv4_checksum != 0 { offloads.insert(.ipv4Checksum) }
        if info.tx_offloads & nt_tx_offload_tcp_checksum != 0 { offloads.insert(.tcpChecksum) }
        if info.tx_offloads & nt_tx_offload_udp_checksum != 0 { offloads.insert(.udpChecksum) }
        if info.tx_offloads & nt_tx_offload_multi_segments != 0 { offloads.insert(.multiSegment) }
        return offloads
    }
}
