/// Label stacks (RFC 3032) by the actions of ovs-actions(7), push_mpls and pop_mpls.
extension RefPacket {
    /// The entries of the stack; what has no bottom ends with the frame.
    var labelCount: Int {
        guard isMPLS else { return 0 }
        var count = 1
        while number(rest, 4 * count - 4, 4) & 0x100 == 0, rest.count >= 4 * count + 4 { count += 1 }
        return count
    }

    /// A copy of the outermost entry; the first one has its priority and TTL from the IP header.
    mutating func pushLabel() {
        let entry: UInt64
        if isMPLS {
            entry = number(rest, 0, 4) & ~0x100
        } else {
            let ttl = isIP && read(.nwTTL) != 0 ? read(.nwTTL) : 64
            entry = (isIPv6 ? 2 : 0) << 12 | (isIP ? read(.nwTOS) >> 2 & 7 : 0) << 9 | 0x100 | ttl
        }
        rest = octets(entry, 4) + rest
        type = 0x8847
    }

    /// False: what is behind the entry is not what `type` says, so that nobody knows what the packet is then.
    mutating func popLabel(_ type: UInt16) -> Bool {
        let isBottom = read(.mplsBOS) == 1
        rest.removeFirst(4)
        self.type = type
        switch type {
        case 0x8847: return !isBottom
        case 0x0800: return isBottom && payloadType == type
        case 0x86dd: return isBottom && payloadType == type
        default: return isBottom
        }
    }

    /// What the first byte says that a payload without a type is.
    private var payloadType: UInt16 {
        switch rest.first.map({ $0 >> 4 }) {
        case 4 where rest.count >= 20: 0x0800
        case 6 where rest.count >= 40: 0x86dd
        default: 0x88b5
        }
    }

    /// Those of the packet behind the labels.
    mutating func fixLabelledChecksums() {
        let stack = 4 * labelCount
        var inner = self
        inner.rest.removeFirst(stack)
        inner.type = inner.payloadType
        inner.fixChecksums()
        rest.replaceSubrange(stack..., with: inner.rest)
    }
}
