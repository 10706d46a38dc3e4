/// Which PMD polls which receive queue: pmd-rxq-assign of ovs-vswitchd.conf.db(5). Pure functions.
public struct RxqLoad: Hashable, Sendable {
    public var port: UInt32
    public var queue: UInt16
    /// The NUMA node of the port's device.
    public var node: Int
    /// Cycles that the queue's packets took in the last interval.
    public var cycles: UInt64
    /// The core that pmd-rxq-affinity names; nil: any.
    public var pinnedCore: Int?
    public init(port: UInt32, queue: UInt16, node: Int = 0, cycles: UInt64 = 0, pinnedCore: Int? = nil) {
        self.port = port
        self.queue = queue
        self.node = node
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

/// Where a PMD runs.
public struct PMDPlace: Hashable, Sendable {
    public var core: Int
    /// The core's NUMA node.
    public var node: Int
    public init(core: Int, node: Int = 0) { (self.core, self.node) = (core, node) }
}

/// A queue that has got another PMD.
public struct MovedQueue: Hashable, Sendable {
    public var port: String
    public var load: RxqLoad
    public var pmd: PMDPlace
}

/// For each queue the index of its PMD. A PMD with a pinned queue takes pinned queues only (it is isolated), unless
/// every PMD would be; a queue pinned to a core without a PMD counts as not pinned.
///
/// Queues go to PMDs of their own NUMA node; those of a node that has none are shared out among the others' nodes in turns.
/// - Parameter isolates: false: by `group` a PMD with pinned queues takes others, too, and has their load beforehand.
public func assignQueues(_ queues: [RxqLoad], to pmds: [PMDPlace], by method: DatapathSettings.RxqAssign, isolates: Bool = true) -> [Int] {
    var assignment = [Int](repeating: 0, count: queues.count)
    guard !pmds.isEmpty else { return assignment }
    let isolates = isolates || method != .group
    var isolated = Set<Int>(), loads = [RxqSum](repeating: RxqSum(), count: pmds.count)
    var open: [Int] = []
    for (index, queue) in queues.enumerated() {
        if let core = queue.pinnedCore, let pmd = pmds.firstIndex(where: { $0.core == core }) {
            assignment[index] = pmd
            if isolates { isolated.insert(pmd) } else { loads[pmd].add(queue) }
        } else {
            open.append(index)
        }
    }
    if isolated.count == pmds.count { isolated = [] }
    var nodes = RxqNodes(pmds, without: isolated)
    if method != .roundrobin {
        // The heaviest first; equal ones in the order of ports and queues.
        open.sort { (queues[$1].cycles, queues[$0].port, queues[$0].queue) < (queues[$0].cycles, queues[$1].port, queues[$1].queue) }
    }
    for index in open {
        let choice = nodes.choose(for: queues[index].node, method, loads)
        assignment[index] = choice
        loads[choice].add(queues[index])
    }
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

/// The NUMA nodes that have PMDs to choose from.
private struct RxqNodes {
    private struct Node {
        var number: Int
        /// Never empty.
        var pmds: [Int]
        /// Queues that it has taken.
        var turn = 0
    }
    /// By their numbers.
    private var nodes: [Node]
    /// Whose turn it is to take a queue of another node.
    private var stranger = 0

    /// `isolated` leaves at least one.
    init(_ pmds: [PMDPlace], without isolated: Set<Int>) {
        let numbers = Set(pmds.indices.filter { !isolated.contains($0) }.map { pmds[$0].node }).sorted()
        nodes = numbers.map { number in Node(number: number, pmds: pmds.indices.filter { pmds[$0].node == number && !isolated.contains($0) }) }
    }

    mutating func choose(for number: Int, _ method: DatapathSettings.RxqAssign, _ loads: [RxqSum]) -> Int {
        let place: Int
        if let own = nodes.firstIndex(where: { $0.number == number }) {
            place = own
        } else {
            place = stranger
            stranger = (stranger + 1) % nodes.count
        }
        let pmds = nodes[place].pmds, turn = nodes[place].turn
        nodes[place].turn += 1
        switch method {
        case .roundrobin:
            return pmds[turn % pmds.count]
        case .cycles:
            // To and fro over the PMDs: 0 1 2 2 1 0 0 1 2 …
            let lap = turn / pmds.count, step = turn % pmds.count
            return pmds[lap % 2 == 0 ? step : pmds.count - 1 - step]
        case .group:
            // The PMD with the least load; among equals the one with the fewest queues.
            return pmds.min { (loads[$0].cycles, loads[$0].count, $0) < (loads[$1].cycles, loads[$1].count, $1) } ?? pmds[0]
        }
    }
}
