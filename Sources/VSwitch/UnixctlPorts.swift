import Datapath
import NetDev
import OFProto
import Wire

/// Ports as `dpctl/show` and `dpif/show` name them.
extension UnixctlContext {
    /// The class that opened it, and for those that PMDs poll themselves the queues.
    /// An internal port of a userspace datapath is a tap interface, and OVS calls it so.
    func device(_ port: DPPortInfo) -> DeviceReport {
        switch port.type {
        case "internal": return DeviceReport(type: "tap")
        case "dpdk", "dpdkvhostuserclient":
            guard let queues = netdev.queueCounts(of: port.name) else { return DeviceReport(type: port.type) }
            let wanted = request(port.name)?.rxQueues ?? 1
            return DeviceReport(type: port.type, settings: [
                ("configured_rx_queues", "\(queues.rx)"), ("configured_tx_queues", "\(queues.tx)"), ("mtu", "\(port.mtu)"),
                ("requested_rx_queues", "\(wanted)"), ("requested_tx_queues", "\(queues.tx)"),
            ])
        default: return DeviceReport(type: port.type, settings: dummySettings(port))
        }
    }

    /// What OVS tells of a dummy port's settings, in the order of their names.
    private func dummySettings(_ port: DPPortInfo) -> [(name: String, value: String)] {
        guard let device = netdev.netdev(port.port) as? DummyNetdev else { return [] }
        var settings: [(name: String, value: String)] = []
        if let index = device.ifIndex { settings.append(("ifindex", "\(index)")) }
        if let (option, method) = device.connection { settings.append(("\(option)", "\(method)")) }
        if NetdevClass(rawValue: port.type) == .dummyPMD {
            for kind in ["configured", "requested"] {
                settings += [("\(kind)_rx_queues", "\(device.rxQueueCount)"), ("\(kind)_tx_queues", "\(device.txQueueCount)")]
            }
        }
        return settings.sorted { $0.name < $1.name }
    }

    private func request(_ name: String) -> DPPortRequest? {
        for bridge in vswitch.ofproto.bridges {
            if let port = bridge.port(named: name) { return port.config.device }
        }
        return nil
    }

    func statistics(_ port: DPPortInfo) -> PortStatistics {
        let device = netdev.netdevStats(of: port.name)
        return PortStatistics(
            counters: vswitch.datapath.dpif.portStats(port.port) ?? DPPortStats(), rxErrors: device?.rxErrors, rxDropped: device?.rxDropped,
            txErrors: device?.txErrors, txDropped: device?.txDropped)
    }

    /// The names of the datapath's ports.
    var portNames: [ODPPort: String] { Dictionary(uniqueKeysWithValues: vswitch.datapath.dpif.portDump().map { ($0.port, $0.name) }) }
}
