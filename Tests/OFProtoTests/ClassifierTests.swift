import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// The oracle: every rule is looked at.
struct LinearClassifier {
    /// In the classifier, but not in the version that lookups see.
    var unseen: [Rule] = []
    var rules: [(match: Match, rule: Rule)] = []
    func lookup(_ key: FlowKey) -> Rule? {
        var best: Rule?
        for (match, rule) in rules where match.key.matches(key, under: match.mask) {
            if best == nil || rule.priority > best!.priority { best = rule }
        }
        return best
    }
}

@Suite struct ClassifierTests {
    /// Random rules, each priority once, so that the answer is unique.
    @Test(arguments: 0..<20) func findsWhatTheLinearOneFindsWithSoundMasks(seed: Int) {
        var random = Random(seed: UInt64(seed))
        let classifier = Classifier(seed: HashSeed(seed: UInt64(seed)))
        var oracle = LinearClassifier()
        let count = [1, 3, 10, 40, 150][seed % 5]
        for index in 0..<count { add(random.randomMatch(), priority: UInt16(index * 3 + 1), to: classifier, &oracle) }
        check(classifier, oracle, &random)
        // Take out every third and add others, so that removal is tested too.
        for index in stride(from: count - 1, through: 0, by: -3) {
            classifier.remove(oracle.rules[index].rule)
            oracle.rules.remove(at: index)
        }
        for index in 0..<count / 2 { add(random.randomMatch(), priority: UInt16(index * 3 + 2), to: classifier, &oracle) }
        #expect(classifier.count == oracle.rules.count + oracle.unseen.count)
        check(classifier, oracle, &random)
        for rule in oracle.rules.map(\.rule) + oracle.unseen { classifier.remove(rule) }
        #expect(classifier.count == 0 && classifier.subtables.isEmpty)
    }

    private func add(_ match: Match, priority: UInt16, to classifier: Classifier, _ oracle: inout LinearClassifier) {
        var mod = FlowMod()
        mod.priority = priority
        let rule = Rule(mod, table: 0, actions: RuleActions(), version: 1, now: 0)
        classifier.insert(rule, match: match)
        oracle.rules.append((match, rule))
        // One that lookups do not see yet, and one that they do not see any more, in the same place and above.
        guard priority % 4 == 0 else { return }
        for (version, end) in [(UInt64(2), UInt64.max), (0, 1)] {
            let unseen = Rule(mod, table: 0, priority: version == 0 ? nil : Int32(priority) + 1, actions: RuleActions(), version: version, now: 0)
            unseen.endVersion = end
            classifier.insert(unseen, match: match)
            oracle.unseen.append(unseen)
        }
    }

    private func check(_ classifier: Classifier, _ oracle: LinearClassifier, _ random: inout Random) {
        let flow = FlowBuffer(), wildcards = FlowBuffer()
        for _ in 0..<80 {
            let key = random.packet()
            flow.key = key
            wildcards.clear()
            let found = classifier.lookup(flow, wildcards)
            #expect(found === oracle.lookup(key))
            let mask = wildcards.key
            for _ in 0..<6 {
                // Another packet with the same bits under the mask.
                var other = random.packet()
                for line in 0..<FlowKey.lineCount {
                    other[line: line] = (key[line: line] & mask[line: line]) | (other[line: line] & ~mask[line: line])
                }
                #expect(oracle.lookup(other) === found)
            }
        }
    }

    @Test func aSubtableThatFailsEarlyUnwildcardsOnlyThatStage() {
        let classifier = Classifier(seed: HashSeed(seed: 1))
        var oracle = LinearClassifier()
        add(match { $0.l0.dlType = BE16(EtherType.arp); $0.l0.nwDst = BE32(1); $1.l0.dlType = .ones; $1.l0.nwDst = .ones },
            priority: 1, to: classifier, &oracle)
        let flow = FlowBuffer(), wildcards = FlowBuffer()
        flow.key.l0.dlType = BE16(EtherType.ipv4)
        #expect(classifier.lookup(flow, wildcards) == nil)
        #expect(wildcards.key.l0.dlType == .ones)
        #expect(wildcards.key.l0.nwDst == .zero)
    }

