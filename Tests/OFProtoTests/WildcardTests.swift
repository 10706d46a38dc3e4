import Datapath
import Flow
import Glibc
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// A megaflow made for one packet asks for what the translation of every other packet that falls into it asks for, action by action: random bridges with
/// all VLAN modes, bonds, mirrors, groups and actions; packets whose bits outside of the mask are others, also behind a recirculation.
///
/// `NEEDLETAIL_SOUNDNESS_PACKETS=5000000` says how many packets are translated (100000 otherwise), `NEEDLETAIL_SOUNDNESS_SEED=830` names the one switch to look at.
@Suite struct WildcardTests {
    private static let perSwitch = 1_000
    private static let seeds: Range<UInt64> = {
        if let seed = number("NEEDLETAIL_SOUNDNESS_SEED") { return seed..<seed + 1 }
        return 0..<max(20, (number("NEEDLETAIL_SOUNDNESS_PACKETS") ?? 100_000) / UInt64(perSwitch))
    }()
    /// Each has its share of the seeds.
    private static let suites = min(20, seeds.count)

    private static func number(_ variable: String) -> UInt64? { unsafe getenv(variable).flatMap { unsafe UInt64(String(cString: $0)) } }

    @Test(arguments: 0..<suites) func noBitOutsideOfTheMaskCounts(suite: Int) throws {
        var compared = 0
        for seed in stride(from: Self.seeds.lowerBound + UInt64(suite), to: Self.seeds.upperBound, by: Self.suites) {
            var random = Random(seed: seed + 70_000)
            let net = try random.anySwitch()
            for _ in 0..<Self.perSwitch / 40 { compared += compare(net, random.anyPacket(), &random, seed) }
        }
        #expect(compared > 0)
    }

    /// Returns the number of packets compared.
    private func compare(_ net: TestSwitch, _ first: FlowKey, _ random: inout Random, _ seed: UInt64) -> Int {
        var compared = 0, waiting = [first]
        // A packet that comes back from the datapath, and what comes back of that.
        for _ in 0..<4 {
            guard let key = waiting.popLast(), let actions = translate(key, net) else { break }
            let mask = net.ofproto.translator.wildcards.key
            for _ in 0..<39 {
                let other = random.near(key, outside: mask)
                guard other != key, let own = translate(other, net) else { continue }
                compared += 1
                guard own != actions else { continue }
                Issue.record("""
                    seed \(seed): \(key)
                      and \(other)
                      under \(mask)
                      have \(actions)
                      and \(own)
                      \(net.bridge.dumpFlows().map { "\($0.0.table) \($0.0.priority) \($0.0.match) \($0.0.actions)" }.joined(separator: "\n  "))
                    """)
                return compared
            }
            waiting += recirculations(actions).map { random.comingBack(key, as: $0) }
        }
        return compared
    }

    private func translate(_ key: FlowKey, _ net: TestSwitch) -> [DPAction]? {
        net.ofproto.translator.flow.key = key
        return net.ofproto.translator.translate(now: net.now, learns: false) ? net.ofproto.translator.actions : nil
    }

    private func recirculations(_ actions: [DPAction]) -> [RecircID] {
        actions.flatMap { action -> [RecircID] in
            switch action {
            case .recirc(let id): [id]
            case .clone(let list), .sample(_, let list): recirculations(list)
            case .checkPacketLength(_, let greater, let lessOrEqual): recirculations(greater) + recirculations(lessOrEqual)
            default: []
            }
        }
    }
}
