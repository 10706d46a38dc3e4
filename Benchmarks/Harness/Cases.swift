/// One row of the benchmark: what is sent, by which rules it is forwarded, and what is measured.
struct Case {
    enum Kind: Equatable {
        /// Packets per second once everything is installed.
        case throughput
        /// New megaflows per second while every packet is a miss.
        case setUp
        /// Bytes that a process grows by per megaflow.
        case memory
        /// Latency of an installed flow while `newFlows` flows a second arrive, beside the latency while none do.
        case latency(newFlows: Int)
        /// Installed traffic alone, and while one packet in a hundred is made to explode the tuple space.
        case attack
        /// The megaflows and masks that the packets lead to.
        case megaflows
        /// A flow modification and a barrier, again and again, over many megaflows.
        case barrier
        /// What OpenFlow's tables do with many flows; no packets.
        case flowTable(flows: Int)
        /// The switch is killed; OVS's monitor starts none again then.
        case restart
    }
    var name: String
    var title: String
    var kind = Kind.throughput
    var traffic: Traffic
    /// In the syntax of ovs-ofctl(8), ports p0 and p1.
    var rules: String
    /// The megaflows and masks that the rules must lead to; nil: not checked.
    var megaflows: Int?
    var masks: Int?

    /// What the machine, or a program beside the switch, takes by itself can be measured without a switch.
    var hasFloor: Bool {
        switch kind {
        case .throughput, .flowTable: true
        case .setUp, .memory, .latency, .attack, .megaflows, .barrier, .restart: false
        }
    }
}

extension Case {
    /// Every case at full size, or with a tenth of the flows for a check that the harness works.
    static func all(quick: Bool) -> [Case] {
        let scale = quick ? 10 : 1
        return [wire(flows: 100_000 / scale)] + singleMegaflow(quick: quick) + [4, 16, 64].map { masks($0, flows: 100_000 / scale) }
            + [megaflows(50_000 / scale), rewrite, setUp(flows: 250_000 / scale), memory(flows: 50_000 / scale),
               latency("idle", newFlows: 0),
               latency("50k", newFlows: 50_000 / scale), latency("100k", newFlows: 100_000 / scale),
               flowTable(flows: 100_000 / scale)]
            + (quick ? [100, 200] : [500, 2_000]).map { attack(of: $0, named: quick ? ["attack-500", "attack-2000"][$0 / 200] : "attack-\($0)") }
            + MegaflowCases.all(scale: scale) + [barrier(10_000 / scale), restart]
    }

    /// A wire: nothing but the port matters. (OVS has a cache of its own for such rules, the simple match.)
    static func wire(flows: Int) -> Case {
        Case(name: "wire", title: "port to port, \(grouped(flows)) flows", traffic: Traffic(flows: flows),
            rules: "in_port=p0,actions=output:p1", megaflows: 1, masks: 1)
    }

    /// Many flows, one megaflow on the protocol: what the caches above the classifier cost.
    static func singleMegaflow(quick: Bool) -> [Case] {
        [64, 1_000, 10_000, 100_000].map { flows in
            Case(name: flows < 1_000 ? "flows-\(flows)" : "flows-\(flows / 1_000)k", title: "\(grouped(flows)) flows, one megaflow",
                traffic: Traffic(flows: quick ? min(flows, 10_000) : flows),
                rules: "in_port=p0,udp,actions=output:p1", megaflows: 1, masks: 1)
        }
    }

    /// `count` megaflows, each under a mask of its own, hit evenly. The destination MAC address chooses a table, as a
    /// tenant's gateway would; the table's only rule matches prefixes whose two lengths no other table has.
    /// So a lookup that knows nothing but the key walks through half of the masks.
    static func masks(_ count: Int, flows: Int) -> Case {
        var rules: [String] = []
        for group in 0..<count {
            let table = group + 1
            rules.append("table=0,in_port=p0,dl_dst=\(groupMAC(group)),actions=resubmit(,\(table))")
            rules.append("table=\(table),ip,nw_src=10.0.0.0/\(9 + group % 8),nw_dst=20.0.0.0/\(9 + group / 8),actions=output:p1")
        }
        return Case(name: "masks-\(count)", title: "\(count) masks, uniform", traffic: Traffic(flows: flows, groups: count),
            rules: rules.joined(separator: "\n"), megaflows: count, masks: count)
    }

