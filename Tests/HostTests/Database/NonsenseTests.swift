import Foundation
import TestSupport
import Testing

extension HostTests {
    /// What means nothing, in every column of every table: of all that the schema admits. Beside it the switch goes on.
    @Suite struct NonsenseTests {
        /// Adds rows whose names are words, then writes to each column of all rows but those of br0, p1 and p2. Prints how many transactions were taken and refused.
        private static let program = #"""
            import json, socket, sys
            path, file, round = sys.argv[1], sys.argv[2], int(sys.argv[3])
            tables = json.load(open(file))["tables"]
            server = socket.socket(socket.AF_UNIX); server.connect(path); server.settimeout(20)
            text, count, decoder = "", 0, json.JSONDecoder()

            def receive():
                global text
                while True:
                    try:
                        value, end = decoder.raw_decode(text)
                        text = text[end:].lstrip()
                        return value
                    except ValueError:
                        data = server.recv(1 << 20)
                        if not data: sys.exit("ovsdb-server has gone")
                        text += data.decode()

            def transact(*operations):
                global count
                count += 1
                server.sendall(json.dumps({"method": "transact", "params": ["Open_vSwitch"] + list(operations), "id": count}).encode())
                while True:
                    reply = receive()
                    if reply.get("method") == "echo":
                        server.sendall(json.dumps({"result": reply["params"], "error": None, "id": reply["id"]}).encode())
                    elif reply.get("id") == count: return reply.get("result") or [{"error": str(reply)}]

            words = ["", "x/y", "../../etc/passwd", "\u0001\n\t\x7f", "\U0001f986", "-1", "99999999999999999999", "0x", ":", "%s%n", "true", "a" * 5000, "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "br0", "p1",
                     "tcp:", "ptcp:0:127.0.0.1", "punix:/etc/passwd", "unix:", "ssl:127.0.0.1:1", "internal", "patch", "dummy-pmd", "0:0,0:1", "0", "1", "4294967296"]
            numbers = [0, -1, 1, 7, 70000, 2**31, 2**63 - 1, -2**63]
            keys = ["hwaddr", "datapath-id", "mac-aging-time", "mac-table-size", "forward-bpdu", "dp-desc", "dp-sn", "pmd-cpu-mask", "flow-limit", "max-idle", "max-revalidator", "vlan-limit", "n_rxq",
                    "n_rxq_desc", "peer", "priority-tags", "qinq-ethtype", "bond-primary", "bond-rebalance-interval", "bond-hash-basis", "lacp-system-id", "pmd-rxq-affinity", "pmd-rxq-assign",
                    "pmd-rxq-isolate", "pmd-auto-lb", "pmd-auto-lb-rebal-interval", "pmd-auto-lb-load-threshold", "pmd-auto-lb-improvement-threshold", "pmd-maxsleep", "tx-flush-interval",
                    "bundle-idle-timeout", "emc-insert-inv-prob", "smc-enable", "stream", "pstream", "numa_id", "ifindex", "stats-update-interval", "enable-statistics", "max-rate", "burst"]

            def base(type): return {"type": type} if isinstance(type, str) else type
            def choose(list, at): return list[at % len(list)]
            def uuids(table): return [row["_uuid"] for row in transact({"op": "select", "table": table, "where": [], "columns": ["_uuid"]})[0].get("rows", [])]

            def atom(type, at):
                type = base(type)
                if "enum" in type: return choose(type["enum"][1] if isinstance(type["enum"], list) else [type["enum"]], at)
                kind = type["type"]
                if kind == "integer": return min(max(choose(numbers, at), type.get("minInteger", -2**63)), type.get("maxInteger", 2**63 - 1))
                if kind == "real": return choose([0, -1e300, 1e300, 0.5], at)
                if kind == "boolean": return at % 2 == 0
                if kind == "uuid":
                    there = uuids(type["refTable"]) if "refTable" in type else []
                    return choose(there, at) if there else ["uuid", "00000000-0000-0000-0000-00000000000%d" % (at % 10)]
                return choose(words, at)[:type.get("maxLength", 5000)]

            def value(type, at):
                if isinstance(type, str): return atom(type, at)
                least, most = type.get("min", 1), type.get("max", 1)
                several = max(least, min(4 if most == "unlimited" else most, at % 5))
                if "value" in type:
                    if base(type["key"])["type"] == "string" and "enum" not in base(type["key"]):
                        return ["map", [[key, atom(type["value"], at + place if at % 3 else at)] for place, key in enumerate(keys)]]
                    pairs = {json.dumps(atom(type["key"], at + place)): atom(type["value"], at + place) for place in range(several)}
                    return ["map", [[json.loads(key), pairs[key]] for key in pairs]]
                atoms = {json.dumps(atom(type["key"], at + place)) for place in range(several)}
                return ["set", [json.loads(one) for one in sorted(atoms)]]

            def good(results): return all(result is None or "error" not in result for result in results)

