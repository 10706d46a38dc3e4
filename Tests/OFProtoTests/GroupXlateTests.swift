import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// What packets get from groups.
@Suite struct GroupXlateTests {
    /// A switch whose flow of priority 1 names group 1.
    private func grouped(_ kind: GroupKind, _ buckets: [GroupBucket], fill: (inout GroupSelection) -> Void = { _ in }) throws -> TestSwitch {
        let net = try TestSwitch()
        try net.group(.add, 1, kind, buckets, fill: fill)
        try net.add(priority: 1, Match(), [.group(1)])
        return net
    }

    private func connection(_ number: Int, from port: UInt32 = 1) -> FlowKey {
        var key = ipv4(port)
        key.l0.nwSrc = BE32(0x0a00_0000 + UInt32(number))
        return key
    }

    private func reversed(_ key: FlowKey) -> FlowKey {
        var key = key
        swap(&key.l0.nwSrc, &key.l0.nwDst)
        swap(&key.l0.tpSrc, &key.l0.tpDst)
        swap(&key.l0.dlSrc, &key.l0.dlDst)
        return key
    }

    // MARK: all, indirect

    @Test func allGivesEveryBucketACopy() throws {
        let net = try TestSwitch()
        try net.group(.add, 1, .all, [
            GroupBucket(id: 0, actions: [out(3), .setVLANVID(7), .set(.ethDst, to: 0x0200_0000_00ff)]),
            GroupBucket(id: 1, actions: [.decTTL([]), out(4)]), bucket(2), bucket(1, id: 3),
        ])
        try net.add(Match(), [.set(.ethSrc, to: 0x0200_0000_0009), .group(1), .output(.inPort, maxLength: 0)])
        let sent = net.send(ipv4(1)).sent
        #expect(sent.map(\.port.number) == [3, 4, 2, 1])
        #expect(sent.map { $0.key.l0.vlanTCI.host } == [0x1007, 0, 0, 0])
        #expect(sent.map { $0.key.l0.dlDst.number & 0xff } == [0xff, 2, 2, 2])
        #expect(sent.map(\.key.l0.nwTTL) == [64, 63, 64, 64])
        #expect(sent.allSatisfy { $0.key.l0.dlSrc == EthernetAddress(0x0200_0000_0009) })
    }

    @Test func aMeterInABucketsTableHoldsUpThatCopyAlone() throws {
        let net = try TestSwitch()
        try net.addMeter(1)
        try net.group(.add, 1, .all, [GroupBucket(id: 0, actions: [.resubmit(port: nil, table: 3, ct: false)]), bucket(2)])
        try net.add(Match(), [.group(1)])
        try net.add(table: 3, Match(), [.meter(1), out(3)])
        net.send(ipv4(1))
        #expect(net.dpif.flowDump().map(\.actions) == [[.clone([.meter(0), .output(ODPPort(3))]), .output(ODPPort(2))]])
    }

    @Test func aBucketIsAnActionSet() throws {
        let net = try TestSwitch()
        try net.group(.add, 1, .all, [
            // The last output counts, fields are set before it, and what is no part of an action set is passed over.
            GroupBucket(id: 0, actions: [out(3), .clone([out(4)]), .resubmit(port: nil, table: 4, ct: false), out(2), .set(.ethDst, to: 5)]),
            GroupBucket(id: 1, actions: [out(3), .group(2)]),
            GroupBucket(id: 2, actions: [.set(.ethDst, to: 5)]),
            GroupBucket(id: 3, actions: [.resubmit(port: nil, table: 3, ct: false)]),
            GroupBucket(id: 4, actions: [.resubmit(port: nil, table: 5, ct: false)]),
        ])
        try net.group(.add, 2, .indirect, [bucket(4)])
        try net.add(Match(), [.group(1)])
        try net.add(table: 3, Match(), [.writeActions([out(3)]), .exit, out(2)])
        try net.add(table: 4, Match(), [out(4)])
        try net.add(table: 5, Match(), [out(2)])
        let sent = net.send(ipv4(1)).sent
        // What a bucket's table writes is done at the end; its exit does not end the packet's way.
        #expect(sent.map(\.port.number) == [2, 4, 2, 3])
        #expect(sent.map { $0.key.l0.dlDst.number } == [5, 0x0200_0000_0002, 0x0200_0000_0002, 0x0200_0000_0002])
    }

