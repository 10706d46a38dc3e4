import Flow
import Wire

extension FlowStatsRequest {
    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        self.init()
        if context.form == .extended {
            outPort = OFPort(try reader.u16()).named
            let length = Int(try reader.u16())
            table = try reader.u8()
            try reader.skip(3)
            let cookie: MaskedCookie?
            (match, cookie) = try Match.decodeNXM(&reader, padded: length)
            if let cookie { (self.cookie, cookieMask) = cookie }
        } else if context.version == .v10 {
            match = try Match.decode10(&reader)
            table = try reader.u8()
            try reader.skip(1)
            outPort = OFPort(try reader.u16()).named
            return
        } else {
            table = try reader.u8()
            try reader.skip(3)
            outPort = try reader.port32().named
            outGroup = try reader.optional32()
            try reader.skip(4)
            cookie = try reader.u64()
            cookieMask = try reader.u64()
            match = try Match.decode(&reader, context)
        }
        guard context.form == .standard || reader.isEmpty else { throw .brcBadLen }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        if context.form == .extended {
            writer.u16((outPort ?? .none).number)
            let length = writer.count
            writer.zeros(2)
            writer.u8(table)
            writer.zeros(3)
            writer.set16(match.encodeNXM(&writer, cookie: cookieMask == 0 ? nil : (cookie, cookieMask)), at: length)
        } else if context.version == .v10 {
            match.encode10(&writer)
            writer.u8(table)
            writer.zeros(1)
            writer.u16((outPort ?? .none).number)
        } else {
            writer.u8(table)
            writer.zeros(3)
            writer.port32(outPort ?? .none)
            writer.u32(outGroup ?? GroupNumber.any)
            writer.zeros(4)
            writer.u64(cookie)
            writer.u64(cookieMask)
            match.encode(&writer, context)
        }
    }
}

extension FlowStats {
    /// Bytes of an element before its match (1.1 and later, 1.0, the extension's, 1.5).
    private static let fixed11 = 48, fixed10 = 88, fixedNXM = 48, fixed15 = 24

