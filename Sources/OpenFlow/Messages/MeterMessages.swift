/// OFPM_: meter numbers with a meaning.
public enum MeterNumber {
    /// The highest number that a meter may have.
    public static let maximum: UInt32 = 0xffff_0000
    public static let slowpath: UInt32 = 0xffff_fffd
    public static let controller: UInt32 = 0xffff_fffe
    public static let all: UInt32 = 0xffff_ffff
}

/// A meter as it was configured.
public struct MeterConfig: Hashable, Sendable {
    /// OFPMF_.
    public struct Flags: OptionSet, Hashable, Sendable {
        public var rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }
        public static let kbps = Flags(rawValue: 1)
        public static let pktps = Flags(rawValue: 2)
        public static let burst = Flags(rawValue: 4)
        public static let stats = Flags(rawValue: 8)
    }
    public var meter: UInt32
    public var flags: Flags
    public var bands: [MeterBand]
    public init(meter: UInt32, flags: Flags, bands: [MeterBand]) { (self.meter, self.flags, self.bands) = (meter, flags, bands) }
}

public struct MeterBand: Hashable, Sendable {
    /// OFPMBT_.
    public enum Kind: UInt16, Hashable, Sendable { case drop = 1, dscpRemark = 2 }
    public var kind: Kind
    public var rate: UInt32
    public var burst: UInt32
    /// dscpRemark: how much the drop precedence rises.
    public var precedenceLevel: UInt8
    public init(_ kind: Kind, rate: UInt32, burst: UInt32, precedenceLevel: UInt8 = 0) {
        (self.kind, self.rate, self.burst, self.precedenceLevel) = (kind, rate, burst, precedenceLevel)
    }
}

/// OFPT_METER_MOD.
public struct MeterMod: Hashable, Sendable {
    public enum Command: UInt16, Hashable, Sendable { case add = 0, modify = 1, delete = 2 }
    public var command: Command
    public var config: MeterConfig
    public init(_ command: Command, _ config: MeterConfig) { (self.command, self.config) = (command, config) }
}

/// OFPMP_METER.
public struct MeterStatistics: Hashable, Sendable {
    public var meter: UInt32
    public var flows: UInt32
    public var packets: UInt64
    public var bytes: UInt64
    /// Nanoseconds.
    public var duration: UInt64
    public var bands: [GroupStatistics.Counter]
    public init(meter: UInt32, flows: UInt32, packets: UInt64, bytes: UInt64, duration: UInt64, bands: [GroupStatistics.Counter]) {
        (self.meter, self.flows, self.packets, self.bytes, self.duration, self.bands) = (meter, flows, packets, bytes, duration, bands)
    }
}

/// OFPMP_METER_FEATURES.
public struct MeterFeatures: Hashable, Sendable {
    public var maximumMeters: UInt32
    /// Bit n: OFPMBT_ number n.
    public var bandKinds: UInt32
    /// `MeterConfig.Flags` that a meter may have.
    public var capabilities: UInt32
    public var maximumBands: UInt8
    public var maximumColor: UInt8
    public init(maximumMeters: UInt32, bandKinds: UInt32, capabilities: UInt32, maximumBands: UInt8, maximumColor: UInt8) {
        (self.maximumMeters, self.bandKinds, self.capabilities, self.maximumBands, self.maximumColor) = (maximumMeters, bandKinds, capabilities, maximumBands, maximumColor)
    }
}
