import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

@Suite struct LearnTests {
    /// What OVS 3.1 makes of the same learn action and packet.
    @Test func aPacketAddsTheFlowThatItsActionDescribes() throws {
        let net = try TestSwitch(flows: """
            in_port=1,udp,actions=learn(table=1,idle_timeout=10,hard_timeout=20,priority=7,cookie=0x7,send_flow_rem,fin_idle_timeout=3,eth_type=0x800,\
            nw_proto=17,eth_dst=eth_src,udp_dst=udp_src,reg3[4..7]=reg2[0..3],load:5->reg0,load:in_port->reg1[0..15],output:in_port)
            """)
        net.send(ipv4(1, from: 0x0200_0000_0009))
        let learned = try #require(net.flows(table: 1).first)
        #expect(net.flows(table: 1).count == 1)
        let wanted = try FlowSyntax().flow("""
            table=1,idle_timeout=10,hard_timeout=20,priority=7,cookie=0x7,send_flow_rem,udp,eth_dst=02:00:00:00:00:09,udp_dst=1000,reg3=0/0xf0,\
            actions=fin_timeout(idle_timeout=3),load:5->reg0,load:1->reg1[0..15],output:1
            """).mod
        #expect(learned.0.actions == wanted.actions)
        #expect(learned.0.match == wanted.match)
        #expect((learned.0.idleTimeout, learned.0.hardTimeout) == (10, 20))
        #expect(learned.0.priority == 7 && learned.0.cookie == 7 && learned.0.flags == .sendFlowRemoved)
        #expect(learned.1.packets == 0)
    }

    /// Only the learned flow's own parts are looked at.
    @Test func theMegaflowMatchesWhatThePartsRead() throws {
        let net = try TestSwitch(flows: "ip,actions=learn(table=1,eth_dst=eth_src,load:in_port->reg1[0..15]),2")
        net.send(ipv4(1))
        let mask = try #require(net.dpif.flowDump().first).mask
        #expect(mask.l0.dlSrc == .broadcast && mask.l0.dlDst == .zero && mask.l0.nwSrc == .zero)
    }

    @Test func thePacketThatTeachesDoesNotSeeTheFlow() throws {
        let net = try TestSwitch(flows: "in_port=1,actions=learn(table=1,eth_type=0x800,output:in_port),resubmit(,1),3", "table=1,priority=0,actions=4")
        #expect(net.ports(ipv4(1)) == [4, 3])
        // The megaflow is checked when the table has changed; output to the port that it came from is none.
        net.pass(milliseconds: 1_000)
        #expect(net.ports(ipv4(1)) == [3])
    }

    @Test func trafficOfTheMegaflowKeepsTheFlowAndBringsItBack() throws {
        let net = try TestSwitch(flows: "in_port=1,actions=learn(table=1,hard_timeout=3,eth_dst=eth_src),2")
        net.send(ipv4(1))
        for _ in 0..<8 {
            net.pass(milliseconds: 1_000)
            net.send(ipv4(1))
            #expect(net.flows(table: 1).count == 1)
        }
        #expect(net.dpif.flowCount == 1)
        net.pass(milliseconds: 5_000)
        #expect(net.flows(table: 1).isEmpty)
        #expect(net.dpif.flowCount == 1)
        net.dpif.receive(ipv4(1))
        net.pass(milliseconds: 1_000)
        #expect(net.flows(table: 1).count == 1)
        // A flow that was deleted, too.
        try net.bridge.apply(FlowSyntax().flow("table=1", command: .delete).mod, command: .delete, now: net.now)
        #expect(net.flows(table: 1).isEmpty)
        net.dpif.receive(ipv4(1))
        net.pass(milliseconds: 1_000)
        #expect(net.flows(table: 1).count == 1)
    }

    @Test func aRefreshIsNoChange() throws {
        let net = try TestSwitch(flows: "actions=learn(table=1,idle_timeout=30,hard_timeout=30,eth_dst=eth_src,load:1->reg0),2")
        for port in 1...3 { net.send(ipv4(UInt32(port), from: UInt64(port))) }
        net.pass(milliseconds: 2_000)
        let (version, checked) = (net.bridge.version, net.ofproto.counters.revalidated)
        for _ in 0..<4 {
            for port in 1...3 { net.send(ipv4(UInt32(port), from: UInt64(port))) }
            net.pass(milliseconds: 1_000)
        }
        // One more packet without a megaflow, which teaches nothing new.
        net.ofproto.flushMegaflows()
        net.send(ipv4(1, from: 1))
        net.pass(milliseconds: 1_000)
        #expect(net.bridge.version == version)
        #expect(net.ofproto.counters.revalidated == checked)
    }