    @Test func addressesAreUnwildcardedUpToTheFirstBitThatTells() {
        let classifier = Classifier(seed: HashSeed(seed: 1))
        var oracle = LinearClassifier()
        for (index, (address, length)) in [(0x0a00_0000 as UInt32, 8), (0xc0a8_0100, 24)].enumerated() {
            add(match {
                $0.l0.dlType = BE16(EtherType.ipv4)
                $0.l0.nwDst = BE32(address)
                $1.l0.dlType = .ones
                $1.l0.nwDst = BE32(UInt32.max << UInt32(32 - length))
            }, priority: UInt16(index + 1), to: classifier, &oracle)
        }
        let flow = FlowBuffer(), wildcards = FlowBuffer()
        flow.key.l0.dlType = BE16(EtherType.ipv4)
        // 128.0.0.0 differs from 192.168.1.0 in its second bit; the first one rules 10.0.0.0 out.
        flow.key.l0.nwDst = BE32(0x8000_0000)
        #expect(classifier.lookup(flow, wildcards) == nil)
        #expect(wildcards.key.l0.nwDst == BE32(0xc000_0000))
    }

    @Test func portsThatNoRuleHasAreUnwildcardedByPrefix() {
        let classifier = Classifier(seed: HashSeed(seed: 1))
        var oracle = LinearClassifier()
        add(match {
            $0.l0.dlType = BE16(EtherType.ipv4); $0.l0.nwProto = 6; $0.l0.tpDst = BE16(0x8000)
            $1.l0.dlType = .ones; $1.l0.nwProto = 0xff; $1.l0.tpDst = .ones
        }, priority: 1, to: classifier, &oracle)
        let flow = FlowBuffer(), wildcards = FlowBuffer()
        flow.key.l0.dlType = BE16(EtherType.ipv4)
        flow.key.l0.nwProto = 6
        flow.key.l0.tpDst = BE16(80)
        #expect(classifier.lookup(flow, wildcards) == nil)
        #expect(wildcards.key.l0.tpDst == BE16(0x8000))
        #expect(wildcards.key.l0.tpSrc == .zero)
    }

    @Test func theBestPriorityEndsTheSearch() {
        let classifier = Classifier(seed: HashSeed(seed: 1))
        var oracle = LinearClassifier()
        add(match { $0.l0.inPort = 1; $1.l0.inPort = .max }, priority: 100, to: classifier, &oracle)
        add(match { $0.l0.dlSrc = EthernetAddress(1); $1.l0.dlSrc = .broadcast }, priority: 50, to: classifier, &oracle)
        let flow = FlowBuffer(), wildcards = FlowBuffer()
        flow.key.l0.inPort = 1
        #expect(classifier.lookup(flow, wildcards)?.priority == 100)
        #expect(wildcards.key.l0.dlSrc == .zero)
    }
}

@Suite struct PrefixTrieTests {
    @Test(arguments: 0..<8) func answersAreThoseOfALinearSearch(seed: Int) {
        var random = Random(seed: UInt64(seed) + 100)
        var trie = PrefixTrie()
        var prefixes: [(value: UInt128, length: Int)] = []
        for _ in 0..<60 {
            if !prefixes.isEmpty && random.below(3) == 0 {
                let gone = prefixes.remove(at: random.below(prefixes.count))
                trie.remove(gone.value, length: gone.length)
            } else {
                let length = 1 + random.below(12)
                let value = PrefixTrie.prefix(UInt128(random.next()) << 64, length)
                prefixes.append((value, length))
                trie.insert(value, length: length)
            }
            for _ in 0..<50 {
                let value = UInt128(random.next() & 0xfff0_0000_0000_0000) << 64
                let answer = trie.lookup(value, width: 32)
                for length in 1...32 {
                    let expected = prefixes.contains { $0.length == length && PrefixTrie.prefix(value, length) == $0.value }
                    #expect(answer.lengths.contains(length) == expected)
                }
                // Whatever agrees in the consulted bits gets the same answer.
                let other = PrefixTrie.prefix(value, answer.consulted)
                    | ((UInt128(random.next()) << 64) & ~PrefixTrie.prefix(.max, answer.consulted))
                #expect(trie.lookup(other, width: 32).lengths == answer.lengths)
            }
        }
        for (value, length) in prefixes { trie.remove(value, length: length) }
        #expect(trie.isEmpty)
    }
}