            name = choose(words, round * 3 + 1) if round % 2 else "n%d" % round
            def named(kind): return {"op": "insert", "table": kind, "uuid-name": kind.lower(), "row": {"name": name + kind[0]}}
            port, bridge, interface = named("Port"), named("Bridge"), named("Interface")
            port["row"]["interfaces"] = ["named-uuid", "interface"]
            bridge["row"].update(ports=["named-uuid", "port"], datapath_type=choose(["dummy", "netdev", "nonsense", ""], round))
            interface["row"]["type"] = choose(["dummy", "internal", "dummy-pmd", "patch", "nonsense"], round)
            others = {"Controller": ("controller", {"target": choose(words, round)}), "Mirror": ("mirrors", {"name": name}), "NetFlow": ("netflow", {"targets": "127.0.0.1:1"}),
                      "sFlow": ("sflow", {"targets": "x"}), "IPFIX": ("ipfix", {}), "AutoAttach": ("auto_attach", {"system_name": name, "system_description": name})}
            inserts = [interface, port, bridge]
            for table, (column, row) in others.items():
                inserts.append({"op": "insert", "table": table, "uuid-name": table.lower(), "row": row})
                bridge["row"][column] = ["named-uuid", table.lower()]
            inserts.append({"op": "insert", "table": "Flow_Table", "uuid-name": "flows", "row": {}})
            bridge["row"]["flow_tables"] = ["map", [[round % 255, ["named-uuid", "flows"]]]]
            inserts += [{"op": "insert", "table": "QoS", "row": {"type": "linux-htb"}}, {"op": "insert", "table": "Queue", "row": {}},
                        {"op": "insert", "table": "SSL", "uuid-name": "ssl", "row": {"private_key": "/etc/passwd", "certificate": name, "ca_cert": name}},
                        {"op": "update", "table": "Open_vSwitch", "where": [], "row": {"ssl": ["named-uuid", "ssl"]}},
                        {"op": "mutate", "table": "Open_vSwitch", "where": [], "mutations": [["bridges", "insert", ["named-uuid", "bridge"]]]}]
            results = transact(*inserts)
            if not good(results): sys.exit("rows are refused: %s" % results)

            own = [["name", "!=", one] for one in ["br0", "p1", "p2"]]
            counted = [0, 0]
            for table in sorted(tables):
                for place, column in enumerate(sorted(tables[table]["columns"])):
                    schema = tables[table]["columns"][column]
                    # What says what is waited for, and what br0 hangs on.
                    if table == "Open_vSwitch" and column in ("bridges", "next_cfg", "cur_cfg"): continue
                    where = own if table in ("Bridge", "Port", "Interface") else []
                    results = transact({"op": "update", "table": table, "where": where, "row": {column: value(schema["type"], round * 7 + place)}})
                    counted[0 if good(results) else 1] += 1
            print(*counted)
            """#

        @Test func aSwitchGoesOnBesideIt() async throws {
            try await Bed.with { bed in
                let vswitch = try await ManagedSwitch(bed, .needletail, ["--enable-dummy=override"])
                try await vswitch.vsctl(words: "add-br br0 -- set bridge br0 datapath_type=dummy fail_mode=secure -- add-port br0 p1 -- set interface p1 type=dummy ofport_request=1"
                    + " -- add-port br0 p2 -- set interface p2 type=dummy ofport_request=2")
                try await vswitch.ofctl("add-flow", "br0", "in_port=1,actions=output:2")
                var sent = 0
                for round in 0..<12 {
                    let python = try bed.spawn("/usr/bin/python3", ["-c", Self.program, vswitch.folder + "/db.sock", DatabaseServer.schema, String(round)])
                    let counts = try await python.finish().split { $0 == " " || $0 == "\n" }.compactMap { Int($0) }
                    try #require(counts.count == 2, "round \(round): \(contents(python.errors))")
                    // Names do not change, and some of what is written names a row twice.
                    #expect(counts[0] > 150 && counts[1] < 30, "round \(round): \(counts)")
                    // What is right is carried out.
                    let port = "q\(round)"
                    try await vswitch.vsctl(words: "add-port br0 \(port) -- set interface \(port) type=dummy")
                    #expect(try await Int(vswitch.column("interface", port, "ofport")) ?? -1 > 2, "round \(round)")
                    try await vswitch.vsctl("del-port", "br0", port)
                    for _ in 0..<3 { #expect(try await vswitch.ask("netdev-dummy/receive", "p1", "505400000002505400000001080045000000").status == 0) }
                    sent += 3
                    let text = try await vswitch.ofctl("dump-ports", "br0", "2")
                    #expect(text.contains("tx pkts=\(sent),"), "round \(round): \(text)")
                    // The next ones begin without these.
                    for bridge in try await lines(vswitch.vsctl("--no-heading", "--format=csv", "--columns=_uuid,name", "list", "bridge")) where !bridge.hasSuffix(",br0") && bridge.dropFirst(36).first == "," {
                        try await vswitch.vsctl("remove", "Open_vSwitch", ".", "bridges", String(bridge.prefix(36)))
                    }
                    try await vswitch.vsctl("clear", "Open_vSwitch", ".", "other_config")
                }
                #expect(try await vswitch.ask("ofproto/list").output == "br0\n")
                #expect(!vswitch.logged.contains { $0.contains("|EMER|") })
            }
        }
    }
}
