/// Which of a key's or a mask's twelve lines are in use. Bit n is line n.
@frozen public struct FlowLines: OptionSet, Hashable, Sendable {
    public var rawValue: UInt16
    @inlinable @inline(__always) @_noLocks public init(rawValue: UInt16) { self.rawValue = rawValue }
    @inlinable public static var l0: FlowLines { @_noLocks get { FlowLines(rawValue: 1) } }
    @inlinable public static var l1: FlowLines { FlowLines(rawValue: 1 << 1) }
    @inlinable public static var tunnel: FlowLines { FlowLines(rawValue: 1 << 2) }
    @inlinable public static var l3: FlowLines { FlowLines(rawValue: 1 << 3) }
    @inlinable public static var conntrack: FlowLines { FlowLines(rawValue: 1 << 4) }
    @inlinable public static var nsh: FlowLines { FlowLines(rawValue: 1 << 5) }
    @inlinable public static var tunMetadata: FlowLines { FlowLines(rawValue: 0b1111 << 6) }
    @inlinable public static var registers: FlowLines { FlowLines(rawValue: 1 << 10) }
    @inlinable public static var l11: FlowLines { FlowLines(rawValue: 1 << 11) }
    /// The lines that do not come from the frame: tunnel, conntrack, tunnel metadata.
    @inlinable public static var carried: FlowLines { FlowLines(rawValue: 1 << 2 | 1 << 4 | 0b1111 << 6) }
    /// The lines that the datapath knows.
    @inlinable public static var datapath: FlowLines { FlowLines(rawValue: 0x03ff) }
    @inlinable public static var all: FlowLines { FlowLines(rawValue: 0x0fff) }
    /// The number of lines in use.
    @inlinable public var count: Int { rawValue.nonzeroBitCount }
}

extension FlowKey {
    /// The number of lines in a key.
    @inlinable public static var lineCount: Int { 12 }
    /// The number of lines that the datapath uses; they come first.
    @inlinable public static var datapathLineCount: Int { 10 }
    /// The number of VLAN tags that a key has room for.
    @inlinable public static var vlanTags: Int { 2 }
    /// Bytes in a line.
    @inlinable public static var lineSize: Int { 64 }

    /// Ones throughout: what a packet's own key says, seen as a match.
    public static let everyBit: FlowMask = {
        var mask = FlowMask()
        for line in 0..<lineCount { mask[line: line] = SIMD8(repeating: .max) }
        return mask
    }()

    /// Line `index` (0–11) as words.
    @inlinable public subscript(line index: Int) -> SIMD8<UInt64> {
        // By name, since a pointer into a value that cannot be changed is one into a copy of it. A line of whatever type is 64 bytes.
        get {
            switch index {
            case 0: return unsafe unsafeBitCast(l0, to: SIMD8<UInt64>.self)
            case 1: return unsafe unsafeBitCast(l1, to: SIMD8<UInt64>.self)
            case 2: return unsafe unsafeBitCast(l2, to: SIMD8<UInt64>.self)
            case 3: return unsafe unsafeBitCast(l3, to: SIMD8<UInt64>.self)
            case 4: return unsafe unsafeBitCast(l4, to: SIMD8<UInt64>.self)
            case 5: return unsafe unsafeBitCast(l5, to: SIMD8<UInt64>.self)
            case 6: return tunMetadata0
            case 7: return tunMetadata1
            case 8: return tunMetadata2
            case 9: return tunMetadata3
            case 10: return unsafe unsafeBitCast(regs, to: SIMD8<UInt64>.self)
            case 11: return unsafe unsafeBitCast(l11, to: SIMD8<UInt64>.self)
            default: preconditionFailure("a key has twelve lines")
            }
        }
        set {
            precondition(index >= 0 && index < 12)
            // Writes within the structure: the layout is 12 lines of 64 bytes.
            unsafe withUnsafeMutableBytes(of: &self) { unsafe $0.storeBytes(of: newValue, toByteOffset: index * 64, as: SIMD8<UInt64>.self) }
        }
    }

    /// Word `index` (0–95) of the key, as the machine's integer.
    @inlinable public subscript(word index: Int) -> UInt64 {
        get {
            precondition(index >= 0)
            return self[line: index >> 3][index & 7]
        }
        set {
            precondition(index >= 0 && index < 96)
            // Writes within the structure: the layout is 96 words of 8 bytes.
            unsafe withUnsafeMutableBytes(of: &self) { unsafe $0.storeBytes(of: newValue, toByteOffset: index * 8, as: UInt64.self) }
        }
    }

    /// The lines that hold any bit.
    @inlinable public var usedLines: FlowLines {
        var used: UInt16 = 0
        for index in 0..<12 where self[line: index] != .zero { used |= 1 << UInt16(index) }
        return FlowLines(rawValue: used)
    }

    /// Bitwise and, for masking.
    @inlinable public func masked(by mask: FlowMask) -> FlowKey {
        var result = FlowKey()
        for index in 0..<12 { result[line: index] = self[line: index] & mask[line: index] }
        return result
    }

    /// Bitwise or into this key, for adding to a mask.
    @inlinable public mutating func formUnion(_ other: FlowKey) {
        for index in 0..<12 { self[line: index] |= other[line: index] }
    }

    /// True if `key` agrees with this key in every bit of `mask`.
    @inlinable public func matches(_ key: FlowKey, under mask: FlowMask) -> Bool {
        for index in 0..<12 where (self[line: index] ^ key[line: index]) & mask[line: index] != .zero { return false }
        return true
    }
}
