import Flow

/// What a match demands of a field tun_metadataN, or what set_field writes to it (ovs-fields(7), "Tunnel Metadata").
///
/// How long such a field is, the switch's table of tunnel options decides (NXT_TLV_TABLE_MOD). So the value is a number of any length here, as it was
/// sent or written, and `fitted(to:)` makes of it what it means where the field is as long as that.
public struct TunMetadata: Hashable, Sendable {
    public let field: Field
    /// At most 124 bytes, most significant first.
    public let value: [UInt8]
    /// Which bits count, as long as `value`; nil: all that the field has. A match without any bit asks that the field is present.
    public let mask: [UInt8]?

    /// - Parameters:
    ///   - field: one of tun_metadata0–63.
    ///   - value: of a shorter one than its mask, and the other way round, the upper bytes are 0. Bits outside the mask are taken off.
    public init(_ field: Field, value: [UInt8], mask: [UInt8]? = nil) {
        precondition(field.isTunMetadata && value.count <= TunMetadataPlace.mostBytes, "a value of tun_metadataN")
        self.field = field
        guard let mask else {
            (self.value, self.mask) = (value, nil)
            return
        }
        let count = max(value.count, mask.count)
        let bits = Self.padded(mask, to: count)
        self.value = zip(Self.padded(value, to: count), bits).map { $0 & $1 }
        self.mask = bits
    }

    /// Some bits of the field: what `number` has of them, counted from the range's first bit.
    public init(_ range: FieldRange, _ number: [UInt8]) {
        let ones = [UInt8(1 << (range.count % 8) - 1)] + [UInt8](repeating: .max, count: range.count / 8)
        self.init(range.field, value: Self.shifted(number, left: range.start), mask: Self.shifted(ones, left: range.start))
    }

    /// The number's bits moved up, in as few bytes as it needs.
    private static func shifted(_ number: [UInt8], left bits: Int) -> [UInt8] {
        let bytes = [0] + number + [UInt8](repeating: 0, count: bits / 8)
        let moved = bytes.indices.map { bytes[$0] << UInt8(bits % 8) | ($0 + 1 < bytes.count ? bytes[$0 + 1] >> UInt8(8 - bits % 8) : 0) }
        return Array(moved.drop { $0 == 0 })
    }

    /// The same for a field of `bytes` bytes. A longer number loses its last bytes, as OVS has it; a mask of all bits is none.
    public func fitted(to bytes: Int) -> TunMetadata {
        let value = Self.padded(Array(value.prefix(bytes)), to: bytes)
        guard let mask else { return TunMetadata(field, value: value) }
        let bits = Self.padded(Array(mask.prefix(bytes)), to: bytes)
        return TunMetadata(field, value: value, mask: bits.allSatisfy { $0 == .max } ? nil : bits)
    }

    /// The same number in as few bytes as it needs.
    public var shortest: TunMetadata {
        let zeros = zip(value, mask ?? value).prefix { $0 | $1 == 0 }.count
        return TunMetadata(field, value: Array(value[zeros...]), mask: mask.map { Array($0[zeros...]) })
    }

    /// True if no single bit counts.
    public var isPresence: Bool { mask?.allSatisfy { $0 == 0 } ?? false }

    private static func padded(_ bytes: [UInt8], to count: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: max(0, count - bytes.count)) + bytes
    }
}

extension Match {
    /// What is demanded of a field tun_metadataN; nil: nothing.
    public func tunMetadata(_ field: Field) -> TunMetadata? { tunMetadata.first { $0.field == field } }

    /// Adds a demand. False: there is one of this field already.
    public mutating func add(_ wanted: TunMetadata) -> Bool {
        let place = tunMetadata.firstIndex { $0.field.rawValue >= wanted.field.rawValue } ?? tunMetadata.endIndex
        guard place == tunMetadata.endIndex || tunMetadata[place].field != wanted.field else { return false }
        tunMetadata.insert(wanted, at: place)
        return true
    }
}
