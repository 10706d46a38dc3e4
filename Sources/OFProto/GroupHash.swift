import OpenFlow

/// A select group that lets the datapath hash packets: which bucket a hash means.
///
/// The buckets share the hashes in proportion to their weights, by Webster's method, as in OVS, so that the same bits of dp_hash are matched and the same
/// bucket is chosen for a hash.
struct GroupHash {
    let hash: DPHash
    /// Places in `buckets`; a power of two.
    private let map: [Int32]
    /// The bits of dp_hash that choose.
    var mask: UInt32 { UInt32(map.count - 1) }

    private static let leastHashes: UInt64 = 16
    /// Of a group that asks for dp_hash, and of one that asks for nothing.
    private static let mostHashes: UInt64 = 256
    private static let mostHashesByDefault: UInt64 = 64

    /// nil: the group does not want it, or its weights are too different for so few hashes.
    init?(_ selection: GroupSelection, _ buckets: [Bucket]) {
        let most: UInt64
        switch selection.method {
        case "":
            most = Self.mostHashesByDefault
            hash = DPHash(algorithm: DPHash.symmetric, basis: 0)
        case "dp_hash":
            most = Self.mostHashes
            guard let algorithm = UInt32(exactly: selection.parameter >> 32), algorithm <= DPHash.symmetric else { return nil }
            hash = DPHash(algorithm: algorithm, basis: UInt32(truncatingIfNeeded: selection.parameter))
        default: return nil
        }
        let weights = buckets.map { UInt64($0.spec.weight) }
        guard let lightest = weights.filter({ $0 > 0 }).min() else { return nil }
        let needed = (weights.reduce(0, +) + lightest - 1) / lightest
        var count = Self.leastHashes
        while count < needed { count *= 2 }
        guard count <= most else { return nil }
        map = Self.distribute(Int(count), by: weights)
    }

    /// Gives each hash in turn to the bucket with the greatest quotient of its weight and 1, 3, 5 …
    private static func distribute(_ count: Int, by weights: [UInt64]) -> [Int32] {
        var quotients = weights.map { Double($0) }, divisors = weights.map { _ in 1.0 }, map: [Int32] = []
        for _ in 0..<count {
            var winner = 0
            for at in quotients.indices where quotients[at] > quotients[winner] { winner = at }
            divisors[winner] += 2
            quotients[winner] = Double(weights[winner]) / divisors[winner]
            map.append(Int32(winner))
        }
        return map
    }

    /// The buckets to be tried for a hash, in this order; some more than once.
    func candidates(_ hash: UInt32) -> some Sequence<Int> {
        (0..<map.count).lazy.map { Int(map[(Int(hash & mask) + $0) & (map.count - 1)]) }
    }
}
