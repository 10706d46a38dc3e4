import Datapath
import NetDev
import OFProto
import OVSDB

/// The switch's state as a transaction: columns that read so already are left out when it is committed.
struct SwitchStatus {
    private let replica: Replica
    private let applied: AppliedRows
    private let vswitch: Switch?
    private(set) var transaction = Transaction()

    init(_ replica: Replica, _ applied: AppliedRows, _ vswitch: Switch?) {
        (self.replica, self.applied, self.vswitch) = (replica, applied, vswitch)
    }

    private var rows: RowNames { applied.rows.rows }

    /// What changes by a configuration only; `cur_cfg` says that it was carried out.
    mutating func addConfigured() {
        if let root = rows.openVSwitch.flatMap({ replica.row("Open_vSwitch", $0) }) {
            transaction.update(root, [
                "cur_cfg": .int(root.int("next_cfg") ?? 0), "datapath_types": .strings(["netdev"]),
                "iface_types": .strings(PortConfig.Kind.allCases.map(\.rawValue)), "dpdk_initialized": .bool(root.asksForDPDK && vswitch != nil),
                "dpdk_version": .string(EAL.info?.version ?? "none"),
            ])
        }
        for (name, row) in rows.bridges {
            guard let bridge = vswitch?.ofproto.bridge(named: name) else {
                transaction.update("Bridge", row, ["datapath_id": .empty])
                continue
            }
            transaction.update("Bridge", row, ["datapath_id": .string(bridge.datapathID.hex16), "datapath_version": .string("<built-in>")])
        }
    }

    /// What changes by itself.
    mutating func addStatus() {
        for bridge in vswitch?.ofproto.bridges ?? [] {
            for port in bridge.ports { if let row = rows.interfaces[port.name] { addStatus(of: port, row) } }
            for bundle in bridge.bundles where bundle.bond != nil {
                guard let row = rows.ports[bundle.name] else { continue }
                let active = bundle.bond?.active.flatMap { vswitch?.datapath.dpif.portQuery($0.name)?.ethernetAddress }
                transaction.update("Port", row, ["bond_active_slave": active.map { .string("\($0)") } ?? .empty])
            }
        }
        for (name, error) in applied.interfaceErrors {
            guard let row = rows.interfaces[name] else { continue }
            var columns: [String: Datum] = ["ofport": .int(-1), "error": .string(error)]
            for column in Self.ofDevices { columns[column] = .empty }
            transaction.update("Interface", row, columns)
        }
    }

    /// Columns that a device fills.
    private static let ofDevices = ["admin_state", "link_state", "link_speed", "link_resets", "duplex", "mtu", "mac_in_use", "ifindex"]

    private mutating func addStatus(of port: BridgePort, _ row: RowUUID) {
        let device = vswitch?.datapath.dpif.portQuery(port.name)
        let state = device?.linkUp ?? true ? "up" : "down"
        transaction.update("Interface", row, [
            "ofport": .int(Int64(port.number.number)), "error": .empty, "admin_state": .string(state), "link_state": .string(state),
            "link_speed": device.flatMap { $0.linkSpeed > 0 ? .int(Int64($0.linkSpeed) * 1_000_000) : nil } ?? .empty,
            "mtu": device.map { .int(Int64($0.mtu)) } ?? .empty, "mac_in_use": .string("\(port.bridge.ethernetAddress(of: port))"),
            "link_resets": .int(0),
        ])
    }

    /// Counters.
    mutating func addStatistics() {
        for bridge in vswitch?.ofproto.bridges ?? [] {
            for port in bridge.ports {
                guard let row = rows.interfaces[port.name] else { continue }
                let stats = bridge.portStats(port)
                var counters: [String: Int64] = [
                    "rx_packets": Int64(clamping: stats.rxPackets), "rx_bytes": Int64(clamping: stats.rxBytes), "tx_packets": Int64(clamping: stats.txPackets),
                    "tx_bytes": Int64(clamping: stats.txBytes),
                ]
                for (name, value) in stats.driver where counters[name] == nil { counters[name] = Int64(clamping: value) }
                transaction.update("Interface", row, ["statistics": .integerMap(counters)])
            }
            for mirror in bridge.mirrors {
                guard let row = rows.mirrors[RowNames.InBridge(bridge: bridge.name, name: mirror.settings.name)] else { continue }
                transaction.update("Mirror", row, ["statistics": .integerMap([
                    "tx_packets": Int64(clamping: mirror.txPackets), "tx_bytes": Int64(clamping: mirror.txBytes)])])
            }
        }
    }
}
