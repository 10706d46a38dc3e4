import Flow

/// What an OpenFlow flow matches: values and the bits that count. `key.l0.inPort` holds an OpenFlow port number.
///
/// A key and a mask have 768 bytes each: they are kept apart from the value, which is copied on write.
public struct Match: Hashable, Sendable {
    /// The key and the mask.
    private var pair: [FlowKey]
    private static let everything = [FlowKey(), FlowMask()]

    /// Masked already: bits outside `mask` are zero.
    public var key: FlowKey {
        _read { yield pair[0] }
        _modify { yield &pair[0] }
    }
    public var mask: FlowMask {
        _read { yield pair[1] }
        _modify { yield &pair[1] }
    }

    /// Every packet.
    public init() { pair = Self.everything }
    public init(key: FlowKey, mask: FlowMask) { pair = [key.masked(by: mask), mask] }
}
