import Flow
import OpenFlow
import Wire

// The reference's rules as the switch is told of them.

extension RefMatch {
    var match: Match {
        var key = FlowKey(), mask = FlowMask()
        for condition in conditions {
            key.put(condition.field, condition.value)
            mask.put(condition.field, condition.mask)
        }
        return Match(key: key, mask: mask)
    }
}

extension FlowKey {
    /// Bits of a field in their place; of a mask too.
    mutating func put(_ field: RefField, _ value: UInt64) {
        let word = UInt32(truncatingIfNeeded: value), half = UInt16(truncatingIfNeeded: value), byte = UInt8(truncatingIfNeeded: value)
        switch field {
        case .inPort: l0.inPort = value == .max ? .max : word
        case .dlDst: l0.dlDst = EthernetAddress(value)
        case .dlSrc: l0.dlSrc = EthernetAddress(value)
        case .dlType: l0.dlType = BE16(half)
        case .vlanTCI: l0.vlanTCI = BE16(half)
        case .nwSrc: l0.nwSrc = BE32(word)
        case .nwDst: l0.nwDst = BE32(word)
        case .nwProto: l0.nwProto = byte
        case .nwTOS: l0.nwTOS = byte
        case .nwTTL: l0.nwTTL = byte
        case .nwFrag: l0.nwFrag = byte & 3
        case .ipv6Src: l1.ipv6Src = BE128(high: 0, low: value)
        case .ipv6Dst: l1.ipv6Dst = BE128(high: 0, low: value)
        case .tpSrc: l0.tpSrc = BE16(half)
        case .tpDst: l0.tpDst = BE16(half)
        case .tcpFlags: l0.tcpFlags = BE16(half & 0xfff)
        case .reg0: regs[0] = word
        case .reg1: regs[1] = word
        case .metadata: l11.metadata = BE64(value)
        case .mplsLabel: l3.mplsLSE0.raw |= BE32(word << 12).raw
        case .mplsTC: l3.mplsLSE0.raw |= BE32((word & 7) << 9).raw
        case .mplsBOS: l3.mplsLSE0.raw |= BE32((word & 1) << 8).raw
        case .mplsTTL: l3.mplsLSE0.raw |= BE32(word & 0xff).raw
        case .conjID: l11.conjID = word
        }
    }
}

extension RefAction {
    /// What the switch is told, which may be several actions.
    var list: [OFAction] {
        let decap = OFAction.decap(packetType: PacketType.nextProtocol)
        switch self {
        case .encapService(let address, let options):
            let properties = [EncapProperty.nshMDType(options == nil ? 1 : 2)] + (options ?? []).map { .nshTLV(class: $0.kind, type: $0.type, $0.value) }
            return [.encap(packetType: PacketType.nsh, properties)] + Self.ethernet(address)
        case .encapLabel(let address): return [.encap(packetType: PacketType.mpls, [])] + Self.ethernet(address)
        case .serviceDetour(let address, let options, let port):
            return RefAction.encapService(address, options: options).list + Self.output(port) + [decap, decap]
        case .labelDetour(let address, let port):
            return RefAction.encapLabel(address).list + Self.output(port) + [decap, .decap(packetType: PacketType.ethernet)]
        case .readdress(let address): return [decap] + Self.ethernet(address)
        default: return [action]
        }
    }

    private static func ethernet(_ address: UInt64) -> [OFAction] {
        [.encap(packetType: PacketType.ethernet, [])] + RefAction.set(.dlDst, address, mask: 0xffff_ffff_ffff).list
    }

    private static func output(_ port: UInt16?) -> [OFAction] { port.map { [.output(OFPort($0), maxLength: 0)] } ?? [] }

