import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// The commands of a group modification and what is refused, as ovs-vswitchd 3.1 refuses it.
@Suite struct GroupCommandTests {
    @Test func addModifyAndDelete() throws {
        let net = try TestSwitch()
        try net.group(.add, 7, .all, [bucket(2)])
        try net.group(.add, 3, .indirect, [bucket(3)])
        #expect(throws: OFError.gmfcGroupExists) { try net.group(.add, 7, .all, [bucket(3)]) }
        try net.group(.modify, 7, .select, [bucket(2, weight: 1), bucket(3, weight: 2)])
        try net.group(.addOrModify, 9, .all)
        try net.group(.addOrModify, 3, .indirect, [bucket(4)])
        #expect(net.bridge.groupDescriptions().map(\.group) == [3, 7, 9])
        #expect(net.bridge.groupDescriptions(GroupNumber.all).map(\.kind) == [.indirect, .select, .all])
        #expect(net.bridge.groupDescriptions(7).first?.buckets == [bucket(2, weight: 1), bucket(3, weight: 2)])
        #expect(net.bridge.groupDescriptions(8).isEmpty)
        try net.group(.delete, 7)
        try net.group(.delete, 7)
        #expect(net.bridge.groupDescriptions().map(\.group) == [3, 9])
        try net.group(.delete, GroupNumber.all)
        #expect(net.bridge.groupDescriptions().isEmpty)
        #expect(throws: OFError.gmfcUnknownGroup) { try net.group(.modify, 7, .all) }
    }

    @Test func numbersHaveABound() throws {
        let net = try TestSwitch()
        try net.group(.add, 0, .all)
        try net.group(.add, GroupNumber.maximum, .all)
        #expect(throws: OFError.gmfcInvalidGroup) { try net.group(.add, GroupNumber.maximum + 1, .all) }
        #expect(throws: OFError.gmfcInvalidGroup) { try net.group(.addOrModify, GroupNumber.all, .all) }
        #expect(throws: OFError.gmfcUnknownGroup) { try net.group(.modify, GroupNumber.all, .all) }
        try net.group(.delete, GroupNumber.any)
        #expect(net.bridge.groupDescriptions().count == 2)
    }

    @Test(arguments: [
        (GroupKind.indirect, [] as [GroupBucket], OFError.gmfcInvalidGroup),
        (.indirect, [bucket(2), bucket(3)], .gmfcInvalidGroup),
        (.all, [bucket(2, weight: 5)], .gmfcInvalidGroup),
        (.indirect, [bucket(2, weight: 5)], .gmfcInvalidGroup),
        (.fastFailover, [bucket(2, weight: 5, watch: 2)], .gmfcInvalidGroup),
        (.fastFailover, [bucket(2)], .gmfcInvalidGroup),
        (.all, [bucket(2, watch: 2)], .gmfcWatchUnsupported),
        (.indirect, [bucket(2, watchGroup: 4)], .gmfcWatchUnsupported),
        (.all, [bucket(2, id: 5), bucket(3, id: 5)], .gmfcBadBucket),
        (.all, [bucket(2, id: GroupBucket.idMaximum + 1)], .gmfcBadBucket),
    ]) func badBuckets(kind: GroupKind, buckets: [GroupBucket], error: OFError) throws {
        let net = try TestSwitch()
        #expect(throws: error) { try net.group(.add, 1, kind, buckets) }
        #expect(net.bridge.groupDescriptions().isEmpty)
        try net.group(.add, 1, .all, [bucket(4)])
        #expect(throws: error) { try net.group(.modify, 1, kind, buckets) }
        #expect(net.bridge.groupDescriptions(1).first?.buckets == [bucket(4)])
    }

    @Test func aBucketHasAsManyActionsAsAFlow() throws {
        let net = try TestSwitch()
        let most = OFProtoLimits.actionsPerRule
        func add(_ count: Int) throws { try net.group(.add, 1, .all, [GroupBucket(id: 0, actions: [OFAction](repeating: out(2), count: count))]) }
        #expect(throws: OFError.bacTooMany) { try add(most + 1) }
        try add(most)
    }

