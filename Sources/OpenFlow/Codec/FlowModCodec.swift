import Flow
import Wire

extension FlowMod.Command {
    /// OFPFC_.
    init?(wire: UInt16) {
        switch wire {
        case 0: self = .add
        case 1: self = .modify
        case 2: self = .modifyStrict
        case 3: self = .delete
        case 4: self = .deleteStrict
        default: return nil
        }
    }
    var wire: UInt16 {
        switch self {
        case .add: 0
        case .modify: 1
        case .modifyStrict: 2
        case .delete: 3
        case .deleteStrict: 4
        }
    }
}

extension FlowMod.Flags {
    /// Bit 2 was OFPFF_EMERG in OpenFlow 1.0.
    static let emergency = FlowMod.Flags(rawValue: 1 << 2)

    /// The flags that a version has.
    static func known(_ version: OFVersion) -> Self {
        var known: Self = [.sendFlowRemoved, .checkOverlap]
        if version == .v10 { known.insert(.emergency) }
        if version >= .v12 { known.insert(.resetCounts) }
        if version >= .v13 { known.formUnion([.noPacketCounts, .noByteCounts]) }
        return known
    }

    /// A flow mod's flags on the wire.
    init(wire: UInt16, _ command: FlowMod.Command, _ version: OFVersion) throws(OFError) {
        self = Self(rawValue: wire)
        guard subtracting(Self.known(version)).isEmpty else { throw .fmfcBadFlags }
        // Additions count from zero where no flag says whether they do.
        if version < .v12, command == .add, version != .v10 || !contains(.emergency) { insert(.resetCounts) }
    }
    func wire(_ version: OFVersion) -> UInt16 { (version < .v12 ? subtracting(.resetCounts) : self).intersection(Self.known(version)).rawValue }
}

extension FlowRequest {
    static let noBuffer: UInt32 = .max

    /// - Parameter forms: of the flow mods before.
    init(_ reader: inout ByteReader, _ context: CodecContext, _ forms: inout FlowModForms) throws(OFError) {
        self.init()
        let flags: UInt16, commandNumber: UInt16
        // The form of the match, if it is one that others may share.
        var form: Int?
        if context.form == .extended {
            (flags, commandNumber) = try decodeNXM(&reader, context, &forms, &form)
        } else if context.version == .v10 {
            (flags, commandNumber) = try decode10(&reader, context)
        } else {
            (flags, commandNumber) = try decode11(&reader, context, &forms, &form)
        }
        guard mod.match.conntrackAddressOfOtherProtocol == nil else { throw .bacMatchInconsistent }
        guard let command = FlowMod.Command(wire: commandNumber) else { throw .fmfcBadCommand }
        self.command = command
        let instructions = reader, table = everyTable ? 0xff : mod.table
        let known = form.flatMap { forms.actions(instructions, form: $0, table: table, context.version) }
        mod.actions = if let known { known } else { try [OFAction].decodeInstructions(&reader, context.version) }
        mod.flags = try FlowMod.Flags(wire: flags, command, context.version)
        if context.version == .v10, flags & FlowMod.Flags.emergency.rawValue != 0 {
            // There is no emergency table (OpenFlow 1.0.0, section 4.6, names the first error; no error says the second).
            throw mod.idleTimeout != 0 || mod.hardTimeout != 0 ? .fmfcBadEmergTimeout : .fmfcTableFull
        }
        guard known == nil else { return }
        try mod.actions.check(match: mod.match, table: table, version: context.version, maximumPort: .maximum)
        if let form { forms.remember(instructions, mod.actions, form: form, table: table, context.version) }
    }

