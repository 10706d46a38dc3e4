import Flow
import OpenFlow
import Testing
import Wire
@testable import VSwitch

/// The whole of a configuration in one file.
let completeConfig = """
    datapath:
      pmd-cores: [1, 3]
      memory: 1GB
      hugepages: false
      eal: ["--log-level=3"]
      emc-insert-inv-prob: 20
      smc: off
      rxq-assign: group
      flow-limit: 50000
      max-idle: 30s
    bridges:
      br0:
        fail-mode: secure
        mac-aging-time: 60s
        mac-table-size: 4096
        ports:
          p0: { type: dpdk, devargs: "net_pcap0,rx_pcap=a.pcap,tx_pcap=/b.pcap,infinite_rx=1", rx-queues: 2, mtu: 9000 }
          p1: { type: dpdk, devargs: net_null1, of-port: 1, tag: 10, rx-descriptors: 512 }
          vh: { type: dpdkvhostuserclient, socket: vm.sock, vlan-mode: trunk, trunks: [30, 20] }
          br0: { type: internal, mac: "02:00:00:00:00:07" }
          out: { type: patch, peer: in, no-flood: true }
      br1:
        ports:
          in: { type: patch, peer: out, vlan-mode: native-untagged, tag: 5, trunks: [6] }
    """

@Suite struct ConfigParseTests {
    func parse(_ text: String, keeping former: SwitchConfig? = nil) throws(ConfigError) -> SwitchConfig {
        try SwitchConfig.parse(Array(text.utf8), file: "dir/c.yaml", keeping: former)
    }

    @Test func datapathSettings() throws {
        let datapath = try parse(completeConfig).datapath
        #expect(datapath.pmdCores == [1, 3])
        #expect(datapath.memory == 1024)
        #expect(datapath.hugepages == false)
        #expect(datapath.ealArguments == ["--log-level=3"])
        #expect(datapath.emcInsertInverseProbability == 20)
        #expect(!datapath.smc)
        #expect(datapath.rxqAssign == .group)
        #expect(datapath.flowLimit == 50000)
        #expect(datapath.maxIdle == 30_000)
    }

    @Test func whoIsToldOfConnections() throws {
        let text = "bridges: {b: {netflow: {targets: ['192.0.2.1:2055', '[2001:db8::1]:9'], engine-type: 1, engine-id: 200, add-id-to-interface: true, active-timeout: 2min}}, c: {}}"
        let config = try parse(text)
        let netFlow = try #require(config.bridge(named: "b")?.netFlow)
        #expect(netFlow.targets == ["192.0.2.1:2055", "[2001:db8::1]:9"])
        #expect(netFlow.engineType == 1 && netFlow.engineID == 200 && netFlow.addsIDToInterface && netFlow.activeTimeout == 120)
        #expect(config.bridge(named: "c")?.netFlow == nil)
    }

    @Test func bridgesAndPorts() throws {
        let config = try parse(completeConfig)
        #expect(config.bridges.map(\.name) == ["br0", "br1"])
        let br0 = try #require(config.bridge(named: "br0"))
        #expect(br0.failMode == .secure)
        #expect(br0.macAging == 60)
        #expect(br0.macTableSize == 4096)
        #expect(br0.flows.isEmpty)
        #expect(br0.ports.map(\.name) == ["p0", "p1", "vh", "br0", "out"])
        // p1 has 1, br0 is LOCAL, the others take what is free.
        #expect(br0.ports.map(\.ofPort) == [OFPort(2), OFPort(1), OFPort(3), .local, OFPort(4)])
        #expect(br0.ports[0].options == ["dpdk-devargs": "net_pcap0,rx_pcap=dir/a.pcap,tx_pcap=/b.pcap,infinite_rx=1"])
        #expect(br0.ports[0].rxQueues == 2)
        #expect(br0.ports[0].mtu == 9000)
        #expect(br0.ports[0].settings.vlanMode == .trunk)
        #expect(br0.ports[1].options == ["dpdk-devargs": "net_null1", "n_rxq_desc": "512"])
        #expect(br0.ports[1].settings.vlanMode == .access)
        #expect(br0.ports[1].settings.tag == 10)
        #expect(br0.ports[2].options == ["vhost-server-path": "dir/vm.sock"])
        #expect(br0.ports[2].settings.trunks == [20, 30])
        #expect(br0.ports[3].ethernetAddress == EthernetAddress(0x0200_0000_0007))
        #expect(br0.ports[4].peer == "in")
        #expect(br0.ports[4].noFlood)
        #expect(br0.ports[4].deviceRequest == nil)
        let br1 = try #require(config.bridge(named: "br1"))
        #expect(br1.failMode == .standalone)
        #expect(br1.ports[0].settings.vlanMode == .nativeUntagged)
        #expect(br1.flows.count == 1)
        #expect(br1.flows[0].priority == 0)
        #expect(br1.flows[0].actions == [.output(.normal, maxLength: 0)])
    }

