import Flow
import Wire

/// The address fields that a classifier keeps prefix tries of, in the order in which they are asked: OVS's for IPv4 (ovs-vswitchd.conf.db(5), `prefixes`).
enum TrieField: Int, CaseIterable {
    case nwDst, nwSrc, ipv6Dst, ipv6Src

    var width: Int {
        switch self {
        case .nwSrc, .nwDst: 32
        case .ipv6Src, .ipv6Dst: 128
        }
    }

    /// The field's value, left-aligned in 128 bits.
    func value(_ flow: FlowBuffer) -> UInt128 {
        switch self {
        case .nwSrc: UInt128(flow.key.l0.nwSrc.host) << 96
        case .nwDst: UInt128(flow.key.l0.nwDst.host) << 96
        case .ipv6Src: Self.number(flow.key.l1.ipv6Src)
        case .ipv6Dst: Self.number(flow.key.l1.ipv6Dst)
        }
    }

    /// Ones are added to the first `length` bits of the field in a mask.
    func addPrefix(_ length: Int, to mask: FlowBuffer) {
        let bits = PrefixTrie.prefix(.max, length)
        switch self {
        case .nwSrc: mask.key.l0.nwSrc.raw |= BE32(UInt32(truncatingIfNeeded: bits >> 96)).raw
        case .nwDst: mask.key.l0.nwDst.raw |= BE32(UInt32(truncatingIfNeeded: bits >> 96)).raw
        case .ipv6Src:
            mask.key.l1.ipv6Src.raw0 |= UInt64(truncatingIfNeeded: bits >> 64).bigEndian
            mask.key.l1.ipv6Src.raw1 |= UInt64(truncatingIfNeeded: bits).bigEndian
        case .ipv6Dst:
            mask.key.l1.ipv6Dst.raw0 |= UInt64(truncatingIfNeeded: bits >> 64).bigEndian
            mask.key.l1.ipv6Dst.raw1 |= UInt64(truncatingIfNeeded: bits).bigEndian
        }
    }

    /// True if a mask has ones in the first `length` bits of the field.
    func hasPrefix(_ length: Int, in mask: FlowBuffer) -> Bool { (~value(mask)).leadingZeroBitCount >= length }

    private static func number(_ address: BE128) -> UInt128 { UInt128(address.high) << 64 | UInt128(address.low) }

    /// Source and destination port in one 32-bit field, left-aligned in 128 bits.
    static func ports(_ flow: FlowBuffer) -> UInt128 {
        UInt128(flow.key.l0.tpSrc.host) << 112 | UInt128(flow.key.l0.tpDst.host) << 96
    }
}

/// What the tries said of one packet, each asked at most once a lookup.
struct TrieAnswers {
    private var answers: (PrefixTrie.Answer?, PrefixTrie.Answer?, PrefixTrie.Answer?, PrefixTrie.Answer?) = (nil, nil, nil, nil)

    subscript(field: TrieField) -> PrefixTrie.Answer? {
        get {
            switch field {
            case .nwSrc: answers.0
            case .nwDst: answers.1
            case .ipv6Src: answers.2
            case .ipv6Dst: answers.3
            }
        }
        set {
            switch field {
            case .nwSrc: answers.0 = newValue
            case .nwDst: answers.1 = newValue
            case .ipv6Src: answers.2 = newValue
            case .ipv6Dst: answers.3 = newValue
            }
        }
    }
}

/// The trie of each field. Owner: the classifier.
final class PrefixTries {
    private var tries = ContiguousArray(repeating: PrefixTrie(), count: TrieField.allCases.count)

    subscript(field: TrieField) -> PrefixTrie {
        @inline(__always) get { tries[field.rawValue] }
        @inline(__always) _modify { yield &tries[field.rawValue] }
    }
}
