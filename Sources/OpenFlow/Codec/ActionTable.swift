/// The forms that actions have on the wire: one a layout, with the numbers that it has in each version (OpenFlow 1.0–1.5; nicira-ext.h's NXAST_,
/// ONF's extensions). An action may have several: set_field is written as mod_…, load, set_field.
enum ActionForm: UInt8, CaseIterable {
    case output10, output11, setVLANVID10, setVLANPCP10, setVLANVID11, setVLANPCP11, pushVLAN, stripVLAN
    case setDLSrc, setDLDst, setNWSrc, setNWDst, setNWTOS, setNWECN, setTPSrc, setTPDst, enqueue, setMPLSLabel, setMPLSTC, setMPLSTTL
    case decMPLSTTL, pushMPLS, popMPLS, setQueue, group, setNWTTL, decTTL, decTTLIDs, setField12, setField15, regLoad, regLoad2
    case copyField15, copyField13, regMove, meter, resubmit, resubmitTable, resubmitTableCT, setTunnel, setTunnel64, popQueue, note, multipath
    case bundle, bundleLoad, outputReg, outputReg2, learn, learn2, exit, finTimeout, controller, controller2, writeMetadata, stackPush, stackPop
    case sample, sample2, sample3, conjunction, ct, nat, outputTruncated, clone, ctClear, encap, decap, decNSHTTL, checkPacketLarger, deleteField
    case debugSlow, debugRecirculate
}

/// Whose numbers a form's number belongs to.
enum ActionFamily: UInt8 {
    case standard, nicira, onf
    /// The vendor's number in the action's header.
    var vendor: UInt32 {
        switch self {
        case .standard: 0
        case .nicira: 0x0000_2320
        case .onf: 0x4f4e_4600
        }
    }
    /// Bytes of the header: type, length, vendor, subtype.
    var headerSize: Int { self == .standard ? 4 : 10 }
}

/// One form with its numbers.
struct ActionRow {
    var form: ActionForm
    /// Bytes of the action; at least so many if `isVariable`.
    var size: Int
    var isVariable: Bool
    var numbers: [(family: ActionFamily, versions: ClosedRange<OFVersion>, number: UInt16)]
}

private func row(_ form: ActionForm, _ size: Int, _ numbers: [(ActionFamily, ClosedRange<OFVersion>, UInt16)], more: Bool = false) -> ActionRow {
    ActionRow(form: form, size: size, isVariable: more, numbers: numbers.map { (family: $0.0, versions: $0.1, number: $0.2) })
}

/// OpenFlow's own number.
private func of(_ number: UInt16, _ versions: ClosedRange<OFVersion>) -> (ActionFamily, ClosedRange<OFVersion>, UInt16) { (.standard, versions, number) }
/// A subtype of Nicira's.
private func nx(_ number: UInt16, _ versions: ClosedRange<OFVersion> = .v10 ... .v15) -> (ActionFamily, ClosedRange<OFVersion>, UInt16) { (.nicira, versions, number) }