    @Test func portsKeepTheirNumbers() throws {
        let former = try parse("bridges: {b: {ports: {x: {type: dummy}, y: {type: dummy}, z: {type: dummy}}}}")
        #expect(former.bridges[0].ports.map(\.ofPort.number) == [1, 2, 3])
        let now = try parse("bridges: {b: {ports: {n: {type: dummy}, z: {type: dummy}, y: {type: dummy, of-port: 9}}}}", keeping: former)
        #expect(now.bridges[0].ports.map(\.ofPort.number) == [1, 3, 9])
    }

    static let mistakes: [(String, String)] = [
        ("", "1:1: expected a mapping with the key bridges, found nothing"),
        ("- a", "1:1: expected a mapping with the key bridges, found a list"),
        ("a: [", "2:1: expected in YAML node content, found something else"),
        ("bridges:\n  a: {}\n  b: {\n", "4:1: expected in YAML node content, found something else"),
        ("bridges:\n\tb: {}", "2:1: expected YAML, found character that cannot start any token"),
        ("bridges: {}\n---\nx: 1", "2:1: expected YAML, found another document"),
        ("bridgs: {}", "1:1: expected one of bridges, datapath, ssl, found 'bridgs'"),
        ("datapath: {}", "1:1: expected the key bridges, found none"),
        ("bridges: 5", "1:10: expected a mapping of bridges by name, found '5'"),
        ("bridges: {b: {}, b: {}}", "1:11: expected each key once, found 'b' again"),
        ("bridges: {? [x] : y}", "1:13: expected a name, found a list"),
        ("bridges: {b: {fail-mode: open}}", "1:26: expected one of standalone, secure, found 'open'"),
        ("bridges: {b: {mac-table-size: many}}", "1:31: expected a number from 10 to 1000000, found 'many'"),
        ("bridges: {b: {mac-table-size: }}", "1:31: expected a number from 10 to 1000000, found nothing"),
        ("bridges: {b: {mac-table-size: [1]}}", "1:31: expected a number from 10 to 1000000, found a list"),
        ("bridges: {\"b 1\": {}}", "1:11: expected a bridge's name (letters, digits, _ - . @; at most 15; no number or reserved name), found 'b 1'"),
        ("bridges: {normal: {}}", "1:11: expected a bridge's name (letters, digits, _ - . @; at most 15; no number or reserved name), found 'normal'"),
        ("bridges: {b: {port: {}}}", "1:15: expected one of fail-mode, mac-aging-time, mac-table-size, static-macs, flood-vlans, forward-bpdu, mirrors, netflow, protocols, datapath-id, controllers, tables, ports, flows, found 'port'"),
        ("bridges: {b: {ports: {p: {}}}}", "1:23: expected a port with the key type, found 'p' without it"),
        ("bridges: {b: {ports: {p: {type: dpkd}}}}",
            "1:33: expected one of dpdk, dpdkvhostuserclient, system, internal, tap, patch, dummy, dummy-internal, dummy-pmd, bond, found 'dpkd'"),
        ("bridges: {b: {ports: {p: {type: dpdk}}}}", "1:23: expected a port with the key devargs, found 'p' without it"),
        ("bridges: {b: {ports: {p: {type: patch}}}}", "1:23: expected a port with the key peer, found 'p' without it"),
        ("bridges: {b: {ports: {p: {type: dpdkvhostuserclient}}}}", "1:23: expected a port with the key socket, found 'p' without it"),
        ("bridges: {b: {ports: {p: {type: system, mac: 02:00:00:00:00:01}}}}",
            "1:41: expected one of type, of-port, no-flood, vlan-mode, tag, trunks, cvlans, qinq-ethtype, priority-tags, protected, mtu, policing, found 'mac'"),
        ("bridges: {b: {ports: {p: {type: tap, mac: 01:00:00:00:00:01}}}}",
            "1:43: expected an Ethernet address such as 02:00:00:00:00:01, found '01:00:00:00:00:01'"),
        ("bridges: {b: {ports: {p: {type: tap, mtu: 20}}}}", "1:43: expected a number from 68 to 9702, found '20'"),
        ("bridges: {b: {ports: {p: {type: tap, tag: 4096}}}}", "1:43: expected a VLAN from 0 to 4095, found '4096'"),
        ("bridges: {b: {ports: {p: {type: tap, tag: 1, vlan-mode: trunk}}}}", "1:43: expected no tag with vlan-mode trunk, found '1'"),
        ("bridges: {b: {ports: {p: {type: tap, tag: 1, trunks: [2]}}}}", "1:54: expected no trunks at an access port, found a list"),
        ("bridges: {b: {ports: {p: {type: tap, vlan-mode: access}}}}", "1:49: expected a tag with vlan-mode access, found none"),
        ("bridges: {b: {ports: {p: {type: tap, tag: 1, cvlans: [2]}}}}", "1:54: expected cvlans with vlan-mode dot1q-tunnel only, found a list"),
        ("bridges: {b: {ports: {p: {type: bond}}}}", "1:23: expected a bond with the key interfaces, found 'p' without it"),
        ("bridges: {b: {ports: {p: {type: bond, interfaces: {}}}}}", "1:51: expected at least one interface, found none"),
        ("bridges: {b: {ports: {p: {type: bond, primary: x, interfaces: {q: {type: tap}}}}}}", "1:48: expected one of q, found 'x'"),
        ("bridges: {b: {ports: {p: {type: bond, interfaces: {q: {type: tap, tag: 1}}}}}}",
            "1:67: expected one of type, of-port, no-flood, mtu, mac, policing, found 'tag'"),
        ("bridges: {b: {ports: {p: {type: tap}}, mirrors: {m: {output-port: q}}}}", "1:67: expected a port of bridge b, found 'q'"),
        ("bridges: {b: {ports: {p: {type: tap}}, mirrors: {m: {select-all: true}}}}",
            "1:50: expected a mirror with output-port or output-vlan, found one without"),
        ("bridges: {b: {netflow: {}}}", "1:24: expected at least one target, found none"),
        ("bridges: {b: {netflow: {targets: [192.0.2.1]}}}",
            "1:35: expected a target such as 192.0.2.1:2055 or [2001:db8::1]:2055, found '192.0.2.1'"),
        ("bridges: {b: {netflow: {targets: [\"[::1]:1\"], engine-id: 256}}}", "1:58: expected a number from 0 to 255, found '256'"),
        ("bridges: {b: {ports: {p: {type: tap}}, static-macs: [{port: p}]}}", "1:54: expected a station with the keys mac and port, found a mapping"),
        ("bridges: {b: {ports: {p: {type: tap, trunks: 5}}}}", "1:46: expected a list of VLANs, found '5'"),
        ("bridges: {b: {ports: {p: {type: dummy, no-flood: 1}}}}", "1:50: expected true or false, found '1'"),
        ("bridges: {b: {ports: {p: {type: dummy, of-port: 0}}}}", "1:49: expected a number from 1 to 65279, found '0'"),
        ("bridges: {b: {ports: {p: {type: dummy, of-port: 2}, q: {type: dummy, of-port: 2}}}}",
            "1:79: expected a number that no other port has, found 2 again"),
        ("bridges: {b: {ports: {p: {type: dpdk, devargs: x, rx-descriptors: 100}}}}",
            "1:67: expected a power of two from 64 to 4096, found '100'"),
        ("bridges: {b: {ports: {p: {type: dpdk, devargs: x, rx-queue-affinity: 1}}}}",
            "1:70: expected queues and cores such as 0:1,1:2, found '1'"),
        ("bridges: {b: {ports: {p: {type: tap, qos: {type: egress-policer}}}}}", "1:38: expected one of type, of-port, no-flood, vlan-mode, tag, trunks, cvlans, qinq-ethtype, priority-tags, protected, mtu, mac, policing, found 'qos'"),
        ("bridges: {b: {ports: {p: {type: dpdk, devargs: x, qos: {cir: 1}}}}}", "1:56: expected the key type, found none"),
        ("bridges: {b: {ports: {p: {type: dpdk, devargs: x, qos: {type: linux-htb}}}}}", "1:63: expected one of egress-policer, trtcm-policer, found 'linux-htb'"),
        ("bridges: {b: {ports: {p: {type: dpdk, devargs: x, qos: {type: egress-policer, eir: 1}}}}}", "1:79: expected one of type, cir, cbs, found 'eir'"),
        ("bridges: {b: {ports: {p: {type: dpdk, devargs: x, qos: {type: egress-policer, cir: 5}}}}}",
            "1:56: expected rates with burst sizes that are not 0, found a rate without one"),
        ("bridges: {b: {ports: {p: {type: dpdk, devargs: x, qos: {type: trtcm-policer, queues: {-1: {}}}}}}}", "1:87: expected a queue's number, each once, found '-1'"),
        ("bridges: {b: {ports: {p: {type: dpdk, devargs: x, qos: {type: trtcm-policer, queues: {1: {dscp: 64}}}}}}}", "1:97: expected a number from 0 to 63, found '64'"),
        ("bridges: {b: {ports: {p: {type: tap, policing: {rate: -1}}}}}", "1:55: expected a number from 1 to 4294967295, found '-1'"),
        ("bridges: {b: {ports: {p: {type: tap, policing: {burst: 5}}}}}", "1:48: expected rate or kpkts-rate, found neither"),
        ("bridges: {b: {ports: {very-long-port-name: {type: tap}}}}",
            "1:23: expected a port's name (letters, digits, _ - . @; at most 15; no number or reserved name), found 'very-long-port-name'"),
        ("bridges:\n  a: {ports: {p: {type: dummy}}}\n  b: {ports: {p: {type: dummy}}}",
            "3:15: expected a name that no other port has, found 'p' again, which bridge a has in line 2"),
        ("bridges: {a: {}, b: {ports: {a: {type: tap}}}}", "1:30: expected a name that no bridge has, found 'a'"),
        ("bridges: {b: {ports: {p: {type: patch, peer: q}}}}", "1:46: expected a patch port, found 'q', which is not there"),
        ("bridges: {b: {ports: {p: {type: patch, peer: q}, q: {type: dummy}}}}", "1:46: expected a patch port, found 'q', which is none"),
        ("bridges: {b: {ports: {p: {type: patch, peer: p}}}}",
            "1:46: expected a patch port whose peer is 'p', found 'p', whose peer is 'p'"),
        ("datapath: {pmd-cores: 1}\nbridges: {}", "1:23: expected a list of cores, found '1'"),
        ("datapath: {pmd-cores: []}\nbridges: {}", "1:23: expected at least one core, found none"),
        ("datapath: {pmd-cores: [1, 1]}\nbridges: {}", "1:27: expected each core once, found 1 again"),
        ("datapath: {memory: 512}\nbridges: {}", "1:20: expected a size from 64MB to 1024GB such as 512MB, found '512'"),
        ("datapath: {max-idle: 10}\nbridges: {}", "1:22: expected a time from 500ms to 1h such as 10s, found '10'"),
        ("datapath: {max-idle: 99999999999999999999s}\nbridges: {}",
            "1:22: expected a time from 500ms to 1h such as 10s, found '99999999999999999999s'"),
        ("datapath: {rxq-assign: random}\nbridges: {}", "1:24: expected one of roundrobin, cycles, group, found 'random'"),
        ("datapath: {emc: 1}\nbridges: {}",
            "1:12: expected one of pmd-cores, memory, hugepages, eal, emc-insert-inv-prob, smc, rxq-assign, vlan-limit, flow-limit, max-idle, found 'emc'"),
        ("a: &x [1]\nb: *x", "2:4: expected a value, found the alias '*x'"),
        ("b: *x", "1:4: expected YAML, found undefined alias"),
        ("a: \u{7}", "1:4: expected printable text, found the character U+7"),
        ("a: 1\rb: 2", "1:5: expected printable text, found the character U+D"),
    ]

