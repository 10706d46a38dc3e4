/// Which PMD polls which receive queue: pmd-rxq-assign of ovs-vswitchd.conf.db(5). Pure functions.
public struct RxqLoad: Hashable, Sendable {
    public var port: UInt32
    public var queue: UInt16
    /// Cycles that the queue's packets took in the last interval.
    public var cycles: UInt64
    /// The core that pmd-rxq-affinity names; nil: any.
    public var pinnedCore: Int?
    public init(port: UInt32, queue: UInt16, cycles: UInt64 = 0, pinnedCore: Int? = nil) {
        self.port = port
        self.queue = queue
        self.cycles = cycles
        self.pinnedCore = pinnedCore
    }
}

/// A receive queue by its port's number.
public struct RxqPlace: Hashable, Sendable {
    public var port: UInt32
    public var queue: UInt16
    public init(_ load: RxqLoad) { (port, queue) = (load.port, load.queue) }
}

/// For each queue the index of its PMD. A PMD with a pinned queue takes pinned queues only (it is isolated), unless
/// every PMD would be; a queue pinned to a core without a PMD counts as not pinned.
/// - Parameter isolates: false: by `group` a PMD with pinned queues takes others, too, and has their load beforehand.
public func assignQueues(_ queues: [RxqLoad], cores: [Int], by method: DatapathSettings.RxqAssign, isolates: Bool = true) -> [Int] {
    var assignment = [Int](repeating: 0, count: queues.count)
    guard !cores.isEmpty else { return assignment }
    let isolates = isolates || method != .group
    var isolated = Set<Int>(), loads = [RxqSum](repeating: RxqSum(), count: cores.count)
    var open: [Int] = []
    for (index, queue) in queues.enumerated() {
        if let core = queue.pinnedCore, let pmd = cores.firstIndex(of: core) {
            assignment[index] = pmd
            if isolates { isolated.insert(pmd) } else { loads[pmd].add(queue) }
        } else {
            open.append(index)
        }
    }
    var candidates = cores.indices.filter { !isolated.contains($0) }
    if candidates.isEmpty { candidates = Array(cores.indices) }
    if method != .roundrobin {
        // The heaviest first; equal ones in the order of ports and queues.
        open.sort { (queues[$1].cycles, queues[$0].port, queues[$0].queue) < (queues[$0].cycles, queues[$1].port, queues[$1].queue) }
    }
    place(open, queues, on: candidates, method, &loads, &assignment)
    return assignment
}

/// What a PMD polls.
private struct RxqSum {
    var cycles: UInt64 = 0, count = 0

    mutating func add(_ queue: RxqLoad) {
        cycles &+= queue.cycles
        count += 1
    }
}

private func place(
    _ open: [Int], _ queues: [RxqLoad], on candidates: [Int], _ method: DatapathSettings.RxqAssign, _ loads: inout [RxqSum], _ assignment: inout [Int]
) {
    for (turn, index) in open.enumerated() {
        let choice: Int
        switch method {
        case .roundrobin:
            choice = candidates[turn % candidates.count]
        case .cycles:
            // To and fro over the PMDs: 0 1 2 2 1 0 0 1 2 …
            let lap = turn / candidates.count, step = turn % candidates.count
            choice = candidates[lap % 2 == 0 ? step : candidates.count - 1 - step]
        case .group:
            // The PMD with the least load; among equals the one with the fewest queues.
            choice = candidates.min { (loads[$0].cycles, loads[$0].count, $0) < (loads[$1].cycles, loads[$1].count, $1) } ?? 0
        }
        assignment[index] = choice
        loads[choice].add(queues[index])
    }
}
