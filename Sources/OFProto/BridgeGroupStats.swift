import OpenFlow

/// What is told of a bridge's groups.
extension Bridge {
    /// Configurations of one group, none if it is not there, or of all: nil and `GroupNumber.all`. By rising number.
    public func groupDescriptions(_ id: UInt32? = nil) -> [GroupDescription] { chosen(id).map(\.description) }

    /// Counters, likewise. `references` counts the flows that name the group, each once.
    public func groupStats(_ id: UInt32? = nil, now: Int64) -> [GroupStatistics] { chosen(id).map { $0.statistics(now: now) } }

    /// What OVS says. A bridge refuses groups sooner: at `OFProtoLimits.groupsPerBridge`.
    public func groupFeatures(_ version: OFVersion) -> GroupFeatures {
        let kinds = GroupKind.allCases
        // OFPGFC_: select weight, select liveness, chaining.
        return GroupFeatures(
            kinds: kinds.reduce(0) { $0 | 1 << UInt32($1.rawValue) }, capabilities: 0b111,
            maximums: kinds.map { _ in GroupNumber.maximum }, actions: kinds.map { _ in version == .v11 ? Self.bucketActions11 : Self.bucketActions })
    }

    /// OFPAT_ of OpenFlow 1.3: output, set_mpls_ttl, dec_mpls_ttl, push_vlan, pop_vlan, push_mpls, pop_mpls, set_queue, group, set_nw_ttl,
    /// dec_nw_ttl, set_field.
    private static let bucketActions: UInt32 = [0, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25].reduce(0) { $0 | 1 << $1 }

    /// OpenFlow 1.1 has an action for each field in place of set_field.
    private static let bucketActions11 = bucketActions & ~(1 << 25) | (1...10).reduce(0b11 << 13) { $0 | 1 << $1 }

    private func chosen(_ id: UInt32?) -> [Group] {
        guard let id, id != GroupNumber.all else { return groups.all }
        return [groups[id]].compactMap { $0 }
    }
}
