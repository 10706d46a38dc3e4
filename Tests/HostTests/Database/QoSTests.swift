import Foundation
import TestSupport
import Testing

extension HostTests {
    /// QoS, queues and policing by ovs-vsctl(8).
    @Suite(.serialized) struct QoSTests {
        private static func qos(_ port: String, _ type: String, _ more: String = "") -> String {
            "-- set port \(port) qos=@q -- --id=@q create qos type=\(type) \(more)"
        }
        private static let rates = "other_config:cir=52000 other_config:cbs=2048 other_config:eir=41000 other_config:ebs=1048"

        /// What is done to a port d0 of DPDK's, step by step.
        private static let steps = [
            qos("d0", "egress-policer", "other_config:cir=46000000 other_config:cbs=2048 other_config:zz=3"),
            qos("d0", "egress-policer", "other_config:cir=0 other_config:cbs=2048"), qos("d0", "egress-policer", "other_config:cir=abc other_config:cbs=2048"),
            qos("d0", "egress-policer", "other_config:cir=1"), qos("d0", "linux-htb", "other_config:max-rate=1000"), qos("d0", "linux-noop"),
            qos("d0", "nonsense"), qos("d0", "\"\""),
            qos("d0", "trtcm-policer", rates + " queues:1=@a queues:10=@b queues:7=@c -- --id=@a create queue other_config:cir=41600000 other_config:cbs=2048"
                + " -- --id=@b create queue other_config:eir=41600000 other_config:ebs=2048 dscp=10 -- --id=@c create queue other_config:cir=9"),
            qos("d0", "trtcm-policer"), qos("d0", "trtcm-policer", "other_config:cir=5"),
            qos("d0", "trtcm-policer", rates + " queues:0=@a -- --id=@a create queue other_config:cir=3"),
            qos("d0", "trtcm-policer", rates + " queues:0=@a -- --id=@a create queue other_config:cir=3 other_config:cbs=4"), "clear port d0 qos",
            "set interface d0 ingress_policing_rate=1000 ingress_policing_burst=100", "set interface d0 ingress_policing_rate=0",
            // A bond has none of its own.
            "add-bond br0 bo d1 d2 bond_mode=balance-slb -- set interface d1 type=dpdk options:dpdk-devargs=net_null1,no-rx=1"
                + " -- set interface d2 type=dpdk options:dpdk-devargs=net_null2,no-rx=1",
            qos("bo", "egress-policer", "other_config:cir=5 other_config:cbs=6"),
        ]

