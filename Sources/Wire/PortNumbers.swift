// Numbers that must never be mixed have types of their own. Only a bridge's port table converts between
// OpenFlow's and the datapath's port numbers.

/// An OpenFlow port number in OpenFlow 1.0's 16-bit space, which OVS uses inside for all versions.
@frozen public struct OFPort: Hashable, Sendable, Comparable {
    public var number: UInt16
    @inlinable public init(_ number: UInt16) { self.number = number }
    @inlinable public static func < (a: OFPort, b: OFPort) -> Bool { a.number < b.number }
    /// The first number that is not an ordinary port's.
    @inlinable public static var maximum: OFPort { OFPort(0xff00) }
    @inlinable public static var unset: OFPort { OFPort(0xfff7) }
    @inlinable public static var inPort: OFPort { OFPort(0xfff8) }
    @inlinable public static var table: OFPort { OFPort(0xfff9) }
    @inlinable public static var normal: OFPort { OFPort(0xfffa) }
    @inlinable public static var flood: OFPort { OFPort(0xfffb) }
    @inlinable public static var all: OFPort { OFPort(0xfffc) }
    @inlinable public static var controller: OFPort { OFPort(0xfffd) }
    @inlinable public static var local: OFPort { OFPort(0xfffe) }
    @inlinable public static var none: OFPort { OFPort(0xffff) }
    /// The names that ovs-ofctl prints for reserved ports.
    public static let reservedNames: [(name: String, port: OFPort)] = [
        ("UNSET", .unset), ("IN_PORT", .inPort), ("TABLE", .table), ("NORMAL", .normal), ("FLOOD", .flood),
        ("ALL", .all), ("CONTROLLER", .controller), ("LOCAL", .local), ("NONE", .none), ("ANY", .none),
    ]
}

/// A port number of the datapath, unique over all bridges; small and dense.
@frozen public struct ODPPort: Hashable, Sendable, Comparable {
    public var number: UInt32
    @inlinable public init(_ number: UInt32) { self.number = number }
    @inlinable public static func < (a: ODPPort, b: ODPPort) -> Bool { a.number < b.number }
    @inlinable public static var none: ODPPort { ODPPort(.max) }
}

/// DPDK's number of an Ethernet device.
@frozen public struct DPDKPort: Hashable, Sendable {
    public var number: UInt16
    @inlinable public init(_ number: UInt16) { self.number = number }
}

/// The number of a receive or transmit queue of one port.
@frozen public struct QueueID: Hashable, Sendable, Comparable {
    public var number: UInt16
    @inlinable public init(_ number: UInt16) { self.number = number }
    @inlinable public static func < (a: QueueID, b: QueueID) -> Bool { a.number < b.number }
}

/// A recirculation identifier; 0 is a packet that has not been recirculated.
@frozen public struct RecircID: Hashable, Sendable {
    public var number: UInt32
    @inlinable public init(_ number: UInt32) { self.number = number }
    @inlinable public static var zero: RecircID { RecircID(0) }
}
