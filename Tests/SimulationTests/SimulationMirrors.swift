import Datapath
import NetDev
@testable import OFProto

// What an operator does to mirrors and cables.
extension Simulation {
    /// A bridge gets other mirrors, or none.
    func changeMirrors(_ bridge: Int) {
        setMirrors(random.mirrors(for: state.bridges[bridge]), bridge)
    }

    func setMirrors(_ mirrors: [RefMirror], _ bridge: Int) {
        // One that stays as it is keeps its counters.
        let name = state.bridges[bridge].name
        for mirror in mirrors where !state.bridges[bridge].mirrors.contains(mirror) {
            mirrorCounts[RefMirrorName(bridge: name, mirror: mirror.name)] = MirrorCount(isExact: isStrict)
        }
        state.bridges[bridge].mirrors = mirrors
        do throws(DPIFError) {
            try ofproto.bridge(named: state.bridges[bridge].name)?.configureMirrors(state.bridges[bridge].mirrors.map(\.settings))
        } catch { fail("\(error)") }
        noteState()
    }

    // MARK: Counters

    struct MirrorCount {
        var packets: UInt64 = 0
        var bytes: UInt64 = 0
        var isExact = true
    }

    /// A frame was copied, in every outcome or in some.
    func count(_ outcome: RefOutcome, _ length: Int, isCertain: Bool) {
        for (name, copies) in outcome.copies {
            var count = mirrorCounts[name] ?? MirrorCount()
            count.packets += copies
            count.bytes += copies * UInt64(length)
            // What comes back from the datapath may be of another length.
            if !isCertain || outcome.passes > 0 { count.isExact = false }
            mirrorCounts[name] = count
        }
    }

    /// Mirrors count the packets that they have copied, and their bytes as they came in.
    func checkMirrors() {
        for bridge in state.bridges {
            guard let real = ofproto.bridge(named: bridge.name) else { continue }
            for mirror in real.mirrors {
                let name = RefMirrorName(bridge: bridge.name, mirror: mirror.settings.name), count = mirrorCounts[name] ?? MirrorCount()
                if count.isExact, !metUndescribed {
                    tally.mirrorsCounted += count.packets > 0 ? 1 : 0
                    if (mirror.txPackets, mirror.txBytes) != (count.packets, count.bytes) {
                        fail("mirror \(name) counts \(mirror.txPackets) packets, \(mirror.txBytes) bytes, not \(count.packets), \(count.bytes)")
                    }
                }
                mirrorCounts[name] = MirrorCount(packets: mirror.txPackets, bytes: mirror.txBytes)
            }
        }
    }

    /// A link goes down or comes up again; the switch finds out by itself.
    func flapLink(_ bridge: Int) {
        let real = state.bridges[bridge].ports.indices.filter { state.bridges[bridge].ports[$0].peer == nil }
        guard !real.isEmpty else { return }
        flapLink(bridge, random.one(real))
    }

    func flapLink(_ bridge: Int, _ index: Int) {
        state.bridges[bridge].ports[index].isLinkUp.toggle()
        let port = state.bridges[bridge].ports[index]
        netdev(port.name)?.link = NetdevLink(up: port.isLinkUp, speed: 0)
        if let bond = state.bridges[bridge].bond(of: port) { links[port.name]?.change(isEnabled: port.isEnabled, bond.delay(isUp: port.isLinkUp), now: now) }
        noteState()
    }
}
