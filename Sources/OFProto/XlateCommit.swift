import Datapath
import Flow
import OpenFlow
import Wire

/// Emits what header fields of `flow` differ from `base`, in the order in which OVS does it, and makes `base` equal. A set
/// carries the fields that changed, each under the bits that the megaflow matches or that an action wrote: only these
/// are known to be the same for all of its packets.
extension Translator {
    func commit() {
        commitEncapsulation()
        let difference = (flow[line: 0] ^ base[line: 0]) & Self.header0
        if linesEqual(difference, .zero) && linesEqual(flow[line: 1], base[line: 1]) && linesEqual(flow[line: 3], base[line: 3])
            && linesEqual(flow[line: 5], base[line: 5]) { return }
        if flow.key.l3.packetType.host == PacketType.ethernet { commitEthernet() }
        // Labels that go come off first, or layer 3 could not be reached.
        let unlabels = isMPLS(base.key.l0.dlType) && !isMPLS(flow.key.l0.dlType)
        if unlabels { commitMPLS() }
        // Behind a label that has come off nobody has looked yet, so nothing there has been changed.
        if base.key.l0.dlType == flow.key.l0.dlType, !wasMPLS {
            if flow.key.l0.dlType == BE16(EtherType.nsh) { commitNSH() }
            switch flow.key.l0.dlType {
            case XlateTypes.ipv4: commitIPv4()
            case XlateTypes.ipv6: commitIPv6()
            case XlateTypes.arp, XlateTypes.rarp: commitARP()
            default: break
            }
            if isIP { commitTransport() }
        }
        if !unlabels { commitMPLS() }
        commitVLAN()
        commitMetadata()
    }

    /// The fields of line 0 that this file commits.
    private static let header0: Line = {
        var mask = FlowMask()
        mask[line: 0] = Line(repeating: .max)
        mask.l0.inPort = 0
        mask.l0.recircID = 0
        mask.l0.dpHash = 0
        mask.l0.ctMark = 0
        mask.l0.ctZone = 0
        mask.l0.ctState = 0
        mask.l0.ctNWProto = 0
        mask.l0.tcpFlags = .zero
        return mask[line: 0]
    }()

    private func commitEthernet() {
        let dst = changed(\.l0.dlDst), src = changed(\.l0.dlSrc)
        guard dst != nil || src != nil else { return }
        actions.append(.set(.ethernet(
            src: src?.value ?? .zero, dst: dst?.value ?? .zero, srcMask: src?.mask ?? .zero, dstMask: dst?.mask ?? .zero)))
    }

    private func commitIPv4() {
        var value = DPSetIPv4(), mask = DPSetIPv4()
        if let field = changed(\.l0.nwSrc) { (value.src, mask.src) = field }
        if let field = changed(\.l0.nwDst) { (value.dst, mask.dst) = field }
        if let field = changed(\.l0.nwTOS) { (value.tos, mask.tos) = field }
        if let field = changed(\.l0.nwTTL) { (value.ttl, mask.ttl) = field }
        if mask != DPSetIPv4() { actions.append(.set(.ipv4(value, mask: mask))) }
    }

    private func commitIPv6() {
        var value = DPSetIPv6(), mask = DPSetIPv6()
        if let field = changed(\.l1.ipv6Src) { (value.src, mask.src) = field }
        if let field = changed(\.l1.ipv6Dst) { (value.dst, mask.dst) = field }
        if let field = changed(\.l1.ipv6Label) { (value.label, mask.label) = field }
        if let field = changed(\.l0.nwTOS) { (value.trafficClass, mask.trafficClass) = field }
        if let field = changed(\.l0.nwTTL) { (value.hopLimit, mask.hopLimit) = field }
        if mask != DPSetIPv6() { actions.append(.set(.ipv6(value, mask: mask))) }
        guard flow.key.l0.nwProto == IPProtocol.icmpv6 else { return }
        // First the type of the option, then its address.
        let reserved = changed(\.l3.ndReserved), type = changed(\.l3.ndOptionsType)
        if reserved != nil || type != nil {
            actions.append(.set(.ndExtensions(
                reserved: reserved?.value ?? .zero, optionsType: type?.value ?? 0, reservedMask: reserved?.mask ?? .zero, optionsTypeMask: type?.mask ?? 0)))
        }
        var neighbour = DPSetND(), neighbourMask = DPSetND()
        if let field = changed(\.l1.ndTarget) { (neighbour.target, neighbourMask.target) = field }
        if let field = changed(\.l1.arpSHA) { (neighbour.sll, neighbourMask.sll) = field }
        if let field = changed(\.l1.arpTHA) { (neighbour.tll, neighbourMask.tll) = field }
        if neighbourMask != DPSetND() { actions.append(.set(.nd(neighbour, mask: neighbourMask))) }
    }

