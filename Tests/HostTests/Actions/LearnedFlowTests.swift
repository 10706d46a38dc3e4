import Foundation
import TestSupport
import Testing

extension HostTests {
    /// What packets leave behind in the tables, in ours and in ovs-vswitchd: flows that they made, times that they cut short, and counters.
    @Suite(.serialized) struct LearnedFlowTests {
        @Test(arguments: LearnScript.all) func sameFlows(_ script: LearnScript) async throws {
            try await Bed.with { bed in
                let twins = try await TwinBridges(bed), (ours, theirs) = twins.targets
                for target in [ours, theirs] { try await run(target, ["add-flows", target, "-"], input: script.flows) }
                for step in lines(script.steps) {
                    for target in [ours, theirs] { try await run(target, script.arguments(step, target)) }
                    let tables = try await (flows(ours), flows(theirs))
                    #expect(tables.0 == tables.1, "\(script.name), after \(step)")
                    #expect(!tables.1.isEmpty)
                }
            }
        }

        /// The limit of learn holds for packets that come in; of a packet-out OVS does not ask for it.
        @Test func limitsAlike() async throws {
            try await Bed.with { bed in
                let twins = try await TwinBridges(bed), (ours, theirs) = twins.targets
                for target in [ours, theirs] { try await run(target, ["add-flows", target, "-"], input: LearnScript.limited) }
                for number in [1, 2, 3, 1, 4] {
                    let frame = LearnScript.frame(source: number, destination: 9, flags: 0x10)
                    let answers = try await (twins.vswitch.ask(["ofproto/trace", "br0", "in_port=1", frame]).output, twins.peer.ask(["ofproto/trace", "br0", "in_port=1", frame]).output)
                    let way = (TraceParts(answers.0).parts[.way], TraceParts(answers.1).parts[.way])
                    #expect(way.0 == way.1 && way.0?.contains("learn") ?? false, "packet \(number)")
                    #expect(answers.0.contains("Limit exceeded") == (number > 2), "packet \(number)")
                }
                let tables = try await (flows(ours), flows(theirs))
                #expect(tables.0 == tables.1)
                #expect(tables.0.filter { $0.contains(" table=10, ") }.count == 2)
            }
        }

        private func run(_ target: String, _ arguments: [String], input: String = "") async throws {
            let result = try await command("ovs-ofctl", ["-O", "OpenFlow15"] + arguments, input: input)
            guard result.status == 0 else { throw BedFailure("\(arguments): \(result.errors)") }
        }

        /// All flows with their counters and timeouts, without their ages.
        private func flows(_ target: String) async throws -> [String] {
            let result = try await command("ovs-ofctl", ["-O", "OpenFlow15", "--no-names", "dump-flows", target])
            return lines(result.output).filter { $0.contains("actions=") }
                .map { $0.replacingOccurrences(of: "(duration|idle_age|hard_age)=[^,]*, ?", with: "", options: .regularExpression) }.sorted()
        }
    }
}

/// Flows, and what happens to them one after the other.
struct LearnScript: CustomTestStringConvertible {
    let name: String
    let flows: String
    /// Commands of ovs-ofctl(8) without the bridge, or "packet PORT SOURCE DESTINATION FLAGS [TCP-SOURCE TCP-DESTINATION]": a TCP packet between hosts of these numbers.
    let steps: String
    var testDescription: String { name }

    static let all = [stations, forsaken, connections, shortened, ownTable]

    static let stations = LearnScript(
        name: "stations",
        flows: """
            table=0,priority=1,tcp actions=learn(table=10,idle_timeout=60,hard_timeout=300,priority=7,cookie=0x5,NXM_OF_VLAN_TCI[0..11],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),resubmit(,10)
            table=10,priority=0 actions=output:3

            """,
        steps: """
            packet 1 1 9 0x10
            packet 2 2 1 0x10
            packet 3 3 2 0x10
            packet 3 1 2 0x10
            packet 2 2 1 0x10
            """)

    static let forsaken = LearnScript(
        name: "delete_learned",
        flows: """
            table=0,cookie=0x1,priority=1,tcp actions=learn(table=10,delete_learned,cookie=0x7,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),output:2
            table=0,cookie=0x2,priority=2,tcp,tcp_src=5 actions=learn(table=10,delete_learned,cookie=0x7,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])
            table=0,priority=0 actions=drop

            """,
        steps: """
            packet 1 1 9 0x10
            packet 1 2 9 0x10
            del-flows cookie=0x1/-1
            packet 1 3 9 0x10 5 6
            del-flows cookie=0x2/-1
            """)

