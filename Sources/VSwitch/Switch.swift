import Datapath
import OFProto
import OpenFlow
import Wire

/// A running switch: a configuration carried out over a datapath.
///
/// Owner: the ofproto thread.
public final class Switch {
    public let datapath: any SwitchDatapath
    public let ofproto: OFProto
    /// What runs. After a step that failed it differs from what was wanted by just that step, so that applying the
    /// wanted configuration again tries it again.
    public private(set) var running = SwitchConfig()
    /// The datapath that was asked for last.
    private var askedFor: DatapathConfig
    var autoLoadBalance = AutoLoadBalance()
    /// When upcalls were served last while a configuration is carried out, and for how long they wait from then on; milliseconds.
    private var served: Int64 = 0, pause: Int64 = 0
    /// By bridge: the least MTU of its ports, as far as it was looked at.
    var leastMTUs: [String: Int] = [:]
    /// By bridge: the address that its local port has when no other port gives it one.
    var defaultAddresses: [String: EthernetAddress] = [:]
    /// By bridge, as they were told last.
    private var datapathIDs: [String: UInt64] = [:]

    /// - Parameters:
    ///   - config: the datapath's settings are the datapath's own; bridges are made by `apply`.
    ///   - seed: all randomness follows from it.
    public init(datapath: any SwitchDatapath, config: DatapathConfig, seed: UInt64) {
        self.datapath = datapath
        askedFor = config
        ofproto = OFProto(dpif: datapath.dpif, seed: seed)
        ofproto.configure(flowLimit: config.flowLimit, maxIdle: config.maxIdle, sweepInterval: config.maxRevalidator, bundleIdle: 1_000 * config.bundleIdle)
        running.datapath = config
        let netdev = datapath.netdev
        PMDLog.tell(from: [], to: netdev.places)
        netdev.queuesMoved = { [unowned netdev] in PMDLog.tell($0, by: netdev.settings.rxqAssign) }
    }

    /// Goes from what runs to what is wanted. Returns the steps that failed; all others are done.
    public func apply(_ wanted: SwitchConfig) -> [StepFailure] {
        let diff = ConfigDiff(from: running, to: wanted), isNew = !wanted.datapath.differences(fromStart: askedFor).isEmpty
        askedFor = wanted.datapath
        // Whoever asks for the same again has been told.
        var failures = (isNew ? diff.needsRestart : []).map { StepFailure(step: nil, subject: "datapath", reason: "\($0) is read at the start only; restart to change it") }
        datapath.netdev.collectPorts()
        (served, pause) = (datapath.now, Limits.longestSteps)
        for step in diff.steps {
            serveUpcalls()
            if case .addPort = step { datapath.netdev.closeLeavingPorts(pause: serveUpcalls) }
            do {
                try carryOut(step)
            } catch {
                failures.append(StepFailure(step: step, subject: step.subject, reason: "\(error)"))
            }
        }
        datapath.netdev.assignCollectedPorts(pause: serveUpcalls)
        running = wanted.without(failures.compactMap(\.step), former: running)
        ofproto.waitsForFlows = wanted.waitsForFlows
        settleMTUs()
        settleAddresses()
        // Nothing leaves any more by ports that have gone; megaflows follow in the next turns.
        datapath.dpif.barrier()
        tellDatapathIDs()
        return failures
    }

    /// Between the steps of a configuration: upcalls of what is there do not wait for all of it; nor do they take more time than it does.
    private func serveUpcalls() {
        let now = datapath.now
        guard now >= served + pause else { return }
        ofproto.serveUpcalls(limit: Limits.upcallsBetweenSteps, now: now)
        served = datapath.now
        pause = max(Limits.longestSteps, served - now)
    }

    /// Logs the numbers of bridges that have another one than before.
    private func tellDatapathIDs() {
        let numbers = Dictionary(uniqueKeysWithValues: ofproto.bridges.map { ($0.name, $0.datapathID) })
        for (name, number) in numbers.sorted(by: { $0.key < $1.key }) where datapathIDs[name] != number {
            VLog.shared.log("bridge", .information, "bridge \(name): using datapath ID \(number.hex16)")
        }
        datapathIDs = numbers
    }

