import Foundation
import TestSupport
import Testing

/// Two bridges that are alike, one of ours and one of a real ovs-vswitchd: br0 without flows, secure, with the ports p1 to p3.
struct TwinBridges {
    let vswitch: RunningSwitch
    let peer: OVSPeer
    /// Where ovs-ofctl reaches them.
    var targets: (ours: String, theirs: String) { (vswitch.target(), peer.target) }

    static let ports = ["p1", "p2", "p3"]
    private static let datapathID = "00000000000000ab"

    init(_ bed: Bed) async throws {
        let devices = Self.ports.enumerated().map { index, port in
            ["add-port br0 \(port)", "set interface \(port) type=dummy-pmd ofport_request=\(index + 1)"]
        }
        peer = try await OVSPeer(bed, [
            "add-br br0", "set bridge br0 datapath_type=netdev fail_mode=secure other_config:datapath-id=\(Self.datapathID)"
                + " protocols=OpenFlow10,OpenFlow11,OpenFlow12,OpenFlow13,OpenFlow14,OpenFlow15",
        ] + devices.flatMap { $0 })
        let texts = ["br0"] + Self.ports
        vswitch = try await bed.start([BridgeText("br0", texts.map { PortText($0, "type: dummy") },
            settings: ["fail-mode: secure", "datapath-id: \"\(Self.datapathID)\""])])
    }

    /// Runs the commands of a script on both bridges, one after the other, and expects equal output, complaints and exit status.
    /// - Parameter names: ovs-ofctl may ask for the names of ports and tables, which takes long.
    func compare(_ script: String, names: Bool) async throws {
        let (first, second) = targets
        for command in OFCtlCommand.parse(script) {
            async let ours = command.run(first, names: names)
            async let theirs = command.run(second, names: names)
            var (a, b) = try await (ours, theirs)
            // OVS lets go of a deleted flow's fields some time later, and refuses until then.
            if command.command == "del-tlv-map" {
                try? await until("the tunnels' fields are free") {
                    if a != b { b = try await command.run(second, names: names) }
                    return a == b
                }
            }
            #expect(a == b, "\(command): \(a.difference(from: b))")
        }
    }
}

/// One run of ovs-ofctl(8).
struct OFCtlCommand: CustomStringConvertible {
    var version: String
    /// Options, the command itself, and what stands behind the bridge.
    var options: [String], command: String, arguments: [String]
    var input = ""

    var description: String { ([version] + options + [command] + arguments).joined(separator: " ") + (input.isEmpty ? "" : " <<< \(input)") }

    /// From lines `13 14: --strict mod-flows "in_port=1,actions=2" <<< standard input`: the versions of OpenFlow, then options, the command
    /// and its arguments without the bridge, or with TARGET where it does not come first. `\n` in the input ends a line.
    static func parse(_ script: String) -> [OFCtlCommand] {
        lines(script).flatMap { line -> [OFCtlCommand] in
            let halves = line.split(separator: ": ", maxSplits: 1)
            let parts = halves[1].components(separatedBy: " <<< ")
            let words = words(parts[0])
            let at = words.firstIndex { !$0.hasPrefix("-") } ?? 0
            let input = parts.count > 1 ? parts[1].replacingOccurrences(of: "\\n", with: "\n") + "\n" : ""
            return halves[0].split(separator: " ").map {
                OFCtlCommand(version: "OpenFlow\($0)", options: Array(words[..<at]), command: words[at], arguments: Array(words[(at + 1)...]), input: input)
            }
        }
    }

    /// Words between blanks; a pair of quotes holds one together.
    private static func words(_ text: String) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
            index % 2 == 0 ? part.split(separator: " ").map(String.init) : [String(part)]
        }
    }

    func run(_ target: String, names: Bool = false) async throws -> ComparableText {
        let words = [command] + (arguments.contains("TARGET") ? [] : [target]) + arguments.map { $0 == "TARGET" ? target : $0 }
        let result = try await TestSupport.command("ovs-ofctl", ["-O", version] + (names ? [] : ["--no-names"]) + options + words, input: input, seconds: 60)
        return ComparableText("status \(result.status)\n\(result.output)\n\(result.errors)", target: target)
    }
}

/// What ovs-ofctl says, without what two switches may differ in.
struct ComparableText: Equatable {
    private(set) var lines: [String]

    private static let replacements: [(pattern: String, by: String)] = [
        // Numbers of messages, times, addresses.
        (#"xid=0x[0-9a-f]+"#, "xid=X"), (#"duration[=:]?[0-9.]+s"#, "duration=D"), (#"duration_sec=[0-9]+"#, "duration_sec=D"), (#"([0-9a-f]{2}:){5}[0-9a-f]{2}"#, "MAC"),
        (#" hard_age=[0-9]+,"#, ""), (#"idle_age=[0-9]+"#, "idle_age=N"), (#"time=[0-9.]+ ms"#, "time=T"), (#"(?m)^[-0-9]+T[0-9:]+Z\|[0-9]+\|"#, ""),
        // What a dummy device does not count.
        (#"(drop|errs|frame|over|crc|coll)=[?0]"#, "$1=N"),
        // A bridge's own number in what is kept of a paused packet.
        (#"continuation\.bridge=[-0-9a-f]+"#, "continuation.bridge=B"),
    ]
    /// Lines that are left out: what OVS's dummy devices count beside, a datapath port's number, and that a tool was held up by the machine.
    private static let omitted = ["CUSTOM Statistics", "rx_custom_packets", "_q0_", "continuation.odp_port", "timeval|WARN"]

    init(_ text: String, target: String) {
        var text = text.replacingOccurrences(of: target, with: "TARGET")
        for (pattern, by) in Self.replacements { text = text.replacingOccurrences(of: pattern, with: by, options: .regularExpression) }
        // A port's second line belongs to its first; the order of ports, flows and groups is that of OVS's hash tables.
        text = text.replacingOccurrences(of: "\n +(tx pkts|duration|config|state|speed)", with: " $1", options: .regularExpression)
        lines = text.split(separator: "\n").map(String.init).filter { line in !Self.omitted.contains { line.contains($0) } }.sorted()
    }

    func difference(from other: ComparableText) -> String {
        "ours alone: \(lines.filter { !other.lines.contains($0) }), theirs alone: \(other.lines.filter { !lines.contains($0) })"
    }
}
