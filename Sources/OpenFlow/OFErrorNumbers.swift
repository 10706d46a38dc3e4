/// Experimenter (vendor) numbers.
enum Vendor {
    static let nicira: UInt32 = 0x2320
    static let onf: UInt32 = 0x4f4e_4600
    static let netronome: UInt32 = 0x154d
}

/// How an error is said: the type and code of OpenFlow itself (vendor 0), or an extension's.
public struct ErrorNumbers: Hashable, Sendable {
    public var vendor: UInt32
    public var type: UInt16
    /// 0 for an extension's error from OpenFlow 1.2 on, which has a type only.
    public var code: UInt16
    public init(vendor: UInt32, type: UInt16, code: UInt16) { (self.vendor, self.type, self.code) = (vendor, type, code) }
}

/// The versions in which an error has some numbers.
struct ErrorSpan: Sendable {
    let first: OFVersion
    let last: OFVersion
    let numbers: ErrorNumbers
}

/// One row of the table of errors.
struct ErrorRow: Sendable {
    let error: OFError
    let name: String
    let spans: [ErrorSpan]

    func numbers(_ version: OFVersion) -> ErrorNumbers? { spans.first { $0.first <= version && version <= $0.last }?.numbers }
}

extension OFError {
    /// The constant's name: "OFPBMC_BAD_FIELD".
    public var name: String { errorTable[Int(rawValue)].name }

    /// By the constant's name.
    public init?(name: String) {
        guard let row = errorTable.first(where: { $0.name == name }) else { return nil }
        self = row.error
    }

    /// What the numbers mean in a version; nil: nothing.
    public init?(vendor: UInt32, type: UInt16, code: UInt16, version: OFVersion) {
        let numbers = ErrorNumbers(vendor: vendor, type: type, code: code)
        guard let row = errorTable.first(where: { $0.numbers(version) == numbers }) else { return nil }
        self = row.error
    }

    /// The numbers that say the error in a version; an error that the version lacks is said as NXBRC_UNENCODABLE_ERROR.
    public func encoding(_ version: OFVersion) -> ErrorNumbers {
        if let numbers = errorTable[Int(rawValue)].numbers(version) { return numbers }
        return OFError.nxbrcUnencodableError.encoding(version)
    }
}