    @Test func groupsWithoutBucketsAndGroupsThatNameNobodyAreTaken() throws {
        let net = try TestSwitch()
        try net.group(.add, 1, .fastFailover)
        try net.group(.add, 2, .select, [bucket(2, weight: 0, watch: 99)])
        try net.group(.add, 3, .fastFailover, [bucket(2, watchGroup: 3), bucket(3, watch: 0xfffd)])
        try net.group(.add, 4, .all, [GroupBucket(id: 0, actions: [.group(4), .group(77)])])
        #expect(net.bridge.groupDescriptions().count == 4)
    }

    @Test func bucketsAreInsertedInTheirPlace() throws {
        let net = try TestSwitch()
        try net.group(.add, 1, .all, [bucket(2)])
        try net.group(.insertBucket, 1, .all, [bucket(3, id: 30), bucket(3, id: 31)], at: GroupBucket.idFirst)
        try net.group(.insertBucket, 1, .all, [bucket(3, id: 40)], at: GroupBucket.idLast)
        try net.group(.insertBucket, 1, .all, [bucket(3, id: 50)], at: 31)
        #expect(net.buckets(1) == [30, 31, 50, 2, 40])
        try net.group(.insertBucket, 1, .all, [], at: GroupBucket.idLast)
        #expect(net.buckets(1) == [30, 31, 50, 2, 40])
        func insert(_ id: UInt32, _ buckets: [GroupBucket], at place: UInt32) throws { try net.group(.insertBucket, id, .all, buckets, at: place) }
        #expect(throws: OFError.gmfcUnknownGroup) { try insert(2, [bucket(3)], at: GroupBucket.idLast) }
        #expect(throws: OFError.gmfcBucketExists) { try insert(1, [bucket(3, id: 60), bucket(3, id: 50)], at: GroupBucket.idLast) }
        #expect(throws: OFError.gmfcUnknownBucket) { try insert(1, [bucket(3)], at: 77) }
        #expect(throws: OFError.gmfcUnknownBucket) { try insert(1, [bucket(3)], at: GroupBucket.idAll) }
        #expect(throws: OFError.gmfcBadBucket) { try insert(1, [bucket(3)], at: GroupBucket.idMaximum + 1) }
        #expect(net.buckets(1) == [30, 31, 50, 2, 40])
    }

    @Test func bucketsAreRemoved() throws {
        let net = try TestSwitch()
        try net.group(.add, 1, .all, (1...6).map { bucket($0) })
        func remove(_ place: UInt32, _ buckets: [GroupBucket] = []) throws { try net.group(.removeBucket, 1, .all, buckets, at: place) }
        try remove(GroupBucket.idFirst)
        try remove(GroupBucket.idLast)
        try remove(4)
        #expect(net.buckets(1) == [2, 3, 5])
        #expect(throws: OFError.gmfcUnknownBucket) { try remove(4) }
        #expect(throws: OFError.gmfcBadBucket) { try remove(2, [bucket(2)]) }
        #expect(throws: OFError.gmfcBadBucket) { try remove(GroupBucket.idMaximum + 1) }
        #expect(throws: OFError.gmfcUnknownGroup) { try net.group(.removeBucket, 2, .all, at: GroupBucket.idAll) }
        #expect(net.buckets(1) == [2, 3, 5])
        try remove(GroupBucket.idAll)
        for place in [GroupBucket.idAll, GroupBucket.idFirst, GroupBucket.idLast] { try remove(place) }
        #expect(net.buckets(1) == [])
    }

    @Test func groupsAndBucketsHaveTheirBounds() throws {
        var limits = OFProtoLimits()
        (limits.groupsPerBridge, limits.bucketsPerBridge) = (2, 4)
        let net = try TestSwitch(limits: limits)
        try net.group(.add, 1, .all, [bucket(2), bucket(3)])
        #expect(throws: OFError.gmfcOutOfBuckets) { try net.group(.add, 2, .all, [bucket(2), bucket(3), bucket(4)]) }
        try net.group(.add, 2, .all, [bucket(2), bucket(3)])
        #expect(throws: OFError.gmfcOutOfGroups) { try net.group(.add, 3, .all) }
        #expect(throws: OFError.gmfcOutOfBuckets) { try net.group(.insertBucket, 2, .all, [bucket(4)], at: GroupBucket.idLast) }
        // What is replaced makes room.
        try net.group(.modify, 1, .all, [bucket(3), bucket(4)])
        try net.group(.removeBucket, 1, .all, at: GroupBucket.idAll)
        try net.group(.modify, 2, .all, [bucket(1), bucket(2), bucket(3), bucket(4)])
        try net.group(.delete, 2)
        try net.group(.add, 3, .all, [bucket(1), bucket(2), bucket(3), bucket(4)])
        #expect(net.bridge.groups.bucketCount == 4)
    }

