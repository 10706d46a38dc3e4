/// How NXM and OXM name a field on the wire (ovs-fields(7), "NXM" and "OXM").
///
/// The fields' table writes headers as ovs-fields(7) does, with their number in their class: "NXM_OF_ETH_SRC(2) OXM_OF_ETH_SRC(4)". Behind the number
/// may stand the version of OpenFlow that brought the header, unless it is that of its class, and the value's bytes, unless they are the field's.
public struct FieldHeader: Sendable {
    /// Classes by the prefix of a header's name. Where two prefixes fit, the first one here counts.
    enum Family: UInt8, CaseIterable {
        case packetRegister, basic, nxmOF, nxmNX, ericsson, nsh, nicira, onf

        var prefix: String {
            switch self {
            case .packetRegister: "OXM_OF_PKT_REG"
            case .basic: "OXM_OF_"
            case .nxmOF: "NXM_OF_"
            case .nxmNX: "NXM_NX_"
            case .ericsson: "ERICOXM_OF_"
            case .nsh: "NXOXM_NSH_"
            case .nicira: "NXOXM_ET_"
            case .onf: "ONFOXM_ET_"
            }
        }
        /// The class and, for class 0xffff, the experimenter's number.
        var numbers: (oxmClass: UInt16, experimenter: UInt32) {
            switch self {
            case .packetRegister: (0x8001, 0)
            case .basic: (0x8000, 0)
            case .nxmOF: (0x0000, 0)
            case .nxmNX: (0x0001, 0)
            case .ericsson: (0x1000, 0)
            case .nsh: (0xffff, 0x005a_d650)
            case .nicira: (0xffff, 0x0000_2320)
            case .onf: (0xffff, 0x4f4e_4600)
            }
        }

        @inline(__always) init?(oxmClass: UInt16, experimenter: UInt32) {
            switch (oxmClass, experimenter) {
            case (0x8000, _): self = .basic
            case (0x0000, _): self = .nxmOF
            case (0x0001, _): self = .nxmNX
            case (0x8001, _): self = .packetRegister
            case (0x1000, _): self = .ericsson
            case (0xffff, 0x0000_2320): self = .nicira
            case (0xffff, 0x005a_d650): self = .nsh
            case (0xffff, 0x4f4e_4600): self = .onf
            default: return nil
            }
        }
    }

    public let name: String
    let family: Family
    /// 0–127.
    public let number: UInt8
    /// The protocol's version number (1 is OpenFlow 1.0) from which the header is preferred; 0 for those of NXM.
    public let version: UInt8
    /// Bytes of the value.
    public let bytes: UInt8

    public var oxmClass: UInt16 { family.numbers.oxmClass }
    /// 0 unless the class is 0xffff.
    public var experimenter: UInt32 { family.numbers.experimenter }

    /// The headers in `text`, for a field whose value is written in `width` bits.
    static func list(_ text: String, width: Int) -> [FieldHeader] {
        text.split(separator: " ").map { FieldHeader(row: $0, width: width) }
    }

    private init(row text: Substring, width: Int) {
        let parts = text.dropLast().split(separator: "(")
        precondition(parts.count == 2 && text.hasSuffix(")"), "a field's header is NAME(NUMBER): \(text)")
        name = String(parts[0])
        guard let family = Family.allCases.first(where: { parts[0].hasPrefix($0.prefix) }) else { preconditionFailure("\(text): no such class") }
        self.family = family
        let arguments = parts[1].split(separator: ",")
        guard let number = UInt8(arguments[0]), number < 128 else { preconditionFailure("\(text): no such number") }
        self.number = number
        let ofMinor = arguments.count > 1 ? arguments[1].dropFirst(2) : family == .basic ? "2" : "-"
        version = UInt8(ofMinor).map { $0 + 1 } ?? 0
        bytes = arguments.count > 2 ? UInt8(arguments[2]) ?? 0 : UInt8((width + 7) / 8)
    }
}

extension Field {
    /// The field with a header of this class (and experimenter) and number, and the bytes that its value has there; nil if there is none.
    public static func withHeader(oxmClass: UInt16, experimenter: UInt32, number: UInt8) -> (field: Field, bytes: Int)? {
        guard let family = FieldHeader.Family(oxmClass: oxmClass, experimenter: experimenter), number < 128 else { return nil }
        let entry = fieldsByHeader[Int(family.rawValue) * 128 + Int(number)]
        guard entry != .max, let field = Field(rawValue: UInt8(truncatingIfNeeded: entry)) else { return nil }
        return (field, Int(entry >> 8))
    }

    /// The header that the field has in a version of OpenFlow (1 is OpenFlow 1.0), or for 0 in NXM; nil if it has none at all.
    public func header(version: UInt8) -> FieldHeaderBits? {
        let bits = headerBits[Int(rawValue) * headerVersions + min(Int(version), headerVersions - 1)]
        return bits.bytes == 0 ? nil : bits
    }
}

/// What is written of a header.
@frozen public struct FieldHeaderBits: Hashable, Sendable {
    public var oxmClass: UInt16
    public var experimenter: UInt32
    public var number: UInt8
    /// Bytes of the value.
    public var bytes: UInt8
    @inlinable public init(oxmClass: UInt16, experimenter: UInt32, number: UInt8, bytes: UInt8) {
        (self.oxmClass, self.experimenter, self.number, self.bytes) = (oxmClass, experimenter, number, bytes)
    }
}

private let headerVersions = 7

/// By family and number: the field, and above it the value's bytes; all ones for none.
private let fieldsByHeader: [UInt16] = {
    var entries = [UInt16](repeating: .max, count: FieldHeader.Family.allCases.count * 128)
    for row in fieldTable {
        for header in row.headers {
            entries[Int(header.family.rawValue) * 128 + Int(header.number)] = UInt16(row.field.rawValue) | UInt16(header.bytes) << 8
        }
    }
    return entries
}()

/// By field and version.
private let headerBits: [FieldHeaderBits] = fieldTable.flatMap { row in
    (0..<headerVersions).map { version in
        // The newest that the version has; of two, the first.
        let usable = row.headers.filter { Int($0.version) <= version }
        let newest = usable.map(\.version).max()
        guard let header = usable.first(where: { $0.version == newest }) ?? row.headers.first else {
            return FieldHeaderBits(oxmClass: 0, experimenter: 0, number: 0, bytes: 0)
        }
        return FieldHeaderBits(oxmClass: header.oxmClass, experimenter: header.experimenter, number: header.number, bytes: header.bytes)
    }
}