    private var action: OFAction {
        switch self {
        case .output(let port): return .output(OFPort(port), maxLength: 0)
        case .inPort: return .output(.inPort, maxLength: 0)
        case .normal: return .output(.normal, maxLength: 0)
        case .flood: return .output(.flood, maxLength: 0)
        case .all: return .output(.all, maxLength: 0)
        case .outputReg0: return .outputField(FieldRange(field: .reg0, start: 0, count: 16))
        case .set(.metadata, let value, let mask): return .writeMetadata(value: value, mask: mask)
        case .set(.tpSrc, let value, _): return .setTransportSource(UInt16(truncatingIfNeeded: value))
        case .set(.tpDst, let value, _): return .setTransportDestination(UInt16(truncatingIfNeeded: value))
        case .set(let field, let value, let mask):
            return .set(field.field, to: MaskedValue(value: UInt128(value), mask: UInt128(mask)))
        case .move(let from, let to):
            let count = min(from.field.width, to.field.width)
            return .move(from: FieldRange(field: from.field, start: 0, count: count), to: FieldRange(field: to.field, start: 0, count: count))
        case .decTTL: return .decTTL([])
        case .stripVLAN: return .stripVLAN
        case .pushVLAN: return .pushVLAN(etherType: 0x8100)
        case .pushMPLS: return .pushMPLS(etherType: 0x8847)
        case .popMPLS(let type): return .popMPLS(etherType: type)
        case .decMPLSTTL: return .decMPLSTTL
        case .conjunction(let id, let clause, let count): return .conjunction(id: id, clause: clause, clauses: count)
        case .checkLarger(let length): return .checkPacketLarger(length, FieldRange(field: .reg1, start: 0, count: 1))
        case .setVID(let vid): return .setVLANVID(vid)
        case .setPCP(let pcp): return .setVLANPCP(pcp)
        case .resubmit(let table): return .resubmit(port: nil, table: table, ct: false)
        case .goto(let table): return .gotoTable(table)
        case .group(let id): return .group(id)
        case .meter(let id): return .meter(id)
        case .learn(let learn): return .learn(learn.spec)
        case .multipath(let multipath):
            return .multipath(MultipathSpec(
                fields: multipath.fields, basis: 7, algorithm: multipath.algorithm, maximumLink: multipath.links - 1, argument: 2,
                destination: FieldRange(field: .reg0, start: 0, count: 16)))
        case .bundle(let bundle):
            return .bundle(BundleSpec(
                fields: bundle.fields, basis: 7, algorithm: bundle.algorithm, members: bundle.members.map { OFPort($0) },
                destination: bundle.isLoaded ? FieldRange(field: .reg0, start: 0, count: 16) : nil))
        case .clone(let list): return .clone(list.flatMap(\.list))
        case .writeActions(let list): return .writeActions(list.flatMap(\.list))
        case .finTimeout(let idle, let hard): return .finTimeout(idle: idle, hard: hard)
        case .encapService, .encapLabel, .serviceDetour, .labelDetour, .readdress: preconditionFailure("several actions")
        case .exit: return .exit
        case .drop: return .drop
        }
    }
}

extension RefField {
    /// The field as actions name it.
    var field: Field {
        switch self {
        case .inPort: .inPort
        case .dlType: .ethType
        case .vlanTCI: .vlanTCI
        case .nwProto: .nwProto
        case .tpSrc: .tcpSrc
        case .tpDst: .tcpDst
        case .dlDst: .ethDst
        case .dlSrc: .ethSrc
        case .nwSrc: .ipv4Src
        case .nwDst: .ipv4Dst
        case .nwTOS: .nwTOS
        case .nwTTL: .nwTTL
        case .ipv6Src: .ipv6Src
        case .ipv6Dst: .ipv6Dst
        case .reg1: .reg1
        case .mplsLabel: .mplsLabel
        case .mplsTC: .mplsTC
        case .mplsTTL: .mplsTTL
        default: .reg0
        }
    }
}

extension RefRule {
    var flowMod: FlowMod {
        var mod = FlowMod()
        mod.table = table
        mod.priority = priority
        mod.cookie = learned?.cookie ?? id
        if learned?.tellsRemoval ?? false { mod.flags.insert(.sendFlowRemoved) }
        mod.idleTimeout = idle
        mod.hardTimeout = hard
        mod.match = match.match
        mod.actions = actions.flatMap(\.list)
        return mod
    }
}
