import Flow
import Wire

extension FlowMonitorRequest.Flags {
    /// The extension's bits; its "own" is bit 5.
    private static let extendedOwn: UInt16 = 1 << 5
    private static let events: Self = [.add, .removed, .modify]
    private static let shared: Self = [.initial, .add, .removed, .modify, .instructions]

    init(wire: UInt16, _ form: MessageForm) throws(OFError) {
        let own = form == .extended ? Self.extendedOwn : Self.onlyOwn.rawValue
        self = Self(rawValue: wire).intersection(Self.shared)
        guard !isDisjoint(with: Self.events), wire & ~(Self.shared.rawValue | own) == 0 else { throw .mofcBadFlags }
        if wire & own != 0 { insert(.onlyOwn) }
    }

    func wire(_ form: MessageForm) -> UInt16 {
        form == .extended ? intersection(Self.shared).rawValue | (contains(.onlyOwn) ? Self.extendedOwn : 0) : rawValue
    }
}

extension FlowMonitorRequest {
    /// OpenFlow 1.3's extension has the extension's header before a match of OpenFlow's own form.
    private static func hasNXM(_ context: CodecContext) -> Bool { context.version < .v13 }

    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        self.init(id: try reader.u32(), flags: [], outPort: nil, outGroup: nil, table: 0, match: Match())
        if context.form == .extended { try decodeExtended(&reader, context) } else { try decode14(&reader, context) }
    }

    private mutating func decode14(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        var port = reader
        try reader.skip(4)
        let group = try reader.u32(), wire = try reader.u16(), table = try reader.u8(), commandNumber = try reader.u8()
        command = Command(rawValue: commandNumber) ?? .add
        if command != .delete { flags = try Flags(wire: wire, .standard) }
        outPort = try port.port32().named
        outGroup = group == GroupNumber.any ? nil : group
        self.table = table
        match = try Match.decode(&reader, context)
        guard Command(rawValue: commandNumber) != nil else { throw .mofcBadCommand }
    }

    private mutating func decodeExtended(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        flags = try Flags(wire: try reader.u16(), .extended)
        let isNXM = Self.hasNXM(context)
        let port = isNXM ? OFPort(try reader.u16()) : .none, length = Int(try reader.u16())
        var wide = reader
        if !isNXM { try reader.skip(4) }
        table = try reader.u8()
        guard reader.isZero(isNXM ? 5 : 3) else { throw .nxbrcMustBeZero }
        try reader.skip(isNXM ? 5 : 3)
        if isNXM {
            outPort = port.named
            match = try Match.decodeNXM(&reader, noCookie: length)
        } else {
            outPort = try wide.port32().named
            match = try Match.decode(&reader, context)
        }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        writer.u32(id)
        guard context.form == .extended else {
            writer.port32(outPort ?? .none)
            writer.u32(outGroup ?? GroupNumber.any)
            writer.u16(flags.wire(.standard))
            writer.u8(table)
            writer.u8(command.rawValue)
            return match.encode(&writer, context)
        }
        writer.u16(flags.wire(.extended))
        let isNXM = Self.hasNXM(context)
        if isNXM { writer.u16((outPort ?? .none).number) }
        let length = writer.count
        writer.zeros(2)
        if !isNXM { writer.port32(outPort ?? .none) }
        writer.u8(table)
        writer.zeros(isNXM ? 5 : 3)
        if isNXM {
            writer.set16(match.encodeNXM(&writer), at: length)
        } else {
            let start = writer.count
            match.encode(&writer, context)
            writer.set16(writer.count - start, at: length)
        }
    }
}

extension Match {
    /// `length` bytes of NXM fields, none of which may be the cookie, and the padding behind them.
    static func decodeNXM(_ reader: inout ByteReader, noCookie length: Int) throws(OFError) -> Match {
        try reader.need((length + 7) / 8 * 8, .bmcBadLen)
        let match = try decodeNXM(&reader, length: length)
        try reader.skip(padding(length))
        return match
    }
}

/// The numbers of a flow update's events.
private struct UpdateNumbers {
    let initial: UInt16?, added: UInt16, removed: UInt16, modified: UInt16, abbreviated: UInt16
    let paused: UInt16?, resumed: UInt16?

    /// OFPFME_, and NXFME_.
    static let standard = UpdateNumbers(initial: 0, added: 1, removed: 2, modified: 3, abbreviated: 4, paused: 5, resumed: 6)
    static let extended = UpdateNumbers(initial: nil, added: 0, removed: 1, modified: 2, abbreviated: 3, paused: nil, resumed: nil)
    static func of(_ form: MessageForm) -> UpdateNumbers { form == .extended ? extended : standard }

