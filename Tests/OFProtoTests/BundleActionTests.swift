import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

@Suite struct BundleActionTests {
    private func ports(_ net: TestSwitch) -> [[UInt32]] { (1...5).map { net.ports(ipv4(5, from: 0x0200_0000_0000 | UInt64($0))) } }

    private func bed(_ flows: String...) throws -> TestSwitch {
        let net = try TestSwitch(ports: 5)
        for flow in flows { try net.bridge.apply(try FlowSyntax().flow(flow).mod, command: .add, now: net.now) }
        return net
    }

    /// The ports that ovs-vswitchd 3.1 chose.
    @Test func weightsChooseAsWithOVS() throws {
        let net = try bed("actions=bundle(eth_src,3,hrw,ofport,members:1,2,3,4)")
        #expect(ports(net) == [[2], [1], [3], [1], [4]])
        // Only the packets of a port that has gone go elsewhere.
        net.dpif.downLinks = ["p1"]
        net.pass(milliseconds: 1_500)
        let left = ports(net)
        #expect([left[0], left[2], left[4]] == [[2], [3], [4]])
        #expect(left[1] != [1] && left[3] != [1] && left[1].count == 1 && left[3].count == 1)
        net.dpif.downLinks = ["p1", "p2", "p3", "p4"]
        net.pass(milliseconds: 1_500)
        #expect(ports(net) == [[], [], [], [], []])
    }

    @Test func theFirstLivePortIsTheActiveOne() throws {
        let net = try bed("actions=bundle(eth_src,0,active_backup,ofport,members:9,3,4)")
        #expect(net.ports(ipv4(5)) == [3])
        // Nothing of the packet is looked at.
        #expect(try #require(net.dpif.flowDump().first).mask.l0.dlSrc == .zero)
        net.dpif.downLinks = ["p3"]
        net.pass(milliseconds: 1_500)
        #expect(net.ports(ipv4(5)) == [4])
    }

    @Test func thePortsNumberIsLoaded() throws {
        let net = try bed(
            "actions=bundle_load(eth_src,3,hrw,ofport,reg8[8..23],members:1,2),resubmit(,1),bundle_load(eth_src,3,hrw,ofport,reg9,members:9,10),resubmit(,2)",
            "table=1,actions=output:reg8[8..23]", "table=2,reg9=0xffff,actions=3")
        for sent in ports(net) { #expect(sent == [1, 3] || sent == [2, 3]) }
    }
}
