import Flow
import Wire
@testable import OpenFlow

/// Makes messages of every kind from a seed: only such as their version and form can say in full, so that what is encoded comes back as it was.
struct MessageGenerator {
    private var state: UInt64
    let version: OFVersion
    let form: MessageForm

    init(seed: UInt64, _ version: OFVersion, _ form: MessageForm) { (state, self.version, self.form) = (seed, version, form) }

    mutating func number(_ limit: UInt64) -> UInt64 { splitMix64(&state) % limit }
    mutating func coin(_ oneIn: UInt64 = 2) -> Bool { number(oneIn) == 0 }
    mutating func pick<Item>(_ items: [Item]) -> Item { items[Int(number(UInt64(items.count)))] }
    mutating func u8() -> UInt8 { UInt8(number(256)) }
    mutating func u16() -> UInt16 { UInt16(number(1 << 16)) }
    mutating func u32() -> UInt32 { UInt32(number(1 << 32)) }
    mutating func u64() -> UInt64 { number(.max) }
    mutating func counter() -> UInt64 { coin(4) ? .max : u64() }
    /// Nanoseconds.
    mutating func time() -> UInt64 { number(1 << 32) * 1_000_000_000 + number(1_000_000_000) }
    mutating func port() -> OFPort { pick([OFPort(UInt16(number(0xff00))), .local, .controller]) }
    mutating func address() -> EthernetAddress { EthernetAddress(number(1 << 48)) }
    mutating func bytes(_ limit: UInt64 = 40) -> [UInt8] { (0..<number(limit)).map { _ in u8() } }
    mutating func text(_ limit: UInt64 = 15) -> String { String((0..<number(limit)).map { _ in pick(Array("abcxyz0189-_.")) }) }
    mutating func list<Item>(_ item: (inout MessageGenerator) -> Item) -> [Item] { (0..<number(4)).map { _ in item(&self) } }
    /// Zero or more of some things.
    mutating func some<Item: Hashable>(_ items: [Item]) -> Set<Item> { Set(items.filter { _ in coin() }) }

    mutating func match() -> Match {
        var match = Match()
        if coin(3) { return match }
        if coin() { match.set(.inPort, to: UInt128(number(0xff00))) }
        if coin() { match.set(.ethDst, to: number(1 << 48).value) }
        if coin() {
            match.set(.ethType, to: UInt128(EtherType.ipv4))
            match.set(.ipv4Src, to: MaskedValue(value: 0x0a00_0000, mask: 0xff00_0000))
            match.set(.nwProto, to: UInt128(IPProtocol.tcp))
            match.set(.tcpDst, to: number(1 << 16).value)
        }
        return match
    }

    /// Actions that suit every match where `decTTL` may find packets that it does not suit.
    mutating func actions() -> [OFAction] {
        switch number(4) {
        case 0: []
        case 1: [.output(OFPort(UInt16(1 + number(100))), maxLength: 0)]
        case 2: [.output(.inPort, maxLength: 0), .output(OFPort(7), maxLength: 0)]
        default: [.decTTL([]), .output(OFPort(UInt16(1 + number(100))), maxLength: 0)]
        }
    }

    /// Actions that suit every packet.
    mutating func plainActions() -> [OFAction] { actions().filter { $0 != .decTTL([]) } }

    mutating func header(more: Bool = false) -> OFHeader { OFHeader(version, xid: u32(), form: form, more: more) }
}

extension UInt64 {
    fileprivate var value: UInt128 { UInt128(self) }
}

// Handshake, configuration, roles.
extension MessageGenerator {
    mutating func hello() -> Hello {
        var versions = OFVersions(version)
        for other in OFVersion.allCases where other < version && coin() { versions.insert(OFVersions(other)) }
        return Hello(versions: versions)
    }

    mutating func features() -> SwitchFeatures {
        var capabilities: SwitchFeatures.Capabilities = [.flowStats, .queueStats]
        if coin() { capabilities.insert(version == .v10 ? .stp : .groupStats) }
        if coin() { capabilities.insert(version < .v12 ? .arpMatchIP : .portBlocked) }
        if version >= .v14, coin() { capabilities.formUnion([.bundles, .flowMonitoring]) }
        return SwitchFeatures(datapathID: u64(), buffers: u32(), tables: u8(), auxiliaryID: version < .v13 ? 0 : u8(), capabilities: capabilities,
            actions: version == .v10 ? u32() : 0, ports: version < .v13 ? list { $0.portDescription() } : [])
    }