    private func carryOut(_ step: ConfigStep) throws {
        switch step {
        case .changeDatapath(let config):
            let places = datapath.netdev.places
            try datapath.change(config)
            PMDLog.tell(from: places, to: datapath.netdev.places)
            config.logChanges(from: running.datapath)
            // What megaflows say of the second tag is of former keys.
            if config.vlanLimit != running.datapath.vlanLimit { ofproto.flushMegaflows() }
            ofproto.configure(flowLimit: config.flowLimit, maxIdle: config.maxIdle, sweepInterval: config.maxRevalidator, bundleIdle: 1_000 * config.bundleIdle)
        case .addBridge(let config): configure(try ofproto.addBridge(config.name), config)
        case .changeBridge(let config): configure(try bridge(config.name), config)
        case .removeBridge(let name): ofproto.removeBridge(name)
        case .addBond(let name, let bond): try bridge(name).addBond(bond.name, bond.settings.portSettings, bond.bond)
        case .changeBond(let name, let bond): try bridge(name).changeBond(bond.name, bond.settings.portSettings, bond.bond)
        case .removeBond(let name, let bond): try bridge(name).removeBond(bond)
        case .setMirrors(let name, let mirrors): try bridge(name).configureMirrors(mirrors)
        case .fixMAC(let name, let mac): try fix(mac, on: bridge(name))
        case .forgetMAC(let name, let mac): try bridge(name).removeStaticMAC(mac.address, vlan: mac.vlan)
        case .addPort(let name, let port):
            let number = try bridge(name).addPort(port.bridgePort)
            VLog.shared.log("bridge", .information, "bridge \(name): added interface \(port.name) on port \(number.number)")
        case .changePort(let name, let port): try bridge(name).changePort(port.bridgePort)
        case .pinQueues(_, let port):
            guard let number = datapath.dpif.portQuery(port.name)?.port else { throw DPIFError(.notFound, "no port \(port.name)") }
            try datapath.netdev.setRxqAffinity(number, port.rxQueueAffinity)
        case .removePort(let name, let port):
            let number = try bridge(name).port(named: port)?.number
            try bridge(name).removePort(port)
            if let number { VLog.shared.log("bridge", .information, "bridge \(name): deleted interface \(port) on port \(number.number)") }
        case .flushFlows(let name): try flush(bridge(name))
        case .addFlow(let name, let flow): try bridge(name).apply(flow, command: .add, now: datapath.now)
        case .deleteFlow(let name, let flow): try bridge(name).apply(flow, command: .deleteStrict, now: datapath.now)
        }
    }

    private func configure(_ bridge: Bridge, _ config: BridgeConfig) {
        bridge.configuredDatapathID = config.datapathID
        bridge.configureTables(config.tables)
        bridge.configureNormal(floodVLANs: Set(config.floodVLANs), forwardsReserved: config.forwardBPDU)
        bridge.configureMACTable(aging: Int64(config.macAging), capacity: config.macTableSize)
        bridge.netFlow = config.netFlow
        bridge.datapathDescription = config.datapathDescription
        bridge.serialNumber = config.serialNumber
    }

    private func flush(_ bridge: Bridge) throws {
        var flows = FlowMod()
        flows.table = 255
        try bridge.apply(flows, command: .delete, now: datapath.now)
        try bridge.apply(GroupMod(.delete, kind: .all, group: GroupNumber.all, buckets: []), now: datapath.now)
        try bridge.apply(MeterMod(.delete, MeterConfig(meter: MeterNumber.all, flags: [], bands: [])), now: datapath.now)
    }

    private func fix(_ mac: StaticMACConfig, on bridge: Bridge) throws(DPIFError) {
        let port = bridge.bundle(named: mac.port)?.interfaces.first
        guard let port, bridge.addStaticMAC(mac.address, vlan: mac.vlan, port: port.number) != .noPort else {
            throw DPIFError(.notFound, "\(mac.address): no port \(mac.port)")
        }
    }

    private func bridge(_ name: String) throws(DPIFError) -> Bridge {
        guard let bridge = ofproto.bridge(named: name) else { throw DPIFError(.notFound, "no bridge \(name)") }
        return bridge
    }

    /// Removes all bridges and ends the datapath.
    public func close() {
        _ = apply(SwitchConfig(datapath: running.datapath))
        datapath.close()
    }
}

extension UInt64 {
    /// Sixteen digits.
    var hex16: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// A step towards a configuration that was not carried out.
public struct StepFailure: Equatable, Sendable, CustomStringConvertible {
    /// nil: it would take a restart.
    public let step: ConfigStep?
    public let subject: String
    public let reason: String
    public var description: String { "\(subject): \(reason)" }
}

extension SwitchConfig {
    init(datapath: DatapathConfig) { self.datapath = datapath }

    /// This configuration as it is when `failed` steps towards it from `former` were not carried out.
    func without(_ failed: [ConfigStep], former: SwitchConfig) -> SwitchConfig {
        var result = self
        // What is read at the start only stays as it was.
        result.datapath = result.datapath.startingAs(former.datapath)
        for step in failed { result.undo(step, former) }
        return result
    }

