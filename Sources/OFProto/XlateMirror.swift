import Flow
import Wire

/// Mirrors copy packets as they come in and as they leave; no copy goes twice to one place.
extension Translator {
    /// The packet came in by the port.
    func mirrorInput(at bundle: PortBundle) { attribute(to: "\(bundle.bridge.name): mirrors of port \(bundle.name)") { mirror(bundle, bundle.mirrorsIn) } }

    /// The packet, as it is, has left by the port.
    func mirrorOutput(at bundle: PortBundle) { attribute(to: "\(bundle.bridge.name): mirrors of port \(bundle.name)") { mirror(bundle, bundle.mirrorsOut) } }

    private func mirror(_ bundle: PortBundle, _ candidates: UInt32) {
        var left = candidates & ~mirrored
        guard left != 0 else { return }
        let bridge = bundle.bridge
        wildcards.key.l0.vlanTCI.raw |= BE16(VLANTCI.present | VLANTCI.vidMask).raw
        let wire = VLANTags(flow.key)
        guard bundle.admits(vid: wire.outer.vid) else { return }
        let tags = bundle.bridgeTags(wire)
        while left != 0 {
            let index = left.trailingZeroBitCount
            let mirror = bridge.mirrors[index]
            left &= left &- 1
            guard mirror.vlans.isEmpty || mirror.vlans.contains(tags.outer.vid) else { continue }
            // First of all, so that the copy is not mirrored to the same place.
            mirrored |= mirror.alike
            credit(.mirror(mirror))
            copy(tags, to: mirror, bridge: bridge)
            // The copy may have been mirrored elsewhere.
            left &= ~mirrored
        }
    }

    private func copy(_ tags: VLANTags, to mirror: Mirror, bridge: Bridge) {
        let outer = snapLength
        snapLength = mirror.settings.snapLength
        defer { snapLength = outer }
        switch mirror.settings.output {
        case .port?: if let output = mirror.output { send(tags, by: output) }
        case .vlan(let vlan)?:
            wildcards.key.l0.dlDst = .broadcast
            guard tags.outer.vid != vlan, !flow.key.l0.dlDst.isReserved else { return }
            var tags = tags
            tags.outer.vid = vlan
            for port in bridge.bundles where !port.isMirrorOutput {
                consultInner(port, tags)
                if port.includes(tags) { send(tags, by: port) }
            }
        case nil: break
        }
    }
}
