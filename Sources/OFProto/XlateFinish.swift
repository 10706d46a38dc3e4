import Datapath
import Flow
import Wire

extension Translator {
    /// Makes the mask one that a datapath can hold: fields that no packet has are left out, and so are bits of fields that
    /// a packet with this dl_type (always exact) does not have, since these are zero in every such packet.
    func finish() {
        judgeActions()
        finishLearning()
        if let failure {
            actions.removeAll(keepingCapacity: true)
            if trace == nil { ofproto.counters.count(failure) }
        }
        wildcards.key.regs = .zero
        wildcards[line: 11] = .zero
        if !isTunnelled {
            // What came by no tunnel has nothing of one, and no port takes in both.
            wildcards[line: 2] = .zero
            wildcards.key.l5.tunMetadataPresent = 0
            wildcards.clearTunMetadata()
        }
        let type = packetLine.dlType
        if type != BE16(EtherType.nsh) { wildcards.clearServiceHeader() }
        if !isMPLS(type) {
            wildcards.key.l3.mplsLSE0 = .zero
            wildcards.key.l3.mplsLSE1 = .zero
            wildcards.key.l3.mplsLSE2 = .zero
        }
        finishTags()
        let isARP = type == XlateTypes.arp || type == XlateTypes.rarp
        if type != XlateTypes.ipv6 {
            if isARP {
                wildcards.key.l1.ipv6Src = .zero
                wildcards.key.l1.ipv6Dst = .zero
                wildcards.key.l1.ndTarget = .zero
                wildcards.key.l1.ipv6Label = .zero
            } else {
                wildcards[line: 1] = .zero
            }
        }
        if type != XlateTypes.ipv4 && !isARP {
            wildcards.key.l0.nwSrc = .zero
            wildcards.key.l0.nwDst = .zero
        }
        if type == XlateTypes.ipv4 || type == XlateTypes.ipv6 {
            finishTransport()
        } else {
            if !isARP { wildcards.key.l0.nwProto = 0 }
            wildcards.key.l0.nwTOS = 0
            wildcards.key.l0.nwTTL = 0
            wildcards.key.l0.nwFrag = 0
            clearTransport()
        }
    }

    private func finishTags() {
        if packetLine.vlanTCI == .zero {
            // No tag at all: its absence says everything.
            wildcards.key.l0.vlanTCI = .ones
            wildcards.key.l0.vlanTPID = .zero
            wildcards.key.l3.innerVLANTCI = .zero
            wildcards.key.l3.innerVLANTPID = .zero
        } else if ofproto.dpif.vlanLimit < 2 {
            // No packet's key has a second one.
            wildcards.key.l3.innerVLANTCI = .zero
            wildcards.key.l3.innerVLANTPID = .zero
        } else if wildcards.key.l3.innerVLANTCI != .zero {
            wildcards.key.l3.innerVLANTCI.raw |= BE16(VLANTCI.present).raw
        }
    }

    private func finishTransport() {
        if packetLine.nwFrag & FragmentBits.later != 0 {
            clearTransport()
            return
        }
        guard wildcards.key.l0.nwProto == .max else { return }
        if packetLine.nwProto == IPProtocol.icmp || packetLine.nwProto == IPProtocol.icmpv6 {
            // Type and code are 8 bits.
            wildcards.key.l0.tpSrc.raw &= BE16(0xff).raw
            wildcards.key.l0.tpDst.raw &= BE16(0xff).raw
        }
        if packetLine.nwProto != IPProtocol.tcp { wildcards.key.l0.tcpFlags = .zero }
    }

    private func clearTransport() {
        wildcards.key.l0.tpSrc = .zero
        wildcards.key.l0.tpDst = .zero
        wildcards.key.l0.tcpFlags = .zero
    }
}