    func event(_ number: UInt16) -> FlowUpdate.Event? {
        switch number {
        case initial: .initial
        case added: .added
        case removed: .removed
        case modified: .modified
        default: nil
        }
    }
    func number(_ event: FlowUpdate.Event) -> UInt16 {
        switch event {
        case .initial: initial ?? added
        case .added: added
        case .removed: removed
        case .modified: modified
        }
    }
}

extension FlowUpdate {
    private static let headerLength = 4
    private static let shortLength = 8
    private static let fullLength = 24

    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        let numbers = UpdateNumbers.of(context.form)
        try reader.need(Self.headerLength)
        let length = Int(try reader.peek16()), number = try reader.peek16(2)
        guard length >= Self.headerLength, length % 8 == 0 else { throw .brcBadLen }
        var part = try reader.part(length)
        try part.skip(Self.headerLength)
        if let event = numbers.event(number) {
            guard length >= Self.fullLength else { throw .brcBadLen }
            self = try context.form == .extended ? .extended(&part, event, context) : .standard(&part, event, context)
            return
        }
        guard number == numbers.abbreviated || number == numbers.paused || number == numbers.resumed else { throw .nxbrcFMBadEvent }
        guard length == Self.shortLength else { throw .brcBadLen }
        self = number == numbers.abbreviated ? .abbreviated(xid: try part.u32()) : number == numbers.paused ? .paused : .resumed
    }

    private static func standard(_ reader: inout ByteReader, _ event: Event, _ context: CodecContext) throws(OFError) -> FlowUpdate {
        var flow = FlowMod()
        flow.table = try reader.u8()
        let reason = FlowRemovedMessage.Reason(wire: try reader.u8())
        flow.idleTimeout = try reader.u16()
        flow.hardTimeout = try reader.u16()
        flow.priority = try reader.u16()
        try reader.skip(4)
        flow.cookie = try reader.u64()
        flow.match = try Match.decode(&reader, context)
        flow.actions = try [OFAction].decodeInstructions(&reader, context.version)
        return .full(event, flow, reason: reason)
    }

    private static func extended(_ reader: inout ByteReader, _ event: Event, _ context: CodecContext) throws(OFError) -> FlowUpdate {
        var flow = FlowMod()
        let reason = FlowRemovedMessage.Reason(wire: UInt8(clamping: try reader.u16()))
        flow.priority = try reader.u16()
        flow.idleTimeout = try reader.u16()
        flow.hardTimeout = try reader.u16()
        let length = Int(try reader.u16())
        flow.table = try reader.u8()
        try reader.skip(1)
        flow.cookie = try reader.u64()
        if context.version < .v13 {
            flow.match = try Match.decodeNXM(&reader, noCookie: length)
            flow.actions = try [OFAction].decodeActions(&reader, context.version)
        } else {
            flow.match = try Match.decode(&reader, context)
            flow.actions = try [OFAction].decodeInstructions(&reader, context.version)
        }
        return .full(event, flow, reason: reason)
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        let numbers = UpdateNumbers.of(context.form), start = writer.count
        writer.zeros(2)
        switch self {
        case .full(let event, let flow, let reason):
            writer.u16(numbers.number(event))
            if context.form == .extended { flow.encodeUpdate(extended: &writer, reason, context) } else { flow.encodeUpdate(&writer, reason, context) }
        case .abbreviated(let xid):
            writer.u16(numbers.abbreviated)
            writer.u32(xid)
        case .paused, .resumed:
            // The extension has messages of their own for these.
            guard let number = self == .paused ? numbers.paused : numbers.resumed else {
                writer.bytes.removeLast(2)
                return
            }
            writer.u16(number)
            writer.zeros(4)
        }
        writer.set16(writer.count - start, at: start)
    }
}

extension FlowMod {
    fileprivate func encodeUpdate(_ writer: inout ByteWriter, _ reason: FlowRemovedMessage.Reason, _ context: CodecContext) {
        writer.u8(table)
        writer.u8(reason.wire(context.version))
        writer.u16(idleTimeout)
        writer.u16(hardTimeout)
        writer.u16(priority)
        writer.zeros(4)
        writer.u64(cookie)
        match.encode(&writer, context)
        actions.encodeInstructions(&writer, context.version)
    }

    fileprivate func encodeUpdate(extended writer: inout ByteWriter, _ reason: FlowRemovedMessage.Reason, _ context: CodecContext) {
        writer.u16(UInt16(reason.wire(context.version)))
        writer.u16(priority)
        writer.u16(idleTimeout)
        writer.u16(hardTimeout)
        let length = writer.count
        writer.zeros(2)
        writer.u8(table)
        writer.zeros(1)
        writer.u64(cookie)
        if context.version < .v13 {
            writer.set16(match.encodeNXM(&writer), at: length)
            actions.encodeActions(&writer, context.version)
        } else {
            let start = writer.count
            match.encode(&writer, context)
            writer.set16(writer.count - start, at: length)
            actions.encodeInstructions(&writer, context.version)
        }
    }
}