    @Test(arguments: mistakes) func everyMistakeIsOneLine(text: String, message: String) {
        let error = #expect(throws: ConfigError.self) { try parse(text) }
        #expect(error?.description == "dir/c.yaml:" + message)
        #expect(error?.description.contains("\n") == false)
    }

    @Test func flowsOfAllForms() throws {
        let block = """
            bridges:
              b:
                fail-mode: secure
                ports: { p: { type: dummy, of-port: 7 }, b: { type: internal } }
                flows: |
                  # a comment

                  priority=5,in_port=p,actions=output:b   # another
                    table=1,tcp,tp_dst=80,actions=drop
            """
        let flows = try parse(block).bridges[0].flows
        #expect(flows.map(\.priority) == [5, 0x8000])
        #expect(flows.map(\.table) == [0, 1])
        #expect(flows[0].match.key.l0.inPort == 7)
        #expect(flows[0].actions == [.output(.local, maxLength: 0)])
        #expect(flows[1].match.key.l0.tpDst.host == 80)
        let list = "bridges: {b: {fail-mode: secure, flows: ['priority=5,actions=NORMAL', \"priority=6,ip,actions=drop\"]}}"
        #expect(try parse(list).bridges[0].flows.map(\.priority) == [5, 6])
        let own = "bridges: {b: {flows: ['priority=0,actions=drop']}}"
        #expect(try parse(own).bridges[0].flows.count == 1)
    }