/// One row a form, in the order of the forms.
private let actionTable: [ActionRow] = [
    row(.output10, 8, [of(0, .v10 ... .v10)]),
    row(.output11, 16, [of(0, .v11 ... .v15)]),
    row(.setVLANVID10, 8, [of(1, .v10 ... .v10)]),
    row(.setVLANPCP10, 8, [of(2, .v10 ... .v10)]),
    row(.setVLANVID11, 8, [of(1, .v11 ... .v15)]),
    row(.setVLANPCP11, 8, [of(2, .v11 ... .v15)]),
    row(.pushVLAN, 8, [of(17, .v11 ... .v15)]),
    row(.stripVLAN, 8, [of(3, .v10 ... .v10), of(18, .v11 ... .v15)]),
    row(.setDLSrc, 16, [of(4, .v10 ... .v10), of(3, .v11 ... .v15)]),
    row(.setDLDst, 16, [of(5, .v10 ... .v10), of(4, .v11 ... .v15)]),
    row(.setNWSrc, 8, [of(6, .v10 ... .v10), of(5, .v11 ... .v15)]),
    row(.setNWDst, 8, [of(7, .v10 ... .v10), of(6, .v11 ... .v15)]),
    row(.setNWTOS, 8, [of(8, .v10 ... .v10), of(7, .v11 ... .v15)]),
    row(.setNWECN, 8, [of(8, .v11 ... .v15)]),
    row(.setTPSrc, 8, [of(9, .v10 ... .v15)]),
    row(.setTPDst, 8, [of(10, .v10 ... .v15)]),
    row(.enqueue, 16, [of(11, .v10 ... .v10)]),
    row(.setMPLSLabel, 8, [nx(30, .v10 ... .v10), of(13, .v11 ... .v15)]),
    row(.setMPLSTC, 8, [nx(31, .v10 ... .v10), of(14, .v11 ... .v15)]),
    row(.setMPLSTTL, 8, [nx(25, .v10 ... .v10), of(15, .v11 ... .v15)]),
    row(.decMPLSTTL, 8, [nx(26, .v10 ... .v10), of(16, .v11 ... .v15)]),
    row(.pushMPLS, 8, [nx(23, .v10 ... .v10), of(19, .v11 ... .v15)]),
    row(.popMPLS, 8, [nx(24, .v10 ... .v10), of(20, .v11 ... .v15)]),
    row(.setQueue, 8, [nx(4, .v10 ... .v10), of(21, .v11 ... .v15)]),
    row(.group, 8, [nx(40, .v10 ... .v10), of(22, .v11 ... .v15)]),
    row(.setNWTTL, 8, [of(23, .v11 ... .v15)]),
    row(.decTTL, 8, [nx(18, .v10 ... .v10), of(24, .v11 ... .v15)]),
    row(.decTTLIDs, 16, [nx(21)], more: true),
    row(.setField12, 8, [of(25, .v12 ... .v14)], more: true),
    row(.setField15, 8, [of(25, .v15 ... .v15)], more: true),
    row(.regLoad, 24, [nx(7, .v10 ... .v14)]),
    row(.regLoad2, 16, [nx(33, .v10 ... .v14)], more: true),
    row(.copyField15, 16, [of(28, .v15 ... .v15)], more: true),
    row(.copyField13, 24, [(.onf, .v13 ... .v14, 3200)], more: true),
    row(.regMove, 16, [nx(6, .v10 ... .v14)], more: true),
    row(.meter, 8, [of(29, .v15 ... .v15)]),
    row(.resubmit, 16, [nx(1)]),
    row(.resubmitTable, 16, [nx(14)]),
    row(.resubmitTableCT, 16, [nx(44)]),
    row(.setTunnel, 16, [nx(2)]),
    row(.setTunnel64, 24, [nx(9)]),
    row(.popQueue, 16, [nx(5)]),
    row(.note, 16, [nx(8)], more: true),
    row(.multipath, 32, [nx(10)]),
    row(.bundle, 32, [nx(12)], more: true),
    row(.bundleLoad, 32, [nx(13)], more: true),
    row(.outputReg, 24, [nx(15)]),
    row(.outputReg2, 24, [nx(32)]),
    row(.learn, 32, [nx(16)], more: true),
    row(.learn2, 40, [nx(45)], more: true),
    row(.exit, 16, [nx(17)]),
    row(.finTimeout, 16, [nx(19)]),
    row(.controller, 16, [nx(20)]),
    row(.controller2, 16, [nx(37)], more: true),
    row(.writeMetadata, 32, [nx(22)]),
    row(.stackPush, 24, [nx(27)]),
    row(.stackPop, 24, [nx(28)]),
    row(.sample, 24, [nx(29)]),
    row(.sample2, 32, [nx(38)]),
    row(.sample3, 32, [nx(41)]),
    row(.conjunction, 16, [nx(34)]),
    row(.ct, 24, [nx(35)], more: true),
    row(.nat, 16, [nx(36)], more: true),
    row(.outputTruncated, 16, [nx(39)]),
    row(.clone, 16, [nx(42)], more: true),
    row(.ctClear, 16, [nx(43)]),
    row(.encap, 16, [nx(46, .v13 ... .v15)], more: true),
    row(.decap, 16, [nx(47, .v13 ... .v15)], more: true),
    row(.decNSHTTL, 16, [nx(48, .v13 ... .v15)]),
    row(.checkPacketLarger, 24, [nx(49)], more: true),
    row(.deleteField, 24, [nx(50)]),
    row(.debugSlow, 16, [nx(254)]),
    row(.debugRecirculate, 16, [nx(255)]),
]

/// What a decoder and an encoder ask of a form in one version.
struct ActionLayout {
    var family: ActionFamily
    var number: UInt16
    var size: UInt16
    var isVariable: Bool
}

private let versionCount = Int(OFVersion.v15.rawValue) + 1
/// OpenFlow's numbers are below 32, Nicira's below 256.
private let standardCount = 32, niciraCount = 256

/// By version and number.
private let standardForms = forms(.standard, standardCount)
private let niciraForms = forms(.nicira, niciraCount)

private func forms(_ family: ActionFamily, _ count: Int) -> [UInt8] {
    var result = [UInt8](repeating: .max, count: versionCount * count)
    for row in actionTable {
        for entry in row.numbers where entry.family == family {
            for version in OFVersion.allCases where entry.versions.contains(version) {
                result[Int(version.rawValue) * count + Int(entry.number)] = row.form.rawValue
            }
        }
    }
    return result
}

/// By form and version; nil: the version has no such action.
private let layouts: [ActionLayout?] = actionTable.enumerated().flatMap { index, row in
    precondition(Int(row.form.rawValue) == index, "the actions' table is in the order of the forms")
    return (0..<versionCount).map { number -> ActionLayout? in
        guard let version = OFVersion(rawValue: UInt8(number)), let entry = row.numbers.first(where: { $0.versions.contains(version) }) else { return nil }
        // OpenFlow's headers are shorter than Nicira's by one unit of eight bytes for the same argument.
        let size = entry.family == .nicira ? max(row.size, 16) : row.size
        return ActionLayout(family: entry.family, number: entry.number, size: UInt16(size), isVariable: row.isVariable)
    }
}

extension ActionForm {
    var row: ActionRow { actionTable[Int(rawValue)] }

    /// The form with a number; nil if the version has none.
    @inline(__always) init?(_ family: ActionFamily, _ number: UInt16, _ version: OFVersion) {
        let base = Int(version.rawValue)
        switch family {
        case .standard:
            guard number < standardCount else { return nil }
            self.init(rawValue: standardForms[base * standardCount + Int(number)])
        case .nicira:
            guard number < niciraCount else { return nil }
            self.init(rawValue: niciraForms[base * niciraCount + Int(number)])
        case .onf:
            guard number == 3200, version == .v13 || version == .v14 else { return nil }
            self = .copyField13
        }
    }

    /// nil: the version has no such action.
    @inline(__always) func layout(_ version: OFVersion) -> ActionLayout? { layouts[Int(rawValue) * versionCount + Int(version.rawValue)] }
}
