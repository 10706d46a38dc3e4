import Datapath
import NetDev
import OFProto
import OVSDB

/// Columns of table Interface that the switch fills.
extension SwitchStatus {
    /// Columns that a device fills, and that are empty without one. What `link_resets` says stays, as with OVS.
    private static let ofDevices = ["admin_state", "link_state", "link_speed", "duplex", "mtu", "mac_in_use", "ifindex"]

    /// What devices of DPDK's classes tell of drops besides, and what of it is in other counters, too.
    private static let ofDPDK: KeyValuePairs<String, DropReason> = [
        "ovs_tx_failure_drops": .txQueueFull, "ovs_tx_mtu_exceeded_drops": .mtuExceeded, "ovs_tx_qos_drops": .egressQoS, "ovs_rx_qos_drops": .ingressPolicing,
    ]
    private static let policed: KeyValuePairs<String, DropReason> = ["tx_dropped": .egressQoS, "rx_dropped": .ingressPolicing]

    /// There is no device: what is known of a former one goes.
    mutating func addError(_ error: String, _ row: RowUUID) {
        var columns: [String: Datum] = ["ofport": .int(-1), "error": .string(error), "status": .map([:]), "statistics": .map([:])]
        for column in Self.ofDevices { columns[column] = .empty }
        update("Interface", row, columns)
    }

    mutating func addStatus(of port: BridgePort, _ row: RowUUID) {
        let device = vswitch?.datapath.dpif.portQuery(port.name)
        // A patch has no device; it is as if up.
        let details = device.flatMap { vswitch?.datapath.netdev.netdev($0.port)?.details } ?? NetdevDetails()
        func state(_ isUp: Bool) -> Datum { .string(isUp ? "up" : "down") }
        var columns: [String: Datum] = ["ofport": .int(Int64(port.number.number)), "error": .empty, "mac_in_use": .string("\(port.bridge.ethernetAddress(of: port))")]
        columns["admin_state"] = state(details.isUp)
        columns["link_state"] = state(details.isUp && device?.linkUp ?? true)
        columns["link_resets"] = .int(Int64(clamping: details.linkResets))
        columns["ifindex"] = .int(Int64(details.ifIndex ?? 0))
        columns["status"] = .map(details.status)
        for column in ["link_speed", "duplex", "mtu"] { columns[column] = .empty }
        if let device, device.linkSpeed > 0 { columns["link_speed"] = .int(Int64(device.linkSpeed) * 1_000_000) }
        if let isFull = details.isFullDuplex { columns["duplex"] = .string(isFull ? "full" : "half") }
        if let device { columns["mtu"] = .int(Int64(device.mtu)) }
        if let datapath = vswitch?.datapath, let peer = port.missingPeer { columns["error"] = .string("No usable peer '\(peer)' exists in '\(datapath.type)' datapath.") }
        update("Interface", row, columns)
    }

    mutating func addStatistics(of port: BridgePort, _ row: RowUUID) {
        let stats = port.bridge.portStats(port)
        var counters = Dictionary(stats.driver.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        if let odpPort = port.odpPort, let details = vswitch?.datapath.netdev.netdev(odpPort)?.details { counters.merge(details.counters) { $1 } }
        // The driver may count what the switch has not taken; what the switch itself has counted is the same for ports of all kinds.
        counters.merge(["rx_packets": stats.rxPackets, "rx_bytes": stats.rxBytes, "tx_packets": stats.txPackets, "tx_bytes": stats.txBytes]) { $1 }
        if let kind = NetdevClass(rawValue: port.config.device.type), [.dpdk, .vhostUserClient].contains(kind) {
            for (key, reason) in Self.ofDPDK { counters[key] = stats.drops(reason) }
            // A device is asked for nothing that it has not offered.
            counters["ovs_tx_invalid_hwol_drops"] = 0
        }
        for (key, reason) in Self.policed where stats.drops(reason) > 0 { counters[key, default: 0] &+= stats.drops(reason) }
        update("Interface", row, ["statistics": .integerMap(counters.mapValues { Int64(clamping: $0) })])
    }
}
