import Flow
import Wire

/// The way out of a bond.
extension Translator {
    /// The interface by which the packet, whose VLAN on the wire is `vlan`, leaves a bond; nil: none is enabled. What is hashed becomes part of the megaflow.
    func outputInterface(_ bond: Bond, vlan: UInt16) -> BridgePort? {
        switch bond.settings.mode {
        case .activeBackup: return bond.outputInterface(0)
        case .balanceSLB:
            wildcards.key.l0.dlSrc = .broadcast
            return counted(bond, Bond.hash(flow.key.l0.dlSrc, vlan: vlan, basis: bond.settings.hashBasis))
        case .balanceTCP: return counted(bond, connectionHash(vlan: vlan, basis: bond.settings.hashBasis))
        }
    }

    private func counted(_ bond: Bond, _ hash: UInt8) -> BridgePort? {
        guard let interface = bond.outputInterface(hash) else { return nil }
        credit(.bond(bond, hash))
        return interface
    }

    /// A hash of addresses, VLAN, protocol and ports.
    private func connectionHash(vlan: UInt16, basis: UInt32) -> UInt8 {
        wildcards.key.l0.dlSrc = .broadcast
        wildcards.key.l0.dlDst = .broadcast
        var state = UInt64(basis) << 16 | UInt64(vlan)
        func mix(_ word: UInt64) {
            state ^= word
            state = splitMix64(&state)
        }
        mix(flow.key.l0.dlSrc.number)
        mix(flow.key.l0.dlDst.number)
        mix(UInt64(flow.key.l0.dlType.host))
        if flow.key.l0.dlType == XlateTypes.ipv4 {
            wildcards.key.l0.nwSrc = .ones
            wildcards.key.l0.nwDst = .ones
            mix(UInt64(flow.key.l0.nwSrc.host) << 32 | UInt64(flow.key.l0.nwDst.host))
        } else if flow.key.l0.dlType == XlateTypes.ipv6 {
            wildcards.key.l1.ipv6Src = .ones
            wildcards.key.l1.ipv6Dst = .ones
            for address in [flow.key.l1.ipv6Src, flow.key.l1.ipv6Dst] {
                mix(address.high)
                mix(address.low)
            }
        }
        if isIP {
            wildcards.key.l0.nwProto = .max
            mix(UInt64(flow.key.l0.nwProto))
            // All of a packet's fragments go one way.
            if [IPProtocol.tcp, IPProtocol.udp, IPProtocol.sctp].contains(flow.key.l0.nwProto), flow.key.l0.nwFrag & FragmentBits.any == 0 {
                wildcards.key.l0.tpSrc = .ones
                wildcards.key.l0.tpDst = .ones
                mix(UInt64(flow.key.l0.tpSrc.host) << 16 | UInt64(flow.key.l0.tpDst.host))
            }
        }
        return UInt8(truncatingIfNeeded: state)
    }
}
