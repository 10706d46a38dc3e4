import Datapath
import Flow
import OpenFlow
import Wire

/// The way out of a bond.
extension Translator {
    /// The interface by which the packet, whose VLAN on the wire is `vlan`, leaves a bond; nil: none is enabled, or only
    /// the datapath can tell. What is hashed becomes part of the megaflow.
    func outputInterface(_ bond: Bond, vlan: UInt16) -> BridgePort? {
        switch bond.settings.mode {
        case .activeBackup: return bond.outputInterface(0)
        case .balanceSLB:
            attribute(to: bond.reason) { wildcards.key.l0.dlSrc = .broadcast }
            return counted(bond, Bond.hash(flow.key.l0.dlSrc, vlan: vlan, basis: bond.settings.hashBasis))
        case .balanceTCP: return nil
        }
    }

    private func counted(_ bond: Bond, _ hash: UInt8) -> BridgePort? {
        guard let interface = bond.outputInterface(hash) else { return nil }
        credit(.bond(bond, hash))
        return interface
    }

    /// The packet leaves by the interface of a bond that the datapath's hash of it picks, when it has come back with that.
    func emit(hashedBy bond: Bond) {
        guard failure == nil, !isProtected(bond.bundle) else { return }
        guard let interface = bond.outputInterface(0) else { return }
        commit()
        let key = RecircContext.Key(
            continuation: Continuation(bridge: bond.bundle.bridge.uuid), metadata: PipelineMetadata(), isHashed: true, mirrored: 0,
            bond: BondOutput(bond: ObjectIdentifier(bond), length: outputLength))
        guard let context = ofproto.recirculations.context(key, now: now, make: { RecircContext(key, id: $0, bond: bond, now: now) }) else {
            return failure = .recirculated
        }
        credit(.recirculation(context))
        actions.append(.hash(algorithm: DPHash.connection, basis: bond.settings.hashBasis))
        actions.append(.recirc(RecircID(context.id)))
        netFlowOutput = interface.number.number
        mirrorOutput(at: bond.bundle)
    }

    /// It has come back.
    func comeBack(to bond: Bond, length: UInt16) {
        let hash = UInt8(truncatingIfNeeded: flow.key.l0.dpHash)
        attribute(to: bond.reason) { wildcards.key.l0.dpHash |= UInt32(UInt8.max) }
        guard let port = counted(bond, hash), port.forwards, let odpPort = port.odpPort else { return }
        markQueue(port)
        commit()
        if length > 0 { actions.append(.trunc(maxLength: UInt32(length))) }
        actions.append(.output(odpPort))
        netFlowOutput = port.number.number
    }
}

extension Bond {
    /// As the one who looks at what is hashed.
    fileprivate var reason: String { "\(bundle.bridge.name): bond \(bundle.name)" }
}