    static let flowMistakes: [(String, String)] = [
        ("flows: |\n      priority=1,actions=NORMAL\n      \n      ip,bogus=1,actions=drop\n",
            "6:10: expected a flow in the syntax of ovs-ofctl(8), found unknown keyword bogus"),
        ("flows: ['ip,bogus=1,actions=drop']", "3:17: expected a flow in the syntax of ovs-ofctl(8), found unknown keyword bogus"),
        ("flows: [\"é\", x]", "3:15: expected a flow in the syntax of ovs-ofctl(8), found must specify an action"),
        ("flows: |\r\n        ip,actions=output:nowhere", "4:27: expected a flow in the syntax of ovs-ofctl(8), found nowhere: output to unknown port"),
        ("flows: |\n      tp_dst=5,actions=drop", "4:7: expected a flow in the syntax of ovs-ofctl(8), found tcp_dst without the fields that it needs (ovs-fields(7))"),
        ("flows: |\n      delete ip", "4:7: expected a flow in the syntax of ovs-ofctl(8), found a flow, not a command"),
        ("flows: {a: b}", "3:12: expected flows as a text block (|) or a list, found a mapping"),
        ("flows: [[a]]", "3:13: expected a flow, found a list"),
        ("flows: |\n      ip,actions=drop\n      ip,actions=NORMAL",
            "5:7: expected a flow with another table, priority or match than in line 4, found 'ip,actions=NORMAL'"),
    ]

