// Scripts for `TwinBridges.compare`. The manual page's commands that talk to a switch, each in the versions of OpenFlow that it takes, with what is
// right and what is refused.

enum FlowScripts {
    /// Fields that tunnel options are mapped to: what names one without a mapping, and the mapping of one that a flow names, are refused. OVS lets go of a
    /// flow some time after its deletion, so other commands stand between that and the last mapping's.
    static let tunMetadata = #"""
        10 11 12 13 14 15: add-flow "tun_metadata0=0x1234,actions=drop"
        10 12 13 14 15: add-flow "actions=set_field:0x1234->tun_metadata0"
        10 13 15: add-flow "actions=move:tun_metadata0[0..31]->reg0[]"
        10 13 15: add-flow "actions=learn(table=1,tun_metadata0[0..31]=0x5)"
        10 15: dump-flows "tun_metadata0=1"
        10 15: dump-aggregate "tun_metadata0=1"
        10 13 15: del-flows "tun_metadata0=1"
        13: add-group "group_id=1,type=all,bucket=actions=set_field:1->tun_metadata0,output:2"
        13 15: dump-groups
        10: add-tlv-map "{class=0xffff,type=0,len=4}->tun_metadata0,{class=0xffff,type=1,len=8}->tun_metadata1,{class=0xffff,type=2,len=124}->tun_metadata2"
        10: add-tlv-map "{class=0xffff,type=3,len=116}->tun_metadata3"
        10: add-tlv-map "{class=0xffff,type=4,len=8}->tun_metadata4"
        10: dump-tlv-map
        10 11 12 13 14 15: add-flow "tun_metadata0=0x1234,actions=drop"
        10 13 15: add-flow "tun_metadata0,actions=drop"
        10 13 15: add-flow "priority=1,tun_metadata0=0,actions=drop"
        10 13 15: add-flow "priority=2,tun_metadata0=0x12/0xff,actions=drop"
        10 13 15: add-flow "priority=3,tun_metadata0=0x12/0x0f,actions=drop"
        10 13 15: add-flow "priority=4,tun_metadata0=0x123456789,actions=drop"
        10 13 15: add-flow "priority=5,tun_metadata0=0x12345678/0x1ffffffff,actions=drop"
        10 13 15: add-flow "priority=6,tun_metadata0=0x1234/0xffff0000ffff,actions=drop"
        10 13 15: add-flow "priority=7,tun_metadata0=1,tun_metadata1=0x2/0xfe,tun_metadata2,tun_id=5,tun_gbp_id=3,metadata=9,actions=drop"
        10 13 15: add-flow "priority=8,tun_metadata2=0x123456789012345678901234567890123456789012345678901234567890,actions=drop"
        10 12 13 14 15: dump-flows
        10 13 15: dump-flows "tun_metadata0"
        10 13 15: dump-flows "tun_metadata0=0x1234"
        10 13 15: dump-flows "tun_metadata0=0x2/0xf"
        10 13 15: dump-aggregate "tun_metadata1"
        10 13 15: dump-flows "tun_metadata5"
        10 13 15: --strict mod-flows "tun_metadata0=0x1234,actions=output:1"
        10 13 15: mod-flows "tun_metadata1,actions=output:3"
        10 13 15: --strict del-flows "priority=4,tun_metadata0=0x12345678"
        10 13 15: --no-stats dump-flows
        10: del-tlv-map
        10: del-tlv-map "{class=0xffff,type=0,len=4}->tun_metadata0"
        10: del-tlv-map "{class=0xffff,type=3,len=116}->tun_metadata3,{class=0xffff,type=0,len=4}->tun_metadata0"
        10: del-tlv-map "{class=0xffff,type=3,len=116}->tun_metadata3"
        10: dump-tlv-map
        10 13 15: del-flows
        10 12 15: add-flow "actions=set_field:0x1234->tun_metadata0,set_field:0->tun_metadata1,set_field:0x12/0xff->tun_metadata1"
        10 12 15: dump-flows
        10 12 15: add-flow "actions=set_field:0x123456789->tun_metadata0,set_field:0x12345678/0x1ffffffff->tun_metadata0"
        10 12 15: dump-flows
        10 13 15: add-flow "actions=load:5->tun_metadata0[],load:5->tun_metadata0[0..31],load:5->tun_metadata1[8..40],load:0x123456789012345678901234->tun_metadata2[64..200]"
        10 13 15: dump-flows
        10 13 15: add-flow "actions=move:tun_metadata0[0..31]->tun_metadata1[8..39],move:tun_metadata2[0..400]->tun_metadata2[100..500],push:tun_metadata0[3..7],pop:tun_metadata0[4..8]"
        10 13 15: dump-flows
        10 13 15: add-flow "actions=learn(table=1,tun_metadata0[0..31]=reg0[],load:tun_metadata0[0..15]->tun_metadata1[0..15],output:tun_metadata1[0..15])"
        10 13 15: add-flow "priority=3,actions=output:tun_metadata0[0..15],check_pkt_larger(100)->tun_metadata0[3],delete_field:tun_metadata0"
        10 13 15: add-flow "priority=4,actions=multipath(eth_src,50,modulo_n,1,0,tun_metadata0[0..15]),clone(set_field:7->tun_metadata2)"
        10 13 15: dump-flows
        10 13 15: add-flow "actions=move:tun_metadata0[]->tun_metadata1[]"
        10 13 15: add-flow "actions=move:tun_metadata1[0..32]->tun_metadata0[0..32]"
        10 13 15: add-flow "actions=push:tun_metadata0[32]"
        10 13 15: add-flow "actions=learn(table=1,tun_metadata0=0x5)"
        10 13 15: add-flow "actions=check_pkt_larger(100)->tun_metadata0[33]"
        10 13 15: add-flow "actions=set_field:1->tun_metadata9"
        10 13 15: add-flow "actions=clone(delete_field:tun_metadata9)"
        10 13 15: del-flows
        10: add-flow "actions=resubmit(,1)"
        10: add-flow "table=1,in_port=1,actions=set_field:0x1234->tun_metadata0,move:tun_metadata0[0..15]->tun_metadata1[8..23],load:0xf->tun_metadata2[60..67],resubmit(,2)"
        10: add-flow "table=2,tun_metadata0=0x1234,actions=resubmit(,3)"
        10: add-flow "table=3,tun_metadata1=0x123400,actions=move:tun_metadata1[0..47]->tun_metadata2[100..147],set_field:0x5/0xf->tun_metadata0,resubmit(,4)"
        10: add-flow "table=4,tun_metadata2=0x1234000000000f000000000000000,tun_metadata0=0x1235,actions=delete_field:tun_metadata0,resubmit(,5)"
        10: add-flow "table=4,priority=1,tun_metadata2,actions=drop"
        10: add-flow "table=5,priority=5,tun_metadata0,actions=drop"
        10: add-flow "table=5,priority=4,tun_metadata0=0/0xf,actions=drop"
        10: add-flow "table=5,priority=3,tun_metadata1,actions=set_field:2->tun_metadata0,output:tun_metadata0[0..15]"
        10: add-flow "table=5,priority=2,actions=drop"
        10: packet-out "in_port=1,packet=50540000000a50540000000908004500001400000000400000000a0000010a000002,actions=resubmit(,0)"
        10: dump-flows
        10: del-flows
        10 15: dump-table-features
        13 15: del-groups
        10 13 15: dump-flows
        10: del-tlv-map
        10: dump-tlv-map
        """#

    /// Flows by every action, their dumps, changes and deletion; files, bundles, flow formats, packets out.
    static let flows = #"""
        10 13 15: add-flow "priority=5,in_port=1,actions=output:2"
        10 13 15: dump-flows
        10 13 15: --no-stats dump-flows
        11 12 14: add-flow "table=1,cookie=0x5,idle_timeout=100,hard_timeout=200,importance=3,send_flow_rem,check_overlap,priority=9,ip,nw_src=10.0.0.0/8,actions=set_field:2->reg1,output:3"
        11 12 14: dump-flows
        11 12 14: add-flow "table=1,priority=9,check_overlap,ip,nw_dst=10.0.0.0/8,actions=drop"
        10 13 15: add-flow "table=254,actions=drop"
        10 13 15: add-flow "table=255,priority=77,actions=drop"
        10 13: dump-flows
        10 13 15: add-flow "actions=output:77"
        10 13 15: add-flow "actions=output:65290"
        11 15: add-flow "actions=group:77"
        13 14 15: add-flow "actions=meter:77,output:1"
        11 15: add-flow "table=3,actions=goto_table:2"
        11 15: add-flow "table=3,actions=goto_table:3"
        11 15: add-flow "table=3,actions=goto_table:254"
        10 13: add-flow "table=3,actions=resubmit(,254)"
        10 13: add-flow "table=3,actions=resubmit(,255),resubmit:77"
        10 13: add-flow "actions=resubmit(1,2),resubmit(,2,ct)"
        10 13: add-flow "tcp,actions=ct(commit,zone=5,exec(set_field:5->ct_mark),table=3)"
        10 13: add-flow "actions=ct(commit)"
        10 13: add-flow "ip,actions=ct(table=255)"
        10 13: add-flow "ip,actions=ct(table=254)"
        10 13: add-flow "ip,actions=ct(nat)"
        10 13: add-flow "ip,actions=ct(commit,nat(src=10.0.0.1-10.0.0.9:5-80,persistent))"
        10 13: add-flow "ip,ct_state=+trk+est,actions=ct_clear,1"
        10 13: add-flow "actions=controller"
        10 13: add-flow "priority=4,actions=controller(max_len=5,reason=invalid_ttl,id=4,userdata=01.02,pause)"
        10 13: add-flow "priority=4,actions=controller(meter_id=4)"
        10 13: add-flow "priority=6,actions=learn(table=2,idle_timeout=5,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),flood"
        10 13: add-flow "priority=7,actions=learn(table=254)"
        10 13: add-flow "priority=7,actions=sample(probability=100,collector_set_id=1),2"
        10 13: add-flow "priority=8,actions=conjunction(1,1/2)"
        10 13: add-flow "priority=8,actions=conjunction(1,1/2),output:1"
        10 13: add-flow "priority=8,conj_id=7,actions=clone(set_field:1->reg1,output:2),all,in_port,normal,local,flood"
        10 13: add-flow "priority=9,actions=bundle(symmetric_l4,0,active_backup,ofport,slaves:2,3),multipath(eth_src,50,modulo_n,1,0,NXM_NX_REG0[])"
        10 13: add-flow "priority=9,actions=bundle(symmetric_l4,0,active_backup,ofport,slaves:77)"
        10 13: add-flow "priority=10,actions=enqueue(1,2),set_queue:5,pop_queue,fin_timeout(idle_timeout=5),exit"
        10 13: add-flow "priority=10,tcp,actions=fin_timeout(idle_timeout=5),exit"
        10 13: add-flow "priority=11,actions=move:reg0->reg1,load:5->reg2[0..3],push:reg3,pop:reg4,note:01.02.03,output:reg1[0..15],output(port=2,max_len=50)"
        10 13: add-flow "priority=11,actions=check_pkt_larger(100)->reg0[1],dec_ttl"
        10: add-flow "priority=12,ip,actions=dec_ttl,mod_nw_tos:4,mod_nw_src:1.2.3.4,mod_dl_src:00:11:22:33:44:55,strip_vlan,mod_vlan_vid:5,mod_vlan_pcp:3"
        10 13: add-flow "priority=13,actions=push_vlan:0x8100,set_field:4097->vlan_vid,push_mpls:0x8847,set_mpls_label(5),pop_mpls:0x0800"
        13 15: add-flow "priority=14,actions=write_actions(output:2,set_field:1->reg1),write_metadata:0x5/0xf,clear_actions,goto_table:9"
        10 13: dump-flows
        13: dump-flows "table=0,priority=5"
        13: dump-flows "out_port=2"
        13: dump-flows "out_port=FLOOD"
        13: dump-flows "out_group=2"
        13: dump-flows "cookie=5/-1"
        13: --sort dump-flows "ip"
        13: --rsort=priority dump-flows
        13: --names dump-flows
        13: -m dump-flows
        13: --stats dump-flows
        13: dump-aggregate
        10 11 12 13 14 15: dump-aggregate table=0
        10 11 12 13 14 15: dump-aggregate ip
        13: dump-tables
        10 13: mod-flows "ip,actions=drop"
        10 13: mod-flows "priority=1234,in_port=3,actions=drop"
        10 13: mod-flows "cookie=5/-1,actions=2"
        10 13: --strict mod-flows "priority=5,in_port=1,actions=3"
        10 13: --strict mod-flows "priority=5000,in_port=1,actions=3"
        10 13: dump-flows
        10 13: --strict del-flows "priority=5,in_port=1"
        10 13: del-flows "out_port=3"
        10 13: del-flows "table=0,ip"
        10 13: dump-flows
        10 13: del-flows "cookie=0/1"
        10 13 15: del-flows "table=254"
        10 13 15: del-flows
        13 14: --bundle add-flows - <<< in_port=1,actions=2\nin_port=2,actions=1
        13 14: --bundle add-flows - <<< in_port=3,actions=2\nin_port=2,actions=group:9
        13 14: dump-flows
        10 13 14: add-flows - <<< in_port=3,actions=2\nin_port=2,actions=drop\ndelete in_port=1\nmodify in_port=3,actions=3\nadd table=2,actions=1\nmodify_strict table=2,actions=3\ndelete_strict table=77
        13 14: --bundle add-flows - <<< in_port=3,actions=2\nin_port=2,actions=drop\ndelete in_port=1\nmodify in_port=3,actions=3\nadd table=2,actions=1\nmodify_strict table=2,actions=3\ndelete_strict table=77
        14: dump-flows
        14 15: --bundle mod-flows "ip,actions=drop"
        14 15: --bundle del-flows "ip"
        14 15: --bundle add-flow "table=254,actions=drop"
        10 13 14: replace-flows - <<< in_port=1,actions=2\nin_port=2,actions=1
        14: --bundle replace-flows - <<< in_port=3,actions=2\nin_port=2,actions=1
        10 13 14: diff-flows /dev/stdin <<< in_port=1,actions=2\nin_port=2,actions=1
        10 13 15: add-flow "priority=3,in_port=2,actions=output:1"
        10 13 15: diff-flows /dev/stdin TARGET <<< in_port=1,actions=2\nin_port=2,actions=1
        10 13 15: diff-flows TARGET /dev/stdin <<< in_port=1,actions=2\nin_port=3,idle_timeout=5,actions=1
        10 13: diff-flows TARGET TARGET
        14: --bundle --readd replace-flows - <<< in_port=1,actions=2\nin_port=2,actions=1
        10 13: --readd replace-flows - <<< in_port=1,actions=2\nin_port=2,actions=1
        10: replace-flows - <<< in_port=1,actions=2\nin_port=2,actions=1000
        14: --bundle replace-flows - <<< in_port=1,actions=2\nin_port=2,actions=group:9
        10 14: replace-flows - <<< in_port=1,actions=2\nin_port=2,idle_timeout=50,cookie=7,table=4,actions=drop
        13: --sort=in_port dump-flows
        13: --rsort=nosuch dump-flows
        13: --offload-stats dump-flows
        13: --read-only dump-flows
        13: --read-only add-flow "in_port=1,actions=2"
        10 13: --flow-format=NXM+table_id add-flow "table=7,tun_id=5,actions=resubmit(,9)"
        10: --flow-format=OpenFlow10 add-flow "table=7,in_port=1,actions=2"
        10: --flow-format=OpenFlow10+table_id add-flow "table=7,in_port=1,actions=2"
        10: --flow-format=NXM add-flow "reg0=5,actions=2"
        12 13: --flow-format=OXM-OpenFlow13 add-flow "reg0=5,actions=2"
        10 12 13 15: dump-flows
        10: --flow-format=NXM dump-flows
        10: --flow-format=OpenFlow10 dump-flows
        10: --flow-format=OpenFlow10 dump-aggregate
        10: --flow-format=NXM dump-aggregate
        10: --flow-format=NXM+table_id del-flows "table=7"
        10: --flow-format=OpenFlow10+table_id dump-flows
        10 11 12 13 14 15: packet-out "in_port=1,packet=50540000000a50540000000908004500,actions=output:2"
        10 13 15: packet-out "in_port=77,packet=50540000000a50540000000908004500,actions=output:2"
        10 13 15: packet-out "in_port=1,packet=50540000000a,actions=output:2"
        10 13 15: packet-out "in_port=controller,packet=50540000000a50540000000908004500,actions=TABLE"
        10 13 15: packet-out "in_port=local,packet=50540000000a50540000000908004500,actions=group:7"
        13 15: packet-out "in_port=local,packet=50540000000a50540000000908004500,actions=meter:7"
        10 13 15: packet-out "in_port=ALL,packet=50540000000a50540000000908004500,actions=1"
        10 13 15: packet-out "in_port=NORMAL,packet=50540000000a50540000000908004500,actions=1"
        10 13 15: packet-out "in_port=NONE,packet=50540000000a50540000000908004500,actions=1"
        15: packet-out "in_port=1,reg0=5,metadata=7,tun_id=4,packet=50540000000a50540000000908004500,actions=1"
        10 13 15: packet-out "in_port=65533,packet=50540000000a50540000000908004500,actions=table"
        10 13 15: packet-out "packet=50540000000a50540000000908004500,actions=output:1"
        10 13 15: packet-out "in_port=1,tun_id=5,packet=50540000000a50540000000908004500,actions=output:1"
        13 15: packet-out "in_port=1,packet=50540000000a50540000000908004500,actions=write_actions(output:1)"
        15: packet-out "in_port=1,dl_src=1:2:3:4:5:6,packet=50540000000a50540000000908004500,actions=output:1"
        10 13: packet-out p1 "output:2" 50540000000a50540000000908004500 50540000000a50540000000908004500
        10 13 15: packet-out 1 "output:2" 50540000000a50540000000908004500
        10 13 15: packet-out none "dec_ttl" 50540000000a50540000000908004500
        10 13 15: packet-out none "ct(commit)" 50540000000a50540000000908004500
        10 13 15: packet-out none "goto_table:4" 50540000000a50540000000908004500
        10 13 15: packet-out none "resubmit(,0)" 50540000000a50540000000908004500
        10 13 15: packet-out none "conjunction(1,1/2)" 50540000000a50540000000908004500
        10 13 15: packet-out none "learn(table=5)" 50540000000a50540000000908004500
        10 13 15: packet-out none "controller(pause)" 50540000000a50540000000908004500
        10 13 15: del-flows
        """#
}