    @Test func featuresAreThoseOfOVS() throws {
        let features = try TestSwitch().bridge.groupFeatures(.v13)
        #expect(features.kinds == 0xf && features.capabilities == 7)
        #expect(features.maximums == [UInt32](repeating: 0xffff_ff00, count: 4))
        #expect(features.actions == [UInt32](repeating: 0x03ff_8001, count: 4))
    }

    // MARK: Flows

    @Test func flowsMayNotNameAGroupThatIsNotThere() throws {
        let net = try TestSwitch()
        func code(_ actions: [OFAction]) -> OFError? {
            do { try net.add(Match(), actions) } catch { return (error as? FlowModError)?.error }
            return nil
        }
        #expect(code([.group(5)]) == .bacBadOutGroup)
        #expect(code([.writeActions([.group(5)])]) == .bacBadOutGroup)
        #expect(code([.clone([out(2), .clone([.group(5)])])]) == .bacBadOutGroup)
        #expect(net.bridge.flowCount == 0)
        #expect(throws: OFError.bacBadOutGroup) { try net.bridge.checkGroups(ActionReferences([.group(5)])) }
        try net.group(.add, 5, .all)
        #expect(code([.clone([.group(5)])]) == nil)
    }

    @Test func aDeletedGroupTakesItsFlowsAlong() throws {
        let net = try TestSwitch()
        var removed: [FlowRemoved] = []
        net.bridge.connections.flowRemovedSink = { removed.append($0) }
        for id in 1...3 as ClosedRange<UInt32> { try net.group(.add, id, .all, [bucket(2)]) }
        try net.add(priority: 1, Match(), [out(4)])
        try net.add(priority: 2, from(1), [.group(1)]) { $0.flags = .sendFlowRemoved }
        try net.add(priority: 3, from(2), [.writeActions([.group(1)])]) { $0.flags = .sendFlowRemoved }
        try net.add(table: 2, priority: 4, from(3), [.clone([.group(1)]), .group(1), .group(2)]) { $0.flags = .sendFlowRemoved }
        try net.add(priority: 5, from(4), [.group(3)]) { $0.flags = .sendFlowRemoved }
        #expect(net.ports(ipv4(1)) == [2])
        #expect(try net.stats(1).references == 3)
        try net.group(.delete, 1)
        net.settle()
        #expect(removed.map(\.flow.priority).sorted() == [2, 3, 4])
        #expect(removed.allSatisfy { $0.reason == .groupDelete })
        #expect(net.bridge.dumpFlows().map(\.0.priority) == [5, 1])
        #expect(try net.stats(2).references == 0)
        #expect(net.ports(ipv4(1)) == [4])
        try net.group(.delete, GroupNumber.all)
        #expect(net.bridge.flowCount == 1)
    }

    @Test func referencesFollowTheFlows() throws {
        let net = try TestSwitch()
        try net.group(.add, 1, .all)
        try net.group(.add, 2, .all, [GroupBucket(id: 0, actions: [.group(1)])])
        func references() throws -> [UInt32] { net.bridge.groupStats(now: net.now).map(\.references) }
        try net.add(priority: 1, Match(), [.group(1), .clone([.group(1)])])
        try net.add(priority: 2, Match(), [.group(1), .group(2)]) { $0.hardTimeout = 5 }
        #expect(try references() == [2, 1])
        // Replaced, modified, deleted, expired.
        try net.add(priority: 1, Match(), [.group(2)])
        #expect(try references() == [1, 2])
        var mod = FlowMod()
        (mod.priority, mod.actions) = (1, [.group(1)])
        try net.bridge.apply(mod, command: .modifyStrict, now: net.now)
        #expect(try references() == [2, 1])
        try net.bridge.apply(mod, command: .deleteStrict, now: net.now)
        #expect(try references() == [1, 1])
        net.pass(milliseconds: 6_000)
        #expect(try references() == [0, 0])
        // A modified group keeps its flows.
        try net.add(Match(), [.group(1)])
        try net.group(.modify, 1, .select, [bucket(2, weight: 1)])
        #expect(try references() == [1, 0])
    }
}