    /// One element of a reply.
    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        self.init(flow: FlowMod(), duration: 0, idleAge: nil, hardAge: nil, packets: 0, bytes: 0)
        let length = Int(try reader.peek16())
        if context.form == .extended {
            try decodeNXM(&reader, length)
        } else {
            switch context.version {
            case .v10: try decode10(&reader, length)
            case .v11, .v12, .v13, .v14: try decode11(&reader, length, context)
            case .v15: try decode15(&reader, length, context)
            }
        }
    }

    private mutating func decode10(_ reader: inout ByteReader, _ length: Int) throws(OFError) {
        guard length >= Self.fixed10 else { throw .brcBadLen }
        var part = try reader.part(length)
        try part.skip(2)
        flow.table = try part.u8()
        try part.skip(1)
        flow.match = try Match.decode10(&part)
        duration = try part.time()
        try decodeTimes(&part)
        try part.skip(6)
        try decodeCounters(&part)
        flow.actions = try [OFAction].decodeInstructions(&part, .v10)
    }

    private mutating func decodeTimes(_ reader: inout ByteReader) throws(OFError) {
        flow.priority = try reader.u16()
        flow.idleTimeout = try reader.u16()
        flow.hardTimeout = try reader.u16()
    }

    private mutating func decodeCounters(_ reader: inout ByteReader) throws(OFError) {
        flow.cookie = try reader.u64()
        packets = try reader.u64()
        bytes = try reader.u64()
    }

    private mutating func decode11(_ reader: inout ByteReader, _ length: Int, _ context: CodecContext) throws(OFError) {
        guard length >= Self.fixed11 else { throw .brcBadLen }
        var part = try reader.part(length)
        try part.skip(2)
        flow.table = try part.u8()
        try part.skip(1)
        duration = try part.time()
        try decodeTimes(&part)
        let flags = try part.u16(), importance = try part.u16()
        try part.skip(2)
        try decodeCounters(&part)
        if context.version >= .v13 { flow.flags = try FlowMod.Flags(wire: flags, .modify, context.version) }
        if context.version >= .v14 { flow.importance = importance }
        flow.match = try Match.decode(&part, context)
        flow.actions = try [OFAction].decodeInstructions(&part, context.version)
    }

    private mutating func decode15(_ reader: inout ByteReader, _ length: Int, _ context: CodecContext) throws(OFError) {
        guard length >= Self.fixed15 else { throw .brcBadLen }
        var part = try reader.part(length)
        try part.skip(4)
        flow.table = try part.u8()
        try part.skip(1)
        try decodeTimes(&part)
        flow.flags = try FlowMod.Flags(wire: try part.u16(), .modify, context.version)
        flow.importance = try part.u16()
        flow.cookie = try part.u64()
        flow.match = try Match.decode(&part, context)
        let stats = try OXSStats(&part)
        (duration, packets, bytes) = (stats.duration ?? .max, stats.packets ?? .max, stats.bytes ?? .max)
        idleAge = stats.idleTime.map { UInt16(clamping: $0) }
        flow.actions = try [OFAction].decodeInstructions(&part, context.version)
    }

    private mutating func decodeNXM(_ reader: inout ByteReader, _ length: Int) throws(OFError) {
        guard length >= Self.fixedNXM else { throw .brcBadLen }
        var part = try reader.part(length)
        try part.skip(2)
        flow.table = try part.u8()
        try part.skip(1)
        duration = try part.time()
        try decodeTimes(&part)
        let matchLength = Int(try part.u16()), idle = try part.u16(), hard = try part.u16()
        idleAge = idle == 0 ? nil : idle - 1
        hardAge = hard == 0 ? nil : hard - 1
        try decodeCounters(&part)
        guard (matchLength + 7) / 8 * 8 <= part.count else { throw .brcBadLen }
        flow.match = try Match.decodeNXM(&part, padded: matchLength).0
        flow.actions = try [OFAction].decodeInstructions(&part, .v10)
    }

    /// Writes one element of a reply.
    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        var instructions = ByteWriter()
        flow.actions.encodeInstructions(&instructions, context.version)
        var form = MatchForm()
        encode(&writer, context, instructions: instructions.bytes, &form)
    }

    /// The same, with the instructions already written (`flow.actions` are not looked at), and with the form of the match before.
    func encode(_ writer: inout ByteWriter, _ context: CodecContext, instructions: [UInt8], _ form: inout MatchForm) {
        let start = writer.count
        writer.zeros(2)
        if context.form == .extended {
            encodeNXM(&writer)
        } else {
            switch context.version {
            case .v10: encode10(&writer)
            case .v11, .v12, .v13, .v14: encode11(&writer, context, &form)
            case .v15: encode15(&writer, context, &form)
            }
        }
        writer.put(instructions)
        writer.set16(writer.count - start, at: start)
    }

    private func encodeTimes(_ writer: inout ByteWriter) {
        writer.u16(flow.priority)
        writer.u16(flow.idleTimeout)
        writer.u16(flow.hardTimeout)
    }

    private func encode10(_ writer: inout ByteWriter) {
        writer.u8(flow.table)
        writer.zeros(1)
        flow.match.encode10(&writer)
        writer.time(duration)
        encodeTimes(&writer)
        writer.zeros(6)
        writer.u64(flow.cookie)
        writer.u64(packets.zeroIfUnknown)
        writer.u64(bytes.zeroIfUnknown)
    }

    private func encode11(_ writer: inout ByteWriter, _ context: CodecContext, _ form: inout MatchForm) {
        writer.u8(flow.table)
        writer.zeros(1)
        writer.time(duration)
        encodeTimes(&writer)
        writer.u16(context.version >= .v13 ? flow.flags.wire(context.version) : 0)
        writer.u16(context.version >= .v14 ? flow.importance : 0)
        writer.zeros(2)
        writer.u64(flow.cookie)
        writer.u64(packets.zeroIfUnknown)
        writer.u64(bytes.zeroIfUnknown)
        // OpenFlow 1.1's replies, too, have their matches in the later form, as OVS sends them.
        form.encodeOXM(flow.match, &writer, context.version)
    }

    private func encode15(_ writer: inout ByteWriter, _ context: CodecContext, _ form: inout MatchForm) {
        writer.zeros(2)
        writer.u8(flow.table)
        writer.zeros(1)
        encodeTimes(&writer)
        writer.u16(flow.flags.wire(context.version))
        writer.u16(flow.importance)
        writer.u64(flow.cookie)
        form.encodeOXM(flow.match, &writer, context.version)
        var stats = OXSStats(duration: duration, packets: packets, bytes: bytes)
        stats.idleTime = idleAge.map(UInt32.init)
        stats.encode(&writer)
    }

    private func encodeNXM(_ writer: inout ByteWriter) {
        writer.u8(flow.table)
        writer.zeros(1)
        writer.time(duration)
        encodeTimes(&writer)
        let length = writer.count
        writer.zeros(2)
        for age in [idleAge, hardAge] { writer.u16(age.map { $0 == .max ? .max : $0 + 1 } ?? 0) }
        writer.u64(flow.cookie)
        writer.u64(packets)
        writer.u64(bytes)
        writer.set16(flow.match.encodeNXM(&writer), at: length)
    }
}

extension AggregateStats {
    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        if context.version == .v15 {
            let stats = try OXSStats(&reader)
            self.init(packets: stats.packets ?? .max, bytes: stats.bytes ?? .max, flows: stats.flows ?? .max)
        } else {
            self.init(packets: try reader.u64(), bytes: try reader.u64(), flows: try reader.u32())
        }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        if context.version == .v15 {
            var stats = OXSStats(duration: .max, packets: packets, bytes: bytes)
            stats.flows = flows == .max ? nil : flows
            return stats.encode(&writer)
        }
        let hasUnknown = context.version > .v10 || context.form == .extended
        writer.u64(hasUnknown ? packets : packets.zeroIfUnknown)
        writer.u64(hasUnknown ? bytes : bytes.zeroIfUnknown)
        writer.u32(flows)
        writer.zeros(4)
    }
}
