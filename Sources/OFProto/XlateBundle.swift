import Flow
import OpenFlow
import Wire

/// bundle and bundle_load (ovs-actions(7)): one of several ports, chosen by a hash of the packet among those that are live.
extension Translator {
    func bundle(_ spec: BundleSpec, bridge: Bridge) {
        let member: OFPort?
        switch spec.algorithm {
        case .activeBackup: member = spec.members.first { bridge.isLive($0) }
        case .highestRandomWeight:
            FlowHash.consult(spec.fields, of: flow.key, in: &wildcards.key)
            let hash = FlowHash.fields(spec.fields, of: flow.key, basis: UInt32(spec.basis))
            member = bridge.heaviest(of: spec.members, hash: hash)
        }
        if let destination = spec.destination {
            load(UInt128((member ?? .none).number), to: destination)
        } else if let member {
            output(member, bridge: bridge)
        }
    }
}

extension Bridge {
    /// True if there is such a port and it has a link. What is no port but a way to output always counts as live.
    fileprivate func isLive(_ number: OFPort) -> Bool {
        switch number {
        case .inPort, .table, .normal, .flood, .all, .none: true
        default: port(number)?.isLive ?? false
        }
    }

    /// The live port that a hash gives most weight; the first of equal ones.
    fileprivate func heaviest(of members: [OFPort], hash: UInt32) -> OFPort? {
        var best: (port: OFPort, weight: UInt32)?
        for (index, member) in members.enumerated() where isLive(member) {
            let weight = FlowHash.pair(UInt32(index), hash)
            if best.map({ weight > $0.weight }) ?? true { best = (member, weight) }
        }
        return best?.port
    }
}
