import Foundation
import TestSupport
import Testing

extension HostTests {
    /// ovs-ofctl drives our switch as it drives ovs-vswitchd: commands on two bridges that are alike say the same.
    @Suite(.serialized) struct OFCtlTests {
        enum Script: CaseIterable {
            case ports, tables, tunMetadata, flows, groups, meters, bundles
            var text: String {
                switch self {
                case .ports: SwitchScripts.ports
                case .tables: SwitchScripts.tables
                case .tunMetadata: FlowScripts.tunMetadata
                case .flows: FlowScripts.flows
                case .groups: GroupScripts.groups
                case .meters: GroupScripts.meters
                case .bundles: GroupScripts.bundles
                }
            }
        }

        @Test(arguments: Script.allCases) func saysWhatItSaysOfOVS(_ script: Script) async throws {
            try await Bed.with { bed in try await TwinBridges(bed).compare(script.text, names: script == .ports) }
        }

        /// A monitor of ours and one of theirs are told the same of the same changes.
        @Test(arguments: ["OpenFlow10", "OpenFlow12", "OpenFlow13", "OpenFlow14", "OpenFlow15"])
        func monitorsAreToldTheSame(_ version: String) async throws {
            try await Bed.with { bed in
                let twins = try await TwinBridges(bed)
                // OpenFlow 1.4 and later have flow monitors that ovs-ofctl 3.1 asks for; in all versions it prints what it is told unasked.
                let targets = [twins.targets.ours, twins.targets.theirs]
                let before = "add-flow \"table=3,priority=3,in_port=2,actions=output:1\""
                for target in targets { _ = try await command(version, before, target) }
                let monitors = try targets.enumerated().map { index, target in
                    try bed.spawn("ovs-ofctl", ["--unixctl=\(bed.folder)/monitor\(index)", "--no-names", "-O", version, "monitor", target, "65534", "watch:"])
                }
                try await until("the monitors know the flow") { monitors.allSatisfy { (contents($0.output) + contents($0.errors)).contains(" table=3 ") } }
                for target in targets {
                    for line in [
                        "add-flow \"in_port=1,cookie=5,send_flow_rem,actions=output:2\"", "mod-flows \"in_port=1,actions=output:3\"",
                        "packet-out \"in_port=1,packet=50540000000a50540000000908004500001400000000400000000a0000010a000002,actions=controller\"",
                        "add-flow \"table=2,priority=7,actions=drop\"", "del-flows in_port=1", "del-flows table=2", "mod-port p1 no-forward",
                    ] { #expect(try await command(version, line, target).lines.contains("status 0"), "\(line)") }
                }
                func told() -> [ComparableText] {
                    zip(monitors, targets).map { ComparableText(contents($0.output) + contents($0.errors), target: $1) }
                }
                // The tail of what is told may be late.
                try? await until("both say the same") {
                    let told = told()
                    return told[0] == told[1] && ["PACKET_IN", "PORT_STATUS"].allSatisfy { mark in told[0].lines.contains { $0.contains(mark) } }
                }
                let (ours, theirs) = (told()[0], told()[1])
                #expect(ours == theirs, "\(ours.difference(from: theirs))")
                #expect(ours.lines.contains { $0.contains("PACKET_IN") } && ours.lines.contains { $0.contains("PORT_STATUS") }, "\(ours.lines)")
            }
        }

        private func command(_ version: String, _ line: String, _ target: String) async throws -> ComparableText {
            try await OFCtlCommand.parse(version.dropFirst("OpenFlow".count) + ": " + line)[0].run(target)
        }

        /// Bytes that ovs-ofctl never sends: the answers' bytes agree.
        @Test func answersHaveTheSameBytes() async throws {
            try await Bed.with { bed in
                let twins = try await TwinBridges(bed)
                let paths = [twins.targets.theirs, twins.targets.ours].map { String($0.dropFirst("unix:".count)) }
                let result = try await python(RawMessages.program, paths + ["150"], seconds: 300)
                #expect(result.status == 0, "\(result.errors)")
                let said = lines(result.output)
                #expect(said.count == 1, "\(result.output)")
                let compared = said.last?.split(separator: " ").first.flatMap { Int($0) } ?? 0
                #expect(compared > 2_000)
            }
        }
    }
}
