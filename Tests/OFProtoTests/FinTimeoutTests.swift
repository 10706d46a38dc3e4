import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

@Suite struct FinTimeoutTests {
    private func tcp(_ flags: UInt16, port: UInt32 = 1) -> FlowKey {
        var key = ipv4(port)
        key.l0.nwProto = IPProtocol.tcp
        key.l0.tcpFlags = BE16(flags)
        return key
    }

    @Test func aPacketThatEndsTheConnectionShortensTheTimeouts() throws {
        let net = try TestSwitch(flows: "tcp,idle_timeout=60,hard_timeout=5,actions=fin_timeout(idle_timeout=3,hard_timeout=9),2")
        net.send(tcp(0x10))
        let id = try #require(net.dpif.order.first)
        func timeouts() -> [UInt16] { net.bridge.dumpFlows().flatMap { [$0.0.idleTimeout, $0.0.hardTimeout] } }
        net.pass(milliseconds: 600)
        #expect(timeouts() == [60, 5])
        // The flags of later packets come with the megaflow's statistics.
        #expect(net.dpif.receive(tcp(0x11)))
        net.dpif.flows[id]?.stats.tcpFlags = 0x11
        net.pass(milliseconds: 600)
        #expect(timeouts() == [3, 5])
        net.pass(milliseconds: 3_500)
        #expect(timeouts() == [])
    }

    @Test(arguments: [(0x01, true), (0x04, true), (0x02, false), (0x18, false)] as [(UInt16, Bool)])
    func theFirstPacketCountsToo(flags: UInt16, ends: Bool) throws {
        let net = try TestSwitch(flows: "tcp,actions=fin_timeout(hard_timeout=2),2")
        #expect(net.ports(tcp(flags)) == [2])
        #expect(net.bridge.dumpFlows().map(\.0.hardTimeout) == [ends ? 2 : 0])
        #expect(try #require(net.dpif.flowDump().first).mask.l0.tcpFlags == .zero)
        net.pass(milliseconds: 2_500)
        #expect(net.bridge.flowCount == (ends ? 0 : 1))
    }

    @Test func otherProtocolsHaveNoEnd() throws {
        let net = try TestSwitch(flows: "priority=1,actions=3")
        try net.add(Match(), [.finTimeout(idle: 1, hard: 1), .output(OFPort(2), maxLength: 0)])
        net.send(ipv4(1))
        #expect(net.bridge.dumpFlows().allSatisfy { $0.0.hardTimeout == 0 })
        #expect(try #require(net.dpif.flowDump().first).mask.l0.nwProto == .max)
    }
}
