@testable import Datapath
import Flow
import OpenFlow
import Wire
@testable import OFProto

// What an operator or a controller does meanwhile.
extension Simulation {
    /// Replaces everything by new bridges.
    func configure() {
        settle()
        for bridge in state.bridges {
            for port in bridge.ports { retire(port.name) }
            ofproto.removeBridge(bridge.name)
        }
        quiesce()
        state.bridges = []
        lives = [:]
        links = [:]
        locks = [:]
        versionsSeen = [:]
        lastDeletedKeys = [:]
        mirrorCounts = [:]
        stations = [:]
        tokens = [:]
        tally.configurations += 1
        for index in 0..<1 + random.below(3) { addBridge("br\(index)") }
        if state.bridges.count > 1 && random.chance(60) { patch(0, 1) }
        for index in state.bridges.indices where random.chance(50) { addBond(index) }
        for index in state.bridges.indices {
            if random.chance(40) { shapeBridge(index) }
            for _ in 0..<random.below(4) { addGroup(index) }
            if random.chance(40) { addMeter(index) }
            if random.chance(40) { changeMirrors(index) }
            for _ in 0..<1 + random.below(12) { addRule(index) }
            if !state.bridges[index].bonds.isEmpty, random.chance(70) { install(random.switching(), index) }
        }
        changeCores()
        noteState()
        settle()
    }

    /// A bridge without ports.
    func addEmptyBridge(_ name: String) {
        do throws(DPIFError) { try ofproto.addBridge(name) } catch { fail("\(error)") }
        state.bridges.append(RefBridge(name: name))
    }

    private func addBridge(_ name: String) {
        addEmptyBridge(name)
        for _ in 0..<2 + random.below(3) { addPort(state.bridges.count - 1) }
    }

    func addPort(_ bridge: Int) {
        let port = random.port(of: state.bridges[bridge])
        open(port, bridge)
    }

    func open(_ port: RefPort, _ bridge: Int) {
        let before = cores
        defer { noteCores(before) }
        let drops = Dictionary(uniqueKeysWithValues: ghosts.map { ($0, dropsOf($0)) })
        do throws(DPIFError) {
            try ofproto.bridge(named: state.bridges[bridge].name)?.addPort(port.config)
        } catch { return fail("\(error)") }
        if let number = dpif.portQuery(port.name)?.port.number, ghosts.remove(number) != nil { tally.dropsBefore += drops[number] ?? 0 }
        state.bridges[bridge].ports.append(port)
        if port.bond != nil { links[port.name] = LinkWatch(isUp: port.isLinkUp, changed: now) }
        noteState()
    }

    /// Another part of a bridge in learning.
    func shapeBridge(_ bridge: Int) {
        random.shape(&state.bridges[bridge])
        let now = state.bridges[bridge]
        ofproto.bridge(named: now.name)?.configureNormal(floodVLANs: now.floodVLANs, forwardsReserved: now.forwardsReserved)
        stations = stations.filter { $0.key.bridge != now.name || !now.floodVLANs.contains($0.key.vlan) }
        noteState()
    }

    /// Two bridges are connected.
    private func patch(_ a: Int, _ b: Int) {
        var near = random.port(of: state.bridges[a]), far = random.port(of: state.bridges[b])
        near.peer = far.name
        far.peer = near.name
        open(near, a)
        open(far, b)
    }

    /// Counts what a port's end would make invisible.
    private func retire(_ name: String) {
        // What waits at the port, or to be sent by it, is not to be lost with it.
        for _ in 0..<1_000 where turnDatapath() {}
        guard let info = dpif.portQuery(name), let stats = dpif.portStats(info.port) else { return }
        checkPort(name, stats)
        ghosts.insert(info.port.number)
    }

    /// Which core polls each port.
    private var cores: [String: Int?] { Dictionary(dpif.rxqShow().map { ($0.port, $0.core) }) { first, _ in first } }

    /// A port that came or went may have sent others to other PMDs.
    private func noteCores(_ before: [String: Int?]) {
        if cores.contains(where: { port, core in before[port].map { $0 != core } ?? false }) { hasChangedCores = true }
    }

    func removePort(_ bridge: Int) {
        let ports = state.bridges[bridge].ports.filter { $0.peer == nil && $0.bond == nil }
        guard ports.count > 1 else { return }
        removePort(bridge, named: random.one(ports).name)
    }

    func removePort(_ bridge: Int, named name: String) {
        guard let port = state.bridges[bridge].ports.first(where: { $0.name == name }) else { return }
        let before = cores
        defer { noteCores(before) }
        retire(port.name)
        do throws(DPIFError) { try ofproto.bridge(named: state.bridges[bridge].name)?.removePort(port.name) } catch { fail("\(error)") }
        state.bridges[bridge].ports.removeAll { $0.name == port.name }
        links[port.name] = nil
        // A bond's stations stay until its last interface goes.
        if state.bridges[bridge].members(of: port.bundle).isEmpty { forgetStations(state.bridges[bridge].name, at: port.bundle) }
        noteState()
    }

