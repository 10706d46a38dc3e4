import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// Actions that ovs-vswitchd 3.1 traced for the same flows.
@Suite struct CheckLengthTests {
    private func actions(_ flows: [String], _ port: UInt32 = 1) throws -> [DPAction] {
        let net = try TestSwitch()
        for flow in flows { try net.bridge.apply(try FlowSyntax().flow(flow).mod, command: .add, now: net.now) }
        var key = ipv4(port)
        key.l0.nwTTL = 5
        net.send(key)
        return try #require(net.dpif.flowDump().first).actions
    }

    private func out(_ port: UInt32) -> DPAction { .output(ODPPort(port)) }
    private var lessTTL: DPAction {
        var value = DPSetIPv4(), mask = DPSetIPv4()
        (value.ttl, mask.ttl) = (4, .max)
        return .set(.ipv4(value, mask: mask))
    }
    private let tables = ["table=1,reg0=1,actions=3", "table=1,reg0=0,ip,actions=dec_ttl,4"]

    @Test func bothAnswersAreTranslated() throws {
        let list = try actions(tables + ["in_port=1,actions=check_pkt_larger(100)->reg0[0],resubmit(,1),output:2"])
        #expect(list == [.checkPacketLength(100, greater: [out(3), out(2)], lessOrEqual: [lessTTL, out(4), out(2)])])
    }

    @Test func gotoTableBelongsToBothWays() throws {
        let list = try actions(tables + ["ip,actions=check_pkt_larger(100)->reg0[0],goto_table:1"])
        #expect(list == [.checkPacketLength(100, greater: [out(3)], lessOrEqual: [lessTTL, out(4)])])
    }

    @Test func waysNest() throws {
        let list = try actions(["actions=check_pkt_larger(200)->reg0[3],check_pkt_larger(300)->reg0[4],output:2,exit,output:3"])
        let inner = DPAction.checkPacketLength(300, greater: [out(2)], lessOrEqual: [out(2)])
        #expect(list == [.checkPacketLength(200, greater: [inner], lessOrEqual: [inner])])
    }

    @Test func theListsAroundGoOnWithThePacketAsItWas() throws {
        let list = try actions(tables + ["actions=resubmit(,2),resubmit(,1)", "table=2,ip,actions=check_pkt_larger(100)->reg0[0],dec_ttl,output:2"])
        #expect(list == [.checkPacketLength(100, greater: [lessTTL, out(2)], lessOrEqual: [lessTTL, out(2)]), lessTTL, out(4)])
    }

    @Test func exitOfTheLargerPacketsEndsAll() throws {
        let tables = ["actions=set_field:5->reg0,resubmit(,5),output:4", "table=5,ip,actions=check_pkt_larger(1000)->reg0[0],resubmit(,6)"]
        #expect(try actions(tables + ["table=6,reg0=5,actions=exit", "table=6,reg0=4,actions=output:3"])
            == [.checkPacketLength(1_000, greater: [], lessOrEqual: [out(3)])])
        #expect(try actions(tables + ["table=6,reg0=4,actions=exit", "table=6,reg0=5,actions=output:3"])
            == [.checkPacketLength(1_000, greater: [out(3)], lessOrEqual: []), out(4)])
    }

    @Test func theActionSetIsExecutedAsOVSDoes() throws {
        #expect(try actions(["actions=write_actions(output:4),goto_table:1", "table=1,actions=check_pkt_larger(100)->reg0[0],output:2"])
            == [.checkPacketLength(100, greater: [out(2), out(4)], lessOrEqual: [out(2)]), out(4)])
        #expect(try actions([
            "in_port=4,actions=resubmit(,2),output:3", "table=2,actions=check_pkt_larger(100)->reg0[0],output:1,write_actions(output:1),goto_table:3",
            "table=3,reg0=1,actions=exit", "table=3,reg0=0,actions=output:2",
        ], 4) == [.checkPacketLength(100, greater: [out(1)], lessOrEqual: [out(1), out(2), out(1)])])
    }

    /// Each action doubles what stands behind it.
    @Test func manyAreBounded() throws {
        let net = try TestSwitch()
        let many = (0..<40).map { "check_pkt_larger(\(100 + $0))->reg0[0]" }.joined(separator: ",")
        try net.bridge.apply(try FlowSyntax().flow("actions=\(many),2").mod, command: .add, now: net.now)
        #expect(net.ports(ipv4(1)) == [])
        #expect(net.ofproto.counters.tooManyResubmits > 0)
    }
}
