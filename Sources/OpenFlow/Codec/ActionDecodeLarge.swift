import Flow
import Wire

// The larger actions: controller, sample, learn, ct, nat, encap, decap.

extension ActionDecoder {
    func controller(_ form: ActionForm, _ body: inout ByteReader) throws(OFError) -> ControllerSpec {
        var spec = ControllerSpec()
        if form == .controller {
            spec.maxLength = try body.u16()
            spec.id = try body.u16()
            spec.reason = try body.u8()
            return spec
        }
        guard body.isZero(6) else { throw .nxbrcMustBeZero }
        try body.skip(6)
        while !body.isEmpty {
            var (type, property) = try body.actionProperty()
            switch type {
            // Of small numbers OVS wants no more than that they are there.
            case 0: spec.maxLength = try property.small(2, { reader throws(OFError) in try reader.u16() })
            case 1: spec.id = try property.small(2, { reader throws(OFError) in try reader.u16() })
            case 2: spec.reason = try property.small(1, { reader throws(OFError) in try reader.u8() })
            case 3: spec.userdata = property.rest()
            case 4: spec.pause = true
            case 5:
                guard property.count == 4 else { throw .bpcBadLen }
                spec.meter = try property.u32()
            default: throw .bpcBadType
            }
        }
        if spec.meter == .max { spec.meter = nil }
        return spec
    }

    func sample(_ form: ActionForm, _ body: inout ByteReader) throws(OFError) -> SampleSpec {
        var spec = SampleSpec(probability: try body.u16(), collectorSet: try body.u32(), observationDomain: try body.u32(), observationPoint: try body.u32())
        if form != .sample {
            spec.samplingPort = OFPort(try body.u16())
            let direction = try body.u8()
            if form == .sample3 {
                guard body.isZero() else { throw .nxbrcMustBeZero }
                guard let direction = SampleSpec.Direction(rawValue: direction) else { throw .bacBadArgument }
                spec.direction = direction
            }
        }
        guard spec.probability != 0 else { throw .bacBadArgument }
        return spec
    }

    func learn(_ form: ActionForm, _ body: inout ByteReader) throws(OFError) -> LearnSpec {
        var spec = LearnSpec()
        spec.idleTimeout = try body.u16()
        spec.hardTimeout = try body.u16()
        spec.priority = try body.u16()
        spec.cookie = try body.u64()
        spec.flags = LearnSpec.Flags(rawValue: try body.u16())
        spec.table = try body.u8()
        let pad = try body.u8()
        spec.finIdleTimeout = try body.u16()
        spec.finHardTimeout = try body.u16()
        var resultStart = 0
        if form == .learn2 {
            spec.limit = try body.u32()
            resultStart = Int(try body.u16())
            guard try body.u16() == 0 else { throw .nxbacMustBeZero }
        }
        let known: LearnSpec.Flags = form == .learn2 ? [.sendFlowRemoved, .deleteLearned, .writeResult] : [.sendFlowRemoved, .deleteLearned]
        guard pad == 0, spec.table != 0xff, spec.flags.isSubset(of: known) else { throw .bacBadArgument }
        if spec.flags.contains(.writeResult) {
            let header = try body.fieldName()
            guard header.field?.isWritable == true else { throw .bacBadSetArgument }
            spec.result = try header.range(start: resultStart, count: 1)
        } else if resultStart != 0 {
            throw .bacBadArgument
        }
        // Bits that a field does not have are what OVS looks at last.
        var late: OFError?
        while !body.isEmpty, let part = try learnPart(&body, &late) { spec.parts.append(part) }
        guard body.isZero() else { throw .bacBadArgument }
        if let late { throw late }
        return spec
    }

