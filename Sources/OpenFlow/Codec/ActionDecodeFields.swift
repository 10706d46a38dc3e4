import Flow
import Wire

// Actions that name fields: set_field, load, move, the stack.

extension FieldEntryHeader {
    /// Bits that a range of the field may have. A port number has 32 where it is OpenFlow 1.1's.
    var bits: Int { isPort32 ? 32 : field?.bits ?? 0 }

    /// `count` bits from `start` of the field. `bacBadSetType` for an unknown field, `bacBadSetLen` for bits that it does not have.
    func range(start: Int, count: Int) throws(OFError) -> FieldRange {
        guard let field else { throw .bacBadSetType }
        guard count > 0, start + count <= bits else { throw .bacBadSetLen }
        return FieldRange(field: field, start: start, count: count)
    }

    /// As `range`, of a field that actions may write: `bacBadSetArgument` for others.
    func writableRange(start: Int, count: Int) throws(OFError) -> FieldRange {
        let range = try range(start: start, count: count)
        guard range.field.isWritable else { throw .bacBadSetArgument }
        return range
    }
}

/// A range's place in one number: the first bit in the upper ten bits, the number of bits less one below.
struct PackedRange {
    var start: Int
    var count: Int
    init(_ number: UInt16) { (start, count) = (Int(number >> 6), Int(number & 0x3f) + 1) }
    init(_ range: FieldRange) { (start, count) = (range.start, range.count) }
    var number: UInt16 { UInt16(start << 6 | (count - 1) & 0x3f) }
}

extension ByteReader {
    /// The header of a field in 32 bits, where older actions have no room for an experimenter's: `bacBadSetType` for an unknown one. A mask is
    /// not looked at.
    mutating func fieldHeader32() throws(OFError) -> FieldEntryHeader {
        guard try peek16() != 0xffff else { throw .bacBadSetType }
        let header = try fieldHeader()
        guard header.field != nil else { throw .bacBadSetType }
        return header
    }
}

extension ActionDecoder {
    /// set_field of OpenFlow 1.2 and later; `masks`: of 1.5, which has masks.
    func setField(_ body: inout ByteReader, masks: Bool) throws(OFError) -> OFAction {
        let (field, header) = try body.writtenField()
        if field.isTunMetadata { return try setTunMetadata(field, header, &body, masks: masks) }
        let entry: FieldEntry
        do throws(OFError) {
            entry = try body.fieldEntry(header, masks: masks)
        } catch {
            throw error == .bmcBadMask ? .bacBadSetMask : error
        }
        // OpenFlow names OXM_OF_IN_PORT as one that cannot be set.
        guard body.isZero(), field != .inPort || !entry.header.isPort32, field.isWritable,
            field.allows(value: entry.value, isPort32: entry.header.isPort32)
        else { throw .bacBadSetArgument }
        if field == .vlanVID, entry.value & entry.mask & UInt128(VLANTCI.present) == 0 { throw .bacBadSetArgument }
        let action = OFAction.set(field, to: MaskedValue(value: entry.value, mask: entry.mask & field.widthMask))
        // A mask that leaves out only what the field does not have is written again as one.
        return entry.header.hasMask && entry.mask == field.place.ones && !field.isAllBytes(entry.mask) ? worded(.load, action) : action
    }

