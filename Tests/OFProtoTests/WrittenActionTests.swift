import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// Action sets, as ovs-vswitchd 3.1 traced them.
@Suite struct WrittenActionTests {
    /// Each kind of TTL has a place of its own in a set.
    @Test(arguments: ["dec_ttl,dec_mpls_ttl,output:1", "output:1,dec_mpls_ttl,dec_ttl"]) func bothKindsOfTTLAreInASet(set: String) throws {
        let net = try TestSwitch(flows: "in_port=2,mpls,actions=write_actions(\(set))")
        var key = FlowKey()
        key.l0.inPort = 2
        key.l0.dlType = XlateTypes.mpls
        key.l3.mplsLSE0 = BE32(MPLS.bottom | 5)
        let sent = net.send(key).sent
        #expect(sent.map(\.port) == [ODPPort(1)])
        #expect(sent.map(\.key.l3.mplsLSE0) == [BE32(MPLS.bottom | 4)])
    }
}
