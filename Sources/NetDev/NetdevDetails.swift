import CDPDK

/// What a device tells besides its link and its counters, as ovs-vswitchd.conf.db(5) has it in table Interface.
public struct NetdevDetails {
    /// Set up by whoever administers it.
    public var isUp = true
    /// The kernel's number of it; nil: it has none.
    public var ifIndex: Int?
    /// Nil: nobody knows.
    public var isFullDuplex: Bool?
    /// How often it has got or lost its carrier since it was opened.
    public var linkResets: UInt64 = 0
    /// Column `status`.
    public var status: [String: String] = [:]
    /// What is counted besides packets and bytes, by the keys of column `statistics`.
    public var counters: [String: UInt64] = [:]

    public init(isUp: Bool = true, ifIndex: Int? = nil, isFullDuplex: Bool? = nil) {
        self.isUp = isUp
        self.ifIndex = ifIndex
        self.isFullDuplex = isFullDuplex
    }
}

extension DummyNetdev {
    public var details: NetdevDetails {
        var details = NetdevDetails(isUp: link.up && isEnabled, ifIndex: ifIndex)
        // What OVS's dummies have to show that a class may count what it likes.
        details.counters = ["rx_custom_packets_1": statistics.rxPackets, "rx_custom_packets_2": statistics.rxPackets]
        for (direction, queues) in [("rx", received), ("tx", sent)] {
            for (index, queue) in queues.enumerated() {
                details.counters["\(direction)_q\(index)_packets"] = queue.packets
                details.counters["\(direction)_q\(index)_bytes"] = queue.bytes
            }
        }
        return details
    }
}

extension KernelNetdev {
    var details: NetdevDetails {
        var state = nt_if_state()
        // C fills the structure in; the name is read during the call.
        guard unsafe nt_if_state(name, &state) == 0 else { return NetdevDetails(isUp: false) }
        let index = unsafe nt_if_index(name)
        var details = NetdevDetails(isUp: state.up, ifIndex: index > 0 ? Int(index) : nil, isFullDuplex: state.duplex < 0 ? nil : state.duplex == 1)
        details.linkResets = UInt64(state.carrier_changes &- firstCarrierChanges)
        let texts = [text(of: state.driver), text(of: state.version), text(of: state.firmware)]
        if !texts[0].isEmpty { details.status = ["driver_name": texts[0], "driver_version": texts[1], "firmware_version": texts[2]] }
        details.counters = counters(state)
        return details
    }

    /// What the kernel counts, and what did not fit into the port's own rings. The switch is at the other end of a TAP, so that what the kernel sends is received.
    private func counters(_ state: nt_if_state) -> [String: UInt64] {
        let own = statistics
        let rx = (errors: state.rx_errors, dropped: state.rx_dropped), tx = (errors: state.tx_errors, dropped: state.tx_dropped)
        let (received, sent) = kind == .tap ? (tx, rx) : (rx, tx)
        return [
            "rx_errors": received.errors &+ own.rxErrors, "rx_dropped": received.dropped &+ own.rxDropped, "tx_errors": sent.errors &+ own.txErrors,
            "tx_dropped": sent.dropped &+ own.txDropped, "rx_multicast_packets": state.multicast, "collisions": state.collisions, "rx_over_err": state.rx_over_errors,
            "rx_crc_err": state.rx_crc_errors, "rx_frame_err": state.rx_frame_errors, "rx_missed_errors": state.rx_missed_errors,
        ]
    }
}

extension DPDKNetdev {
    var details: NetdevDetails {
        var details = NetdevDetails(isUp: isEnabled), state = nt_port_link()
        if unsafe nt_port_link(port, &state) == 0 {
            if state.up { details.isFullDuplex = state.full_duplex }
            noteLink(state.up)
        }
        details.ifIndex = Int(Self.index(of: name))
        details.linkResets = linkResets
        let stats = statistics
        details.counters = ["rx_errors": stats.rxErrors, "rx_dropped": stats.rxDropped, "tx_errors": stats.txErrors, "tx_dropped": stats.txDropped]
        details.status = isVhost ? vhostStatus(isUp: state.up) : deviceStatus(state)
        return details
    }

    /// The kernel has no number for the device: one of 24 bits by its name, which hardly another one has.
    private static func index(of name: String) -> UInt32 {
        // FNV-1a.
        name.utf8.reduce(0x811c_9dc5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 } & 0xff_ffff
    }

    /// Bytes of a frame's Ethernet header and its check sequence.
    private static let framing = 18

    private func vhostStatus(isUp: Bool) -> [String: String] {
        ["mode": "client", "status": isUp ? "connected" : "disconnected", "socket": vhostPath, "n_rxq": "\(rxQueueCount)", "n_txq": "\(txQueueCount)"]
    }

    private func deviceStatus(_ state: nt_port_link) -> [String: String] {
        let driver = text(of: info.driver)
        var status = [
            "driver_name": driver, "port_no": "\(port)", "numa_id": "\(numaNode)",
            // Ethernet (IANA, ifType).
            "if_type": "6", "if_descr": "\(EAL.version) \(driver)",
        ]
        status.merge([
            "min_rx_bufsize": "\(info.min_rx_bufsize)", "max_rx_pktlen": "\(mtu + Self.framing)", "max_rx_queues": "\(info.max_rx_queues)",
            "max_tx_queues": "\(info.max_tx_queues)", "max_mac_addrs": "\(info.max_mac_addrs)", "max_hash_mac_addrs": "\(info.max_hash_mac_addrs)",
            "max_vfs": "\(info.max_vfs)", "max_vmdq_pools": "\(info.max_vmdq_pools)",
        ]) { $1 }
        let bus = (name: text(of: info.bus), info: text(of: info.bus_info))
        if !bus.name.isEmpty { status["bus_info"] = "bus_name=\(bus.name)" + (bus.info.isEmpty ? "" : ", \(bus.info)") }
        if state.up, state.speed > 0 { status["link_speed"] = state.speed % 1_000 == 0 ? "\(state.speed / 1_000)Gbps" : "\(state.speed)Mbps" }
        return status
    }
}

/// The text in a C array of characters, which C has ended by a zero.
private func text<Characters>(of characters: Characters) -> String {
    unsafe withUnsafeBytes(of: characters) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