    func changePort(_ bridge: Int) {
        let index = random.below(state.bridges[bridge].ports.count)
        var port = state.bridges[bridge].ports[index]
        if let bond = port.bond { return changeBond(bond, bridge) }
        let old = port
        random.shape(&port)
        do throws(DPIFError) { try ofproto.bridge(named: state.bridges[bridge].name)?.changePort(port.config) } catch { fail("\(error)") }
        state.bridges[bridge].ports[index] = port
        if (old.mode, old.tag, old.trunks, old.customers) != (port.mode, port.tag, port.trunks, port.customers) { forgetStations(state.bridges[bridge].name, at: port.name) }
        noteState()
    }

    func forgetStations(_ bridge: String, at port: String) {
        for (station, life) in stations where station.bridge == bridge && life.port == port { stations[station] = nil }
    }

    // MARK: Rules

    func addRule(_ bridge: Int) {
        if random.chance(8) {
            // At once, as far as packets are concerned: this thread lets nobody in between.
            for rule in random.conjunction(for: state.bridges[bridge]) { install(rule, bridge) }
        } else {
            install(random.rule(for: state.bridges[bridge]), bridge)
        }
    }

    func install(_ rule: RefRule, _ bridge: Int) {
        apply(rule, .add, bridge)
        state.bridges[bridge].rules.append(rule)
        lives[rule.id] = RuleLife(bridge: state.bridges[bridge].name, modified: now, modifiedTo: now, created: now, usedFrom: now, usedTo: now)
        noteState()
    }

    private func apply(_ rule: RefRule, _ command: FlowMod.Command, _ bridge: Int) {
        tally.flowMods += 1
        do throws(FlowModError) {
            try ofproto.bridge(named: state.bridges[bridge].name)?.apply(rule.flowMod, command: command, now: now)
        } catch { fail("\(error)") }
    }

    /// Changes, replaces or deletes a rule.
    func changeRule(_ bridge: Int) {
        guard !state.bridges[bridge].rules.isEmpty else { return }
        let index = random.below(state.bridges[bridge].rules.count)
        var rule = state.bridges[bridge].rules[index]
        if rule.isClause || rule.learned != nil || random.chance(40) {
            apply(rule, .deleteStrict, bridge)
            state.bridges[bridge].rules.remove(at: index)
            lives[rule.id] = nil
            if rule.learned != nil { noteEnd(of: rule, state.bridges[bridge].name) }
        } else {
            rule.actions = random.actions(for: rule, in: state.bridges[bridge])
            replace(rule, bridge, byAdding: random.chance(50))
        }
        noteState()
    }

    /// A rule gets other actions.
    func replace(_ rule: RefRule, _ bridge: Int, byAdding isAdd: Bool) {
        guard let index = state.bridges[bridge].rules.firstIndex(where: { $0.id == rule.id }) else { return }
        apply(rule, isAdd ? .add : .modifyStrict, bridge)
        state.bridges[bridge].rules[index] = rule
        lives[rule.id]?.modify(now)
        // A rule that is added over another one is new, with the other's counters.
        if isAdd {
            lives[rule.id]?.usedFrom = now
            lives[rule.id]?.usedTo = now
            lives[rule.id]?.has = RefTimeouts()
        }
        noteState()
    }

    /// Other PMDs, in another order; some may stay.
    private func changeCores() {
        var settings = dpif.settings
        var cores = [0, 1, 2]
        for _ in 0..<random.below(3) { cores.remove(at: random.below(cores.count)) }
        settings.simulatedCores = random.chance(50) ? cores : cores.reversed()
        do throws(DPIFError) { try dpif.change(settings) } catch { fail("\(error)") }
        tally.coreChanges += 1
        hasChangedCores = true
    }

    /// Something random. The caller has made sure that a bridge with ports is there.
    func changeAnything() {
        let bridge = random.below(state.bridges.count)
        switch random.below(28) {
        case 17: shapeBridge(bridge)
        case 0: addPort(bridge)
        case 1: removePort(bridge)
        case 2: changePort(bridge)
        case 3:
            ofproto.bridge(named: state.bridges[bridge].name)?.flushFDB()
            stations = stations.filter { $0.key.bridge != state.bridges[bridge].name }
        case 4: ofproto.flushMegaflows()
        case 12:
            removePort(bridge)
            addPort(random.below(state.bridges.count))
        case 13: changeCores()
        case 14: addGroup(bridge)
        case 18: addMeter(bridge)
        case 19: changeMeter(bridge)
        case 20: changeMirrors(bridge)
        case 21, 22: flapLink(bridge)
        case 23, 24: changeMembers(bridge)
        case 25...27: flapMember(bridge)
        case 15, 16: changeGroup(bridge)
        case 5, 6, 7: addRule(bridge)
        default: changeRule(bridge)
        }
        observe()
    }
}

extension RefPort {
    var config: BridgePortConfig {
        var device = DPPortRequest(name: name, type: peer == nil ? "dummy" : "patch")
        if let peer { device.options["peer"] = peer }
        var config = BridgePortConfig(device)
        config.ofPort = OFPort(number)
        config.bond = bond
        config.flags = flags
        config.settings = settings
        return config
    }

    var settings: PortSettings {
        var settings = PortSettings()
        settings.vlanMode = mode
        settings.tag = mode == .trunk ? nil : tag
        settings.trunks = trunks
        settings.customerVLANs = customers
        settings.tunnelEtherType = tunnelType
        settings.priorityTags = priorityTags
        settings.isProtected = isProtected
        return settings
    }
}
