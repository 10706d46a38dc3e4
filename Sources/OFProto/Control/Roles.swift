import OpenFlow

extension OFConnection {
    /// Takes a role (OpenFlow 1.3.5, section 6.3.6). A generation that is older than one that was named is refused.
    func change(_ request: Role) throws(OFError) -> Role {
        if request.role != .noChange {
            if request.role != .equal, let generation = request.generation { try manager.note(generation: generation) }
            manager.set(request.role, of: self)
        }
        return Role(role, generation: manager.generation)
    }

    private static let invalidTTL = UInt32(1) << UInt32(PacketInMessage.Reason.invalidTTL.rawValue)
    private var sendsInvalidTTL: Bool { async[.packetIn].primary & Self.invalidTTL != 0 }

    /// What it wants to be told. Who only serves itself is told something from then on.
    func set(_ config: AsyncConfig) {
        async.merge(config)
        if kind == .service, missSendLength == 0 { missSendLength = Self.usualMissSendLength }
    }
    /// OFP_DEFAULT_MISS_SEND_LEN.
    static let usualMissSendLength: UInt16 = 128

    var settings: SwitchSettings {
        SwitchSettings(fragments: bridge.fragments, invalidTTLToController: (version ?? .v10) < .v13 ? sendsInvalidTTL : nil, missSendLength: missSendLength)
    }

    func apply(_ settings: SwitchSettings) {
        if kind != .primary || role != .secondary, settings.fragments != .reassemble { bridge.setFragments(settings.fragments) }
        if let sends = settings.invalidTTLToController {
            async[.packetIn].primary = sends ? async[.packetIn].primary | Self.invalidTTL : async[.packetIn].primary & ~Self.invalidTTL
        }
        missSendLength = settings.missSendLength
        manager.noteControllers()
    }
}

extension ConnectionManager {
    /// A generation that a controller names with a role: it must not be older than the last one, whatever wraps.
    func note(generation new: UInt64) throws(OFError) {
        if let generation, Int64(bitPattern: new &- generation) < 0 { throw .rrfcStale }
        generation = new
    }

    /// Gives a controller a role. There is one primary at most: a former one becomes secondary and is told.
    func set(_ role: ControllerRole, of connection: OFConnection) {
        if role == .primary {
            for other in connections where other !== connection && other.role == .primary {
                other.role = .secondary
                // As OVS: whatever it has asked to be told, and in OpenFlow 1.3 by ONF's extension.
                guard let version = other.version, version >= .v13 else { continue }
                let status = RoleStatus(Role(.secondary, generation: generation), reason: .primaryRequest)
                other.tell(.roleStatus(status), form: version == .v13 ? .extended : .standard)
            }
        }
        connection.role = role
    }
}

extension AsyncConfig {
    /// Takes over the kinds that `other` names.
    mutating func merge(_ other: AsyncConfig) {
        for kind in other.namedPrimary { self[kind].primary = other[kind].primary }
        for kind in other.namedSecondary { self[kind].secondary = other[kind].secondary }
    }
}