    /// One flow_mod_spec; nil at the padding. Its first number: bit 13 for an immediate source, bits 11–12 the destination's kind, the rest a number of bits.
    private func learnPart(_ body: inout ByteReader, _ late: inout OFError?) throws(OFError) -> LearnSpec.Part? {
        let head = try body.u16()
        guard head != 0 else { return nil }
        let isImmediate = head >> 13 & 1 != 0, kind = head >> 11 & 3, count = Int(head & 0x3ff)
        guard kind < 2 || kind == 2 && !isImmediate else { throw .bacBadArgument }
        let immediateSize = (count + 15) / 16 * 2
        try body.need((isImmediate ? immediateSize : 6) + (kind == 2 ? 0 : 6), .bacBadLen)
        let source: LearnSpec.Source = isImmediate ? .immediate(try immediate(&body, immediateSize, count)) : .field(try learnRange(&body, count, &late))
        let destination: LearnSpec.Destination = switch kind {
        case 0: .match(try learnRange(&body, count, &late))
        case 1: .load(try learnRange(&body, count, &late, written: true))
        default: .output
        }
        return LearnSpec.Part(count: count, source: source, destination: destination)
    }

    /// The bits in whole bytes; the byte that only rounds them up to 16 does not count.
    private func immediate(_ body: inout ByteReader, _ size: Int, _ count: Int) throws(OFError) -> [UInt8] {
        var bytes = try body.take(size)
        if size > (count + 7) / 8 { bytes[0] = 0 }
        return bytes
    }

    /// A range; one that the field does not have, or that may not be `written`, sets `late` and comes back as something harmless.
    private func learnRange(_ body: inout ByteReader, _ count: Int, _ late: inout OFError?, written: Bool = false) throws(OFError) -> FieldRange {
        let header = try body.fieldHeader32(), start = Int(try body.u16())
        do throws(OFError) {
            return written ? try header.writableRange(start: start, count: count) : try header.range(start: start, count: count)
        } catch {
            if late == nil { late = error }
            return FieldRange(.reg0)
        }
    }

    mutating func conntrack(_ body: inout ByteReader) throws(OFError) -> ConntrackSpec {
        var spec = ConntrackSpec()
        let flags = try body.u16()
        (spec.commit, spec.force) = (flags & 1 != 0, flags & 2 != 0)
        guard spec.commit || !spec.force else { throw .bacBadArgument }
        if body.isZero(4) {
            try body.skip(4)
            spec.zone = .immediate(try body.u16())
        } else {
            let header = try body.fieldHeader32(), place = PackedRange(try body.u16())
            let range = try header.range(start: place.start, count: place.count)
            guard range.count == 16 else { throw .bacBadSetLen }
            spec.zone = .field(range)
        }
        let table = try body.u8()
        spec.table = table == 0xff ? nil : table
        try body.skip(3)
        spec.helper = try body.u16()
        spec.actions = try list(&body)
        try spec.actions.verify(version, allowed: [.applyActions], inConntrack: true)
        guard spec.commit || spec.actions.allSatisfy({ $0 == .nat(NATSpec()) }) else { throw .bacBadArgument }
        return spec
    }

    func nat(_ body: inout ByteReader) throws(OFError) -> NATSpec {
        var spec = NATSpec()
        try body.skip(2)
        spec.flags = NATSpec.Flags(rawValue: try body.u16())
        let present = try body.u16()
        guard spec.flags.rawValue & ~0x1f == 0, !spec.flags.isSuperset(of: [.source, .destination]), !spec.flags.isSuperset(of: [.hash, .random])
        else { throw .bacBadArgument }
        // What is missing or makes no sense is the same error.
        do throws(OFError) {
            spec.addresses = try natAddresses(&body, present)
            try natPorts(&body, present, &spec)
        } catch {
            throw .bacBadArgument
        }
        return spec
    }