    private mutating func undo(_ step: ConfigStep, _ former: SwitchConfig) {
        /// Edits a bridge of the result, beside the same one as it was.
        func edit(_ name: String, _ change: (inout BridgeConfig, BridgeConfig?) -> Void) {
            if let index = bridges.firstIndex(where: { $0.name == name }) { change(&bridges[index], former.bridge(named: name)) }
        }
        switch step {
        case .changeDatapath: datapath = former.datapath
        case .addBridge(let config): bridges.removeAll { $0.name == config.name }
        case .removeBridge(let name): if let bridge = former.bridge(named: name) { bridges.append(bridge) }
        case .changeBridge(let config):
            edit(config.name) { if let old = $1 { ($0.macAging, $0.macTableSize) = (old.macAging, old.macTableSize) } }
        case .addPort(let name, let port): edit(name) { bridge, _ in bridge.ports.removeAll { $0.name == port.name } }
        case .pinQueues(let name, let port):
            edit(name) { bridge, old in
                guard let index = bridge.ports.firstIndex(where: { $0.name == port.name }) else { return }
                bridge.ports[index].rxQueueAffinity = old?.ports.first { $0.name == port.name }?.rxQueueAffinity
            }
        case .changePort(let name, let port):
            edit(name) { bridge, old in
                guard let index = bridge.ports.firstIndex(where: { $0.name == port.name }),
                    var was = old?.ports.first(where: { $0.name == port.name }) else { return }
                was.rxQueueAffinity = bridge.ports[index].rxQueueAffinity
                bridge.ports[index] = was
            }
        case .addBond(let name, let bond): edit(name) { bridge, _ in bridge.bonds.removeAll { $0.name == bond.name } }
        case .changeBond(let name, let bond):
            edit(name) { bridge, old in
                guard let index = bridge.bonds.firstIndex(where: { $0.name == bond.name }),
                    let was = old?.bonds.first(where: { $0.name == bond.name }) else { return }
                bridge.bonds[index] = was
            }
        case .setMirrors(let name, _): edit(name) { $0.mirrors = $1?.mirrors ?? [] }
        case .fixMAC(let name, let mac): edit(name) { bridge, _ in bridge.staticMACs.removeAll { $0 == mac } }
        case .removeBond, .forgetMAC, .flushFlows: break
        // A port whose device does not close is gone from its bridge all the same.
        case .removePort: break
        case .addFlow(let name, let flow):
            edit(name) { bridge, old in
                let identity = FlowIdentity(flow)
                bridge.flows.removeAll { FlowIdentity($0) == identity }
                if let was = old?.flows.first(where: { FlowIdentity($0) == identity }) { bridge.flows.append(was) }
            }
        case .deleteFlow(let name, let flow): edit(name) { bridge, _ in bridge.flows.append(flow) }
        }
    }
}

extension ConfigStep {
    /// What the step is about, for messages.
    var subject: String {
        switch self {
        case .changeDatapath: "datapath"
        case .addBridge(let config), .changeBridge(let config): "bridge \(config.name)"
        case .removeBridge(let name): "bridge \(name)"
        case .addPort(let bridge, let port), .changePort(let bridge, let port), .pinQueues(let bridge, let port): "bridge \(bridge): port \(port.name)"
        case .removePort(let bridge, let port): "bridge \(bridge): port \(port)"
        case .addBond(let bridge, let bond), .changeBond(let bridge, let bond): "bridge \(bridge): bond \(bond.name)"
        case .removeBond(let bridge, let bond): "bridge \(bridge): bond \(bond)"
        case .setMirrors(let bridge, _): "bridge \(bridge): mirrors"
        case .fixMAC(let bridge, _), .forgetMAC(let bridge, _): "bridge \(bridge): static-macs"
        case .flushFlows(let bridge), .addFlow(let bridge, _), .deleteFlow(let bridge, _): "bridge \(bridge): flow"
        }
    }
}

extension PortConfig {
    /// The port as OFProto wants it.
    var bridgePort: BridgePortConfig {
        var device = deviceRequest ?? DPPortRequest(name: name, type: kind.rawValue)
        if let peer { device.options["peer"] = peer }
        var config = BridgePortConfig(device)
        config.ofPort = ofPort
        config.bond = bond
        config.settings = settings.portSettings
        if noFlood { config.flags.insert(.noFlood) }
        (config.qos, config.queueDSCP, config.policing) = (qos, queueDSCP, policing)
        return config
    }
}
