import Flow
import Testing
import TestSupport
@testable import OpenFlow

/// What ovs-vswitchd says in `ovs-ofctl dump-flows` and `ovs-appctl bridge/dump-flows` of a flow that it was given.
@Suite struct DumpRefereeTests {
    @Test func dumpsAreTheSame() async throws {
        let script = #"""
            ovs-vsctl --db=unix:"$dir/db.sock" -t 20 add-br br0 -- set bridge br0 datapath_type=dummy fail-mode=secure
            while IFS= read -r flow; do
              ovs-ofctl del-flows "$dir/br0.mgmt"
              ovs-ofctl add-flow "$dir/br0.mgmt" "$flow"
              ovs-ofctl dump-flows "$dir/br0.mgmt" | grep cookie | sed 's/duration=[^,]*/duration=0.000s/; s/idle_age=[0-9]*, //' | tr -d '\n'
              printf '\001'
              ask bridge/dump-flows br0 | grep -v table_id=254 | sed 's/duration=[0-9]*s/duration=0s/' | tr -d '\n'
              echo
            done
            """#
        let result = try await besideDummySwitch(script, input: dumpedFlows + "\n")
        let theirs = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        let flows = dumpedFlows.split(separator: "\n").map(String.init)
        #expect(theirs.count == flows.count + 1, "\(result.errors)")
        for (flow, line) in zip(flows, theirs) {
            let forms = line.split(separator: "\u{1}", omittingEmptySubsequences: false).map(String.init)
            let mod = try FlowSyntax().flow(flow).mod
            #expect(mod.dumpText(FlowDumpStats()) == forms[0], "\(flow)")
            #expect(mod.bridgeDumpText(FlowDumpStats()) == forms.last, "\(flow)")
        }
    }
}

private let dumpedFlows = """
    actions=drop
    priority=0,actions=NORMAL
    table=3,cookie=0x1f,idle_timeout=7,hard_timeout=9,priority=5,tcp,nw_src=10.0.0.0/8,tp_dst=80,actions=output:2
    arp,actions=set_field:10.0.0.1->arp_spa,IN_PORT
    dl_vlan=5,dl_vlan_pcp=3,actions=strip_vlan,output:1
    in_port=LOCAL,ip,actions=resubmit(,2),controller:128
    udp6,ipv6_dst=fe80::/10,actions=set_field:5->reg3,move:reg3[0..7]->reg4[8..15]
    mpls,mpls_label=7,actions=dec_mpls_ttl,pop_mpls:0x800,output:3
    tcp,ct_state=-trk,actions=ct(commit,zone=reg1[0..15],table=3,nat(src=10.0.0.1-10.0.0.9:80-90,random),exec(set_field:5/7->ct_mark),alg=ftp)
    ip,ct_state=+trk+est,actions=resubmit(,4,ct),ct_clear
    actions=learn(table=1,hard_timeout=60,NXM_OF_VLAN_TCI[0..11],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],load:5->reg3[1..5],output:NXM_OF_IN_PORT[]),FLOOD
    ip,nw_src=10.0.0.1,actions=conjunction(7,2/3)
    actions=bundle_load(symmetric_l4,3,hrw,ofport,reg0,members:1,2),multipath(eth_src,5,hash_threshold,16,0,reg1[0..3]),push:reg0,pop:reg1[0..15]
    tcp,actions=fin_timeout(idle_timeout=3),check_pkt_larger(1500)->reg2[0],sample(probability=9,collector_set_id=1,sampling_port=1,egress)
    """
