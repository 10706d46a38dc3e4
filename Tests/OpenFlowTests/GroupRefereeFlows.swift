// Groups, meters and commands on buckets that ovs-ofctl and this module are asked about alike.

/// Taken by both and by the switch.
let agreedGroups = lines(#"""
    group_id=1,type=all,bucket=output:1
    group_id=2,type=select,bucket=output:1,bucket=weight:5,output:2
    group_id=3,type=select,selection_method=hash,fields(ip_src,ip_dst),bucket=bucket_id:0,weight:1,watch_port:2,actions=output:1
    group_id=1234,type=select,selection_method=hash,bucket=bucket_id:7,actions=1,2,3,set_field:1->reg0
    group_id=1234,type=select,selection_method=hash,selection_method_param=5,bucket=bucket_id:7,actions=1,bucket=1
    group_id=4,type=select,selection_method=dp_hash,bucket=1
    group_id=5,type=select,selection_method=hash,fields=ip_src=255.255.255.0,bucket=1
    group_id=6,type=select,selection_method=hash,fields(udp_src,tcp_src,ip_src=255.255.0.0,eth_dst,vlan_vid,dl_src),bucket=1
    group_id=6,type=select,selection_method=hash,fields(tcp_src=0xff00,metadata,reg0=0xf,xreg1,in_port,mpls_label,ip_proto,vlan_tci=0xfff),bucket=1
    group_id=7,type=select,selection_method=hash,fields(eth_src=1:2:3:4:5:6,eth_type,tcp_flags,ct_state,vlan_tci,ipv6_src=ffff::,ipv6_label,ct_label=5,xxreg0=7,in_port),bucket=4
    group_id=8,type=select,selection_method=hash,selection_method_param=0x10,bucket=weight:0,actions=drop
    group_id=8,type=select,selection_method=hash,fields,bucket=4
    group_id=8,type=select,selection_method=hash,fields(),bucket=4
    group_id=9,type=indirect,bucket=actions=drop
    group_id=10,type=ff,bucket=watch_port:1,actions=output:1,bucket=watch_group:5,watch_port:2,2
    group_id=2,type=fast_failover,bucket=watch_group:1,actions=2
    group_id=1,type=all,bucket=1,bucket=bucket_id:0,2,bucket=3
    group_id=1,type=all,bucket=1,bucket=bucket_id:4294967040,2,bucket=3
    group_id=1,type=all,bucket=bucket_id:0,1,bucket=bucket_id:9,2,bucket=bucket_id:3,3
    group_id=1,type=all,bucket=actions=
    group_id=1,type=all
    group_id=1,type=all,bucket=drop
    group_id=1,type=all,bucket=actions=set_field:1.2.3.4->ip_src,mod_tp_src:5,resubmit(,3),ct(commit)
    group_id=1,type=all,bucket=actions=check_pkt_larger(100)->reg0[0],clone(output:1),note:11.22
    group_id=1,type=all,bucket=actions=learn(table=1),controller,group:3,set_queue:4
    group_id=1,type=all,bucket=mod_tp_dst:5,mod_nw_src:1.2.3.4,mod_nw_tos:4,mod_vlan_vid:5,strip_vlan,mod_nw_ecn:1,dec_ttl,set_field:5->udp_dst
    group_id=1,type=all,bucket=push_mpls:0x8847,pop_mpls:0x800,ct(commit,nat(src=1.1.1.1)),ct(),pop:tcp_src,push:ipv6_src,move:tcp_src->reg0[0..15]
    group_id=1,type=all,bucket=resubmit(,3,ct),fin_timeout(),bundle(eth_src,0,hrw,ofport,members:1,2),multipath(eth_src,0,hrw,2,0,tcp_src)
    group_id=1,type=all,bucket=check_pkt_larger:100->reg0[1],1
    group_id=1,type=all,bucket=action=1,actions=2,3
    group_id=1,type=all,bucket=conjunction(1,1/2)
    group_id=4294967040,type=all,bucket=1
    group_id=0x10,type=all,bucket=1
     group_id=1 type=all  bucket=1
    group_id=1,type=select,bucket=WEIGHT:5,Actions=output:1,watch_GROUP:3
    group_id=1,type=select,bucket=weight:65535,1,bucket=2
    group_id=1,type=select,bucket=OUTPUT:1,bucket=Output:2,weight:3,IN_PORT,local
    group_id=4294967298,type=all,bucket=watch_port:any,1
    """#)

/// Refused by ovs-ofctl itself.
let refusedGroups = lines(#"""
    group_id=1,type=select,selection_method=foo_______________,bucket=1
    group_id=1,type=select,selection_method=hash,fields(tcp_src=0),bucket=1
    group_id=1,type=select,selection_method=hash,fields(tcp_src=0,ip_src),bucket=1
    group_id=1,type=select,selection_method=hash,fields(mpls_label=0xfffff),bucket=1
    group_id=1,type=select,selection_method=hash,fields(foo),bucket=1
    group_id=1,type=select,selection_method=hash,fields(ip_src,foo,ip_dst),bucket=1
    group_id=1,type=select,selection_method=hash,fields(ip_src,ip_src),bucket=1
    group_id=1,type=select,selection_method=hash,fields(ip_src,nw_src),bucket=1
    group_id=1,type=select,selection_method=hash,fields(ip_src=1.2.3.4/24),bucket=4
    group_id=1,type=select,selection_method=hash,fields(nw_frag=no),bucket=4
    group_id=1,type=select,fields(ip_src),bucket=1
    group_id=1,type=select,selection_method=dp_hash,fields(ip_src),bucket=1
    group_id=1,type=select,selection_method_param=4,bucket=1
    group_id=1,type=select,selection_method=hash,selection_method_param=x,bucket=1
    group_id=1,type=indirect,bucket=1,bucket=2
    group_id=1,type=ff,bucket=1
    group_id=1,type=ff,bucket=watch_port:foo,actions=output:1
    group_id=1,type=ff,bucket=watch_port:LOCAL,actions=output:1
    group_id=1,type=ff,bucket=watch_port:any,actions=output:1
    group_id=1,type=ff,bucket=watch_group:4294967295,actions=output:1
    group_id=1,type=ff,bucket=watch_group:,actions=output:1
    group_id=1,type=all,bucket=weight:1,actions=output:1
    group_id=1,type=all,bucket=1,bucket=bucket_id:4294967295,2,bucket=3
    group_id=1,type=all,bucket=1,bucket=bucket_id:4294967041,2,bucket=3
    group_id=1,type=all,bucket=bucket_id:x,2
    group_id=1,type=all,bucket=
    group_id=1,type=all,bucket=weight:5
    group_id=1,type=all,bucket=bucket=4
    group_id=1,type=all,bucket=4,bucket=
    group_id=1,type=all,bucket=4,xbucket=5
    group_id=1,type=all,bucket=goto_table:1
    group_id=1,type=all,bucket=write_actions(1)
    group_id=1,type=all,bucket=clone(meter:1)
    group_id=1,type=all,bucket=set_field:1->ct_mark
    group_id=1,type=all,bucket=nat(src)
    group_id=1,type=all,bucket=1,drop
    group_id=1,type=all,bucket=foo
    group_id=1,type=all,bucket=set_field:5->foo
    group_id=1,type=all,bucket=conjunction(1,1/2),1
    group_id=1,type=foo,bucket=1
    group_id=1,type=ALL,bucket=1
    group_id=1,bucket=1
    type=all,bucket=1
    bucket=1
    group_id=4294967041,type=all,bucket=1
    group_id=-1,type=all,bucket=1
    group_id=any,type=all,bucket=1
    group_id=,type=all,bucket=1
    group_id=18446744073709551616,type=all,bucket=1
    group_id=1,type=all,command_bucket_id=1,bucket=1
    group_id=1,type=all,foo=1,bucket=1
    group_id=1,type=select,bucket=weight:65535,1,bucket=weight=65536,1
    group_id=1,type=select,bucket(1)
    group_id=1,type=select,bucket:1
    """#)

/// A line of a file of groups each, behind a command.
let agreedGroupCommands = lines(#"""
    add group_id=1,type=all,bucket=bucket_id:3,1,bucket=bucket_id:4,2
    insert_bucket group_id=1,command_bucket_id=4,bucket=5
    insert_bucket group_id=1,command_bucket_id=first,bucket=bucket_id:9,5
    insert_bucket group_id=1,command_bucket_id=last,bucket=bucket_id:10,5
    insert_bucket group_id=1,command_bucket_id=4294967294,bucket=bucket_id:11,5,bucket=bucket_id:12,6
    remove_bucket group_id=1,command_bucket_id=4
    remove_bucket group_id=1,command_bucket_id=last
    r group_id=1,command_bucket_id=4294967295
    remove_bucket group_id=1
    modify group_id=1,type=select,bucket=weight:3,1
    add_or_mod group_id=2,type=ff,bucket=watch_port:1,1
    group_id=3,type=indirect,bucket=5
    m,group_id=3,type=all,bucket=5
    delete group_id=3
    delete group_id=all
    delete
    """#)

let refusedGroupCommands = lines(#"""
    insert_bucket group_id=1,command_bucket_id=all,bucket=bucket_id:10,5
    insert_bucket group_id=1,bucket=bucket_id:10,5
    insert_bucket group_id=1,command_bucket_id=4294967041,bucket=bucket_id:10,5
    insert_bucket group_id=1,command_bucket_id=x,bucket=bucket_id:10,5
    insert_bucket group_id=1,type=all,command_bucket_id=4294967294,bucket=bucket_id:10,5
    insert_bucket group_id=1,selection_method=hash,command_bucket_id=1,bucket=bucket_id:10,5
    insert_bucket group_id=1,selection_method_param=1,command_bucket_id=1,bucket=bucket_id:10,5
    insert_bucket group_id=1,fields(ip_src),command_bucket_id=1,bucket=bucket_id:10,5
    remove_bucket group_id=1,command_bucket_id=4,bucket=1
    remove_bucket group_id=1,type=all
    remove_bucket command_bucket_id=4
    delete group_id=1,type=select
    delete group_id=1,command_bucket_id=4
    delete group_id=1,bucket=4
    delete group_id=any
    delete type
    modify
    modify group_id=1
    foo group_id=1,type=all
    """#)

/// Taken by both and by the switch.
let agreedMeters = lines(#"""
    meter=1 pktps burst stats bands=type=drop rate=1 burst_size=2
    meter=1,kbps,bands=type=drop,rate=1000
    meter=1 kbps bands=type=drop rate=1000, type=drop rate=2000
    meter=1 kbps band=type=drop rate=1000
    meter=controller pktps bands=type=drop rate=1000
    meter=slowpath pktps bands=type=drop rate=1000
    meter=4294901760 pktps bands=type=drop rate=1000
    meter=0x1 kbps bands=type=drop rate=0x10
    meter=1 kbps meter=2 bands=type=drop rate=4294967295
    meter 1 kbps bands=type=drop rate=5
    kbps,burst,meter=7,bands=type=drop,rate=1,burst_size=4294967295,type=drop,rate=2,burst_size=3
    meter=4294967297 kbps bands = type=drop rate=4294967297
    """#)

let refusedMeters = lines(#"""
    meter=1 kbps bands=type=dscp_remark rate=1000
    meter=1 kbps bands=type=drop rate=1000 prec_level=1
    meter=1 kbps band type=drop rate=1000
    meter=1 kbps
    meter=1 bands=type=drop rate=1000
    meter=0 pktps bands=type=drop rate=1000
    meter=4294901761 pktps bands=type=drop rate=1000
    pktps bands=type=drop rate=1000
    meter=1 kbps burst bands=type=drop rate=1000
    meter=1 kbps burst bands=type=drop rate=1000 burst_size=0
    meter=1 kbps bands=type=drop rate=1000 burst_size=4
    meter=1 kbps bands=type=drop
    meter=1 kbps bands=rate=1000
    meter=1 kbps bands=type=foo
    meter=1 kbps bands=
    meter=1 kbps bands=type
    meter=1 kbps bands
    meter=1 kbps bands=type=drop foo=1
    meter=1 kbps bands=type=drop rate
    meter=1 foo=1 kbps bands=type=drop rate=1
    meter=1 foo kbps bands=type=drop rate=1
    meter=1 kbps bands=type=drop rate=z
    meter=1 kbps bands=type=drop rate=
    meter=1 kbps bands=type=dscp_remark rate=4 prec_level=256
    meter==1=kbps bands=type==drop rate=5
    meter=1:kbps bands=type:drop rate=5
    meter=x kbps bands=type=drop rate=5
    kbps meter
    meter
    bands=type=drop
    """#)