    @Test(arguments: flowMistakes) func mistakesInFlowsHaveTheirPlace(text: String, message: String) {
        let error = #expect(throws: ConfigError.self) { try parse("bridges:\n  b:\n    " + text) }
        #expect(error?.description.hasPrefix("dir/c.yaml:" + message) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("\n") == false)
    }

    @Test func bytesThatAreNotText() {
        let error = #expect(throws: ConfigError.self) { try SwitchConfig.parse([0x61, 0x3a, 0x0a, 0xc3, 0xa9, 0xff], file: "f") }
        #expect(error?.description == "f:2:2: expected UTF-8 text, found other bytes")
    }

    @Test func depthIsBounded() {
        let nested = "bridges: " + String(repeating: "[", count: 30) + String(repeating: "]", count: 30)
        #expect(throws: ConfigError.self) { try parse(nested) }
        let error = #expect(throws: ConfigError.self) { try parse(String(repeating: "{a: ", count: 100_000)) }
        #expect(error?.expected == "YAML")
        #expect(throws: ConfigError.self) { try parse(String(repeating: "- ", count: 900) + "a") }
        #expect(throws: ConfigError.self) { try parse(String(repeating: "? ", count: 100_000) + "a") }
    }

    /// Random edits of a right file either parse or give one line; nothing traps.
    @Test func anyBytesAreSafe() {
        var state: UInt64 = 42
        let source = Array(completeConfig.utf8)
        let pieces = ["[", "]", "{", "}", ":", "- ", "\n", "&a", "*a", "|", "'", "\"", "#", "\0", "é", "!!x", "? ", "%", "0x", ","]
        for _ in 0..<3_000 {
            var bytes = source
            for _ in 0..<(1 + splitMix64(&state) % 4) {
                let place = Int(splitMix64(&state) % UInt64(bytes.count))
                switch splitMix64(&state) % 3 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: splitMix64(&state))
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int(splitMix64(&state) % 12)))
                default: bytes.insert(contentsOf: Array(pieces[Int(splitMix64(&state) % UInt64(pieces.count))].utf8), at: place)
                }
            }
            do {
                _ = try SwitchConfig.parse(bytes, file: "f")
            } catch {
                #expect(!error.description.contains("\n"))
                #expect(error.line >= 1 && error.column >= 1)
            }
        }
    }
}