        /// The same steps with Debian's switch, without hugepages: texts, errors in the log and OpenFlow's answers are the same.
        @Test func portsOfDPDKAreAsWithOVS() async throws {
            var transcripts: [[String]] = []
            for kind in [ManagedSwitch.Kind.needletail, .ovs] {
                try await Bed.with { bed in
                    let vswitch = try await ManagedSwitch(bed, kind, hasDPDK: true)
                    try await vswitch.vsctl("set", "Open_vSwitch", ".", "other_config:dpdk-init=true")
                    let bridge = bed.name("b")
                    try await vswitch.vsctl(words: "add-br \(bridge) -- set bridge \(bridge) datapath_type=netdev fail_mode=secure -- add-port \(bridge) d0"
                        + " -- set interface d0 type=dpdk options:dpdk-devargs=net_null0,no-rx=1")
                    var transcript: [String] = []
                    for step in Self.steps {
                        try await vswitch.vsctl(words: step.replacing("br0", with: bridge))
                        transcript.append(step)
                        for name in ["d0", "bo", "d1", "d2"] {
                            let shown = try await vswitch.ask("qos/show", name)
                            // OVS tells of queues in the order of a hash table.
                            let text = shown.output + (lines(shown.errors).first ?? "")
                            transcript += ["\(shown.status)"] + text.components(separatedBy: "\n\n").map { $0.trimmingCharacters(in: .newlines) }.sorted()
                        }
                        transcript.append(try await vswitch.ask("qos/show-types", "d0").output)
                        let socket = "unix:\(vswitch.folder)/\(bridge).mgmt"
                        let told = try await command("ovs-ofctl", ["-O", "OpenFlow14", "queue-get-config", socket, "d0"])
                        let queues = lines(told.output).filter { $0.hasPrefix("queue") }.sorted()
                        transcript += queues
                        // For a queue that there is not OVS tells what its memory holds.
                        for queue in queues.map({ $0.dropFirst(6).dropLast().description }) {
                            let told = try await command("ovs-ofctl", ["-O", "OpenFlow13", "queue-stats", socket, "d0", queue])
                            transcript += lines(told.output).filter { $0.contains("queue \(queue)") }.map { $0.components(separatedBy: ", duration").first ?? $0 }
                        }
                    }
                    // OVS tells of a mistake with every change while it lasts; its log is written by a thread of its own.
                    func mistakes() -> [String] { Set(vswitch.logged.filter { $0.hasPrefix("netdev_dpdk|ERR") && !$0.contains("rte meter") }).sorted() }
                    if let former = transcripts.first { try? await until("both tell of the same mistakes") { mistakes() == former.suffix(mistakes().count) } }
                    transcripts.append(transcript + mistakes())
                    try await vswitch.endDaemon()
                }
            }
            for (ours, theirs) in zip(transcripts[0], transcripts[1]) { #expect(ours == theirs) }
            #expect(transcripts[0].count == transcripts[1].count)
            #expect(transcripts[0].contains("Queue 10:\n  cir: 0\n  eir: 41600000\n  ebs: 2048\n  cbs: 0\n  tx_packets: 0\n  tx_bytes: 0\n  tx_errors: 0"))
            #expect(transcripts[0].contains("netdev_dpdk|ERR|Failed to set QoS queue 7 on port d0: Invalid argument"))
        }

        /// Interfaces of the kernel: nothing is policed, but packets of queues have their DSCP.
        @Test func portsOfTheKernelAreAsWithOVS() async throws {
            var transcripts: [[String]] = []
            for kind in [ManagedSwitch.Kind.needletail, .ovs] {
                try await Bed.with { bed in
                    let vswitch = try await ManagedSwitch(bed, kind)
                    let bridge = bed.name("b"), tap = bed.name("t"), names = [bridge: "BRIDGE", tap: "TAP"]
                    try await vswitch.vsctl(words: "add-br \(bridge) -- set bridge \(bridge) datapath_type=netdev fail_mode=secure"
                        + " -- add-port \(bridge) \(tap) -- set interface \(tap) type=tap")
                    var transcript: [String] = []
                    for type in ["linux-noop", "egress-policer", "nonsense", "\"\""] {
                        let settings = "other_config:cir=5 other_config:cbs=9 queues:4=@a -- --id=@a create queue dscp=9"
                        try await vswitch.vsctl(words: Self.qos(tap, type, settings))
                        transcript += [type, try await vswitch.ask("qos/show", tap).output]
                        let socket = "unix:\(vswitch.folder)/\(bridge).mgmt"
                        for arguments in [["queue-stats"], ["queue-stats", tap], ["queue-stats", tap, "4"], ["queue-get-config", tap]] as [[String]] {
                            let told = try await command("ovs-ofctl", ["-O", "OpenFlow14", arguments[0], socket] + arguments.dropFirst())
                            transcript += lines(told.output + told.errors).map { $0.replacing(/\(xid=[^)]*\)/, with: "") }
                        }
                        for actions in ["set_queue:4,output:1", "output:1", "enqueue:1:4", "set_queue:5,output:1", "set_queue:4,output:1,pop_queue,output:1"] {
                            try await vswitch.ofctl("add-flow", bridge, "actions=" + actions)
                            for packet in ["tcp,nw_tos=0", "icmp6", "tcp,nw_tos=37"] {
                                let traced = try await vswitch.ask("ofproto/trace", bridge, "in_port=LOCAL," + packet)
                                transcript += [actions] + lines(traced.output).filter { $0.hasPrefix("Megaflow") || $0.hasPrefix("Datapath actions") }
                                    .map(withoutPorts)
                            }
                        }
                    }
                    transcripts.append(transcript.map { line in names.reduce(line) { $0.replacing($1.key, with: $1.value) } })
                    if kind == .needletail {
                        #expect(try await vswitch.ask("qos/show-types", tap).output == "QoS type: linux-noop\n")
                        #expect(vswitch.logged.contains("netdev_linux|WARN|Failed to set QoS type egress-policer on port \(tap): Operation not supported"))
                    }
                    try await vswitch.endDaemon()
                }
            }
            #expect(transcripts[0].contains { $0.contains("0x24/0xfc") })
            for (ours, theirs) in zip(transcripts[0], transcripts[1]) { #expect(ours == theirs) }
            #expect(transcripts[0].count == transcripts[1].count)
        }

        /// Datapath actions without the port's number, which each switch gives as it likes.
        private func withoutPorts(_ line: String) -> String {
            line.replacing(" ", with: ",").split(separator: ",").map { Int($0) == nil ? String($0) : "PORT" }.joined(separator: ",")
        }

        /// Frames that a device without end sends are dropped where they leave and where they come in, and all who count tell of it.
        @Test func dropsAreTold() async throws {
            try await Bed.with { bed in
                let vswitch = try await ManagedSwitch(bed, .needletail)
                let bridge = bed.name("b")
                try await vswitch.vsctl(words: "set Open_vSwitch . other_config:dpdk-init=true"
                    + " -- add-br \(bridge) -- set bridge \(bridge) datapath_type=netdev fail_mode=secure"
                    + " -- add-port \(bridge) d0 -- set interface d0 type=dpdk options:dpdk-devargs=net_null0,size=64 ofport_request=1"
                    + " -- add-port \(bridge) d1 -- set interface d1 type=dpdk options:dpdk-devargs=net_null1,no-rx=1 ofport_request=2")
                try await vswitch.ofctl("add-flow", bridge, "in_port=1,actions=set_queue:3,output:2")
                let rates = "other_config:cir=50000 other_config:cbs=5000"
                try await vswitch.vsctl(words: Self.qos("d1", "trtcm-policer", rates + " queues:3=@a -- --id=@a create queue " + rates))
                func statistic(_ port: String, _ key: String) async throws -> UInt64 {
                    UInt64(try await vswitch.column("Interface", port, "statistics:" + key)) ?? 0
                }
                try await until("drops are told") { try await statistic("d1", "ovs_tx_qos_drops") > 0 }
                #expect(try await statistic("d1", "tx_dropped") > 0)
                #expect(try await statistic("d0", "ovs_rx_qos_drops") == 0)
                let shown = try await vswitch.ask("qos/show", "d1").output
                let queue = shown.components(separatedBy: "\n\n").first { $0.hasPrefix("Queue 3:\n") } ?? ""
                func number(_ key: String) -> UInt64 {
                    lines(queue).first { $0.hasPrefix("  \(key): ") }.flatMap { UInt64($0.dropFirst(key.count + 4)) } ?? 0
                }
                // Each packet's 50 bytes are charged: a hundred at once, then a thousand a second.
                #expect(number("tx_packets") >= 100 && number("tx_bytes") == number("tx_packets") * 50 && number("tx_errors") > number("tx_packets"))
                let told = try await vswitch.ofctl("queue-stats", bridge, "2", "3")
                #expect(told.contains("port d1 queue 3: bytes=") || told.contains("port 2 queue 3: bytes="), "\(told)")
                // A queue goes while packets come.
                try await vswitch.vsctl(words: Self.qos("d1", "egress-policer", rates))
                #expect(try await !vswitch.ask("qos/show", "d1").output.contains("Queue"))
                try await vswitch.vsctl(words: "set interface d0 ingress_policing_rate=8 ingress_policing_burst=80")
                try await until("drops are told") { try await statistic("d0", "ovs_rx_qos_drops") > 0 }
                #expect(try await statistic("d0", "rx_dropped") > 0)
                try await vswitch.vsctl(words: "-- clear port d1 qos -- set interface d0 ingress_policing_rate=0 -- --all destroy qos -- --all destroy queue")
                #expect(try await vswitch.ask("qos/show", "d1").output == "QoS not configured on d1\n")
                #expect(try await vswitch.column("Open_vSwitch", ".", "cur_cfg") == vswitch.column("Open_vSwitch", ".", "next_cfg"))
            }
        }
    }
}