    @Test func inTheActionSetAGroupTakesThePlaceOfAnOutput() throws {
        let net = try TestSwitch()
        try net.group(.add, 1, .indirect, [bucket(3)])
        try net.add(Match(), [.writeActions([.group(1), out(2)]), .gotoTable(1)])
        try net.add(table: 1, Match(), [.writeActions([.set(.ethDst, to: 5), out(4)])])
        let sent = net.send(ipv4(1)).sent
        #expect(sent.map(\.port.number) == [3] && sent.map { $0.key.l0.dlDst.number } == [5])
    }

    @Test func aGroupThatLacksBucketsOrIsGoneDropsNothingElse() throws {
        let net = try TestSwitch()
        try net.group(.add, 1, .all, [GroupBucket(id: 0, actions: [.group(77)]), bucket(2)])
        for (id, kind) in [(2 as UInt32, GroupKind.all), (3, .select), (4, .fastFailover)] { try net.group(.add, id, kind) }
        try net.add(Match(), [.group(1), .group(2), .group(3), .group(4), out(3)])
        #expect(net.ports(ipv4(1)) == [2, 3])
    }

    // MARK: Chains

    @Test func chainsAreFollowedAndLoopsDropped() throws {
        let net = try TestSwitch()
        for id in 1...30 as ClosedRange<UInt32> { try net.group(.add, id, .indirect, [GroupBucket(id: 0, actions: [.group(id + 1)])]) }
        try net.group(.add, 31, .all, [bucket(2), bucket(3)])
        try net.add(Match(), [.group(1)])
        #expect(net.ports(ipv4(1)) == [2, 3])
        try net.group(.modify, 31, .indirect, [GroupBucket(id: 0, actions: [.group(1)])])
        net.settle()
        #expect(net.ports(ipv4(1)) == [])
        #expect(net.ofproto.counters.tooDeep > 0)
    }

    @Test func chainsThatBranchAreBounded() throws {
        let net = try TestSwitch()
        for id in 1...40 as ClosedRange<UInt32> {
            try net.group(.add, id, .all, [GroupBucket(id: 0, actions: [.group(id + 1)]), GroupBucket(id: 1, actions: [.group(id + 1)])])
        }
        try net.add(Match(), [.group(1), out(2)])
        #expect(net.ports(ipv4(1)) == [])
        #expect(net.ofproto.counters.tooManyBuckets > 0)
    }

    // MARK: Changes

    @Test func megaflowsFollowTheGroup() throws {
        let net = try grouped(.all, [bucket(2)])
        #expect(net.ports(ipv4(1)) == [2])
        try net.group(.insertBucket, 1, .all, [bucket(3)], at: GroupBucket.idLast)
        net.settle()
        #expect(net.dpif.flowCount == 1)
        #expect(net.ports(ipv4(1)) == [2, 3])
        try net.group(.removeBucket, 1, .all, at: 2)
        net.settle()
        #expect(net.ports(ipv4(1)) == [3])
        try net.group(.modify, 1, .indirect, [bucket(4)])
        net.settle()
        #expect(net.ports(ipv4(1)) == [4])
        #expect(net.ofproto.counters.misses == 1 && net.ofproto.counters.modified == 3)
        try net.group(.delete, 1)
        net.settle()
        #expect(net.ports(ipv4(1)) == [])
    }

