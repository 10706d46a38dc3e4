import OFProto

/// A mirror of a bridge (ovs-vswitchd.conf.db(5), Mirror).
struct RefMirror: Hashable {
    var name: String
    var selectsAll = false
    var sources: Set<String> = []
    var destinations: Set<String> = []
    /// Empty: all.
    var vlans: Set<UInt16> = []
    var output: MirrorSettings.Output
    /// Bytes; 0: all.
    var snapLength: UInt16 = 0

    var settings: MirrorSettings {
        var settings = MirrorSettings(name)
        (settings.selectsAll, settings.sources, settings.destinations, settings.vlans) = (selectsAll, sources, destinations, vlans)
        (settings.output, settings.snapLength) = (output, snapLength)
        return settings
    }
}

/// A mirror of a bridge, by their names.
struct RefMirrorName: Hashable {
    var bridge: String
    var mirror: String
}

extension RefBridge {
    /// A port that a mirror has for itself takes nothing in, and nothing else leaves by it.
    func isMirrorOutput(_ port: RefPort) -> Bool { mirrors.contains { $0.output == .port(port.bundle) } }
}

// One copy of a packet at most goes to one place, however many mirrors select it at however many ports.
extension RefInterpreter {
    enum Direction { case received, sent }

    /// The packet, as it is, came in or has left by a port.
    mutating func mirror(_ packet: RefPacket, _ direction: Direction, by port: RefPort, _ bridge: Int) {
        let wire = packet.tags.first.map { $0.tci & 0xfff } ?? 0
        guard let vlan = port.inputVLAN(wire) else { return }
        let inside = port.bridgeTags(packet.tags, vlan)
        for mirror in state.bridges[bridge].mirrors {
            let selected = direction == .received ? mirror.sources : mirror.destinations
            guard mirror.selectsAll || selected.contains(port.bundle), !mirrored.contains(mirror.output) else { continue }
            // What goes on behind a recirculation does not tell what it copied to what goes on here.
            if outcome.passes > 0 || inside.count > 2 { outcome.isUndefined = true }
            guard mirror.vlans.isEmpty || mirror.vlans.contains(vlan) else { continue }
            mirrored.insert(mirror.output)
            outcome.copies[RefMirrorName(bridge: state.bridges[bridge].name, mirror: mirror.name), default: 0] += 1
            let outer = snapLength
            snapLength = Int(mirror.snapLength)
            copy(packet, inside, to: mirror.output, bridge)
            snapLength = outer
        }
    }

    private mutating func copy(_ packet: RefPacket, _ inside: [RefPacket.Tag], to output: MirrorSettings.Output, _ bridge: Int) {
        let here = state.bridges[bridge]
        switch output {
        case .port(let name):
            if let port = here.members(of: name).first { emit(packet, inside, port) }
        case .vlan(let vlan):
            let isOfVLAN = (inside.first.map { $0.tci & 0xfff } ?? 0) == vlan
            guard !isOfVLAN, packet.dst & ~0xf != 0x0180_c200_0000 else { return }
            var tags = inside.isEmpty ? [RefPacket.Tag(tpid: 0x8100, tci: 0)] : inside
            tags[0].tci = tags[0].tci & 0xe000 | vlan
            for port in here.bundles where !here.isMirrorOutput(port) && port.emits(tags) { emit(packet, tags, port) }
        }
    }
}
