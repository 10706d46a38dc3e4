import Datapath
import OpenFlow
import Testing
@testable import OFProto

@Suite struct SlowPathTests {
    private let long = Array(repeating: "output:2", count: 3_000).joined(separator: ",")

    private func net(_ flows: [String]) throws -> TestSwitch {
        let net = try TestSwitch()
        for flow in flows { try net.bridge.apply(try FlowSyntax().flow(flow).mod, command: .add, now: net.now) }
        return net
    }

    private func actions(_ net: TestSwitch) -> [String] { net.dpif.flowDump().map { $0.actions.odpText(userdata: { net.ofproto.userdataText($0) }) } }

    /// The bridge's meter for the slow path is in front of it as long as it is there, as ovs-vswitchd has it.
    @Test func theMeterOfTheSlowPath() throws {
        let net = try net(["actions=resubmit(,1),resubmit(,2),resubmit(,3)", "table=1,actions=\(long)", "table=2,actions=\(long)", "table=3,actions=\(long)"])
        #expect(net.send(ipv4(1)).sent.count == 9_000)
        #expect(actions(net) == ["userspace(pid=0,slow_path(action))"])
        try net.addMeter(MeterNumber.slowpath)
        net.settle()
        let meter = try #require(net.bridge.meters[MeterNumber.slowpath]).datapathID
        #expect(actions(net) == ["sample(sample=100.0%,actions(meter(\(meter)),userspace(pid=0,slow_path(action))))"])
        let outcome = net.send(ipv4(1))
        #expect(outcome.sent.count == 9_000 && outcome.meters == [meter])
        try net.bridge.apply(MeterMod(.delete, MeterConfig(meter: MeterNumber.slowpath, flags: .pktps, bands: [])), now: net.now)
        net.settle()
        #expect(actions(net) == ["userspace(pid=0,slow_path(action))"])
        #expect(net.ofproto.counters.slowPath == 2)
    }

    /// Flows are learned, stations heard and packets counted once, however a packet is dealt with.
    @Test func nothingIsCountedTwice() throws {
        let net = try net(["actions=resubmit(,1),resubmit(,2),resubmit(,3),normal,learn(table=9,eth_dst=eth_src)", "table=1,actions=\(long)", "table=2,actions=\(long)",
            "table=3,actions=\(long)"])
        for _ in 0..<3 { #expect(net.send(ipv4(1)).sent.count == 9_003) }
        net.pass(milliseconds: 1_000)
        #expect(net.bridge.dumpFlows().map(\.1.packets) == [3, 3, 3, 3, 0])
        #expect(net.bridge.tables[9]?.classifier.count == 1)
        #expect(net.ofproto.counters.slowPath == 3 && net.ofproto.counters.misses == 1)
    }

    /// What is wanted of one packet has an end: then no table is looked up any more, and at last all is given up.
    @Test func howMuchIsDone() throws {
        let rounds = Array(repeating: "resubmit(,1)", count: 5).joined(separator: ",")
        let some = try net(["actions=\(rounds),output:3", "table=1,actions=\(long)"])
        #expect(some.send(ipv4(1)).sent.count == 9_000)
        let floods = Array(repeating: "flood", count: 4_000).joined(separator: ",")
        let all = try TestSwitch(ports: 8)
        try all.bridge.apply(try FlowSyntax().flow("actions=" + floods).mod, command: .add, now: all.now)
        #expect(all.send(ipv4(1)).sent.isEmpty)
        #expect(all.ofproto.counters.tooManyActions > 0 && actions(all) == ["drop"])
    }
}
