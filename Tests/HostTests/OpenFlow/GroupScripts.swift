// Scripts for `TwinBridges.compare`. The manual page's commands that talk to a switch, each in the versions of OpenFlow that it takes, with what is
// right and what is refused.

enum GroupScripts {
    /// Groups and their buckets.
    static let groups = #"""
        11 12 13 14 15: dump-groups
        11 12 13 14 15: dump-group-features
        11 12 13 14 15: dump-group-stats
        10 11 15: add-group "group_id=1,type=all,bucket=output:1,bucket=output:2"
        13 15: add-group "group_id=2,type=select,selection_method=hash,fields(ip_src),bucket=bucket_id=4,weight:5,actions=output:1,bucket=bucket_id=9,weight:7,actions=output:2"
        13 15: add-group "group_id=3,type=ff,bucket=watch_port:1,output:1,bucket=watch_group:2,output:2"
        13 15: add-group "group_id=4,type=indirect,bucket=output:1"
        13 15: add-group "group_id=5,type=indirect,bucket=output:1,bucket=output:2"
        13 15: add-group "group_id=6,type=all,bucket=group:999"
        13 15: add-group "group_id=7,type=all,bucket=output:999"
        13 15: add-group "group_id=7,type=all,bucket=meter:4,output:1"
        13 15: add-group "group_id=8,type=all"
        13 15: add-group "group_id=9,type=all,bucket=weight:4,output:1"
        13 15: add-group "group_id=10,type=all,bucket=watch_port:1,output:1"
        13 15: add-group "group_id=11,type=ff,bucket=output:1"
        13 15: add-group "group_id=12,type=select,selection_method=dp_hash,bucket=output:1"
        13 15: add-group "group_id=13,type=select,selection_method=foo,bucket=output:1"
        13 15: add-group "group_id=4294967040,type=all,bucket=output:1"
        13 15: add-group "group_id=4294967041,type=all,bucket=output:1"
        13 15: add-group "group_id=14,type=select,bucket=weight:0,output:1"
        13 15: add-group "group_id=14,type=select,bucket=watch_port:99,weight:1,output:1"
        13 15: add-group "group_id=15,type=all,bucket=resubmit(,4),dec_ttl,ct(commit),set_field:1->reg1,push_vlan:0x8100,learn(table=4)"
        13 15: add-group "group_id=16,type=all,bucket=goto_table:3"
        10 11 12 13 14 15: dump-groups
        15: dump-groups 2
        13 15: dump-groups 999
        13 15: add-flow "in_port=1,actions=group:1,group:2"
        13 15: add-flow "in_port=2,actions=group:2"
        11 13 15: dump-group-stats
        11 13 15: dump-group-stats group_id=2
        11 13 15: dump-group-stats group_id=999
        13 15: mod-group "group_id=1,type=all,bucket=output:3"
        13 15: mod-group "group_id=999,type=all,bucket=output:3"
        13 15: --may-create mod-group "group_id=998,type=all,bucket=output:3"
        13 15: mod-group "group_id=1,type=indirect,bucket=output:3"
        15: insert-buckets "group_id=2,command_bucket_id=first,bucket=bucket_id:20,weight:1,output:3"
        15: insert-buckets "group_id=2,command_bucket_id=last,bucket=bucket_id:21,weight:1,output:3"
        15: insert-buckets "group_id=2,command_bucket_id=4,bucket=bucket_id:22,weight:1,output:3"
        15: insert-buckets "group_id=2,command_bucket_id=77,bucket=bucket_id:23,weight:1,output:3"
        15: insert-buckets "group_id=2,command_bucket_id=all,bucket=bucket_id:24,weight:1,output:3"
        15: insert-buckets "group_id=2,command_bucket_id=first,bucket=bucket_id:20,weight:1,output:3"
        15: insert-buckets "group_id=999,command_bucket_id=first,bucket=bucket_id:20,weight:1,output:3"
        15: insert-buckets "group_id=4,command_bucket_id=first,bucket=bucket_id:20,output:3"
        13 14: insert-buckets "group_id=2,command_bucket_id=first,bucket=weight:1,output:3"
        13 15: dump-groups
        15: remove-buckets "group_id=2,command_bucket_id=first"
        15: remove-buckets "group_id=2,command_bucket_id=last"
        15: remove-buckets "group_id=2,command_bucket_id=9"
        15: remove-buckets "group_id=2,command_bucket_id=9"
        15: remove-buckets "group_id=999,command_bucket_id=9"
        13 15: dump-groups
        15: remove-buckets "group_id=2,command_bucket_id=all"
        15: remove-buckets "group_id=2,command_bucket_id=all"
        15: remove-buckets "group_id=2,command_bucket_id=first"
        13 15: dump-groups
        10 11 15: del-groups group_id=1
        13 15: del-groups group_id=999
        13: dump-flows
        13 15: add-groups - <<< group_id=50,type=all,bucket=1\ngroup_id=51,type=all,bucket=1
        14 15: --bundle add-groups - <<< group_id=60,type=all,bucket=1\ngroup_id=60,type=all,bucket=1
        14 15: --bundle add-groups - <<< group_id=61,type=all,bucket=1\ngroup_id=62,type=all,bucket=1
        13 15: dump-groups
        10 13 15: del-groups
        13 15: del-flows
        """#

    /// Meters and the flows that name them.
    static let meters = #"""
        13 15: meter-features
        10 11 12 13 14 15: add-meter "meter=1,kbps,band=type=drop,rate=100"
        13 15: add-meter "meter=2,pktps,burst,stats,band=type=drop,rate=100,burst_size=20,band=type=drop,rate=500,burst_size=7"
        13 15: add-meter "meter=3,kbps,band=type=dscp_remark,rate=100,prec_level=3"
        13 15: add-meter "meter=0,kbps,band=type=drop,rate=100"
        13 15: add-meter "meter=4,kbps"
        13 15: add-meter "meter=4,kbps,pktps,band=type=drop,rate=100"
        13 15: add-meter "meter=4,band=type=drop,rate=100"
        13 15: add-meter "meter=4,kbps,band=type=drop,rate=0"
        13 15: add-meter "meter=controller,pktps,band=type=drop,rate=10"
        13 15: add-meter "meter=slowpath,pktps,band=type=drop,rate=10"
        13 15: add-meter "meter=all,pktps,band=type=drop,rate=10"
        13 15: add-meter "meter=4294901760,pktps,band=type=drop,rate=10"
        13 15: add-meter "meter=4294901761,pktps,band=type=drop,rate=10"
        13 15: add-meter "meter=300000,pktps,band=type=drop,rate=10"
        13 15: add-meter "meter=5,kbps,band=type=drop,rate=1,band=type=drop,rate=2,band=type=drop,rate=3,band=type=drop,rate=4,band=type=drop,rate=5,band=type=drop,rate=6,band=type=drop,rate=7,band=type=drop,rate=8,band=type=drop,rate=9"
        10 13 15: dump-meters
        13 15: dump-meter meter=2
        13 15: dump-meter meter=99
        13 15: meter-stats
        13 15: meter-stats meter=2
        13 15: meter-stats meter=99
        13 15: mod-meter "meter=1,kbps,burst,band=type=drop,rate=200,burst_size=4"
        13 15: mod-meter "meter=99,kbps,burst,band=type=drop,rate=200,burst_size=4"
        13 15: mod-meter "meter=1,kbps"
        13 15: dump-meters
        13 15: add-flow "in_port=1,actions=meter:1,output:2"
        13 15: add-flow "in_port=1,actions=output:2,meter:1"
        15: add-flow "in_port=1,actions=meter:1,meter:2,output:2"
        13 15: meter-stats
        13 15: dump-flows
        13 15: del-meter meter=1
        13 15: del-meter meter=99
        13 15: dump-flows
        13 15: del-meters
        13 15: dump-meters
        """#

    /// Bundles of several kinds of messages: all of one is done, or nothing.
    static let bundles = #"""
        14 15: bundle - <<< flow in_port=1,actions=2\ngroup group_id=1,type=all,bucket=2\nflow add in_port=2,actions=group:1\npacket-out in_port=1,packet=50540000000a50540000000908004500,actions=output:2
        13 14 15: dump-flows
        13 14 15: dump-groups
        14 15: bundle - <<< flow in_port=3,actions=2\ngroup group_id=2,type=all,bucket=2\nflow add in_port=2,actions=group:5
        14 15: bundle - <<< flow delete\ngroup delete group_id=1\nflow add in_port=2,actions=group:1
        14 15: bundle - <<< flow in_port=3,actions=2\ngroup add group_id=1,type=all,bucket=2
        14 15: bundle - <<< flow in_port=3,actions=2\npacket-out in_port=77,packet=50540000000a50540000000908004500,actions=output:2
        14 15: bundle - <<< flow in_port=3,actions=2\npacket-out in_port=1,packet=50540000000a,actions=output:2
        14 15: bundle - <<< flow in_port=3,actions=2\npacket-out in_port=1,packet=50540000000a50540000000908004500,actions=group:99
        13 14 15: dump-flows
        14 15: bundle - <<< flow delete\ngroup delete group_id=1
        13 14 15: dump-groups
        """#
}
