import OFProto
import OpenFlow

/// One step from the configuration that runs to the wanted one.
public enum ConfigStep: Equatable, Sendable {
    case changeDatapath(DatapathConfig)
    case removePort(bridge: String, name: String)
    case removeBridge(String)
    /// The bridge without ports and flows.
    case addBridge(BridgeConfig)
    /// The bridge's own settings; its ports and flows have steps of their own.
    case changeBridge(BridgeConfig)
    /// The bond without interfaces, which are ports of their own.
    case addBond(bridge: String, BondConfig)
    case changeBond(bridge: String, BondConfig)
    /// Its interfaces have been removed.
    case removeBond(bridge: String, name: String)
    case addPort(bridge: String, PortConfig)
    /// Settings that need no new device: VLANs, flooding.
    case changePort(bridge: String, PortConfig)
    /// The cores of its receive queues only.
    case pinQueues(bridge: String, PortConfig)
    case setMirrors(bridge: String, [MirrorSettings])
    case fixMAC(bridge: String, StaticMACConfig)
    case forgetMAC(bridge: String, StaticMACConfig)
    /// Deletes all flows, groups and meters.
    case flushFlows(bridge: String)
    /// Adds the flow, or gives the one with the same table, priority and match its new actions.
    case addFlow(bridge: String, FlowMod)
    case deleteFlow(bridge: String, FlowMod)
}

/// The difference of two configurations.
public struct ConfigDiff: Equatable, Sendable {
    /// To be carried out in this order: what goes away first, so that names, numbers and devices are free again; then
    /// bridges, ports and flows, of which new ones are added before old ones are deleted, so that no packet falls between.
    public var steps: [ConfigStep] = []
    /// Settings of the datapath that differ and are read at the start only, by their keys.
    public var needsRestart: [String] = []

    /// - Parameters:
    ///   - running: what there is; nil: nothing yet.
    ///   - wanted: what there shall be.
    public init(from running: SwitchConfig?, to wanted: SwitchConfig) {
        let old = running ?? SwitchConfig()
        if running != nil { compareDatapath(old.datapath, wanted.datapath) }
        /// A bridge goes from one datapath to another by being made anew.
        func former(_ bridge: BridgeConfig) -> BridgeConfig? {
            old.bridge(named: bridge.name).flatMap { $0.datapathType == bridge.datapathType ? $0 : nil }
        }
        for bridge in old.bridges {
            let new = wanted.bridge(named: bridge.name).flatMap { $0.datapathType == bridge.datapathType ? $0 : nil }
            removePorts(of: bridge, wanted: new)
            removeBonds(of: bridge, wanted: new)
            if new == nil { steps.append(.removeBridge(bridge.name)) }
        }
        for bridge in wanted.bridges { compareSettings(former(bridge), bridge) }
        for bridge in wanted.bridges {
            compareBonds(former(bridge), bridge)
            comparePorts(former(bridge), bridge)
            compareSelections(former(bridge), bridge)
        }
        for bridge in wanted.bridges {
            let former = former(bridge), isFlushed = former.map { Self.flushes($0, bridge) } ?? false
            if isFlushed { steps.append(.flushFlows(bridge: bridge.name)) }
            compareFlows(isFlushed ? [] : former?.flows ?? [], bridge.flows, bridge.name)
        }
    }

    private mutating func compareDatapath(_ old: DatapathConfig, _ new: DatapathConfig) {
        needsRestart = new.differences(fromStart: old)
        if new.startingAs(old) != old { steps.append(.changeDatapath(new)) }
    }

