import Foundation
import TestSupport

/// A `needletaild` with `--enable-dummy` and an ovs-vswitchd beside it, each with br0 and its ports p1 to p3 of class dummy and p4 of class dummy-pmd with two queues;
/// both clocks stand.
final class DummyBed {
    let ours: RunningSwitch
    let theirs: OVSPeer
    private let folder: String
    static let ports = ["p1", "p2", "p3"]

    private init(_ bed: Bed) async throws {
        folder = bed.folder
        let captures = folder + "/captures"
        try FileManager.default.createDirectory(atPath: captures, withIntermediateDirectories: true)
        let dummies = Self.ports.map { PortText($0, "type: dummy, tx-pcap: captures/ours-\($0), rxq-pcap: captures/ours-rx-\($0)") }
        let bridge = BridgeText("br0", [PortText("br0", "type: internal")] + dummies + [PortText("p4", "type: dummy-pmd, rx-queues: 2")])
        ours = try await bed.start(text: configuration([bridge]), arguments: ["--enable-dummy=override"])
        theirs = try await OVSPeer(bed, ["add-br br0", "set bridge br0 datapath_type=dummy"] + Self.ports.flatMap {
            ["add-port br0 \($0)", "set interface \($0) type=dummy ofport_request=\($0.last ?? "0") options:tx_pcap=\(captures)/theirs-\($0) options:rxq_pcap=\(captures)/theirs-rx-\($0)"]
        } + ["add-port br0 p4", "set interface p4 type=dummy-pmd ofport_request=4 options:n_rxq=2"])
        for answer in try await ask(["time/stop"]) where answer.status != 0 { throw BedFailure("time/stop: \(answer.errors)") }
    }

    static func with(_ body: (DummyBed) async throws -> Void) async throws {
        try await Bed.with { bed in try await body(DummyBed(bed)) }
    }

    /// Both answers to a command.
    func ask(_ arguments: [String]) async throws -> [CommandResult] { [try await ours.ask(arguments), try await theirs.ask(arguments)] }

    /// Both outputs of a command of ovs-ofctl(8).
    func ofctl(_ command: String, _ arguments: [String] = [], input: String = "") async throws -> [CommandResult] {
        var results: [CommandResult] = []
        for target in [ours.target(), theirs.target] {
            results.append(try await TestSupport.command("ovs-ofctl", ["-O", "OpenFlow13", command, target] + arguments, input: input))
        }
        return results
    }

    /// Both have forwarded what they received: OVS does so in the turn after its answer, and answers the next question thereafter.
    func settle() async throws { _ = try await ask(["version"]) }

    /// The frames of a capture of ours and of theirs, in hexadecimal digits: those that had left by a port when the bed was settled last, or ("rx-p1") come in.
    func frames(_ port: String) -> [[String]] { ["ours", "theirs"].map { Self.frames(file: "\(folder)/captures/\($0)-\(port)") } }

    /// After pcap-savefile(5), numbers in this machine's order.
    private static func frames(file: String) -> [String] {
        guard let bytes = FileManager.default.contents(atPath: file).map([UInt8].init), bytes.count >= 24 else { return [] }
        var frames: [String] = [], at = 24
        while at + 16 <= bytes.count {
            let length = (0..<4).reduce(0) { $0 | Int(bytes[at + 8 + $1]) << (8 * $1) }
            frames.append(bytes[(at + 16)..<min(at + 16 + length, bytes.count)].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
            at += 16 + length
        }
        return frames
    }
}
