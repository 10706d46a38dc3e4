import Datapath
import NetDev
import OFProto
import OVSDB
import OpenFlow

/// The switch's state as a transaction: columns that read so already are left out when it is committed.
struct SwitchStatus {
    private let replica: Replica
    let applied: AppliedRows
    let vswitch: Switch?
    private(set) var transaction = Transaction()

    init(_ replica: Replica, _ applied: AppliedRows, _ vswitch: Switch?) {
        (self.replica, self.applied, self.vswitch) = (replica, applied, vswitch)
    }

    var rows: RowNames { applied.rows.rows }
    private var root: Row? { rows.openVSwitch.flatMap { replica.row("Open_vSwitch", $0) } }

    mutating func update(_ table: String, _ row: RowUUID, _ columns: [String: Datum]) { transaction.update(table, row, columns) }

    // What changes by a configuration only

    /// `cur_cfg` says that the configuration was carried out.
    mutating func addConfigured(_ kinds: SwitchKinds) {
        if let root {
            transaction.update(root, [
                "cur_cfg": .int(root.int("next_cfg") ?? 0), "datapath_types": .strings(kinds.datapathTypes), "iface_types": .strings(kinds.interfaceTypes),
                "dpdk_initialized": .bool(kinds.hasDPDK), "dpdk_version": .string(EAL.version),
            ])
        }
        for (name, row) in rows.bridges {
            guard let bridge = vswitch?.ofproto.bridge(named: name) else {
                update("Bridge", row, ["datapath_id": .empty])
                continue
            }
            update("Bridge", row, ["datapath_id": .string(bridge.datapathID.hex16), "datapath_version": .string("<built-in>"), "status": .map([:]), "rstp_status": .map([:])])
        }
        let bonds = Set((vswitch?.ofproto.bridges ?? []).flatMap(\.bundles).filter { $0.bond != nil }.map(\.name))
        for (name, row) in rows.ports where !bonds.contains(name) { update("Port", row, ["bond_active_slave": .empty]) }
    }

    // What changes by itself

    mutating func addStatus() {
        var present: Set<String> = []
        for bridge in vswitch?.ofproto.bridges ?? [] {
            for port in bridge.ports {
                present.insert(port.name)
                if let row = rows.interfaces[port.name] { addStatus(of: port, row) }
            }
            for bundle in bridge.bundles where bundle.bond != nil {
                guard let row = rows.ports[bundle.name] else { continue }
                let active = bundle.bond?.active.flatMap { vswitch?.datapath.dpif.portQuery($0.name)?.ethernetAddress }
                update("Port", row, ["bond_active_slave": active.map { .string("\($0)") } ?? .empty])
            }
        }
        for (name, error) in applied.interfaceErrors where !present.contains(name) {
            if let row = rows.interfaces[name] { addError(error, row) }
        }
    }

    /// Counters; and what is not told more often than they are.
    mutating func addStatistics(_ controllers: [ControllerServer.ControllerState], now: Int64) {
        for bridge in vswitch?.ofproto.bridges ?? [] {
            for port in bridge.ports { if let row = rows.interfaces[port.name] { addStatistics(of: port, row) } }
            for mirror in bridge.mirrors {
                guard let row = rows.mirrors[RowNames.InBridge(bridge: bridge.name, name: mirror.settings.name)] else { continue }
                update("Mirror", row, ["statistics": .integerMap([
                    "tx_packets": Int64(clamping: mirror.txPackets), "tx_bytes": Int64(clamping: mirror.txBytes)])])
            }
        }
        for controller in controllers {
            guard let row = rows.controllers[RowNames.InBridge(bridge: controller.bridge, name: controller.target)] else { continue }
            update("Controller", row, Self.columns(of: controller, now: now))
        }
        guard let root else { return }
        let asks = root.map("other_config")["enable-statistics"]?.lowercased() == "true"
        transaction.update(root, ["statistics": .map(asks ? SystemStatistics.read() : [:])])
    }

    private static func columns(of controller: ControllerServer.ControllerState, now: Int64) -> [String: Datum] {
        var status: [String: String] = [:]
        if let reconnect = controller.reconnect {
            status["state"] = reconnect.state.rawValue
            let subject = controller.target + ": "
            status["last_error"] = reconnect.lastError.map { $0.hasPrefix(subject) ? String($0.dropFirst(subject.count)) : $0 }
            status["sec_since_connect"] = reconnect.secondsSinceConnect(now: now).map(String.init)
            status["sec_since_disconnect"] = reconnect.secondsSinceDisconnect(now: now).map(String.init)
        }
        let role: String? = controller.isConnected ? controller.role?.databaseName : nil
        return ["is_connected": .bool(controller.isConnected), "status": .map(status), "role": role.map { .string($0) } ?? .empty]
    }
}

extension ControllerRole {
    /// What column `role` calls it.
    fileprivate var databaseName: String? {
        switch self {
        case .noChange: nil
        case .equal: "other"
        case .primary: "master"
        case .secondary: "slave"
        }
    }
}

/// What can be configured here and now.
struct SwitchKinds {
    let dummy: DummyLevel?
    /// DPDK was asked for, and runs. It does so to the process's end.
    var hasDPDK = false

    var datapathTypes: [String] { dummy?.datapathTypes ?? ["netdev"] }

    /// Names of `Interface.type`.
    var interfaceTypes: [String] {
        PortConfig.Kind.allCases.filter { kind in
            switch kind {
            case .dpdk, .dpdkvhostuserclient: hasDPDK
            case .dummy, .dummyInternal, .dummyPMD: dummy != nil
            case .system, .internal, .tap, .patch: true
            }
        }.map(\.rawValue)
    }
}