    private mutating func removePorts(of old: BridgeConfig, wanted new: BridgeConfig?) {
        let wanted = Dictionary((new?.ports ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for port in old.ports {
            let successor = wanted[port.name]
            if successor.map(port.needsReopening(for:)) ?? true { steps.append(.removePort(bridge: old.name, name: port.name)) }
        }
    }

    private mutating func compareSettings(_ old: BridgeConfig?, _ new: BridgeConfig) {
        var settings = new
        settings.ports = []
        settings.flows = []
        settings.bonds = []
        settings.mirrors = []
        settings.staticMACs = []
        guard let old else { return steps.append(.addBridge(settings)) }
        if old.failMode != new.failMode || old.protocols != new.protocols || old.controllers != new.controllers || old.datapathID != new.datapathID
            || old.tables != new.tables || old.macAging != new.macAging || old.macTableSize != new.macTableSize
            || old.floodVLANs != new.floodVLANs || old.forwardBPDU != new.forwardBPDU || old.netFlow != new.netFlow
            || old.datapathDescription != new.datapathDescription || old.serialNumber != new.serialNumber {
            steps.append(.changeBridge(settings))
        }
    }

    private mutating func removeBonds(of old: BridgeConfig, wanted new: BridgeConfig?) {
        for bond in old.bonds where !(new?.bonds.contains { $0.name == bond.name } ?? false) { steps.append(.removeBond(bridge: old.name, name: bond.name)) }
    }

    private mutating func compareBonds(_ old: BridgeConfig?, _ new: BridgeConfig) {
        for bond in new.bonds {
            guard let former = old?.bonds.first(where: { $0.name == bond.name }) else {
                steps.append(.addBond(bridge: new.name, bond))
                continue
            }
            if former != bond { steps.append(.changeBond(bridge: new.name, bond)) }
        }
    }

    /// What names ports. A station whose port was opened anew has been forgotten with it.
    private mutating func compareSelections(_ old: BridgeConfig?, _ new: BridgeConfig) {
        if old?.mirrors ?? [] != new.mirrors { steps.append(.setMirrors(bridge: new.name, new.mirrors)) }
        for mac in old?.staticMACs ?? [] where !new.staticMACs.contains(mac) { steps.append(.forgetMAC(bridge: new.name, mac)) }
        for mac in new.staticMACs where !(old?.staticMACs.contains(mac) ?? false) || steps.contains(where: { $0.opens(mac.port, of: new.name) }) {
            steps.append(.fixMAC(bridge: new.name, mac))
        }
    }

    private mutating func comparePorts(_ old: BridgeConfig?, _ new: BridgeConfig) {
        let running = Dictionary(uniqueKeysWithValues: (old?.ports ?? []).map { ($0.name, $0) })
        for port in new.ports {
            guard let former = running[port.name], !former.needsReopening(for: port) else {
                steps.append(.addPort(bridge: new.name, port))
                continue
            }
            var pinned = former
            pinned.rxQueueAffinity = port.rxQueueAffinity
            if pinned != former { steps.append(.pinQueues(bridge: new.name, port)) }
            if pinned != port { steps.append(.changePort(bridge: new.name, port)) }
        }
    }

    /// True if all flows go from one configuration to the other.
    private static func flushes(_ old: BridgeConfig, _ new: BridgeConfig) -> Bool {
        new.flushesFlows && (old.controllers.isEmpty != new.controllers.isEmpty || (new.controllers.isEmpty && old.failMode != new.failMode))
    }

    private mutating func compareFlows(_ old: [FlowMod], _ new: [FlowMod], _ bridge: String) {
        let running = Dictionary(uniqueKeysWithValues: old.map { (FlowIdentity($0), $0) })
        var wanted: Set<FlowIdentity> = []
        wanted.reserveCapacity(new.count)
        for flow in new {
            let identity = FlowIdentity(flow)
            wanted.insert(identity)
            if running[identity] != flow { steps.append(.addFlow(bridge: bridge, flow)) }
        }
        for flow in old where !wanted.contains(FlowIdentity(flow)) { steps.append(.deleteFlow(bridge: bridge, flow)) }
    }
}

extension ConfigStep {
    /// True if the step makes a port of this name, or adds an interface to it.
    fileprivate func opens(_ name: String, of bridge: String) -> Bool {
        switch self {
        case .addPort(bridge, let port): port.name == name || port.bond == name
        case .addBond(bridge, let bond): bond.name == name
        default: false
        }
    }
}

// Settings that are read at the start only.
extension DatapathConfig {
    /// Keys of those that differ.
    func differences(fromStart other: DatapathConfig) -> [String] {
        var keys: [String] = []
        if memory != other.memory || socketMemory != other.socketMemory { keys.append("memory") }
        if hugepages != other.hugepages { keys.append("hugepages") }
        if ealArguments != other.ealArguments { keys.append("eal") }
        return keys
    }

    /// The same with those of another one.
    func startingAs(_ other: DatapathConfig) -> DatapathConfig {
        var result = self
        (result.memory, result.socketMemory, result.hugepages, result.ealArguments) = (other.memory, other.socketMemory, other.hugepages, other.ealArguments)
        result.interfacesLast = other.interfacesLast
        return result
    }
}
