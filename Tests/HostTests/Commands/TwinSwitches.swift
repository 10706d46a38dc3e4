import Foundation
import TestSupport
import Testing

/// The same scene on ours and on Debian's ovs-vswitchd, both with dummy devices, standing clocks and a database each: br0 with p1 to p3, q4 of two queues, the bond of p5
/// and p6, and a mirror; br1 without ports.
struct TwinSwitches {
    let ours: ManagedSwitch
    let theirs: ManagedSwitch

    private init(_ bed: Bed) async throws {
        ours = try await ManagedSwitch(bed, .needletail, ["--enable-dummy"])
        theirs = try await ManagedSwitch(bed, .ovs, ["--enable-dummy"])
        for vswitch in [ours, theirs] { try await Self.arrange(vswitch) }
    }

    static func with(_ body: (TwinSwitches) async throws -> Void) async throws {
        try await Bed.with { bed in try await body(TwinSwitches(bed)) }
    }

    static func arrange(_ vswitch: ManagedSwitch) async throws {
        _ = try await vswitch.ask("time/stop")
        for number in 0...1 {
            try await vswitch.vsctl(words: "add-br br\(number) -- set bridge br\(number) datapath_type=dummy fail-mode=secure other-config:hwaddr=02:00:00:00:00:0\(number + 1)")
        }
        for number in 1...3 { try await vswitch.vsctl(words: "add-port br0 p\(number) -- set interface p\(number) type=dummy ofport_request=\(number)") }
        try await vswitch.vsctl(words: "add-port br0 q4 -- set interface q4 type=dummy-pmd ofport_request=4 options:n_rxq=2")
        try await vswitch.vsctl(words: "add-bond br0 bond0 p5 p6 -- set interface p5 type=dummy ofport_request=5 -- set interface p6 type=dummy ofport_request=6")
        try await vswitch.vsctl(words: "-- --id=@p get port p3 -- --id=@s get port p1 -- --id=@m create mirror name=m0 select-src-port=@s output-port=@p -- set bridge br0 mirrors=@m")
        for flow in ["priority=10,in_port=1,ip,actions=2", "priority=10,in_port=2,ip,actions=1", "priority=5,arp,actions=NORMAL", "table=1,priority=1,in_port=4,udp,tp_dst=53,actions=drop"] {
            try await vswitch.ofctl("add-flow", "br0", flow)
        }
    }

    /// Gives both a command, words apart by blanks unless in quotation marks, and expects the same answer.
    /// - Parameter shape: leaves out what must differ.
    func same(_ line: String, _ shape: (String) -> String = { $0 }) async throws {
        let arguments = Self.words(line)
        let mine = try await ours.ask(arguments), other = try await theirs.ask(arguments)
        #expect(mine.status == other.status, "\(line): \(mine.output)\(mine.errors)")
        #expect(shape(Self.common(mine.output)) == shape(Self.common(other.output)), "\(line)")
        #expect(Self.common(complaints(mine)) == Self.common(complaints(other)), "\(line)")
    }

    /// What one of them says to commands, one after the other, beginning without megaflows.
    func answers(of vswitch: ManagedSwitch, _ script: [String]) async throws -> [String] {
        _ = try await vswitch.ask("dpctl/del-flows")
        var answers: [String] = []
        for line in script {
            let answer = try await vswitch.ask(Self.words(line))
            answers.append("\(answer.status): " + Self.megaflows(Self.common(answer.output)) + Self.common(complaints(answer)))
        }
        return answers
    }

    private static func words(_ line: String) -> [String] {
        line.split(separator: "\"", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
            index % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
        }
    }

    private static func common(_ text: String) -> String { text.replacing("needletaild:", with: "ovs-vswitchd:") }

    /// Megaflows in any order, without what an operator's flow does not say: that a packet is Ethernet's.
    static func megaflows(_ text: String) -> String {
        lines(text).map { $0.replacing("packet_type(ns=0,id=0),", with: "") }.sorted().joined(separator: "\n")
    }
}
