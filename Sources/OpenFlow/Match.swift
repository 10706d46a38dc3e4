import Flow

/// What an OpenFlow flow matches: values and the bits that count. `key.l0.inPort` holds an OpenFlow port number.
public struct Match: Hashable, Sendable {
    /// Masked already: bits outside `mask` are zero.
    public var key = FlowKey()
    public var mask = FlowMask()
    public init() {}
    public init(key: FlowKey, mask: FlowMask) {
        self.key = key.masked(by: mask)
        self.mask = mask
    }
}