    /// The rules by which every source MAC address becomes a megaflow: a higher rule asks for all bits of it.
    static let macRules = """
        priority=100,in_port=p0,dl_src=fe:ff:ff:ff:ff:fe,actions=drop
        priority=1,in_port=p0,actions=output:p1
        """

    /// As many megaflows as flows, under one mask.
    static func megaflows(_ count: Int) -> Case {
        Case(name: "megaflows-50k", title: "\(grouped(count)) megaflows, one mask",
            traffic: Traffic(flows: count, distinctMACs: true), rules: macRules, megaflows: count)
    }

    /// A VLAN tag is pushed; both MAC addresses, an IP address, the TTL and a port are rewritten. How many megaflows this makes
    /// is the switch's choice: OVS looks at what it rewrites, and makes about one a flow.
    static let rewrite = Case(name: "rewrite", title: "VLAN push and L2–L4 rewrite, 1 000 flows",
        traffic: Traffic(flows: 1_000), rules: """
            in_port=p0,udp,actions=mod_vlan_vid:100,mod_dl_src:02:00:00:00:02:01,mod_dl_dst:02:00:00:00:02:02,\
            mod_nw_dst:30.0.0.1,dec_ttl,mod_tp_dst:8080,output:p1
            """)

    static func setUp(flows: Int) -> Case {
        Case(name: "set-up", title: "flow set-up", kind: .setUp, traffic: Traffic(flows: flows, distinctMACs: true), rules: macRules)
    }

    static func memory(flows: Int) -> Case {
        Case(name: "memory", title: "memory per megaflow", kind: .memory, traffic: Traffic(flows: flows, distinctMACs: true),
            rules: macRules, megaflows: flows)
    }

    static func latency(_ load: String, newFlows: Int) -> Case {
        Case(name: "latency-\(load)", title: newFlows == 0 ? "latency, nothing else" : "latency under \(grouped(newFlows)) new flows/s",
            kind: .latency(newFlows: newFlows), traffic: Traffic(flows: 1, distinctMACs: true), rules: macRules)
    }

    /// Three rules that allow, each by another field, above one that drops. The installed traffic is allowed by the first.
    static func attack(of masks: Int, named name: String) -> Case {
        Case(name: name, title: "1 % hostile packets for \(grouped(masks)) masks", kind: .attack,
            traffic: Traffic(flows: 1_000, hostile: Traffic.Hostile(masks: masks)), rules: """
            priority=40,in_port=p0,tcp,tp_dst=80,actions=output:p1
            priority=30,in_port=p0,tcp,nw_src=10.0.0.10,actions=output:p1
            priority=20,in_port=p0,tcp,tp_src=12345,actions=output:p1
            priority=10,in_port=p0,actions=drop
            """)
    }

    static func barrier(_ count: Int) -> Case {
        Case(name: "barrier", title: "a flow mod over \(grouped(count)) megaflows", kind: .barrier,
            traffic: Traffic(flows: count, distinctMACs: true), rules: macRules, megaflows: count)
    }

    static let restart = Case(name: "restart", title: "killed under load, started again by the monitor", kind: .restart, traffic: Traffic(flows: 1_000), rules: "in_port=p0,actions=output:p1")

    static func flowTable(flows: Int) -> Case {
        Case(name: "flow-table", title: "\(grouped(flows)) OpenFlow flows", kind: .flowTable(flows: flows), traffic: Traffic(flows: 1), rules: "")
    }

    /// The destination MAC address of the flows of `group`.
    static func groupMAC(_ group: Int) -> String {
        let digits = String(group, radix: 16)
        return "02:00:00:00:01:" + (digits.count < 2 ? "0" : "") + digits
    }
}

/// "100 000": a number with its thousands apart.
func grouped(_ number: Int) -> String {
    var rest = String(number), parts: [String] = []
    while rest.count > 3 {
        parts.insert(String(rest.suffix(3)), at: 0)
        rest.removeLast(3)
    }
    return ([rest] + parts).joined(separator: " ")
}
