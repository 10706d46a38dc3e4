extension AsyncConfig {
    /// Experimenters' properties have the type 0xfffe for secondaries and 0xffff for others.
    private static let firstExperimenter: UInt32 = 0xfffe
    /// The kinds that the fixed form has.
    private static let fixedKinds: [Kind] = [.packetIn, .portStatus, .flowRemoved]

    /// OFPR_ numbers below the switch's own.
    private static let packetInReasons10: UInt32 = 0b111
    private static let packetInReasons14: UInt32 = 0b11_1111
    private static let explicitMiss = UInt32(1) << UInt32(PacketInMessage.Reason.explicitMiss.rawValue)
    private static let implicitMiss = UInt32(1) << UInt32(PacketInMessage.Reason.implicitMiss.rawValue)

    /// The reasons that a kind has.
    private static func allowed(_ kind: Kind, _ version: OFVersion) -> UInt32 {
        switch kind {
        case .packetIn: version < .v14 ? packetInReasons10 : packetInReasons14
        case .portStatus, .roleStatus: 0b111
        case .flowRemoved: 0b11_1111
        case .tableStatus: 0b11000
        case .requestForward: 0b11
        }
    }

    /// `isRequest`: reasons and kinds that are not known are errors.
    init(_ reader: inout ByteReader, _ context: CodecContext, isRequest: Bool) throws(OFError) {
        self = .none
        guard context.version >= .v14 && context.form == .standard || context.form == .extended2 else {
            (namedPrimary, namedSecondary) = (Set(Kind.allCases), Set(Kind.allCases))
            for kind in Self.fixedKinds {
                try set(kind, isPrimary: true, try reader.u32(), context.version, isStrict: false)
                try set(kind, isPrimary: false, try reader.u32(), context.version, isStrict: false)
            }
            return
        }
        while !reader.isEmpty {
            var property = try Property(&reader, experimenters: Self.firstExperimenter)
            guard property.type < UInt64(Kind.allCases.count * 2), let kind = Kind(rawValue: UInt8(property.type / 2)) else {
                if isRequest { throw property.type > UInt64(UInt16.max) ? .bpcBadExpType : .acfcUnsupported }
                continue
            }
            try set(kind, isPrimary: property.type % 2 != 0, try property.u32(), context.version, isStrict: isRequest)
        }
    }

    private mutating func set(_ kind: Kind, isPrimary: Bool, _ wire: UInt32, _ version: OFVersion, isStrict: Bool) throws(OFError) {
        let allowed = Self.allowed(kind, version)
        guard !isStrict || wire & ~allowed == 0 else { throw .acfcInvalid }
        var mask = wire & allowed
        // What no flow matches is said as OFPR_NO_MATCH, however it came about.
        if kind == .packetIn, mask & 1 != 0 { mask |= Self.explicitMiss | (version < .v13 ? Self.implicitMiss : 0) }
        if isPrimary {
            self[kind].primary = mask
            namedPrimary.insert(kind)
        } else {
            self[kind].secondary = mask
            namedSecondary.insert(kind)
        }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        let version = context.version
        guard version >= .v14 && context.form == .standard || context.form == .extended2 else {
            for kind in Self.fixedKinds {
                writer.u32(self[kind].primary & Self.allowed(kind, version))
                writer.u32(self[kind].secondary & Self.allowed(kind, version))
            }
            return
        }
        for kind in Kind.allCases {
            let type = UInt64(kind.rawValue) * 2
            if namedSecondary.contains(kind) { writer.property(type, u32: self[kind].secondary & Self.allowed(kind, version)) }
            if namedPrimary.contains(kind) { writer.property(type + 1, u32: self[kind].primary & Self.allowed(kind, version)) }
        }
    }
}
