import Foundation
import OVSDB
import TestSupport
import Testing

extension HostTests {
    /// What commands answer as JSON: as `docs/unixctl.schema.json` has it, and the same as their text.
    @Suite(.serialized) struct JSONTests {
        static let schema = URL(fileURLWithPath: #filePath).pathComponents.dropLast(4).joined(separator: "/").dropFirst() + "/docs/unixctl.schema.json"
        static let program = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/python/answers.py"

        private func withSwitch(_ body: (ManagedSwitch) async throws -> Void) async throws {
            try await Bed.with { bed in
                let vswitch = try await ManagedSwitch(bed, .needletail, ["--enable-dummy"])
                try await TwinSwitches.arrange(vswitch)
                // There is a clock now that can be stopped.
                #expect(try await vswitch.ask("time/stop").status == 0)
                try await body(vswitch)
            }
        }

        @Test func everyAnswerIsAsTheSchemaHasIt() async throws {
            try await withSwitch { vswitch in
                let file = vswitch.folder + "/flows"
                try "in_port(1),eth(),eth_type(0x0800),ipv4(src=9.0.0.1) 2\n".write(toFile: file, atomically: true, encoding: .utf8)
                let examples = JSONExamples.all(file: file)
                let result = try await command(
                    pythonTool("python"), [Self.program, String(Self.schema), vswitch.controlSocket, "(?!dpdk/|netdev-dpdk/)"], input: examples.joined(separator: "\n"), seconds: 120)
                #expect(result.output == "\(examples.count) right\n" && result.status == 0, "\(result.output)\(result.errors)")
            }
        }

        /// The schema tells what is none of these answers.
        @Test func theSchemaRefusesOthers() async throws {
            let others = """
                {"version": {"program": "x"}}
                {"version": {"program": "x", "version": "1", "open-vswitch-version": "3.1.0", "more": 1}}
                {"dpctl/show": {"dp": {"lookups": {"hits": -1, "missed": 0, "lost": 0}, "flows": 0, "ports": {}}}}
                {"fdb/show": {"br0": [{"port": "1", "vlan": 0, "mac": "02:00:00:00:00:01", "age": 3}]}}
                {"vlog/set": {"reply-format": "json", "reply": ""}}
                {"no-such": {}}
                """
            let program = """
                import json, sys, jsonschema
                validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
                for line in sys.stdin: print(validator.is_valid(json.loads(line)))
                """
            let result = try await command(pythonTool("python"), ["-c", program, String(Self.schema)], input: others, seconds: 60)
            #expect(result.output == String(repeating: "False\n", count: lines(others).count), "\(result.errors)")
        }

        /// Parts of a command's text, and where they are in its JSON.
        private struct Comparison {
            let line: String
            /// Its groups are the parts.
            let pattern: String
            /// Names and indices behind each other, apart by blanks.
            let places: [String]
        }

        private static let comparisons: [Comparison] = [
            Comparison(line: "dpctl/show -s", pattern: #"(\S+):\n  lookups: hit:(\d+) missed:(\d+) lost:(\d+)\n  flows: (\d+)"#,
                places: ["#0", "* lookups hits", "* lookups missed", "* lookups lost", "* flows"]),
            Comparison(line: "dpctl/show -s",
                pattern: #"port (\d+): p1 \((\w+)[^\n]*\n\s+RX packets:(\d+)[^\n]*\n\s+TX packets:(\d+)[^\n]*\n[^\n]*\n"#
                    + #"\s+RX bytes:(\d+).*?TX bytes:(\d+)"#,
                places: ["port-number", "type", "statistics rx packets", "statistics tx packets", "statistics rx bytes", "statistics tx bytes"]
                    .map { "* ports p1 " + $0 }),
            Comparison(line: "dpif/show", pattern: #"hit:(\d+) missed:(\d+)\n[\s\S]*\n    q4 (\d+)/(\d+): \(([^:]+): configured_rx_queues=(\d+)"#,
                places: ["* lookups hits", "* lookups missed"]
                    + ["ofport", "port-number", "type", "config configured_rx_queues"].map { "* bridges br0 q4 " + $0 }),
            Comparison(line: "upcall/show",
                pattern: #"current (\d+)\) \(avg (\d+)\) \(max (\d+)\) \(limit (\d+)\)\n  dump duration : (\d+)ms\n"#
                    + #"  ufid enabled : (\w+)\n\n  1: \(keys (\d+)\)"#,
                places: ["current", "average", "maximum", "limit"].map { "* flows " + $0 } + ["* dump-duration-ms", "* ufid-enabled", "* revalidators 1 keys"]),
            Comparison(line: "fdb/show br0",
                pattern: #"\n +(\d+) +(\d+)  ([0-9a-f:]{17}) +(\d+)\n"#,
                places: ["port", "vlan", "mac", "age"].map { "br0 0 " + $0 }),
            Comparison(line: "fdb/stats-show br0", pattern: #"table: (\d+)/(\d+)\n.*: (\d+)\n.*: (\d+)\n.*: (\d+)\n.*: (\d+)\n.*: (\d+)\n"#,
                places: ["current", "maximum", "static"].map { "br0 entries " + $0 } + ["learned", "expired", "evicted", "moved"].map { "br0 events " + $0 }),
            Comparison(line: "bond/show bond0",
                pattern: #"---- (\w+) ----\nbond_mode: (\S+)\n.*\nbond-hash-basis: (\d+)\n[\s\S]*updelay: (\d+) ms\ndowndelay: (\d+) ms\n"#
                    + #"[\s\S]*mac: (\S+)\((\w+)\)\n"#,
                places: ["#0"] + ["mode", "hash-basis", "updelay-ms", "downdelay-ms", "active-member-mac", "active-member"].map { "bond0 " + $0 }),
            Comparison(line: "bond/hash 02:00:00:00:00:11 5 1", pattern: #"^(\d+)\n$"#, places: ["hash"]),
            Comparison(line: "memory/show", pattern: #"ports:(\d+) .*rules:(\d+) udpif keys:(\d+)"#, places: ["ports", "rules", "udpif-keys"]),
            Comparison(line: "coverage/show", pattern: #"hash=(\w+):[\s\S]*\n(\d+) events never hit"#, places: ["hash", "never-hit"]),
            Comparison(line: "bridge/dump-flows br0", pattern: #"^duration=(\d+)s, n_packets=(\d+), n_bytes=(\d+), priority=(\d+),(\S+),actions=(\S+)\n"#,
                places: ["duration-s", "packets", "bytes", "priority", "match", "actions"].map { "0 " + $0 }),
            Comparison(line: "dpctl/dump-flows -m",
                pattern: #"\nufid:(\S+), (\S+), packets:(\d+), bytes:(\d+), used:0.(\d+)s, (?:flags:(\S+), )?dp:ovs, actions:(\S+)\n"#,
                places: ["ufid", "match", "packets", "bytes", "used-ms", "tcp-flags", "actions"].map { "0 " + $0 }),
            Comparison(line: "dpif-netdev/pmd-stats-show",
                pattern: #"main thread:\n  packets received: (\d+)\n  packet recirculations: (\d+)\n[\s\S]*simple match hits: (\d+)\n"#
                    + #"  emc hits: (\d+)\n  smc hits: (\d+)\n  megaflow hits: (\d+)\n.*\n  miss with success upcall: (\d+)\n"#
                    + #"  miss with failed upcall: (\d+)\n"#,
                places: ["packets received", "packets recirculated", "flow-cache-hits simple-match", "flow-cache-hits exact-match",
                    "flow-cache-hits signature-match", "flow-cache-hits megaflow", "upcalls success", "upcalls failure"].map { "main " + $0 }),
            Comparison(line: "dpif-netdev/pmd-perf-show -nh",
                pattern: #"pmd thread numa_id (\d+) core_id (\d+):\n\n  Iterations: +(\d+) [\s\S]*Rx packets: +(\d+) "#,
                places: ["* numa", "* core", "* iterations total", "* packets received"]),
            Comparison(line: "ofproto/trace br0 in_port=1,tcp,nw_dst=10.0.0.2 --why",
                pattern: #"^Flow: (\S+)\n\n(bridge\("br0"\))\n-+\n (0\. \S.*)\n[\s\S]*Megaflow: (\S+)\nDatapath actions: (\S+)\nWhy:\n  (\S+): always"#,
                places: ["flow", "trace 0 text", "trace 0 children 0 text", "megaflow", "datapath-actions", "why 0 match"]),
        ]

        /// In a scene that stands still, both forms of a command say the same.
        @Test func textAndJSONSayTheSame() async throws {
            try await withSwitch { vswitch in
                for (port, packet) in Array(repeating: ("p1", JSONExamples.packet), count: 4) + [("p1", JSONExamples.arp), ("q4", JSONExamples.packet)] {
                    #expect(try await vswitch.ask("netdev-dummy/receive", port, packet).status == 0)
                }
                #expect(try await vswitch.ask("time/warp", "500", "100").status == 0)
                for comparison in Self.comparisons {
                    let text = try await answer(vswitch, comparison.line), answer = try Self.parse(await answer(vswitch, comparison.line, "--json"))
                    let match = try #require(try text.firstMatch(of: Regex(comparison.pattern)), "\(comparison.line):\n\(text)")
                    for (place, part) in zip(comparison.places, match.output.dropFirst()) {
                        #expect(Self.value(answer, place) == part.substring.map(String.init), "\(comparison.line), \(place):\n\(text)")
                    }
                    #expect(match.output.count == comparison.places.count + 1)
                }
            }
        }

        /// A trace through many tables nests no deeper than parsers go, and nothing of it is lost.
        @Test func aDeepTraceIsBounded() async throws {
            try await withSwitch { vswitch in
                let flows = (0..<250).map { "table=\($0),actions=resubmit(,\($0 + 1))\n" }.joined(), file = vswitch.folder + "/chain"
                try flows.write(toFile: file, atomically: true, encoding: .utf8)
                try await vswitch.ofctl("add-flows", "br1", file)
                let line = "ofproto/trace br1 in_port=1,udp"
                func texts(_ node: JSON, level: Int) -> [(level: Int, text: String)] {
                    [(level, node.object?["text"]?.string ?? "")] + (node.object?["children"]?.array ?? []).flatMap { texts($0, level: level + 1) }
                }
                let nodes = try #require(try Self.parse(await answer(vswitch, line, "--json")).object?["trace"]?.array).flatMap { texts($0, level: 0) }
                #expect(nodes.map(\.level).max() == 200)
                let told = lines(try await answer(vswitch, line)).map { $0.trimmingCharacters(in: .whitespaces) }
                // The order is the same, too.
                let known = Set(nodes.map(\.text))
                #expect(told.filter(known.contains) == nodes.map(\.text).filter { !$0.isEmpty } && nodes.count > 500)
            }
        }

        private func answer(_ vswitch: ManagedSwitch, _ line: String, _ options: String...) async throws -> String {
            let words = ["appctl", "-t", vswitch.controlSocket, "-T", "50"] + options + line.split(separator: " ").map(String.init)
            let result = try await command(executable("needletail"), words)
            #expect(result.status == 0 && result.errors.isEmpty, "\(line): \(result.errors)")
            return result.output
        }

        /// Without bridges there is nothing to show; that is of the same kind as what is shown otherwise.
        @Test func nothingIsShownAsNothing() async throws {
            try await Bed.with { bed in
                let vswitch = try await ManagedSwitch(bed, .needletail, ["--enable-dummy"])
                for line in ["dpctl/dump-dps", "dpif/dump-dps", "ofproto/list", "ofproto/list-tunnels", "dpctl/parse-actions drop"] {
                    #expect(try await answer(vswitch, line, "--json") == "[]\n", "\(line)")
                }
                for line in ["dpctl/show", "dpctl/list-commands", "dpif/show", "upcall/show", "bond/list", "bond/show", "memory/show"] {
                    #expect(try await answer(vswitch, line, "--json") == "{}\n", "\(line)")
                }
                #expect(try await answer(vswitch, "revalidator/wait", "--json") == "{\"reply\":\"\",\"reply-format\":\"plain\"}\n")
            }
        }

        private static func parse(_ text: String) throws -> JSON {
            var parser = JSONParser()
            // The parser is for objects.
            for byte in "{\"answer\":\(text)}".utf8 { if let whole = try parser.take(byte), let answer = whole.object?["answer"] { return answer } }
            throw BedFailure("not JSON: \(text)")
        }

        /// What is at a place, as the text has it. "*" is the only member, "#0" its name.
        private static func value(_ answer: JSON, _ place: String) -> String? {
            if place == "#0" { return answer.object?.keys.first }
            var value = answer
            for step in place.split(separator: " ").map(String.init) {
                let next = if let elements = value.array, let index = Int(step), elements.indices.contains(index) { elements[index] }
                    else if step == "*" { value.object?.first?.value } else { value.object?[step] }
                guard let next else { return nil }
                value = next
            }
            return value.string ?? String(decoding: value.bytes, as: UTF8.self)
        }
    }
}
