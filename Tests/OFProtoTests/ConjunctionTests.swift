import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

@Suite struct ConjunctionTests {
    /// The example of ovs-fields(7), "Conjunctive Match Fields".
    @Test func aPacketThatMeetsEveryClauseGetsTheFlowOfItsNumber() throws {
        let net = try TestSwitch(
            flows: "conj_id=1234,actions=2", "priority=1,actions=3",
            "ip,ip_src=10.0.0.1,actions=conjunction(1234,1/2)", "ip,ip_src=10.0.0.4,actions=conjunction(1234,1/2)",
            "ip,ip_dst=10.0.0.2,actions=conjunction(1234,2/2)", "ip,ip_dst=10.0.0.5,actions=conjunction(1234,2/2)")
        func ports(_ source: UInt32, _ destination: UInt32) -> [UInt32] {
            var key = ipv4(1)
            key.l0.nwSrc = BE32(0x0a00_0000 | source)
            key.l0.nwDst = BE32(0x0a00_0000 | destination)
            return net.ports(key)
        }
        #expect(ports(1, 2) == [2] && ports(4, 5) == [2] && ports(4, 2) == [2])
        #expect(ports(1, 1) == [3] && ports(2, 2) == [3] && ports(2, 1) == [3])
        // Addresses are in the mask, the number is not.
        #expect(net.dpif.flowDump().allSatisfy { $0.mask.l11.conjID == 0 && $0.mask.l0.nwSrc != .zero })
        net.pass(milliseconds: 1_000)
        // The flow with the number counts, those that led to it do not.
        #expect(net.bridge.dumpFlows().filter { $0.1.packets > 0 }.map(\.0.actions) == [[.output(OFPort(2), maxLength: 0)], [.output(OFPort(3), maxLength: 0)]])
    }

    @Test func actionsThatAreReplacedMakeAFlowSoftOrHard() throws {
        let net = try TestSwitch(
            flows: "conj_id=1,actions=2", "priority=1,actions=3", "ip,actions=conjunction(1,1/2)", "in_port=1,actions=conjunction(1,2/2)")
        #expect(net.ports(ipv4(1)) == [2])
        func change(_ text: String) throws {
            try net.bridge.apply(try FlowSyntax().flow(text, command: .modifyStrict).mod, command: .modifyStrict, now: net.now)
            net.settle()
        }
        try change("in_port=1,actions=4")
        #expect(net.ports(ipv4(1)) == [4])
        try change("ip,actions=4")
        #expect(net.ports(ipv4(2)) == [4])
        try change("ip,actions=conjunction(1,1/2)")
        try change("in_port=1,actions=conjunction(2,1/2),conjunction(1,2/2)")
        #expect(net.ports(ipv4(1)) == [2] && net.ports(ipv4(2)) == [3])
    }

    /// Random tables, whose answers the definition gives.
    @Test func findsWhatTheDefinitionSays() {
        let conjunctive = (0..<24).reduce(0) { $0 + check(seed: $1) }
        #expect(conjunctive > 20, "packets for conjunctive flows")
    }

    /// Returns how many packets met flows with a number.
    private func check(seed: Int) -> Int {
        var random = Random(seed: UInt64(seed) + 4_000)
        let classifier = Classifier(seed: HashSeed(seed: UInt64(seed)))
        var rules: [(match: Match, rule: Rule)] = []
        for index in 0..<[6, 20, 60][seed % 3] {
            let rule = add(&random, hardPriority: UInt16(1_000 + index), to: classifier, &rules)
            if random.below(6) == 0 {
                classifier.remove(rule)
                rules.removeLast()
            }
        }
        let flow = FlowBuffer(), wildcards = FlowBuffer()
        var conjunctive = 0
        for _ in 0..<150 {
            let key = random.packet()
            flow.key = key
            wildcards.clear()
            let found = classifier.lookup(flow, wildcards)
            let expected = answers(rules, key)
            #expect(expected.contains { $0 === found })
            #expect(flow.key.l11.conjID == 0)
            if found?.isSoft == false, rules.contains(where: { $0.rule === found && $0.match.mask.l11.conjID != 0 }) { conjunctive += 1 }
            let mask = wildcards.key
            for _ in 0..<4 {
                var other = random.packet()
                for line in 0..<FlowKey.lineCount { other[line: line] = (key[line: line] & mask[line: line]) | (other[line: line] & ~mask[line: line]) }
                #expect(answers(rules, other).contains { $0 === found })
            }
        }
        return conjunctive
    }

    /// Soft rules share few priorities and ids; each hard rule has a priority of its own, between theirs.
    private func add(_ random: inout Random, hardPriority: UInt16, to classifier: Classifier, _ rules: inout [(match: Match, rule: Rule)]) -> Rule {
        var match = Match()
        var actions: [OFAction] = []
        let priorities: [UInt16] = [900, 1_020, 1_040, 1_100]
        var mod = FlowMod()
        mod.priority = hardPriority
        switch random.below(4) {
        case 0: match = random.randomMatch()
        case 1: match.set(.conjID, to: UInt128(1 + random.below(3)))
        default:
            // Wide matches, so that clauses come together.
            let key = random.packet()
            var mask = FlowMask()
            switch random.below(4) {
            case 0: mask.l0.inPort = .max
            case 1: mask.l0.dlType = .ones
            case 2: mask.l0.dlSrc = EthernetAddress(1)
            default: mask.l0.dlDst = EthernetAddress(1)
            }
            match = Match(key: key, mask: mask)
            mod.priority = random.one(of: priorities)
            for _ in 0...random.below(2) {
                let clauses: UInt8 = random.below(4) == 0 ? 3 : 2
                actions.append(.conjunction(id: UInt32(1 + random.below(3)), clause: UInt8(random.below(Int(clauses))), clauses: clauses))
            }
        }
        if rules.contains(where: { $0.match == match && $0.rule.priority == Int32(mod.priority) }) { mod.priority = 2_000 + hardPriority }
        let rule = Rule(mod, table: 0, actions: (try? RuleActions(actions)) ?? RuleActions(), version: 1, now: 0)
        classifier.insert(rule, match: match)
        rules.append((match, rule))
        return rule
    }

    /// The rules that may be found: more than one where conjunctive flows overlap.
    private func answers(_ rules: [(match: Match, rule: Rule)], _ key: FlowKey) -> [Rule?] {
        let matching = rules.filter { $0.match.key.matches(key, under: $0.match.mask) }.map(\.rule)
        let hard = matching.filter { !$0.isSoft }.max { $0.priority < $1.priority }
        let soft = matching.filter { $0.isSoft && $0.priority > hard?.priority ?? -1 }
        for priority in Set(soft.map(\.priority)).sorted(by: >) {
            var clauses: [[UInt32]: Set<UInt8>] = [:]
            for case .conjunction(let id, let clause, let count) in soft.filter({ $0.priority == priority }).flatMap(\.actions) {
                clauses[[id, UInt32(count)], default: []].insert(clause)
            }
            let complete = clauses.filter { $0.value.count == Int($0.key[1]) }.map { $0.key[0] }
            let found = complete.compactMap { id in
                var key = key
                key.l11.conjID = id
                return rules.filter { !$0.rule.isSoft && $0.match.key.matches(key, under: $0.match.mask) }.map(\.rule).max { $0.priority < $1.priority }
            }
            if !found.isEmpty { return found }
        }
        return [hard]
    }
}
