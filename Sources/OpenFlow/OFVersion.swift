/// A version of the protocol, by the number that a message's first byte has.
public enum OFVersion: UInt8, CaseIterable, Hashable, Sendable, Comparable {
    case v10 = 1, v11, v12, v13, v14, v15

    @inlinable public static func < (a: OFVersion, b: OFVersion) -> Bool { a.rawValue < b.rawValue }

    /// "OpenFlow13", as ovs-ofctl's -O and the column Bridge.protocols have it.
    public var name: String { "OpenFlow1\(rawValue - 1)" }

    /// By its name: "OpenFlow13".
    public init?(name: String) {
        guard let version = OFVersion.allCases.first(where: { $0.name == name }) else { return nil }
        self = version
    }
}

/// Some versions. Bit n is the version with number n, as in a hello's bitmap (OpenFlow 1.3.1, section 7.5.1).
public struct OFVersions: OptionSet, Hashable, Sendable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public init(_ version: OFVersion) { rawValue = 1 << UInt32(version.rawValue) }
    public init(_ range: ClosedRange<OFVersion>) {
        rawValue = OFVersion.allCases.reduce(0) { range.contains($1) ? $0 | 1 << UInt32($1.rawValue) : $0 }
    }
    public static let all = OFVersions(.v10 ... .v15)
    public func contains(_ version: OFVersion) -> Bool { rawValue >> UInt32(version.rawValue) & 1 != 0 }
    /// The highest version in the set.
    public var highest: OFVersion? { OFVersion.allCases.last { contains($0) } }
    public var versions: [OFVersion] { OFVersion.allCases.filter { contains($0) } }
}
