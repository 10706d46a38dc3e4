import Flow

/// Sets of actions, instructions and fields as the bits that tables are described by.
enum TableBits {
    /// OFPAT_ numbers from OpenFlow 1.2 on, as OVS knows them there; those that set fields are one kind.
    private static let actions12: [(ActionKind, UInt32)] = [
        (.output, 0), (.setField, 15), (.decMPLSTTL, 16), (.pushVLAN, 17), (.stripVLAN, 18), (.pushMPLS, 19), (.popMPLS, 20),
        (.setQueue, 21), (.group, 22), (.setField, 23), (.decTTL, 24), (.setField, 25),
    ]
    /// OpenFlow 1.1's OFPAT_ numbers.
    private static let actions11: [(ActionKind, UInt32)] = [
        (.output, 0), (.setVLANVID, 1), (.setVLANPCP, 2), (.setField, 3), (.setField, 4), (.setField, 5), (.setField, 6), (.setField, 7),
        (.setField, 8), (.setField, 9), (.setField, 10), (.setField, 13), (.setField, 14),
    ] + actions12.dropFirst().dropLast()

    private static func actionTable(_ version: OFVersion) -> [(ActionKind, UInt32)] {
        version < .v12 ? actions11 : actions12
    }

    /// Bit n: OFPAT_ number n.
    static func actions(_ kinds: Set<ActionKind>, _ version: OFVersion) -> UInt32 {
        actionTable(version).reduce(0) { kinds.contains($1.0) ? $0 | 1 << $1.1 : $0 }
    }
    static func actions(_ bits: UInt32, _ version: OFVersion) -> Set<ActionKind> {
        Set(actionTable(version).filter { bits >> $0.1 & 1 != 0 }.map(\.0))
    }

    /// Bit n: OFPIT_ number n.
    static func instructions(_ set: Set<TableFeatures.Instruction>, _ version: OFVersion) -> UInt32 {
        set.reduce(0) { $1 == .meter && !(.v13 ... .v14).contains(version) ? $0 : $0 | 1 << UInt32($1.rawValue) }
    }
    static func instructions(_ bits: UInt32, _ version: OFVersion) -> Set<TableFeatures.Instruction> {
        Set(TableFeatures.Instruction.allCases.filter { bits >> UInt32($0.rawValue) & 1 != 0 && ($0 != .meter || (.v13 ... .v14).contains(version)) })
    }

    /// OFPFW_ of OpenFlow 1.0.
    static let wildcards10: [(Field, UInt32)] = [
        (.inPort, 1 << 0), (.vlanVID, 1 << 1), (.ethSrc, 1 << 2), (.ethDst, 1 << 3), (.ethType, 1 << 4), (.nwProto, 1 << 5), (.tcpSrc, 1 << 6),
        (.tcpDst, 1 << 7), (.ipv4Src, 0x3f << 8), (.ipv4Dst, 0x3f << 14), (.vlanPCP, 1 << 20), (.ipDSCP, 1 << 21),
    ]
    /// OFPFMF_ of OpenFlow 1.1.
    static let fields11: [(Field, UInt32)] = [
        (.inPort, 1 << 0), (.vlanVID, 1 << 1), (.vlanPCP, 1 << 2), (.ethType, 1 << 3), (.ipDSCP, 1 << 4), (.nwProto, 1 << 5), (.tcpSrc, 1 << 6),
        (.tcpDst, 1 << 7), (.mplsLabel, 1 << 8), (.mplsTC, 1 << 9), (.ethSrc, 1 << 11), (.ethDst, 1 << 12), (.ipv4Src, 1 << 13),
        (.ipv4Dst, 1 << 14), (.metadata, 1 << 15),
    ]
    private static func legacyTable(_ version: OFVersion) -> [(Field, UInt32)] { version == .v10 ? wildcards10 : fields11 }

    /// OpenFlow 1.0 and 1.1.
    static func legacyFields(_ bits: UInt32, _ version: OFVersion) -> Set<Field> { Set(legacyTable(version).filter { bits & $0.1 != 0 }.map(\.0)) }
    static func legacyFields(_ version: OFVersion, where isIn: (Field) -> Bool) -> UInt32 {
        legacyTable(version).reduce(0) { isIn($1.0) ? $0 | $1.1 : $0 }
    }

    private static let basicClass: UInt16 = 0x8000
    /// OpenFlow 1.2: bit n is OFPXMT_OFB_ number n.
    static func oxmFields(_ bits: UInt64) -> Set<Field> {
        Set((0..<UInt8(64)).filter { bits >> UInt64($0) & 1 != 0 }.compactMap { Field.withHeader(oxmClass: basicClass, experimenter: 0, number: $0)?.field })
    }
    static func oxmFields(_ fields: Set<Field>) -> UInt64 {
        fields.reduce(0) { bits, field in
            guard let header = field.header(version: OFVersion.v12.rawValue), header.oxmClass == basicClass, header.number < 64 else { return bits }
            return bits | 1 << UInt64(header.number)
        }
    }
}