    private func commitARP() {
        var value = DPSetARP(), mask = DPSetARP()
        if let field = changed(\.l0.nwProto) { (value.opcode, mask.opcode) = (BE16(UInt16(field.value)), BE16(UInt16(field.mask))) }
        if mask.opcode != .zero { mask.opcode = .ones }
        if let field = changed(\.l0.nwSrc) { (value.spa, mask.spa) = field }
        if let field = changed(\.l0.nwDst) { (value.tpa, mask.tpa) = field }
        if let field = changed(\.l1.arpSHA) { (value.sha, mask.sha) = field }
        if let field = changed(\.l1.arpTHA) { (value.tha, mask.tha) = field }
        if mask != DPSetARP() { actions.append(.set(.arp(value, mask: mask))) }
    }

    private func commitTransport() {
        let src = changed(\.l0.tpSrc), dst = changed(\.l0.tpDst)
        guard src != nil || dst != nil else { return }
        let (s, sm) = src ?? (.zero, .zero), (d, dm) = dst ?? (.zero, .zero)
        switch flow.key.l0.nwProto {
        case IPProtocol.tcp: actions.append(.set(.tcp(src: s, dst: d, srcMask: sm, dstMask: dm)))
        case IPProtocol.udp: actions.append(.set(.udp(src: s, dst: d, srcMask: sm, dstMask: dm)))
        case IPProtocol.sctp: actions.append(.set(.sctp(src: s, dst: d, srcMask: sm, dstMask: dm)))
        case IPProtocol.icmp, IPProtocol.icmpv6:
            func byte(_ number: BE16) -> UInt8 { UInt8(truncatingIfNeeded: number.host) }
            actions.append(.set(.icmp(type: byte(s), code: byte(d), typeMask: byte(sm), codeMask: byte(dm))))
        default: break
        }
    }

    private func commitNSH() {
        var value = DPSetNSH(), mask = DPSetNSH()
        if let field = changed(\.l5.nshFlags) { (value.flags, mask.flags) = field }
        if let field = changed(\.l5.nshTTL) { (value.ttl, mask.ttl) = field }
        if let field = changed(\.l5.nshPathHeader) { (value.path, mask.path) = field }
        for (at, path) in [\FlowKey.l5.nshContext0, \.l5.nshContext1, \.l5.nshContext2, \.l5.nshContext3].enumerated() {
            if let field = changed(path) { (value.contexts[at], mask.contexts[at]) = (field.value.host, field.mask.host) }
        }
        if mask != DPSetNSH() { actions.append(.set(.nsh(value, mask: mask))) }
    }

    private func commitMPLS() {
        var have = isMPLS(base.key.l0.dlType) ? MPLS.count(base.key.l3) : 0
        let want = isMPLS(flow.key.l0.dlType) ? MPLS.count(flow.key.l3) : 0
        guard have + want > 0, labels(base, have) != labels(flow, want) || base.key.l0.dlType != flow.key.l0.dlType else { return }
        let wanted = labels(flow, want)
        var current = labels(base, have)
        var common = 0
        while common < min(have, want), current[have - 1 - common] == wanted[want - 1 - common] { common += 1 }
        while have > common {
            if have - 1 == common && want > common {
                current[0] = wanted[want - have]
                // The entry is set as a whole.
                if isMPLS(packetLine.dlType) { wildcards.key.l3.mplsLSE0 = .ones }
                actions.append(.set(.mpls(lse: current[0], mask: .ones)))
                common += 1
            } else {
                let last = have == 1
                actions.append(.popMPLS(etherType: last || isMPLS(flow.key.l0.dlType) ? flow.key.l0.dlType : XlateTypes.mpls))
                current.removeFirst()
                have -= 1
                base.popLabel(flow.key.l0.dlType)
            }
        }
        while have < want {
            have += 1
            actions.append(.pushMPLS(lse: wanted[want - have], etherType: flow.key.l0.dlType))
        }
        // Layers 3 and 4 stay in `base`: they are still in the packet, should its labels come off again.
        base.key.l3.mplsLSE0 = flow.key.l3.mplsLSE0
        base.key.l3.mplsLSE1 = flow.key.l3.mplsLSE1
        base.key.l3.mplsLSE2 = flow.key.l3.mplsLSE2
        base.key.l0.dlType = flow.key.l0.dlType
    }

