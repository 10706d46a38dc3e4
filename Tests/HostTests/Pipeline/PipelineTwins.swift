import Foundation
import TestSupport
import Testing

/// Two switches that are alike, ours and a real ovs-vswitchd, for `Pipeline`s.
struct PipelineTwins {
    private let vswitch: RunningSwitch
    private let peer: OVSPeer
    private let folder: String

    /// - Parameter vlanLimit: how many tags both look at.
    init(_ bed: Bed, vlanLimit: Int = 2) async throws {
        folder = bed.folder
        peer = try await OVSPeer(bed, [
            "set open . other_config:vlan-limit=\(vlanLimit)",
            "add-br br0", "set bridge br0 datapath_type=netdev fail_mode=secure", "add-br br1", "set bridge br1 datapath_type=netdev fail_mode=secure",
        ] + Self.devices("br0", ["p1", "p2", "p3"]) + Self.devices("br1", ["q1"]) + [
            "add-port br0 pa", "set interface pa type=patch options:peer=pb ofport_request=10",
            "add-port br1 pb", "set interface pb type=patch options:peer=pa ofport_request=10",
        ])
        func dummy(_ name: String, _ number: Int) -> PortText { PortText(name, "type: dummy, of-port: \(number)") }
        vswitch = try await bed.start(text: configuration([
            BridgeText("br0", [PortText("br0", "type: dummy"), dummy("p1", 1), dummy("p2", 2), dummy("p3", 3), PortText("pa", "type: patch, peer: pb, of-port: 10")],
                settings: ["fail-mode: secure"]),
            BridgeText("br1", [PortText("br1", "type: dummy"), dummy("q1", 1), PortText("pb", "type: patch, peer: pa, of-port: 10")], settings: ["fail-mode: secure"]),
        ]).replacing("datapath: {", with: "datapath: { vlan-limit: \(vlanLimit),"))
        // Buckets that watch a port look at its link.
        for port in ["p1", "p2", "p3", "q1"] { _ = try await peer.ask(["netdev-dummy/set-admin-state", port, "up"]) }
    }

    private static func devices(_ bridge: String, _ names: [String]) -> [String] {
        names.enumerated().flatMap { ["add-port \(bridge) \($1)", "set interface \($1) type=dummy ofport_request=\($0 + 1)"] }
    }

    /// Puts the pipeline in place of the one before, in both switches, and lets both trace its packets.
    /// - Returns: for each packet: what it is, and what both say.
    func run(_ pipeline: Pipeline) async throws -> [(packet: Pipeline.Packet, ours: TraceParts, theirs: TraceParts)] {
        try await load(pipeline)
        let packets = lines(pipeline.packets).map(Pipeline.Packet.init)
        return zip(packets, try await ask(packets.map(\.command))).map { ($0, $1.ours, $1.theirs) }
    }

