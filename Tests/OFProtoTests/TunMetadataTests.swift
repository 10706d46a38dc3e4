import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// tun_metadata fields: what a table of options lets flows name, and what flows do with it.
@Suite struct TunMetadataTests {
    private static let mappings = [
        TLVMapping(optionClass: 0xffff, type: 0, length: 4, index: 0), TLVMapping(optionClass: 0xffff, type: 1, length: 8, index: 1),
        TLVMapping(optionClass: 0xffff, type: 2, length: 124, index: 2),
    ]

    private func mapped() throws -> TestSwitch {
        let bed = try TestSwitch()
        try bed.bridge.apply(TLVTableMod(.add, Self.mappings), now: bed.now)
        return bed
    }

    /// Adds a flow in ovs-ofctl's syntax.
    private func add(_ bed: TestSwitch, _ text: String) throws {
        try bed.bridge.apply(try FlowSyntax().flow(text).mod, command: .add, now: bed.now)
    }

    private func expectRefusal(_ error: OFError, _ bed: TestSwitch, _ text: String) throws {
        let mod = try FlowSyntax().flow(text).mod
        #expect("\(text)") { try bed.bridge.apply(mod, command: .add, now: bed.now) } throws: { ($0 as? FlowModError)?.error == error }
    }

    /// The ports that a packet leaves by with these flows.
    private func ports(_ flows: String...) throws -> [UInt32] {
        let bed = try mapped()
        for flow in flows { try add(bed, flow) }
        return bed.ports(ipv4(1))
    }

    @Test func whatIsNotMappedIsRefused() throws {
        let bed = try mapped()
        for text in ["tun_metadata3=1,actions=1", "tun_metadata3,actions=1", "actions=set_field:1->tun_metadata3", "actions=move:tun_metadata3[0..3]->reg0[0..3]",
            "actions=clone(push:tun_metadata3[0])", "actions=write_actions(set_field:1->tun_metadata3)", "actions=learn(table=1,tun_metadata3[0..3]=5)",
            "ip,actions=ct(zone=tun_metadata3[0..15])", "actions=delete_field:tun_metadata3"] { try expectRefusal(.nxfmfcInvalidTLVField, bed, text) }
        for text in ["actions=push:tun_metadata0[32]", "actions=move:tun_metadata1[0..63]->tun_metadata0[0..63]", "actions=output:tun_metadata0[]",
            "actions=learn(table=1,tun_metadata0=5)", "actions=clone(check_pkt_larger(5)->tun_metadata1[64])"] { try expectRefusal(.bacBadSetLen, bed, text) }
        #expect(bed.bridge.flowCount == 0)
        try add(bed, "actions=move:tun_metadata1[32..63]->tun_metadata0[0..31],push:tun_metadata2[991]")
        #expect(bed.bridge.flowCount == 1)
    }

    @Test func whatFlowsNameStaysMapped() throws {
        let bed = try mapped()
        func delete(_ indices: Int...) throws { try bed.bridge.apply(TLVTableMod(.delete, indices.map { Self.mappings[$0] }), now: bed.now) }
        try add(bed, "tun_metadata0=1,actions=1")
        try add(bed, "priority=2,actions=clone(set_field:1->tun_metadata1)")
        #expect(throws: OFError.nxttmfcInvalidTLVDel) { try delete(0) }
        #expect(throws: OFError.nxttmfcInvalidTLVDel) { try delete(2, 1) }
        #expect(throws: OFError.nxttmfcInvalidTLVDel) { try bed.bridge.apply(TLVTableMod(.clear, []), now: bed.now) }
        #expect(bed.bridge.tlvTable.mappings == Self.mappings)
        try delete(2)
        // The action goes, and with it the name.
        try bed.bridge.apply(try FlowSyntax().flow("priority=2,actions=2", command: .modifyStrict).mod, command: .modifyStrict, now: bed.now)
        try delete(1)
        var all = FlowMod()
        all.table = 0xff
        try bed.bridge.apply(all, command: .delete, now: bed.now)
        try delete(0)
        #expect(bed.bridge.tlvTable.mappings.isEmpty)
    }