    mutating func settings() -> SwitchSettings {
        SwitchSettings(fragments: pick([.normal, .drop, .reassemble, .nxMatch]), invalidTTLToController: version < .v13 ? coin() : nil, missSendLength: u16())
    }

    mutating func description() -> SwitchDescription {
        SwitchDescription(manufacturer: text(200), hardware: text(), software: text(), serialNumber: text(31), datapath: text())
    }

    mutating func role(isRequest: Bool) -> Role {
        if form == .extended { return Role(pick([.equal, .primary, .secondary]), generation: nil) }
        let role: ControllerRole = pick([.noChange, .equal, .primary, .secondary])
        if isRequest { return Role(role, generation: role == .noChange ? nil : u64()) }
        return Role(role, generation: coin() ? nil : u64())
    }

    mutating func asyncConfig() -> AsyncConfig {
        let isList = version >= .v14 && form == .standard || form == .extended2
        var config = AsyncConfig.none
        let kinds: [AsyncConfig.Kind] = isList ? AsyncConfig.Kind.allCases : [.packetIn, .portStatus, .flowRemoved]
        config.namedPrimary = isList ? some(kinds) : Set(AsyncConfig.Kind.allCases)
        config.namedSecondary = isList ? some(kinds) : Set(AsyncConfig.Kind.allCases)
        for kind in kinds {
            let mask: UInt32 = switch kind {
            case .packetIn: 0b110
            case .portStatus, .roleStatus: 0b101
            case .flowRemoved: 0b100011
            case .tableStatus: 0b11000
            case .requestForward: 0b10
            }
            if config.namedPrimary.contains(kind) { config[kind].primary = mask & u32() }
            if config.namedSecondary.contains(kind) { config[kind].secondary = mask & u32() }
        }
        return config
    }
}

// Ports and queues.
extension MessageGenerator {
    mutating func portConfig() -> PortConfigBits { PortConfigBits(rawValue: u32()).intersection(PortConfigBits.known(version)) }

    mutating func portFeatures() -> PortFeatures { PortFeatures(wire: u32(), version) }

    mutating func portDescription() -> PortDescription {
        var port = PortDescription(port: port(), ethernetAddress: address(), name: text(), config: portConfig(),
            state: PortState(wire: u32(), version), current: portFeatures(), advertised: portFeatures(), supported: portFeatures(), peer: portFeatures())
        port.currentSpeed = version == .v10 ? port.current.speed : u32()
        port.maximumSpeed = version == .v10 ? port.supported.speed : u32()
        return port
    }

    mutating func portMod() -> PortMod {
        let mask = portConfig()
        return PortMod(port: port(), ethernetAddress: address(), config: portConfig().intersection(mask), mask: mask, advertise: portFeatures())
    }

    mutating func portStatistics() -> PortStatistics {
        var stats = PortStatistics(port: port())
        (stats.rxPackets, stats.txPackets, stats.rxBytes, stats.txBytes) = (counter(), counter(), counter(), counter())
        (stats.rxDropped, stats.txDropped, stats.rxErrors, stats.txErrors) = (counter(), counter(), counter(), counter())
        (stats.rxFrameErrors, stats.rxOverErrors, stats.rxCRCErrors, stats.collisions) = (counter(), counter(), counter(), counter())
        if version >= .v13 { stats.duration = time() }
        return stats
    }

    /// `port`: the one that the reply is about.
    mutating func queueDescription(_ port: OFPort) -> QueueDescription {
        var queue = QueueDescription(port: port, queue: u32())
        if coin() { queue.minimumRate = u16() }
        if coin() { queue.maximumRate = u16() }
        return queue
    }

    mutating func queueStatistics() -> QueueStatistics {
        var stats = QueueStatistics(port: port(), queue: u32())
        (stats.txBytes, stats.txPackets, stats.txErrors) = (counter(), counter(), counter())
        if version >= .v13 { stats.duration = time() }
        return stats
    }
}
