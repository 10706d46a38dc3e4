/// Where a field tun_metadataN is in a key: some of the 64 units of 4 bytes in lines 6–9. Which ones, the table decides that maps tunnel options
/// to fields (ovs-fields(7), "Tunnel Metadata").
///
/// A field's value is a number of up to 124 bytes. One that is absent has zeroes there, and its bit in `FlowLine5.tunMetadataPresent` is 0.
public struct TunMetadataPlace: Hashable, Sendable {
    /// Units in a key.
    public static let unitsInKey = 64
    /// Bytes in a unit.
    public static let unitSize = 4
    /// Bytes of the longest field.
    public static let mostBytes = 124

    /// N: 0–63.
    public let index: Int
    /// Numbers of units, that of the value's most significant bytes first.
    public let units: [UInt8]

    public init(index: Int, units: [UInt8]) {
        precondition(index >= 0 && index < 64 && units.allSatisfy { $0 < Self.unitsInKey }, "a place in a key")
        self.index = index
        self.units = units
    }

    /// Bytes of the value.
    public var bytes: Int { units.count * Self.unitSize }
    /// The field's bit in the map of present ones.
    public var presence: UInt64 { 1 << UInt64(index) }
}

extension FlowKey {
    /// The word of the key that the first unit is in.
    private static let firstUnitWord = 48

    /// Unit `unit` as a number.
    private subscript(unit unit: UInt8) -> UInt32 {
        get { UInt32(truncatingIfNeeded: self[word: Self.firstUnitWord + Int(unit >> 1)] >> Self.shift(unit)).byteSwapped }
        set {
            let shift = Self.shift(unit), word = Self.firstUnitWord + Int(unit >> 1)
            self[word: word] = self[word: word] & ~(0xffff_ffff << shift) | UInt64(newValue.byteSwapped) << shift
        }
    }

    private static func shift(_ unit: UInt8) -> UInt64 { UInt64(unit & 1) * 32 }

    /// The value in a key, or the bits in a mask: `place.bytes` bytes, most significant first.
    public func tunMetadata(at place: TunMetadataPlace) -> [UInt8] {
        place.units.flatMap { unit in
            let number = self[unit: unit]
            return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
        }
    }

    /// Writes the value, or the bits in a mask: `place.bytes` bytes, most significant first.
    public mutating func setTunMetadata(at place: TunMetadataPlace, to value: [UInt8]) {
        precondition(value.count == place.bytes, "a value as long as its field")
        for (at, unit) in place.units.enumerated() {
            self[unit: unit] = value[at * 4..<at * 4 + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    /// `count` bits (0–128) from bit `start` of the value; zeroes where the field has none.
    public func tunMetadata(at place: TunMetadataPlace, start: Int, count: Int) -> UInt128 {
        var value: UInt128 = 0
        for (at, unit) in place.units.reversed().enumerated() where start < at * 32 + 32 && at * 32 < start + count {
            value |= shifted(self[unit: unit], by: at * 32 - start)
        }
        return value & ones(count)
    }

    /// Writes `count` bits (0–128) from bit `start` of the value; those that the field has.
    public mutating func setTunMetadata(at place: TunMetadataPlace, start: Int, count: Int, to value: UInt128) {
        for (at, unit) in place.units.reversed().enumerated() where start < at * 32 + 32 && at * 32 < start + count {
            let mask = UInt32(truncatingIfNeeded: shifted(ones(count), by: start - at * 32))
            self[unit: unit] = self[unit: unit] & ~mask | UInt32(truncatingIfNeeded: shifted(value, by: start - at * 32)) & mask
        }
    }
}

/// Shifted to the left, or for less than 0 to the right.
private func shifted(_ value: some UnsignedInteger, by bits: Int) -> UInt128 { UInt128(value) << bits }

private func ones(_ count: Int) -> UInt128 { count >= 128 ? .max : (1 << UInt128(count)) - 1 }