    @Test func fieldsMayLieInPieces() throws {
        let bed = try mapped()
        // 120 bytes are left, 12 of them where the first two were.
        try bed.bridge.apply(TLVTableMod(.delete, Array(Self.mappings.prefix(2))), now: bed.now)
        let long = TLVMapping(optionClass: 1, type: 1, length: 124, index: 7)
        try bed.bridge.apply(TLVTableMod(.add, [long]), now: bed.now)
        #expect(throws: OFError.nxttmfcTableFull) {
            try bed.bridge.apply(TLVTableMod(.add, [TLVMapping(optionClass: 1, type: 2, length: 12, index: 8)]), now: bed.now)
        }
        let value = "0x" + (1...124).map { String($0 | 0x80, radix: 16) }.joined()
        try add(bed, "actions=set_field:\(value)->tun_metadata7,move:tun_metadata7[]->tun_metadata2[],set_field:0->tun_metadata7,resubmit(,1)")
        try add(bed, "table=1,tun_metadata2=\(value),tun_metadata7=0,actions=3")
        #expect(bed.ports(ipv4(1)) == [3])
    }

    @Test func laterTablesSeeWhatWasWritten() throws {
        #expect(try ports("actions=set_field:0x1234->tun_metadata0,resubmit(,1)", "table=1,tun_metadata0=0x1234,actions=2") == [2])
        #expect(try ports("actions=set_field:0x12/0xff->tun_metadata0,resubmit(,1)", "table=1,tun_metadata0=0x12,actions=2") == [2])
        #expect(try ports("actions=set_field:0->tun_metadata0,resubmit(,1)", "table=1,tun_metadata0,actions=2") == [2])
        #expect(try ports("actions=load:5->reg0[],move:reg0[]->tun_metadata0[0..31],resubmit(,1)", "table=1,tun_metadata0=5,actions=2") == [2])
        #expect(try ports("actions=load:5->tun_metadata2[300..363],move:tun_metadata2[296..311]->reg1[0..15],resubmit(,1)", "table=1,reg1=0x50,actions=2") == [2])
        #expect(try ports("actions=set_field:0x123456->tun_metadata0,set_field:0xab00/0xff00->tun_metadata0,goto_table:1", "table=1,tun_metadata0=0x12ab56,actions=2") == [2])
        #expect(try ports("actions=set_field:2->tun_metadata0,output:tun_metadata0[0..15]") == [2])
        // A range moved within its field, by fewer bits than it has.
        #expect(try ports("actions=set_field:0xf0f1f2f3f4f5f6f7f8f9fafbfcfdfeff0123456789->tun_metadata2,move:tun_metadata2[0..199]->tun_metadata2[8..207],resubmit(,1)",
            "table=1,tun_metadata2=0xf0f1f2f3f4f5f6f7f8f9fafbfcfdfeff012345678989,actions=2") == [2])
    }

    @Test func whatIsAbsentIsNotZero() throws {
        for match in ["tun_metadata0", "tun_metadata0=0", "tun_metadata0=0/0xf"] {
            #expect(try ports("actions=resubmit(,1)", "table=1,\(match),actions=2", "table=1,priority=1,actions=3") == [3], "\(match)")
            #expect(try ports("actions=set_field:0x10->tun_metadata0,delete_field:tun_metadata0,resubmit(,1)", "table=1,\(match),actions=2",
                "table=1,priority=1,actions=3") == [3], "\(match)")
            // What moves is the absent field's zeroes, and its destination is there then.
            #expect(try ports("actions=move:tun_metadata1[0..7]->tun_metadata0[0..7],resubmit(,1)", "table=1,\(match),actions=2", "table=1,priority=1,actions=3") == [2], "\(match)")
        }
    }

    @Test func whatBelongsToATunnelStaysInItsBridge() throws {
        let bed = try mapped()
        let other = try bed.ofproto.addBridge("br1")
        try other.apply(TLVTableMod(.add, Self.mappings), now: bed.now)
        func patch(_ name: String, _ peer: String) -> BridgePortConfig {
            BridgePortConfig(DPPortRequest(name: name, type: "patch", options: ["peer": peer]))
        }
        let near = try bed.bridge.addPort(patch("to1", "to0"))
        try other.addPort(patch("to0", "to1"))
        try other.addPort(bed.config("q1"))
        let leave = try #require(other.port(named: "q1")?.number.number)
        try add(bed, "actions=set_field:5->tun_id,set_field:7->tun_metadata0,output:\(near.number)")
        for (priority, match) in [(3, "tun_metadata0"), (2, "tun_id=5"), (1, "ip")] {
            let actions = priority == 1 ? "output:\(leave)" : "drop"
            try other.apply(try FlowSyntax().flow("priority=\(priority),\(match),actions=\(actions)").mod, command: .add, now: bed.now)
        }
        #expect(bed.send(ipv4(1)).sent.count == 1)
    }

    @Test func megaflowsOfPacketsWithoutTunnelKnowNothingOfIt() throws {
        let bed = try mapped()
        try add(bed, "actions=resubmit(,1)")
        try add(bed, "table=1,priority=5,tun_metadata0=0x1234,actions=2")
        try add(bed, "table=1,priority=6,tun_metadata1=0x1234/0xffff,actions=2")
        try add(bed, "table=1,priority=4,actions=3")
        #expect(bed.ports(ipv4(1)) == [3])
        let flow = try #require(bed.dpif.flows.values.first)
        #expect(flow.put.mask.l5.tunMetadataPresent == 0 && (6...9).allSatisfy { flow.put.mask[line: $0] == .zero })
    }

    @Test func megaflowsOfTunnelsTellOptionsApart() throws {
        let bed = try mapped()
        try add(bed, "tun_metadata0=0x12/0xff,actions=2")
        try add(bed, "priority=1,actions=3")
        var key = ipv4(1)
        key.l2.tunDst = BE128(number: 0xffff_0a00_0001)
        #expect(bed.ports(key) == [3])
        let place = try #require(bed.bridge.tlvMappings.places[0])
        key.l5.tunMetadataPresent = place.presence
        key.setTunMetadata(at: place, to: [0, 0, 7, 0x12])
        #expect(bed.ports(key) == [2])
        key.setTunMetadata(at: place, to: [0, 0, 8, 0x12])
        #expect(bed.ports(key) == [2])
        key.setTunMetadata(at: place, to: [0, 0, 8, 0x13])
        #expect(bed.ports(key) == [3])
        #expect(bed.dpif.flows.values.contains { $0.put.mask.tunMetadata(at: place) == [0, 0, 0, 0xff] && $0.put.mask.l5.tunMetadataPresent == place.presence })
    }

    @Test func flowsAreToldAsLongAsTheirFields() throws {
        let bed = try mapped()
        try add(bed, "tun_metadata0=0x123456789a,tun_metadata1,actions=set_field:0x12/0xff->tun_metadata0,set_field:0x5/0xffffffff->tun_metadata0")
        let flow = try #require(bed.bridge.dumpFlows().first?.0)
        #expect(flow.match.tunMetadata == [
            TunMetadata(.tunMetadata0, value: [0x12, 0x34, 0x56, 0x78]), TunMetadata(.tunMetadata1, value: [], mask: [0, 0, 0, 0, 0, 0, 0, 0]),
        ])
        #expect(flow.match.text() == "tun_metadata0=0x12345678,tun_metadata1")
        #expect(flow.actions.text() == "set_field:0x12/0xff->tun_metadata0,set_field:0x5->tun_metadata0")
        try add(bed, "tun_metadata0=0x12345678,tun_metadata1,actions=1")
        #expect(bed.bridge.flowCount == 1)
    }
}