    func regLoad(_ body: inout ByteReader) throws(OFError) -> OFAction {
        let place = PackedRange(try body.u16())
        let header = try body.fieldHeader32()
        let range = try header.writableRange(start: place.start, count: place.count)
        let value = try body.u64()
        guard range.count >= 64 || value >> UInt64(range.count) == 0 else { throw .bacBadArgument }
        if range.field.isTunMetadata { return .setTunMetadata(TunMetadata(range, (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) })) }
        return written(range.field, value: UInt128(value) << UInt128(range.start), mask: range.mask)
    }

    func regLoad2(_ body: inout ByteReader) throws(OFError) -> OFAction {
        let (field, header) = try body.writtenField()
        if field.isTunMetadata { return try setTunMetadata(field, header, &body, masks: true) }
        let entry = try body.fieldEntry(header)
        guard body.isZero(), field.isWritable else { throw .bacBadSetArgument }
        return written(field, value: entry.value, mask: entry.mask)
    }

    private func setTunMetadata(_ field: Field, _ header: FieldEntryHeader, _ body: inout ByteReader, masks: Bool) throws(OFError) -> OFAction {
        let written = try body.tunMetadata(field, header)
        guard masks || !header.hasMask else { throw .bacBadSetMask }
        guard body.isZero() else { throw .bacBadSetArgument }
        return .setTunMetadata(written)
    }

    /// A load: port numbers become those of OpenFlow 1.0.
    private func written(_ field: Field, value: UInt128, mask: UInt128) -> OFAction {
        let bits = mask & field.widthMask & field.place.ones
        return .setField(field, MaskedValue(value: value & bits, mask: bits))
    }

    func move(_ form: ActionForm, _ body: inout ByteReader) throws(OFError) -> OFAction {
        if form == .copyField13 { try body.skip(2) }
        let count = Int(try body.u16()), from = Int(try body.u16()), to = Int(try body.u16())
        if form != .regMove { try body.skip(2) }
        let source = try body.fieldName(), destination = try body.fieldName()
        guard body.isZero() else { throw .nxbrcMustBeZero }
        return .move(from: try source.range(start: from, count: count), to: try destination.writableRange(start: to, count: count))
    }

    func stack(_ form: ActionForm, _ body: inout ByteReader) throws(OFError) -> OFAction {
        let start = Int(try body.u16())
        let header = try body.fieldName()
        let count = Int(try body.u16())
        guard body.isZero() else { throw .nxbrcMustBeZero }
        return form == .stackPush ? .push(try header.range(start: start, count: count)) : .pop(try header.writableRange(start: start, count: count))
    }

    func outputField(_ form: ActionForm, _ body: inout ByteReader) throws(OFError) -> OFAction {
        let place = PackedRange(try body.u16())
        let header: FieldEntryHeader, length: UInt16
        if form == .outputReg {
            var rest = body
            try rest.skip(6)
            guard rest.isZero() else { throw .bacBadArgument }
            header = try body.fieldHeader32()
            length = try body.u16()
        } else {
            length = try body.u16()
            header = try body.fieldName()
            guard body.isZero() else { throw .nxbrcMustBeZero }
        }
        return worded(.outputField(maxLength: length, isLong: form == .outputReg2), .outputField(try header.range(start: place.start, count: place.count)))
    }

    func checkPacketLarger(_ body: inout ByteReader) throws(OFError) -> OFAction {
        let length = try body.u16(), start = Int(try body.u16())
        let header = try body.fieldName()
        guard body.isZero() else { throw .nxbrcMustBeZero }
        return .checkPacketLarger(length, try header.writableRange(start: start, count: 1))
    }

    func multipath(_ body: inout ByteReader) throws(OFError) -> MultipathSpec {
        let fields = try body.u16(), basis = try body.u16()
        try body.skip(2)
        let algorithm = try body.u16(), maximumLink = try body.u16(), argument = try body.u32()
        try body.skip(2)
        let place = PackedRange(try body.u16())
        let header = try body.fieldHeader32()
        let links = UInt32(maximumLink) + 1
        let neededBits = 32 - (links - 1).leadingZeroBitCount
        guard let fields = HashFields(rawValue: fields), let algorithm = MultipathSpec.Algorithm(rawValue: algorithm), place.count >= neededBits
        else { throw .bacBadArgument }
        return MultipathSpec(fields: fields, basis: basis, algorithm: algorithm, maximumLink: maximumLink, argument: argument,
            destination: try header.writableRange(start: place.start, count: place.count))
    }

    func bundle(_ form: ActionForm, _ body: inout ByteReader) throws(OFError) -> BundleSpec {
        let algorithm = try body.u16(), fields = try body.u16(), basis = try body.u16()
        let memberType = try body.u32(), count = Int(try body.u16()), place = try body.u16()
        let isEmptyDestination = place == 0 && body.isZero(4)
        let header = form == .bundleLoad ? try body.fieldHeader32() : nil
        if header == nil { try body.skip(4) }
        let isZero = body.isZero(4)
        try body.skip(4)
        guard body.count >= count * 2 else { throw .bacBadLen }
        let range = PackedRange(place)
        guard header == nil ? isEmptyDestination : range.count >= 16 else { throw .bacBadArgument }
        let destination = try header.map { header throws(OFError) in try header.writableRange(start: range.start, count: range.count) }
        guard let fields = HashFields(rawValue: fields), let algorithm = BundleSpec.Algorithm(rawValue: algorithm), count <= Limits.bundleMembers,
            memberType == inPortHeader, isZero
        else { throw .bacBadArgument }
        var members: [OFPort] = []
        for _ in 0..<count {
            let port = OFPort(try body.u16())
            guard port == .none || port.isOutput(maximum: .maximum) && port != .controller else { throw .bacBadOutPort }
            members.append(port)
        }
        return BundleSpec(fields: fields, basis: basis, algorithm: algorithm, members: members, destination: destination)
    }
}

/// NXM_OF_IN_PORT: what a bundle's members are.
let inPortHeader: UInt32 = 0x0000_0002