    private func labels(_ buffer: FlowBuffer, _ count: Int) -> [BE32] {
        Array([buffer.key.l3.mplsLSE0, buffer.key.l3.mplsLSE1, buffer.key.l3.mplsLSE2].prefix(count))
    }

    /// Tags that differ are popped from the outside in, then the wanted ones are pushed from the inside out.
    private func commitVLAN() {
        let outerSame = flow.key.l0.vlanTCI == base.key.l0.vlanTCI && flow.key.l0.vlanTPID == base.key.l0.vlanTPID
        let innerSame = flow.key.l3.innerVLANTCI == base.key.l3.innerVLANTCI && flow.key.l3.innerVLANTPID == base.key.l3.innerVLANTPID
        if outerSame && innerSame { return }
        var have = tags(base), want = tags(flow)
        while let a = have.last, let b = want.last, a == b {
            have.removeLast()
            want.removeLast()
        }
        for _ in have { actions.append(.popVLAN) }
        for tag in want.reversed() { actions.append(.pushVLAN(tpid: tag.tpid, tci: BE16(tag.tci.host & ~VLANTCI.present))) }
        if !want.isEmpty && packetLine.vlanTCI != .zero {
            // What is pushed may be made of what came in, even of a tag that was popped before.
            wildcards.key.l0.vlanTPID = .ones
            wildcards.key.l0.vlanTCI = .ones
        }
        if want.count > 1 { consultInnerTagExactly() }
        (base.key.l0.vlanTPID, base.key.l0.vlanTCI) = (flow.key.l0.vlanTPID, flow.key.l0.vlanTCI)
        (base.key.l3.innerVLANTPID, base.key.l3.innerVLANTCI) = (flow.key.l3.innerVLANTPID, flow.key.l3.innerVLANTCI)
    }

    private struct Tag: Equatable {
        var tpid: BE16
        var tci: BE16
    }

    private func tags(_ buffer: FlowBuffer) -> [Tag] {
        guard buffer.key.l0.vlanTCI.host & VLANTCI.present != 0 else { return [] }
        let outer = Tag(tpid: buffer.key.l0.vlanTPID, tci: buffer.key.l0.vlanTCI)
        guard buffer.key.l3.innerVLANTCI.host & VLANTCI.present != 0 else { return [outer] }
        return [outer, Tag(tpid: buffer.key.l3.innerVLANTPID, tci: buffer.key.l3.innerVLANTCI)]
    }

    private func commitMetadata() {
        if flow.key.l0.skbPriority != base.key.l0.skbPriority {
            base.key.l0.skbPriority = flow.key.l0.skbPriority
            actions.append(.set(.skbPriority(flow.key.l0.skbPriority, mask: .max)))
        }
        if let mark = changed(\.l0.pktMark) { actions.append(.set(.pktMark(mark.value, mask: mark.mask))) }
    }

    /// A field that differs: the bits to set and their mask. `base` takes the value over.
    @inline(__always) private func changed<Value: HeaderValue>(_ field: WritableKeyPath<FlowKey, Value>) -> (value: Value, mask: Value)? {
        let value = flow.key[keyPath: field]
        let old = base.key[keyPath: field]
        guard value != old else { return nil }
        base.key[keyPath: field] = value
        let mask = wildcards.key[keyPath: field].or(value.xor(old))
        wildcards.key[keyPath: field] = mask
        return (value.and(mask), mask)
    }
}
