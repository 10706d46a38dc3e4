import Datapath

/// A mirror of a bridge. Owner: the ofproto thread.
public final class Mirror {
    public let settings: MirrorSettings
    let vlans: VLANSet
    /// The port that copies leave by.
    fileprivate(set) var output: PortBundle?
    /// The mirrors whose copies go to the same place, itself among them.
    fileprivate(set) var alike: UInt32 = 0
    public private(set) var txPackets: UInt64 = 0
    public private(set) var txBytes: UInt64 = 0

    init(_ settings: MirrorSettings) {
        self.settings = settings
        vlans = VLANSet(settings.vlans)
    }

    func credit(packets: UInt64, bytes: UInt64) {
        txPackets &+= packets
        txBytes &+= bytes
    }
}

extension Bridge {
    /// Sets the bridge's mirrors. One that stays as it is keeps its counters. Throws `DPIFError` if there are too many.
    public func configureMirrors(_ wanted: [MirrorSettings]) throws(DPIFError) {
        guard wanted.count <= OFProtoLimits.mirrors else {
            throw DPIFError(.full, "bridge \(name) can have \(OFProtoLimits.mirrors) mirrors at most")
        }
        mirrors = wanted.map { settings in mirrors.first { $0.settings == settings } ?? Mirror(settings) }
        updateMirrors()
        ofproto.noteChange()
    }

    /// Finds the ports of mirrors anew. A port that is not there selects nothing, and a mirror to it copies nothing.
    func updateMirrors() {
        for bundle in bundles { (bundle.mirrorsIn, bundle.mirrorsOut, bundle.mirrorOutputs) = (0, 0, 0) }
        for (index, mirror) in mirrors.enumerated() {
            let bit = UInt32(1) << UInt32(index), settings = mirror.settings
            mirror.output = nil
            if case .port(let name)? = settings.output { mirror.output = bundle(named: name) }
            mirror.alike = bit
            guard settings.output != nil else { continue }
            for (other, candidate) in mirrors.enumerated() where candidate.settings.output == settings.output { mirror.alike |= 1 << UInt32(other) }
            mirror.output?.mirrorOutputs |= bit
            for bundle in bundles {
                if settings.selectsAll || settings.sources.contains(bundle.name) { bundle.mirrorsIn |= bit }
                if settings.selectsAll || settings.destinations.contains(bundle.name) { bundle.mirrorsOut |= bit }
            }
        }
    }
}
