import OVSDB

/// The tables of the vswitch schema that concern the switch, and the columns that it writes itself.
enum SwitchTables {
    /// Everything but what is ovsdb-server's own: Manager.
    static let wish = MonitorWish(Dictionary(uniqueKeysWithValues: tables.map { ($0, nil) }))

    private static let tables = [
        "Open_vSwitch", "Bridge", "Port", "Interface", "Flow_Table", "QoS", "Queue", "Mirror", "Controller", "NetFlow", "SSL", "sFlow", "IPFIX",
        "Flow_Sample_Collector_Set", "AutoAttach", "Datapath", "CT_Zone", "CT_Timeout_Policy",
    ]

    /// Columns that say nothing to the switch: what it writes, and what is there for others.
    private static let others: [String: Set<String>] = [
        "Open_vSwitch": [
            "cur_cfg", "statistics", "datapath_types", "iface_types", "dpdk_initialized", "dpdk_version", "ovs_version", "db_version", "system_type",
            "system_version", "external_ids", "manager_options",
        ],
        "Bridge": ["datapath_id", "datapath_version", "status", "rstp_status", "external_ids"],
        "Port": ["bond_active_slave", "status", "statistics", "rstp_status", "rstp_statistics", "external_ids"],
        "Interface": [
            "admin_state", "link_state", "link_speed", "link_resets", "duplex", "mtu", "mac_in_use", "ifindex", "ofport", "error", "status", "statistics",
            "cfm_fault", "cfm_fault_status", "cfm_flap_count", "cfm_health", "cfm_remote_mpids", "cfm_remote_opstate", "bfd_status", "lacp_current",
        ],
        "Controller": ["is_connected", "role", "status", "external_ids"],
        "Mirror": ["statistics", "external_ids"],
        "Datapath": ["capabilities", "datapath_version"],
        "CT_Timeout_Policy": [],
    ]

    /// True if a change may ask for another switch.
    static func concernSwitch(_ changes: ReplicaChanges) -> Bool {
        !changes.inserted.isEmpty || !changes.deleted.isEmpty
            || changes.modified.contains { !$0.columns.isSubset(of: others[$0.new.table] ?? []) }
    }
}