    @Test func anotherActionReplacesTheFlowsActionsAndKeepsItsTimeouts() throws {
        let net = try TestSwitch(flows: "actions=learn(table=1,idle_timeout=9,cookie=1,eth_dst=eth_src,load:in_port->reg1[0..15])")
        net.send(ipv4(1))
        net.send(ipv4(2))
        let flow = try #require(net.flows(table: 1).first?.0)
        #expect(net.flows(table: 1).count == 1)
        #expect(flow.actions.map(\.meaning) == [.setField(.reg1, MaskedValue(value: 2, mask: 0xffff))])
        #expect(flow.idleTimeout == 9 && flow.cookie == 1)
    }

    @Test func aLimitBoundsNewFlowsAndTheResultTells() throws {
        let net = try TestSwitch(
            flows: "actions=learn(table=1,cookie=9,limit=2,result_dst=reg0[3],in_port,eth_dst=eth_src),learn(table=1,cookie=9,limit=2,result_dst=reg0[4],eth_dst),resubmit(,2)",
            "table=1,cookie=8,actions=drop", "table=2,reg0=0x18/0x18,actions=2", "table=2,reg0=8/0x18,actions=3", "table=2,reg0=0/0x18,actions=4")
        #expect(net.ports(ipv4(1, from: 1, to: 2)) == [2])
        // The second flow is there already.
        #expect(net.ports(ipv4(1, from: 1, to: 3)) == [3])
        #expect(net.ports(ipv4(2, from: 1, to: 3)) == [4])
        #expect(net.flows(table: 1).count == 3)
        // A place becomes free.
        try net.bridge.apply(FlowSyntax().flow("table=1,eth_dst=00:00:00:00:00:02", command: .delete).mod, command: .delete, now: net.now)
        net.settle()
        net.dpif.receive(ipv4(2, from: 1, to: 3))
        net.pass(milliseconds: 1_000)
        #expect(net.flows(table: 1).count == 3)
    }

    @Test func theLastActionThatTeachesTakesItsFlowsAlong() throws {
        let net = try TestSwitch(
            flows: "in_port=1,actions=learn(table=1,delete_learned,cookie=9,eth_dst)", "in_port=2,actions=learn(table=1,delete_learned,cookie=9,eth_src)",
            "table=1,cookie=8,actions=drop")
        net.send(ipv4(1))
        net.send(ipv4(2))
        #expect(net.flows(table: 1).count == 3)
        func change(_ text: String, _ command: FlowMod.Command) throws {
            try net.bridge.apply(try FlowSyntax().flow(text, command: command).mod, command: command, now: net.now)
            net.settle()
        }
        try change("in_port=1", .delete)
        #expect(net.flows(table: 1).count == 3)
        // In place: the action stays, then goes.
        try change("in_port=2,actions=2,learn(table=1,delete_learned,cookie=9,eth_src)", .modifyStrict)
        #expect(net.flows(table: 1).count == 3)
        try change("in_port=2,actions=2", .modifyStrict)
        #expect(net.flows(table: 1).map(\.0.cookie) == [8])
    }

    @Test func aTableWithoutRoomRefuses() throws {
        var limits = OFProtoLimits()
        limits.rulesPerTable = 5
        let net = try TestSwitch(flows: "actions=learn(table=1,eth_dst=eth_src),2", limits: limits)
        for station in 1...50 { #expect(net.ports(ipv4(1, from: UInt64(station))) == [2]) }
        #expect(net.flows(table: 1).count == 5)
        #expect(net.ofproto.counters.learningRefused >= 45)
        let before = net.bridge.version
        net.pass(milliseconds: 2_000)
        #expect(net.bridge.version == before)
    }
}

extension TestSwitch {
    /// A switch with flows in ovs-ofctl's syntax.
    convenience init(flows first: String, _ more: String..., limits: OFProtoLimits = OFProtoLimits()) throws {
        try self.init(ports: 4, limits: limits)
        for flow in [first] + more { try bridge.apply(try FlowSyntax().flow(flow).mod, command: .add, now: now) }
    }

    func flows(table: UInt8) -> [(FlowMod, RuleStats)] { bridge.dumpFlows().filter { $0.0.table == table } }
}
