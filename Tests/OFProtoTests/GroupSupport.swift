import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

func out(_ port: UInt16) -> OFAction { .output(OFPort(port), maxLength: 0) }

/// A bucket that outputs to a port, with the port's number as its own.
func bucket(_ port: UInt16, id: UInt32? = nil, weight: UInt16 = 0, watch: UInt16? = nil, watchGroup: UInt32 = GroupNumber.any) -> GroupBucket {
    GroupBucket(
        id: id ?? UInt32(port), weight: weight, watchPort: watch.map { OFPort($0) } ?? .none, watchGroup: watchGroup, actions: [out(port)])
}

extension TestSwitch {
    func group(
        _ command: GroupMod.Command, _ id: UInt32, _ kind: GroupKind = .all, _ buckets: [GroupBucket] = [], at place: UInt32 = GroupBucket.idAll,
        fill: (inout GroupSelection) -> Void = { _ in }
    ) throws(OFError) {
        var mod = GroupMod(command, kind: kind, group: id, buckets: buckets)
        mod.bucketID = place
        fill(&mod.selection)
        try bridge.apply(mod, now: now)
    }

    /// The numbers of a group's buckets; nil: no such group.
    func buckets(_ id: UInt32) -> [UInt32]? { bridge.groupDescriptions(id).first?.buckets.map(\.id) }

    func stats(_ id: UInt32) throws -> GroupStatistics { try #require(bridge.groupStats(id, now: now).first) }
}

/// A match of one input port.
func from(_ port: UInt32) -> Match { match { $0.l0.inPort = port; $1.l0.inPort = .max } }
