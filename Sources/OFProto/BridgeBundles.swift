import Datapath

/// A bridge's ports, as ovs-vsctl knows them: each of one interface, or of several with a bond.
extension Bridge {
    public func bundle(named name: String) -> PortBundle? { bundles.first { $0.name == name } }

    /// Makes a port whose interfaces are bonded; they are added one by one (`BridgePortConfig.bond`). Throws `DPIFError` if the name is in use.
    public func addBond(_ name: String, _ settings: PortSettings, _ bond: BondSettings) throws(DPIFError) {
        guard bundle(named: name) == nil else { throw DPIFError(.exists, "port \(name) is already on bridge \(self.name)") }
        let bundle = makeBundle(name, settings)
        bundle.bond = Bond(bond, bundle: bundle)
        updateMirrors()
    }

    /// Changes a port with a bond.
    public func changeBond(_ name: String, _ settings: PortSettings, _ bond: BondSettings) throws(DPIFError) {
        guard let bundle = bundle(named: name), let running = bundle.bond else { throw DPIFError(.notFound, "no bond \(name) on bridge \(self.name)") }
        change(bundle, settings)
        running.change(bond, now: ofproto.clock)
        ofproto.noteChange()
    }

    /// Forgets a port with a bond, whose interfaces have been removed.
    public func removeBond(_ name: String) throws(DPIFError) {
        guard let bundle = bundle(named: name), bundle.bond != nil else { throw DPIFError(.notFound, "no bond \(name) on bridge \(self.name)") }
        guard bundle.interfaces.isEmpty else { throw DPIFError(.invalid, "bond \(name) has interfaces") }
        drop(bundle)
    }

    func change(_ bundle: PortBundle, _ settings: PortSettings) {
        guard settings != bundle.settings else { return }
        let old = bundle.settings
        bundle.settings = settings
        if (old.effectiveMode, old.tag, old.trunks, old.customerVLANs) != (settings.effectiveMode, settings.tag, settings.trunks, settings.customerVLANs) {
            macTable.flush { $0 == bundle.id }
        }
        ofproto.noteChange()
    }

    /// The port that a new interface is to belong to.
    func takeBundle(_ config: BridgePortConfig) throws(DPIFError) -> PortBundle {
        guard let name = config.bond else { return makeBundle(config.name, config.settings) }
        guard let bundle = bundle(named: name), bundle.bond != nil else { throw DPIFError(.notFound, "no bond \(name) on bridge \(self.name)") }
        return bundle
    }

    private func makeBundle(_ name: String, _ settings: PortSettings) -> PortBundle {
        let bundle = PortBundle(name, id: newBundleID(), settings, bridge: self)
        bundles.append(bundle)
        bundlesByID[bundle.id] = bundle
        return bundle
    }

    func attach(_ port: BridgePort) {
        let bundle = port.bundle
        bundle.interfaces.append(port)
        bundle.interfaces.sort { $0.number < $1.number }
        bundle.bond?.add(port, now: ofproto.clock)
        updateMirrors()
    }

    /// An interface goes, and with it the port, unless that is a bond, whose stations the last one takes with it.
    func detach(_ port: BridgePort) {
        let bundle = port.bundle
        bundle.interfaces.removeAll { $0 === port }
        bundle.bond?.remove(port, now: ofproto.clock)
        if bundle.bond != nil, bundle.interfaces.isEmpty { macTable.removeAll(at: bundle.id) }
        dropIfEmpty(bundle)
    }

    func dropIfEmpty(_ bundle: PortBundle) { if bundle.bond == nil, bundle.interfaces.isEmpty { drop(bundle) } }

    private func drop(_ bundle: PortBundle) {
        bundle.isRemoved = true
        bundles.removeAll { $0 === bundle }
        bundlesByID[bundle.id] = nil
        macTable.removeAll(at: bundle.id)
        updateMirrors()
        ofproto.noteChange()
    }
}
