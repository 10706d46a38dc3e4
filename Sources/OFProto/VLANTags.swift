import Flow
import Wire

/// One 802.1Q tag; all zero: none.
struct VLANTag: Equatable {
    /// In host order.
    var etherType: UInt16 = 0
    var vid: UInt16 = 0
    /// The priority in its place in the TCI, the upper three bits.
    var priority: UInt16 = 0

    init(etherType: UInt16 = 0, vid: UInt16 = 0, priority: UInt16 = 0) {
        (self.etherType, self.vid, self.priority) = (etherType, vid, priority)
    }

    init(tpid: BE16, tci: BE16) {
        self.init()
        guard tci.host & VLANTCI.present != 0 else { return }
        self.init(etherType: tpid.host, vid: tci.host & VLANTCI.vidMask, priority: tci.host & VLANTCI.pcpMask)
    }

    /// The tag as a key has it. One that says neither VLAN nor priority is left out.
    /// - Parameter keepsEmpty: it is left out only if the frame had none.
    func fields(keepsEmpty: Bool) -> (tpid: BE16, tci: BE16) {
        guard vid | priority != 0 || keepsEmpty && etherType != 0 else { return (.zero, .zero) }
        return (etherType == 0 ? XlateTypes.vlan : BE16(etherType), BE16(vid | priority | VLANTCI.present))
    }
}

/// The tags that a frame has, on the wire or within a bridge, where the outer one always says its VLAN (0: none).
struct VLANTags: Equatable {
    var outer = VLANTag()
    var inner = VLANTag()

    init() {}

    init(_ key: FlowKey) {
        outer = VLANTag(tpid: key.l0.vlanTPID, tci: key.l0.vlanTCI)
        // Nothing is behind a tag that is not there.
        if key.l0.vlanTCI.host & VLANTCI.present != 0 { inner = VLANTag(tpid: key.l3.innerVLANTPID, tci: key.l3.innerVLANTCI) }
    }

    mutating func push(_ tag: VLANTag) { (outer, inner) = (tag, outer) }
    mutating func pop() { (outer, inner) = (inner, VLANTag()) }

    /// Gives a frame these tags. Where the outer one is left out, the inner one goes with it.
    func write(to key: inout FlowKey, keepsEmpty: Bool) {
        (key.l0.vlanTPID, key.l0.vlanTCI) = outer.fields(keepsEmpty: keepsEmpty)
        guard key.l0.vlanTCI != .zero else {
            (key.l3.innerVLANTPID, key.l3.innerVLANTCI) = (.zero, .zero)
            return
        }
        (key.l3.innerVLANTPID, key.l3.innerVLANTCI) = inner.fields(keepsEmpty: keepsEmpty)
    }
}