    private mutating func decode11(
        _ reader: inout ByteReader, _ context: CodecContext, _ forms: inout FlowModForms, _ form: inout Int?
    ) throws(OFError) -> (flags: UInt16, command: UInt16) {
        let cookie = try reader.u64(), mask = try reader.u64()
        let table = try reader.u8(), command = UInt16(try reader.u8())
        mod.idleTimeout = try reader.u16()
        mod.hardTimeout = try reader.u16()
        mod.priority = try reader.u16()
        bufferID = try reader.optional32()
        var port = reader
        try reader.skip(4)
        let group = try reader.u32(), flags = try reader.u16(), importance = try reader.u16()
        form = try decodeMatch(&reader, fields: reader.fieldsOXM, &forms) { reader throws(OFError) in try Match.decode(&reader, context) }

        let kind = FlowMod.Command(wire: command)
        let isDelete = kind?.isDelete == true
        setCookie(cookie, mask, kind, context.version)
        everyTable = table == 0xff
        guard !everyTable || isDelete && context.version > .v11 else { throw .fmfcBadTableID }
        mod.table = everyTable ? 0 : table
        if context.version >= .v14, kind == .add { mod.importance = importance }
        outPort = try port.port32().named
        outGroup = isDelete && group != GroupNumber.any ? group : nil
        return (flags, command)
    }

    /// Takes the match, by its form if that is known, otherwise by `decode`. Returns its form, if it is one that others may share.
    /// - Parameter places: of its fields, counted from here.
    private mutating func decodeMatch(
        _ reader: inout ByteReader, fields places: Range<Int>?, _ forms: inout FlowModForms, _ decode: (inout ByteReader) throws(OFError) -> Match
    ) throws(OFError) -> Int? {
        guard let places, let fields = reader.part(at: places) else {
            mod.match = try decode(&reader)
            return nil
        }
        let padded = (places.upperBound + 7) / 8 * 8
        if let known = forms.match(fields), padded <= reader.count {
            mod.match = known.match
            try reader.skip(padded)
            return known.form
        }
        mod.match = try decode(&reader)
        return forms.remember(fields, mod.match)
    }

    /// What the cookie of OpenFlow 1.1 and later is: the flow's own, or the one of the flows that are looked for.
    private mutating func setCookie(_ cookie: UInt64, _ mask: UInt64, _ command: FlowMod.Command?, _ version: OFVersion) {
        let isModify = command == .modify || command == .modifyStrict
        keepsCookies = isModify
        if command == .add || version == .v11 && isModify && mask == 0 {
            mod.cookie = cookie
        } else {
            cookieMask = mask
            mod.cookie = mask == 0 ? .max : cookie
        }
    }

    private mutating func decode10(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) -> (flags: UInt16, command: UInt16) {
        var ahead = reader
        let isExact = try ahead.u32() & Self.allWildcards == 0
        mod.match = try Match.decode10(&reader)
        _ = mod.match.normalize()
        mod.cookie = try reader.u64()
        keepsCookies = mod.cookie == .max
        let command = try decodeCommand(&reader, context)
        mod.idleTimeout = try reader.u16()
        mod.hardTimeout = try reader.u16()
        // A flow without wildcards has the highest priority (OpenFlow 1.0.0, section 3.4).
        mod.priority = try reader.u16()
        if isExact { mod.priority = .max }
        bufferID = try reader.optional32()
        outPort = OFPort(try reader.u16()).named
        return (try reader.u16(), command)
    }

    private static let allWildcards: UInt32 = 1 << 22 - 1

    private mutating func decodeNXM(
        _ reader: inout ByteReader, _ context: CodecContext, _ forms: inout FlowModForms, _ form: inout Int?
    ) throws(OFError) -> (flags: UInt16, command: UInt16) {
        let cookie = try reader.u64(), command = try decodeCommand(&reader, context)
        mod.idleTimeout = try reader.u16()
        mod.hardTimeout = try reader.u16()
        mod.priority = try reader.u16()
        bufferID = try reader.optional32()
        outPort = OFPort(try reader.u16()).named
        let flags = try reader.u16(), length = Int(try reader.u16())
        try reader.skip(6)
        var searched: MaskedCookie?
        form = try decodeMatch(&reader, fields: 0..<length, &forms) { reader throws(OFError) in
            let match: Match
            (match, searched) = try Match.decodeNXM(&reader, padded: length)
            return match
        }
        mod.cookie = cookie
        keepsCookies = cookie == .max
        if let searched, searched.mask != 0 {
            guard command & 0xff != FlowMod.Command.add.wire else { throw .nxbrcNXMInvalid }
            (mod.cookie, cookieMask) = (searched.value, searched.mask)
            newCookie = cookie == .max ? nil : cookie
        }
        return (flags, command)
    }

