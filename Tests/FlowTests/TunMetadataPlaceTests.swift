import Testing
@testable import Flow

/// Values of tun_metadata fields in keys, against an array of bits.
@Suite struct TunMetadataPlaceTests {
    /// Of 16 units, some out of the way of others.
    private static let places = [
        TunMetadataPlace(index: 0, units: [0]), TunMetadataPlace(index: 5, units: [1, 2, 9]),
        TunMetadataPlace(index: 63, units: [3, 4, 5, 6, 7, 8, 10, 11, 12, 63]),
    ]

    @Test func bytesStandInTheirUnits() {
        var key = FlowKey()
        key.setTunMetadata(at: Self.places[1], to: Array(1...12))
        let bytes = unsafe withUnsafeBytes(of: key) { unsafe Array($0) }
        #expect(bytes[388..<396] == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(bytes[420..<424] == [9, 10, 11, 12])
        #expect(bytes.count { $0 != 0 } == 12)
        #expect(key.tunMetadata(at: Self.places[1]) == Array(1...12))
        #expect(key.tunMetadata(at: Self.places[1], start: 24, count: 16) == 0x0809)
        #expect(key.tunMetadata(at: Self.places[1], start: 88, count: 128) == 0x01)
    }

    @Test func rangesAreWrittenAndReadAlone() {
        var state: UInt64 = 3
        for round in 0..<300 {
            let place = Self.places[round % 3]
            var key = FlowKey()
            for word in 0..<96 { key[word: word] = splitMix64(&state) }
            let before = bits(key, place)
            let count = Int(splitMix64(&state) % 129), start = Int(splitMix64(&state) % UInt64(place.bytes * 8))
            let value = UInt128(splitMix64(&state)) << 64 | UInt128(splitMix64(&state))
            var changed = key
            changed.setTunMetadata(at: place, start: start, count: count, to: value)
            let expected = before.indices.map { (start..<start + count).contains($0) ? value >> UInt128($0 - start) & 1 == 1 : before[$0] }
            #expect(bits(changed, place) == expected)
            let read = (0..<count).reduce(UInt128(0)) { start + $1 < expected.count && expected[start + $1] ? $0 | 1 << UInt128($1) : $0 }
            #expect(changed.tunMetadata(at: place, start: start, count: count) == read)
            // Nothing but the field's units changed.
            changed.setTunMetadata(at: place, to: key.tunMetadata(at: place))
            #expect(changed == key)
        }
    }

    /// The field's bits, the least significant one first.
    private func bits(_ key: FlowKey, _ place: TunMetadataPlace) -> [Bool] {
        key.tunMetadata(at: place).reversed().flatMap { byte in (0..<8).map { byte >> UInt8($0) & 1 == 1 } }
    }
}
