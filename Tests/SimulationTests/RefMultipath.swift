import OpenFlow

/// multipath of ovs-actions(7): a hash of the packet becomes the number of a link, here in the lower half of reg0.
struct RefMultipath: Hashable {
    var fields: HashFields
    var algorithm: MultipathSpec.Algorithm
    var links: UInt16
}

/// bundle and bundle_load of ovs-actions(7): the packet leaves by one of the members, or the member's number becomes the lower half of reg0.
struct RefBundle: Hashable {
    var fields: HashFields
    var algorithm: BundleSpec.Algorithm
    var members: [UInt16]
    var isLoaded: Bool
}

extension RefInterpreter {
    /// Any link, but a connection's packets have the same one.
    mutating func multipath(_ multipath: RefMultipath, _ packet: inout RefPacket, _ bridge: Int) {
        let link = choose(.multipath(multipath), (0..<UInt32(multipath.links)).map { $0 }, bridge)
        packet.write(.reg0, UInt64(link), mask: 0xffff)
    }

    /// The first live member, or any live one by a hash; none: nothing leaves, and OFPP_NONE is loaded.
    mutating func bundle(_ bundle: RefBundle, _ packet: inout RefPacket, _ bridge: Int) {
        let here = state.bridges[bridge]
        let live = bundle.members.filter { here.port($0)?.isLive ?? false }
        var member = live.first
        if bundle.algorithm == .highestRandomWeight, !live.isEmpty {
            member = UInt16(truncatingIfNeeded: choose(.bundle(bundle), live.map { UInt32($0) }, bridge))
        }
        if bundle.isLoaded { return packet.write(.reg0, UInt64(member ?? 0xffff), mask: 0xffff) }
        if let member { output(member, packet, bridge) }
    }

    mutating func choose(_ subject: RefChoice.Subject, _ candidates: [UInt32], _ bridge: Int) -> UInt32 {
        var choice = RefChoice(bridge: state.bridges[bridge].name, subject: subject, ordinal: outcome.choices.count)
        // All packets of a station have the same one.
        if subject.isOfStation { choice.ordinal = 0 }
        if let chosen = outcome.choices[choice] { return chosen }
        let chosen = oracle.choose(choice, candidates)
        outcome.choices[choice] = chosen
        return chosen
    }
}
