import Datapath
import OpenFlow
import Wire

extension Bridge {
    /// Changes a port's flags (OFPT_PORT_MOD).
    func apply(_ mod: PortMod) throws(OFError) {
        guard let port = port(mod.port) else { throw .pmfcBadPort }
        guard mod.ethernetAddress == ethernetAddress(of: port) else { throw .pmfcBadHWAddr }
        // Somebody may just have turned the device off or on.
        refreshLink(port)
        var flags = port.shownFlags
        for (bit, flag) in PortFlags.bits where mod.mask.contains(bit) {
            if mod.config.contains(bit) { flags.insert(flag) } else { flags.remove(flag) }
        }
        setFlags(flags, of: port)
    }

    func portDescription(_ port: BridgePort) -> PortDescription {
        let info = port.odpPort == nil ? nil : ofproto.dpif.portQuery(port.name)
        var state: PortState = []
        let flags = info?.isEnabled == false ? port.config.flags.union(.down) : port.config.flags
        // A port that is switched off counts as one without a link.
        state.insert(flags.contains(.down) || info?.linkUp == false ? .linkDown : .live)
        let speed = info.map { PortFeatures(speed: $0.linkSpeed) } ?? []
        var config: PortConfigBits = []
        for (bit, flag) in PortFlags.bits where flags.contains(flag) { config.insert(bit) }
        return PortDescription(
            port: port.number, ethernetAddress: ethernetAddress(of: port), name: port.name, config: config, state: state, current: speed,
            currentSpeed: UInt32(clamping: (info?.linkSpeed ?? 0) * 1000))
    }

    /// nil: all ports.
    func portDescriptions(_ wanted: OFPort?) throws(OFError) -> [PortDescription] {
        guard let wanted, wanted != .none else { return ports.map(portDescription) }
        guard let port = port(wanted) else { return [] }
        return [portDescription(port)]
    }

    /// `OFPort.none`: all ports.
    func portStatistics(_ wanted: OFPort, now: Int64) throws(OFError) -> [PortStatistics] {
        let selected = wanted == .none ? ports : port(wanted).map { [$0] } ?? []
        return selected.map { port in
            let counters = portStats(port)
            var result = PortStatistics(port: port.number)
            (result.rxPackets, result.rxBytes) = (counters.rxPackets, counters.rxBytes)
            (result.txPackets, result.txBytes) = (counters.txPackets, counters.txBytes)
            let driver = Dictionary(counters.driver.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
            result.rxDropped = (driver["rx_missed_errors"] ?? 0) &+ counters.drops(.ingressPolicing)
            result.txDropped = counters.drops(.txQueueFull) &+ counters.drops(.egressQoS)
            result.rxErrors = driver["rx_errors"] ?? 0
            result.txErrors = driver["tx_errors"] ?? 0
            result.duration = nanoseconds(from: port.created, to: now)
            return result
        }
    }

    public func ethernetAddress(of port: BridgePort) -> EthernetAddress {
        port.odpPort.flatMap { _ in ofproto.dpif.portQuery(port.name)?.ethernetAddress } ?? port.patchAddress
    }

    /// The bridge's own number: what the configuration says, or the local port's address, or the lowest one of a port.
    public var datapathID: UInt64 {
        if let configuredDatapathID { return configuredDatapathID }
        if let local = port(.local) { return ethernetAddress(of: local).number }
        return ports.map { ethernetAddress(of: $0).number }.filter { $0 != 0 }.min() ?? randomAddress.number
    }

    /// An address of the bridge's own, locally administered, which is the same as long as it is there.
    public var randomAddress: EthernetAddress { EthernetAddress(tagSeed & 0x00ff_ffff_ffff | 0x0200_0000_0000) }
}

extension ConnectionManager {
    func features(_ version: OFVersion) -> SwitchFeatures {
        var capabilities: SwitchFeatures.Capabilities = [.flowStats, .tableStats, .portStats, .queueStats]
        if version <= .v11 { capabilities.insert(.arpMatchIP) }
        if version >= .v11 { capabilities.insert(.groupStats) }
        if version >= .v14 { capabilities.insert(.bundles) }
        return SwitchFeatures(
            datapathID: bridge.datapathID, buffers: 0, tables: OpenFlowTable.internalTable, auxiliaryID: 0, capabilities: capabilities,
            // OFPAT_OUTPUT to OFPAT_SET_TP_DST and OFPAT_ENQUEUE (OpenFlow 1.0, section 5.2.4).
            actions: 0xfff, ports: version < .v13 ? bridge.ports.map(bridge.portDescription) : [])
    }
}

extension PortFlags {
    /// Which bit of OpenFlow is which flag.
    static let bits: [(PortConfigBits, PortFlags)] = [
        (.portDown, .down), (.noReceive, .noReceive), (.noFlood, .noFlood), (.noForward, .noForward), (.noPacketIn, .noPacketIn), (.noSTP, .noSTP),
        (.noReceiveSTP, .noReceiveSTP),
    ]
}

extension PortFeatures {
    /// A full-duplex link's speed in Mbit/s; nothing for one that has no name.
    init(speed: Int) {
        self = switch speed {
        case 10: .tenMbFull
        case 100: .hundredMbFull
        case 1_000: .oneGbFull
        case 10_000: .tenGbFull
        case 40_000: .fortyGbFull
        case 100_000: .hundredGbFull
        case 1_000_000: .oneTbFull
        default: speed > 0 ? .other : []
        }
    }
}
