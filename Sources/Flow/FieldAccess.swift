// Fields of a key read and written by their place. Nothing here is on the packet's path of a PMD; translation
// uses it for set_field and move.

extension FlowKey {
    /// `field`'s value.
    public func value(of field: Field) -> UInt128 { value(at: field.place) }

    func value(at place: FieldPlace) -> UInt128 { (container(place) >> UInt128(place.shift)) & place.ones }

    /// Writes the bits of `mask` (counted in the field's value) of `field`; its other bits, and those outside the field's
    /// valid bits, stay. The frame of the field (the tag's presence, the ::ffff: of an address) stays too.
    public mutating func set(_ field: Field, to value: UInt128, mask: UInt128 = .max) { set(at: field.place, to: value, mask: mask) }

    mutating func set(at place: FieldPlace, to value: UInt128, mask: UInt128 = .max) {
        let selected = mask & place.ones
        let bits = selected << UInt128(place.shift)
        let new = (value & selected) << UInt128(place.shift)
        setContainer(place, (container(place) & ~bits) | new)
    }

    /// Ones in all bits that an exact match on `field` fixes, its frame's included.
    public mutating func setMask(of field: Field) {
        let place = field.place
        setContainer(place, container(place) | place.ones << UInt128(place.shift) | place.frameMask)
    }

    /// Sets the bits around the value that a match on the field fixes: in a key their value, in a mask ones.
    public mutating func setFrame(of field: Field, asMask: Bool) { setFrame(at: field.place, asMask: asMask) }

    mutating func setFrame(at place: FieldPlace, asMask: Bool) {
        guard place.frameMask != 0 else { return }
        let frame = asMask ? place.frameMask : place.frameValue
        setContainer(place, (container(place) & ~place.frameMask) | frame)
    }

    /// Zeroes in the frame's bits.
    public mutating func clearFrame(of field: Field) {
        let place = field.place
        setContainer(place, container(place) & ~place.frameMask)
    }

    /// True if the frame's bits are those of a match on `field`: always for a field without one.
    public func hasFrame(of field: Field, asMask: Bool) -> Bool { hasFrame(at: field.place, asMask: asMask) }

    func hasFrame(at place: FieldPlace, asMask: Bool) -> Bool {
        container(place) & place.frameMask == (asMask ? place.frameMask : place.frameValue)
    }

    /// The container of a field as a number.
    private func container(_ place: FieldPlace) -> UInt128 {
        let offset = Int(place.offset)
        if place.size == 16 {
            return UInt128(number(place.order, raw(offset, 8), 8)) << 64 | UInt128(number(place.order, raw(offset + 8, 8), 8))
        }
        return UInt128(number(place.order, raw(offset, Int(place.size)), Int(place.size)))
    }

    private mutating func setContainer(_ place: FieldPlace, _ value: UInt128) {
        let offset = Int(place.offset)
        if place.size == 16 {
            setRaw(offset, 8, number(place.order, UInt64(truncatingIfNeeded: value >> 64), 8))
            setRaw(offset + 8, 8, number(place.order, UInt64(truncatingIfNeeded: value), 8))
        } else {
            setRaw(offset, Int(place.size), number(place.order, UInt64(truncatingIfNeeded: value), Int(place.size)))
        }
    }

    /// Up to 8 bytes at byte `offset` of the key; byte 0 is the number's least significant one.
    private func raw(_ offset: Int, _ count: Int) -> UInt64 {
        let word = offset >> 3, shift = UInt64(offset & 7) * 8
        var result = self[word: word] >> shift
        if offset & 7 + count > 8 { result |= self[word: word + 1] << (64 - shift) }
        return count == 8 ? result : result & (1 << UInt64(count * 8) - 1)
    }

    private mutating func setRaw(_ offset: Int, _ count: Int, _ value: UInt64) {
        let word = offset >> 3, shift = UInt64(offset & 7) * 8
        let ones: UInt64 = count == 8 ? .max : 1 << UInt64(count * 8) - 1
        self[word: word] = (self[word: word] & ~(ones << shift)) | (value & ones) << shift
        if offset & 7 + count > 8 {
            self[word: word + 1] = (self[word: word + 1] & ~(ones >> (64 - shift))) | (value & ones) >> (64 - shift)
        }
    }
}

/// Turns memory order into a number and back: both directions are the same.
private func number(_ order: FieldPlace.Order, _ raw: UInt64, _ size: Int) -> UInt64 {
    switch order {
    case .host: raw
    case .words: raw << 32 | raw >> 32
    case .network: raw.byteSwapped >> UInt64(64 - size * 8)
    }
}
