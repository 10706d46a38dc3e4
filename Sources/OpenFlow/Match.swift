import Flow

/// What an OpenFlow flow matches: values and the bits that count. `key.l0.inPort` holds an OpenFlow port number.
///
/// A key and a mask have 768 bytes each: they are kept apart from the value, which is copied on write.
public struct Match: Hashable, Sendable {
    /// What is demanded of tun_metadata fields, in the order of their numbers and each once. The key and the mask know nothing of it, unless a switch whose
    /// table of tunnel options gives these fields places has put it there as well.
    public var tunMetadata: [TunMetadata] = []

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
    public init(key: FlowKey, mask: FlowMask, tunMetadata: [TunMetadata] = []) {
        pair = [key.masked(by: mask), mask]
        self.tunMetadata = tunMetadata
    }
}
