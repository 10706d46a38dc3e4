import Flow

/// What an OpenFlow flow matches: values and the bits that count. `key.l0.inPort` holds an OpenFlow port number.
///
/// A key and a mask have 768 bytes each: they are kept apart from the value, which is copied on write.
public struct Match: Hashable, Sendable {
    /// What is demanded of tun_metadata fields, in the order of their numbers and each once. The key and the mask know nothing of it, unless a switch whose
    /// table of tunnel options gives these fields places has put it there as well.
    public var tunMetadata: [TunMetadata] = []

    // Arrays of one element: what is copied on write.
    private var keys: [FlowKey]
    private var masks: [FlowMask]
    private static let everything = [FlowKey()]

    /// Masked already: bits outside `mask` are zero.
    public var key: FlowKey {
        _read { yield keys[0] }
        _modify { yield &keys[0] }
    }
    public var mask: FlowMask {
        _read { yield masks[0] }
        _modify { yield &masks[0] }
    }

    /// Every packet.
    public init() { (keys, masks) = (Self.everything, Self.everything) }
    public init(key: FlowKey, mask: FlowMask, tunMetadata: [TunMetadata] = []) {
        (keys, masks) = ([key.masked(by: mask)], [mask])
        self.tunMetadata = tunMetadata
    }
}