    private func natAddresses(_ body: inout ByteReader, _ present: UInt16) throws(OFError) -> NATSpec.Addresses {
        switch present & 0xf {
        case 0: return .none
        case 1, 3:
            let first = try body.u32()
            let last = present & 2 != 0 ? try body.u32() : nil
            guard first != 0, last.map({ $0 >= first }) ?? true else { throw .bacBadArgument }
            return .ipv4(BE32(first), last: last.map { BE32($0) })
        case 4, 12:
            let first = try body.number(16)
            let last = present & 8 != 0 ? try body.number(16) : nil
            guard first != 0, last.map({ $0 >= first }) ?? true else { throw .bacBadArgument }
            return .ipv6(BE128(number: first), last: last.map { BE128(number: $0) })
        default: throw .bacBadArgument
        }
    }

    private func natPorts(_ body: inout ByteReader, _ present: UInt16, _ spec: inout NATSpec) throws(OFError) {
        switch present >> 4 & 3 {
        case 0: return
        case 1, 3:
            let first = try body.u16()
            let last = present & 0x20 != 0 ? try body.u16() : nil
            guard spec.addresses != .none, first != 0, last.map({ $0 >= first }) ?? true else { throw .bacBadArgument }
            (spec.firstPort, spec.lastPort) = (first, last)
        default: throw .bacBadArgument
        }
    }

    func encap(_ body: inout ByteReader) throws(OFError) -> OFAction {
        try body.skip(2)
        let type = try body.u32()
        guard [PacketType.ethernet, PacketType.nsh, PacketType.mpls, PacketType.mplsMulticast].contains(type) else { throw .nxbacBadHeaderType }
        var properties: [EncapProperty] = []
        while !body.isEmpty { properties.append(try encapProperty(&body)) }
        return .encap(packetType: type, properties)
    }

    private func encapProperty(_ body: inout ByteReader) throws(OFError) -> EncapProperty {
        let propertyClass = try body.u16(), type = try body.u8(), length = Int(try body.u8())
        let padded = (length + 7) / 8 * 8
        guard length >= 4, padded <= body.count + 4 else { throw .bacBadLen }
        guard propertyClass == EncapProperty.nshClass, type == 1 || type == 2 else { throw .nxbacUnknownEDProp }
        var property = try body.part(padded - 4, .bacBadLen)
        if type == 1 {
            guard length <= 8 else { throw .nxbacBadEDProp }
            return .nshMDType(try property.u8())
        }
        let optionClass = try property.u16(), option = try property.u8(), size = Int(try property.u8())
        guard length == 8 + (size + 7) / 8 * 8 else { throw .nxbacBadEDProp }
        return .nshTLV(class: optionClass, type: option, try property.take(size))
    }

    func decap(_ body: inout ByteReader) throws(OFError) -> OFAction {
        guard body.count == 6 else { throw .nxbacUnknownEDProp }
        try body.skip(2)
        return .decap(packetType: try body.u32())
    }
}

extension EncapProperty {
    /// OFPPPC_NSH.
    static let nshClass: UInt16 = 4
}

extension ByteReader {
    /// Takes a property of controller2: 16 bits of type, 16 of length, which counts these, then its value, then padding to 8 bytes.
    fileprivate mutating func actionProperty() throws(OFError) -> (type: UInt16, value: ByteReader) {
        try need(4, .bpcBadLen)
        let type = try u16(), length = Int(try u16())
        guard length >= 4, (length + 7) / 8 * 8 - 4 <= count else { throw .bpcBadLen }
        var whole = try part((length + 7) / 8 * 8 - 4, .bpcBadLen)
        guard type != 0xffff else {
            guard length >= 12 else { throw .bpcBadLen }
            throw try whole.u32() == 0 ? .bpcBadExperimenter : .bpcBadExpType
        }
        return (type, try whole.part(length - 4, .bpcBadLen))
    }

    fileprivate mutating func small<Value>(_ size: Int, _ read: (inout ByteReader) throws(OFError) -> Value) throws(OFError) -> Value {
        try need(size, .bpcBadLen)
        return try read(&self)
    }
}