    static let connections = LearnScript(
        name: "fin_idle_timeout",
        flows: """
            table=0,priority=1,tcp actions=learn(table=10,idle_timeout=600,hard_timeout=700,fin_idle_timeout=50,fin_hard_timeout=60,priority=7,send_flow_rem,eth_type=0x800,nw_proto=6,NXM_OF_IP_SRC[]=NXM_OF_IP_DST[],NXM_OF_TCP_SRC[]=NXM_OF_TCP_DST[],output:NXM_OF_IN_PORT[],load:NXM_OF_IN_PORT[]->NXM_NX_REG3[0..15],load:5->NXM_NX_REG4[]),resubmit(,10)

            """,
        steps: """
            packet 1 1 2 0x10
            packet 1 1 2 0x11
            packet 1 1 2 0x11 2 1
            packet 2 2 1 0x10
            packet 2 2 2 0x11
            """)

    static let shortened = LearnScript(
        name: "fin_timeout",
        flows: """
            table=0,priority=1,tcp,idle_timeout=1000,hard_timeout=2000 actions=fin_timeout(idle_timeout=100,hard_timeout=200),output:2
            table=0,priority=2,tcp,tcp_src=5,idle_timeout=50 actions=fin_timeout(idle_timeout=100,hard_timeout=200),output:2
            table=0,priority=3,tcp,tcp_src=6 actions=fin_timeout(idle_timeout=100),resubmit(,1)
            table=1,tcp,hard_timeout=770 actions=output:3,fin_timeout(hard_timeout=90)

            """,
        steps: """
            packet 1 1 2 0x10
            packet 1 1 2 0x14
            packet 1 1 2 0x11 5 1
            packet 1 1 2 0x11 6 1
            """)

    static let ownTable = LearnScript(
        name: "own table",
        flows: """
            table=0,priority=1,tcp actions=learn(table=0,priority=5,eth_type=0x800,nw_proto=6,NXM_OF_TCP_SRC[],output:NXM_OF_IN_PORT[]),learn(table=11,NXM_OF_ETH_SRC[],reg0=5,load:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],load:NXM_OF_TCP_SRC[0..7]->NXM_NX_REG1[8..15]),clone(learn(table=12,eth_type=0x800,NXM_OF_IP_SRC[],output:NXM_NX_REG0[0..15]))
            table=0,priority=0 actions=drop

            """,
        steps: """
            packet 1 1 9 0x10 1 2
            packet 1 1 9 0x10 1 2
            packet 2 2 9 0x10 2 2
            packet 2 2 9 0x11 2 2
            """)

    static let limited = """
        table=0,priority=1,tcp actions=learn(table=10,limit=2,cookie=0x7,result_dst=reg0[0],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),resubmit(,1)
        table=1,reg0=1 actions=output:2
        table=1,reg0=0 actions=output:3

        """

    /// What ovs-ofctl is to do for a step.
    func arguments(_ step: String, _ target: String) -> [String] {
        let words = step.split(separator: " ").map(String.init)
        guard words[0] == "packet" else { return [words[0], target] + words.dropFirst() }
        let numbers = words.dropFirst().map { Int($0.hasPrefix("0x") ? $0.dropFirst(2) : Substring($0), radix: $0.hasPrefix("0x") ? 16 : 10) ?? 0 }
        let frame = Self.frame(source: numbers[1], destination: numbers[2], flags: numbers[3], ports: numbers.count > 5 ? (numbers[4], numbers[5]) : (1, 2))
        return ["packet-out", target, "in_port=\(numbers[0]) packet=\(frame) actions=resubmit(,0)"]
    }

    /// A TCP packet over IPv4 (RFC 791, RFC 9293), in hexadecimal digits.
    static func frame(source: Int, destination: Int, flags: Int, ports: (Int, Int) = (1, 2)) -> String {
        func hex(_ number: Int, _ digits: Int) -> String { String(String(number + 1 << (4 * digits), radix: 16).suffix(digits)) }
        return hex(destination, 12) + hex(source, 12) + "0800" + "450000280000000040060000" + "0a0000" + hex(source, 2) + "0a0000" + hex(destination, 2)
            + hex(ports.0, 4) + hex(ports.1, 4) + String(repeating: "0", count: 16) + "50" + hex(flags, 2) + "000000000000"
    }
}