    /// OpenFlow 1.0's command, which may name a table.
    private mutating func decodeCommand(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) -> UInt16 {
        let number = try reader.u16()
        everyTable = true
        guard context.hasTableIDs else { return number }
        let table = UInt8(number >> 8)
        everyTable = table == 0xff
        mod.table = everyTable ? 0 : table
        return number & 0xff
    }
}

extension FlowRequest {
    /// The cookie that flows get.
    private var ownCookie: UInt64 { cookieMask == 0 ? mod.cookie : newCookie ?? .max }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        if context.form == .extended {
            encodeNXM(&writer, context)
        } else if context.version == .v10 {
            mod.match.encode10(&writer)
            writer.u64(ownCookie)
            encodeCommon10(&writer, context)
        } else {
            encode11(&writer, context)
        }
        if context.version == .v10 { mod.actions.encodeActions(&writer, .v10) } else { mod.actions.encodeInstructions(&writer, context.version) }
    }

    /// What OpenFlow 1.0's flow mod and the extension's share.
    private func encodeCommon10(_ writer: inout ByteWriter, _ context: CodecContext) {
        writer.u16(context.hasTableIDs ? UInt16(everyTable ? 0xff : mod.table) << 8 | command.wire : command.wire)
        writer.u16(mod.idleTimeout)
        writer.u16(mod.hardTimeout)
        writer.u16(mod.priority)
        writer.u32(bufferID ?? Self.noBuffer)
        writer.u16((outPort ?? .none).number)
        writer.u16(mod.flags.wire(context.version))
    }

    private func encodeNXM(_ writer: inout ByteWriter, _ context: CodecContext) {
        writer.u64(ownCookie)
        encodeCommon10(&writer, context)
        let length = writer.count
        writer.zeros(8)
        let cookie: MaskedCookie? = cookieMask == 0 ? nil : (mod.cookie, cookieMask)
        writer.set16(mod.match.encodeNXM(&writer, cookie: cookie), at: length)
    }

    private func encode11(_ writer: inout ByteWriter, _ context: CodecContext) {
        let isModify = command == .modify || command == .modifyStrict
        let isOwn = command == .add || context.version == .v11 && isModify && cookieMask == 0
        writer.u64(isOwn ? mod.cookie : mod.cookie & cookieMask)
        writer.u64(cookieMask)
        writer.u8(everyTable && command.isDelete && context.version > .v11 ? 0xff : mod.table)
        writer.u8(UInt8(command.wire))
        writer.u16(mod.idleTimeout)
        writer.u16(mod.hardTimeout)
        writer.u16(mod.priority)
        writer.u32(bufferID ?? Self.noBuffer)
        writer.port32(outPort ?? .none)
        writer.u32(outGroup ?? GroupNumber.any)
        writer.u16(mod.flags.wire(context.version))
        writer.u16(context.version >= .v14 && command == .add ? mod.importance : 0)
        mod.match.encode(&writer, context)
    }
}

extension OFPort {
    /// nil for OFPP_ANY (OFPP_NONE).
    var named: OFPort? { self == .none ? nil : self }
}

extension ByteReader {
    /// Where the fields of an OXM match are that starts here; nil for one of OpenFlow 1.1's form.
    fileprivate var fieldsOXM: Range<Int>? {
        guard let type = try? peek16(), type == 1, let length = try? peek16(2), length >= 4 else { return nil }
        return 4..<Int(length)
    }

    /// A reader of the bytes at `places`, counted from here; nil if they are not all there.
    fileprivate func part(at places: Range<Int>) -> ByteReader? {
        guard places.upperBound <= count else { return nil }
        return ByteReader(bytes, position + places.lowerBound, position + places.upperBound)
    }
}

typealias MaskedCookie = (value: UInt64, mask: UInt64)

extension Match {
    /// `length` bytes of NXM fields and the padding behind them.
    static func decodeNXM(_ reader: inout ByteReader, padded length: Int, strict: Bool = true) throws(OFError) -> (Match, MaskedCookie?) {
        try reader.need((length + 7) / 8 * 8, .bmcBadLen)
        var cookie: MaskedCookie?
        let match = try decodeNXM(&reader, length: length, strict: strict, cookie: &cookie)
        try reader.skip((8 - length % 8) % 8)
        return (match, cookie)
    }
}
