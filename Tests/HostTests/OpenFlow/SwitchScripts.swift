// Scripts for `TwinBridges.compare`. The manual page's commands that talk to a switch, each in the versions of OpenFlow that it takes, with what is
// right and what is refused.

enum SwitchScripts {
    /// What a switch is, its ports, fragments and queues.
    static let ports = #"""
        10 11 12 13 14 15: show
        10 13 15: dump-desc
        10 12 13: dump-tables
        13 14 15: dump-table-features
        14 15: dump-table-desc
        10 13 15: get-frags
        10 13 15: set-frags drop
        10 13 15: get-frags
        10: set-frags nx-match
        10: get-frags
        10: set-frags reassemble
        10: get-frags
        11 15: set-frags nx-match
        13: set-frags reassemble
        13: set-frags nonsense
        10: set-frags normal
        13: mod-port 1 nonsense
        10 11 12 13 14 15: dump-flows
        10 11 12 13 14 15: dump-aggregate
        10 13 15: queue-stats 1 3
        10 13 15: queue-stats 77
        10 13 15: queue-stats all 3
        10 13 15: queue-get-config 77
        14 15: queue-get-config 1 4
        10 11 12 13 14 15: dump-ports
        10 13 15: dump-ports 1
        10 13 15: dump-ports p2
        10 13 15: dump-ports 77
        10 13 15: dump-ports LOCAL
        10 11 12 13 14 15: dump-ports-desc
        15: dump-ports-desc 1
        15: dump-ports-desc 77
        10 13 15: mod-port 1 down
        10 13 15: mod-port p1 up
        10 13 14 15: mod-port 1 no-flood
        10 13 14 15: mod-port 1 flood
        10 13 14 15: mod-port 1 no-receive
        10: dump-ports-desc
        10 13 14 15: mod-port 1 receive
        10 13 14 15: mod-port 1 no-forward
        10 13 15: dump-ports-desc
        10 13 14 15: mod-port 1 forward
        10 13 14 15: mod-port 1 no-packet-in
        10 13 15: dump-ports-desc
        10 13 14 15: mod-port 1 packet-in
        10 13 14 15: mod-port 1 no-stp
        10 13 14 15: mod-port 1 stp
        10 13 14 15: mod-port 1 no-receive-stp
        10 13 15: dump-ports-desc
        10 13 14 15: mod-port 1 receive-stp
        10 13 14 15: mod-port 77 up
        10 13 14 15: mod-port LOCAL down
        10 13 15: dump-ports-desc
        10 13 14 15: mod-port LOCAL up
        10 13 15: mod-port p3 down
        10 13 15: dump-ports-desc
        10: show
        10 13 15: mod-port p3 up
        """#

    /// Tables, tunnel options and what is asked of other parts.
    static let tables = #"""
        11 12 13 14 15: mod-table 0 drop
        12 13: dump-tables
        11 15: mod-table 0 continue
        11 15: mod-table 0 controller
        12 13: dump-tables
        11 15: mod-table 254 drop
        11 15: mod-table 253 drop
        11 15: mod-table 254 evict
        14 15: mod-table 3 evict
        14 15: dump-table-desc
        14 15: mod-table 3 noevict
        14 15: mod-table 3 vacancy:20,80
        14 15: dump-table-desc
        14 15: mod-table 3 novacancy
        14 15: mod-table 3 vacancy:80,20
        14 15: dump-table-desc
        13 15: mod-table 0 name:foo
        10 13 15: probe
        10 13 15: ping 10
        14: mod-table all evict
        14: dump-table-desc
        14: mod-table all noevict
        11 12: mod-table all drop
        12: dump-tables
        11 12: mod-table all controller
        10 13: mod-table 0 drop
        11 14: mod-table 0 nonsense
        10 13 15: dump-ipfix-bridge
        10 13 15: dump-ipfix-flow
        10 11 12 13 14 15: ct-flush-zone 5
        10 13: ct-flush
        10 13: ct-flush zone=5
        10 13 15: dump-tlv-map
        10: add-tlv-map "{class=0xffff,type=0,len=4}->tun_metadata0"
        10: add-tlv-map "{class=0xffff,type=1,len=124}->tun_metadata5,{class=0xfffe,type=1,len=124}->tun_metadata6"
        10: dump-tlv-map
        10: add-tlv-map "{class=0xffff,type=0,len=4}->tun_metadata0"
        10: add-tlv-map "{class=0xffff,type=0,len=4}->tun_metadata9"
        10: add-tlv-map "{class=0xffff,type=9,len=4}->tun_metadata0"
        10: add-tlv-map "{class=0xffff,type=9,len=124}->tun_metadata8"
        10: add-tlv-map "{class=0xffff,type=9,len=3}->tun_metadata8"
        10: add-tlv-map "{class=0xffff,type=9,len=128}->tun_metadata8"
        10: add-tlv-map "{class=0xffff,type=9,len=8}->tun_metadata64"
        10: add-tlv-map "{class=0xffff,type=9,len=0}->tun_metadata8"
        10: add-tlv-map "{class=0xffff,type=9,len=4}->tun_metadata8,{class=0xffff,type=9,len=4}->tun_metadata8"
        10: dump-tlv-map
        10: del-tlv-map "{class=0xffff,type=9,len=8}->tun_metadata33"
        10: del-tlv-map "{class=0xffff,type=0,len=4}->tun_metadata0"
        10: del-tlv-map "{class=0xffff,type=9,len=8}->tun_metadata6"
        10: dump-tlv-map
        10: dump-flows
        10: del-tlv-map
        10: del-flows
        10: del-tlv-map
        10: dump-tlv-map
        """#
}