    @Test func packetOutRunsGroups() throws {
        let net = try grouped(.all, [bucket(2), bucket(3)])
        func packetOut(_ group: UInt32) throws {
            guard let packet = net.dpif.makePacket([UInt8](repeating: 0, count: 60)) else { return #expect(Bool(false), "no packet") }
            try net.ofproto.packetOut(packet, key: ipv4(0), actions: [.group(group)], bridge: net.bridge, inPort: OFPort(1), now: net.now)
        }
        try packetOut(1)
        #expect(net.dpif.takeOutcome().sent.map(\.port.number) == [2, 3])
        #expect(throws: FlowModError.self) { try packetOut(2) }
        #expect(try net.stats(1).packets == 1)
    }

    // MARK: fast failover

    @Test func fastFailoverTakesTheFirstLiveBucket() throws {
        let net = try grouped(.fastFailover, [bucket(2, watch: 2), bucket(3, watch: 3), bucket(4, watch: 99)])
        func down(_ name: String, _ isDown: Bool) throws {
            var config = net.config(name)
            config.flags = isDown ? .down : []
            try net.bridge.changePort(config)
            net.settle()
        }
        #expect(net.ports(ipv4(1)) == [2])
        try down("p2", true)
        #expect(net.ports(ipv4(1)) == [3])
        try down("p3", true)
        #expect(net.ports(ipv4(1)) == [])
        try down("p2", false)
        #expect(net.ports(ipv4(1)) == [2])
        #expect(net.ofproto.counters.misses == 1)
        try net.bridge.removePort("p2")
        try down("p3", false)
        #expect(net.ports(ipv4(1)) == [3])
    }

    @Test func aLostLinkIsNoticedWhereABucketWatches() throws {
        let net = try grouped(.fastFailover, [bucket(2, watch: 2), bucket(3, watch: 3)])
        #expect(net.ports(ipv4(1)) == [2])
        net.dpif.downLinks = ["p2", "p4"]
        net.pass(milliseconds: 600)
        #expect(net.ports(ipv4(1)) == [3])
        net.dpif.downLinks = ["p4"]
        net.pass(milliseconds: 600)
        #expect(net.ports(ipv4(1)) == [2])
        // A bucket that comes to watch a port knows of its link at once.
        net.dpif.downLinks = ["p2", "p4"]
        try net.group(.modify, 1, .fastFailover, [bucket(4, watch: 4), bucket(3, watch: 3)])
        net.settle()
        #expect(net.ports(ipv4(1)) == [3])
        #expect(net.bridge.groups.watchedPorts == [OFPort(3), OFPort(4)])
        try net.group(.delete, 1)
        #expect(net.bridge.groups.watchedPorts.isEmpty)
    }

    @Test func aWatchedGroupIsLiveWhenItLeadsToALiveBucket() throws {
        let net = try grouped(.fastFailover, [bucket(2, watchGroup: 5), bucket(3, watchGroup: 8), bucket(4, watch: 1)])
        // 5 and 6 watch each other only; 8 is not there.
        try net.group(.add, 5, .fastFailover, [bucket(2, watchGroup: 6)])
        try net.group(.add, 6, .fastFailover, [bucket(2, watchGroup: 5)])
        #expect(net.ports(ipv4(1)) == [4])
        try net.group(.add, 8, .all)
        net.settle()
        #expect(net.ports(ipv4(1)) == [4])
        try net.group(.insertBucket, 8, .all, [bucket(2)], at: GroupBucket.idLast)
        net.settle()
        #expect(net.ports(ipv4(1)) == [3])
        try net.group(.insertBucket, 6, .fastFailover, [bucket(2, id: 9, watch: 2)], at: GroupBucket.idLast)
        net.settle()
        #expect(net.ports(ipv4(1)) == [2])
        #expect(net.ofproto.counters.misses == 1)
    }

    // MARK: select

    @Test func selectSpreadsConnectionsByWeight() throws {
        let net = try grouped(.select, [bucket(2, weight: 1), bucket(3, weight: 3), bucket(4, weight: 0)])
        var counts: [UInt32: Int] = [:]
        for number in 0..<1_000 {
            let key = connection(number)
            let ports = net.ports(key)
            try #require(ports.count == 1)
            counts[ports[0], default: 0] += 1
            // One connection, one bucket, in both directions and with whatever else differs.
            var other = key
            (other.l0.nwTTL, other.l0.nwTOS, other.l0.dlSrc) = (3, 0x20, EthernetAddress(0x0200_0000_0077))
            #expect(net.ports(other) == ports)
            if number < 50 { #expect(net.ports(reversed(key)) == ports) }
        }
        // One megaflow that hashes, and one for each of sixteen values of the hash.
        #expect(net.dpif.flowCount == 17)
        let first = counts[2] ?? 0
        #expect(first > 200 && first < 300 && counts[3] == 1_000 - first, "\(counts)")
    }

    @Test func theFieldsThatAreHashedAreInTheMegaflow() throws {
        func mask(_ key: FlowKey, fill: (inout GroupSelection) -> Void) throws -> FlowMask {
            let net = try grouped(.select, [bucket(2, weight: 1), bucket(3, weight: 1)], fill: fill)
            net.send(key)
            return try #require(net.dpif.flowDump().first).mask
        }
        func fields(_ selection: inout GroupSelection) {
            selection.method = "hash"
            selection.add(.ipv4Src, bits: Field.ipv4Src.place.ones)
            selection.add(.udpDst, bits: Field.udpDst.place.ones)
        }
        let chosen = try mask(ipv4(1), fill: fields)
        #expect(chosen.l0.nwSrc == .ones && chosen.l0.tpDst == .ones && chosen.l0.nwProto == .max)
        #expect(chosen.l0.nwDst == .zero && chosen.l0.tpSrc == .zero && chosen.l0.dlSrc == .zero)
        let whole = try mask(ipv4(1)) { $0.method = "hash" }
        // Without fields it is layers 2 to 4, but for UDP's ports.
        #expect(whole.l0.nwSrc == .ones && whole.l0.nwDst == .ones && whole.l0.tpSrc == .zero && whole.l0.tpDst == .zero)
        #expect(whole.l0.nwProto == .max && whole.l0.dlSrc == .broadcast && whole.l0.nwTTL == 0)
        var arp = ipv4(1)
        (arp.l0.dlType, arp.l0.nwTTL, arp.l0.tpSrc, arp.l0.tpDst) = (BE16(EtherType.arp), 0, .zero, .zero)
        let ethernet = try mask(arp) { $0.method = "hash" }
        #expect(ethernet.l0.dlSrc == .broadcast && ethernet.l0.dlDst == .broadcast && ethernet.l0.nwSrc == .zero)
    }

    /// Weights decide how many bits of dp_hash are matched; a group for which 64 hashes (256, if it asks for dp_hash) are too few hashes by itself.
    @Test(arguments: [("", [1, 1], 15), ("", [1, 63], 63), ("", [1, 64], 0), ("dp_hash", [1, 64], 127), ("dp_hash", [1, 255], 255), ("dp_hash", [1, 256], 0)])
    func theDatapathsHashHasAsManyBitsAsWeightsNeed(method: String, weights: [Int], bits: UInt32) throws {
        let net = try grouped(.select, zip([2, 3], weights).map { bucket($0, weight: UInt16($1)) }) { ($0.method, $0.parameter) = (method, 7) }
        net.send(ipv4(1))
        let flows = net.dpif.flowDump()
        let hash: DPAction = .hash(algorithm: method.isEmpty ? 1 : 0, basis: method.isEmpty ? 0 : 7)
        #expect(bits == 0 ? flows.count == 1 : flows[0].actions == [hash, .recirc(RecircID(1))])
        #expect(flows.last?.mask.l0.dpHash == bits)
    }

    /// What the packet had before it, had been through, and has on its stack goes on when it comes back.
    @Test func aHashedPacketGoesOnWhereItWas() throws {
        func sees(_ field: Field) -> Match {
            var match = Match()
            match.set(field, to: 7)
            return match
        }
        let net = try TestSwitch()
        try net.group(.add, 1, .select, [GroupBucket(id: 0, weight: 1, actions: [.resubmit(port: nil, table: 5, ct: false)])])
        try net.add(Match(), [.setField(.reg3, MaskedValue(value: 7, mask: .max)), .push(FieldRange(.reg3)), .gotoTable(1)])
        try net.add(table: 1, Match(), [.group(1), .pop(FieldRange(.reg4)), .output(OFPort(3), maxLength: 0), .resubmit(port: nil, table: 6, ct: false)])
        try net.add(table: 5, sees(.reg3), [.output(OFPort(2), maxLength: 0)])
        try net.add(table: 6, sees(.reg4), [.output(OFPort(4), maxLength: 0)])
        #expect(net.ports(ipv4(1)) == [2, 3, 4])
        #expect(net.dpif.flowCount == 2)
    }

    @Test func onlyTheChosenFieldsAndTheBasisChoose() throws {
        func ports(basis: UInt64) throws -> [[UInt32]] {
            let net = try grouped(.select, (1...4).map { bucket($0 == 1 ? 2 : UInt16($0), id: UInt32($0), weight: 1) }) {
                ($0.method, $0.parameter) = ("hash", basis)
                $0.add(.ipv4Src, bits: 0xff)
            }
            return (0..<64).map { number in
                var key = connection(number)
                let first = net.ports(key)
                key.l0.nwSrc = BE32(key.l0.nwSrc.host | 0x1100)
                key.l0.tpSrc = BE16(9)
                #expect(net.ports(key) == first)
                return first
            }
        }
        let plain = try ports(basis: 0)
        #expect(Set(plain).count > 1)
        #expect(try ports(basis: 0) == plain)
        #expect(try ports(basis: 1) != plain)
    }

    @Test func aDeadBucketsConnectionsAloneGoElsewhere() throws {
        let net = try grouped(.select, [bucket(2, weight: 1, watch: 2), bucket(3, weight: 1, watch: 3), bucket(4, weight: 1, watch: 4)])
        let keys = (0..<200).map { connection($0) }
        let before = keys.map { net.ports($0) }
        net.dpif.downLinks = ["p3"]
        net.pass(milliseconds: 600)
        let after = keys.map { net.ports($0) }
        #expect(before.contains([3]) && !after.contains([3]))
        #expect(zip(before, after).allSatisfy { $0 == [3] || $0 == $1 })
        let moved = zip(before, after).filter { $0.0 == [3] }.map(\.1)
        #expect(!moved.isEmpty && moved.allSatisfy { $0 == [2] || $0 == [4] })
        net.dpif.downLinks = ["p2", "p3", "p4"]
        net.pass(milliseconds: 600)
        #expect(keys.allSatisfy { net.ports($0).isEmpty })
        #expect(net.ofproto.counters.misses == 17)
    }

    // MARK: Statistics

    @Test func packetsAreCreditedToGroupsAndBuckets() throws {
        let net = try TestSwitch()
        try net.group(.add, 1, .all, [bucket(2), GroupBucket(id: 3, actions: [.group(2)])])
        try net.group(.add, 2, .fastFailover, [bucket(3, watch: 99), bucket(4, watch: 4)])
        try net.add(Match(), [.group(1)])
        net.pass(milliseconds: 1_000)
        for _ in 0..<5 { net.send(ipv4(1)) }
        net.pass(milliseconds: 600)
        func counter(_ packets: UInt64) -> GroupStatistics.Counter { .init(packets: packets, bytes: packets * 60) }
        #expect(net.bridge.groupStats(now: net.now) == [
            GroupStatistics(group: 1, references: 1, packets: 5, bytes: 300, duration: 1_600_000_000, buckets: [counter(5), counter(5)]),
            GroupStatistics(group: 2, references: 0, packets: 5, bytes: 300, duration: 1_600_000_000, buckets: [counter(0), counter(5)]),
        ])
        // As in OVS, buckets that stay keep their counters, the group's own begin anew, and its duration goes on.
        try net.group(.insertBucket, 1, .all, [bucket(3, id: 9)], at: GroupBucket.idFirst)
        net.settle()
        net.send(ipv4(1))
        net.pass(milliseconds: 600)
        let stats = try net.stats(1)
        #expect(stats.packets == 1 && stats.buckets == [counter(1), counter(6), counter(6)] && stats.duration == 2_200_000_000)
        try net.group(.modify, 1, .all, [bucket(2)])
        #expect(try net.stats(1).buckets == [counter(0)])
        #expect(net.bridge.groupStats(5, now: net.now).isEmpty)
    }
}