    /// Asks both for traces, in the words that follow ovs-appctl's name, and returns what they say.
    func ask(_ commands: [[String]]) async throws -> [(ours: TraceParts, theirs: TraceParts)] {
        let sockets = [vswitch.controlSocket, peer.controlSocket]
        let request = try JSONSerialization.data(withJSONObject: ["sockets": sockets, "commands": commands])
        let result = try await python(Self.client, input: String(decoding: request, as: UTF8.self), seconds: 300)
        guard let answers = try? JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String]], answers.count == commands.count else {
            throw BedFailure("\(commands): \(result.errors)")
        }
        return answers.map { (TraceParts($0[0]), TraceParts($0[1])) }
    }

    /// Runs a pipeline and expects both to say the same, but for differences that are explained.
    func compare(_ pipeline: Pipeline) async throws {
        for (packet, ours, theirs) in try await run(pipeline) {
            let found = Set(ours.differences(from: theirs)), explained = packet.difference?.parts ?? []
            for part in found.subtracting(explained) {
                Issue.record("\(pipeline.name), \(packet.text): ours\n\(ours.parts[part] ?? "")theirs\n\(theirs.parts[part] ?? "")")
            }
            if let difference = packet.difference { #expect(!found.isEmpty, "\(pipeline.name), \(packet.text): the difference \"\(difference)\" is gone") }
        }
    }

    func load(_ pipeline: Pipeline) async throws {
        let flows = lines(pipeline.flows)
        let own = flows.filter { !$0.hasPrefix("br1 ") }, others = flows.filter { $0.hasPrefix("br1 ") }.map { String($0.dropFirst(4)) }
        for socket in [vswitch.socket, peer.socket] {
            let br0 = "unix:" + socket("br0"), br1 = "unix:" + socket("br1")
            // OpenFlow 1.0 knows neither groups nor meters.
            for command in ["del-flows", "del-groups", "del-meters"] { try await ofctl(pipeline, [command, br0], version: "OpenFlow13") }
            try await ofctl(pipeline, ["del-flows", br1])
            // OVS lets go of a deleted flow's fields some time later.
            try await until("the tunnels' fields are free") { try await command("ovs-ofctl", ["-O", pipeline.version, "del-tlv-map", br0]).status == 0 }
            if !pipeline.tunnelOptions.isEmpty { try await ofctl(pipeline, ["add-tlv-map", br0, pipeline.tunnelOptions]) }
            try await ofctl(pipeline, ["set-frags", br0, pipeline.fragments], version: "OpenFlow13")
            for meter in lines(pipeline.meters) { try await ofctl(pipeline, ["add-meter", br0, meter]) }
            if !pipeline.groups.isEmpty { try await ofctl(pipeline, ["add-groups", br0, "-"], lines(pipeline.groups)) }
            try await ofctl(pipeline, ["add-flows", br0, "-"], own)
            if !others.isEmpty { try await ofctl(pipeline, ["add-flows", br1, "-"], others) }
        }
    }

    private func ofctl(_ pipeline: Pipeline, _ arguments: [String], _ input: [String] = [], version: String? = nil) async throws {
        let result = try await command("ovs-ofctl", ["-O", version ?? pipeline.version] + arguments, input: input.map { $0 + "\n" }.joined())
        guard result.status == 0 else { throw BedFailure("\(pipeline.name), \(arguments): \(result.errors)") }
    }

    /// Asks both control sockets each command by JSON-RPC: an ovs-appctl for each would take long.
    private static let client = """
        import json, socket, sys
        request = json.load(sys.stdin)
        def connect(path):
            s = socket.socket(socket.AF_UNIX); s.connect(path); s.settimeout(20); return s
        def ask(s, number, command):
            s.sendall(json.dumps({"method": command[0], "params": command[1:], "id": number}).encode())
            text, decoder = "", json.JSONDecoder()
            while True:
                more = s.recv(1 << 20)
                if not more: raise EOFError
                text += more.decode()
                try: reply = decoder.raw_decode(text)[0]
                except ValueError: continue
                return reply["result"] if reply["error"] is None else "error: " + reply["error"]
        sockets = [connect(path) for path in request["sockets"]]
        json.dump([[ask(s, n, c) for s in sockets] for n, c in enumerate(request["commands"])], sys.stdout)
        """
}

extension Pipeline {
    /// One line of `packets`.
    struct Packet {
        let text: String
        let difference: ExplainedDifference?

        init(_ line: String) {
            let halves = line.components(separatedBy: " # ")
            text = halves[0]
            difference = halves.count > 1 ? ExplainedDifference(rawValue: halves[1]) : nil
            precondition(halves.count == 1 || difference != nil, "no such difference: \(line)")
        }

        /// For the control socket. Ports are told by their names, since the datapaths number them differently.
        var command: [String] {
            let words = text.split(separator: " ").map(String.init)
            if words.first == "packet-out" { return ["ofproto/trace-packet-out", "br0", words[2], "--names", words[1]] }
            return ["ofproto/trace", "br0"] + words + ["--names"]
        }
    }
}
