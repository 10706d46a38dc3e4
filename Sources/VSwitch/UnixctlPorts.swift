import Datapath
import NetDev
import OFProto

/// Ports as `dpctl/show` and `dpif/show` name them.
extension UnixctlContext {
    /// "(tap)" or "(dpdk: configured_rx_queues=1, …)": the class that opened it, and for those that PMDs poll themselves the queues.
    /// An internal port of a userspace datapath is a tap interface, and OVS calls it so.
    func deviceText(_ port: DPPortInfo) -> String {
        switch port.type {
        case "internal": return "(tap)"
        case "dpdk", "dpdkvhostuserclient":
            guard let queues = netdev.queueCounts(of: port.name) else { return "(\(port.type))" }
            let wanted = request(port.name)?.rxQueues ?? 1
            return "(\(port.type): configured_rx_queues=\(queues.rx), configured_tx_queues=\(queues.tx), mtu=\(port.mtu), "
                + "requested_rx_queues=\(wanted), requested_tx_queues=\(queues.tx))"
        default:
            let settings = dummyText(port)
            return settings.isEmpty ? "(\(port.type))" : "(\(port.type): \(settings))"
        }
    }

    /// What OVS tells of a dummy port's settings, in the order of their names: "configured_rx_queues=1, …".
    private func dummyText(_ port: DPPortInfo) -> String {
        guard let device = netdev.netdev(port.port) as? DummyNetdev else { return "" }
        var settings: [String] = []
        if let index = device.ifIndex { settings.append("ifindex=\(index)") }
        if let (option, method) = device.connection { settings.append("\(option)=\(method)") }
        if NetdevClass(rawValue: port.type) == .dummyPMD {
            for kind in ["configured", "requested"] {
                settings += ["\(kind)_rx_queues=\(device.rxQueueCount)", "\(kind)_tx_queues=\(device.txQueueCount)"]
            }
        }
        return settings.sorted().joined(separator: ", ")
    }

    private func request(_ name: String) -> DPPortRequest? {
        for bridge in vswitch.ofproto.bridges {
            if let port = bridge.port(named: name) { return port.config.device }
        }
        return nil
    }

    /// A port's statistics as `dpctl/show -s` prints them; "?" is what nobody counts.
    func statisticsText(_ port: DPPortInfo) -> String {
        let stats = vswitch.datapath.dpif.portStats(port.port) ?? DPPortStats()
        let device = netdev.netdevStats(of: port.name)
        func number(_ value: UInt64?) -> String { value.map { "\($0)" } ?? "?" }
        return """
                RX packets:\(stats.rxPackets) errors:\(number(device?.rxErrors)) dropped:\(number(device?.rxDropped)) overruns:? frame:?
                TX packets:\(stats.txPackets) errors:\(number(device?.txErrors)) dropped:\(number(device?.txDropped)) aborted:? carrier:?
                collisions:?
                RX bytes:\(byteCount(stats.rxBytes))  TX bytes:\(byteCount(stats.txBytes))

            """
    }
}

/// "472", and from 1024 on "4096 (4.0 KiB)".
func byteCount(_ bytes: UInt64) -> String {
    let units = [(1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")]
    guard let (size, unit) = units.first(where: { bytes >= UInt64($0.0) }) else { return "\(bytes)" }
    return "\(bytes) (\(LiveTable.fixed(Double(bytes) / Double(size), 1)) \(unit))"
}
