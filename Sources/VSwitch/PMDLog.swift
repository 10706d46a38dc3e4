import Datapath

/// What the log says of PMDs and of the queues that they poll, in ovs-vswitchd's words.
enum PMDLog {
    private static func tell(_ text: String, _ level: LogLevel = .information) { VLog.shared.log("dpif_netdev", level, text) }

    private static func padded(_ core: Int) -> String { rightAligned("\(core)", 2) }

    /// PMDs have come or gone.
    static func tell(from former: [PMDPlace], to places: [PMDPlace]) {
        for place in former where !places.contains(place) { tell("PMD thread on numa_id: \(place.node), core id: \(padded(place.core)) destroyed.") }
        for place in places where !former.contains(place) { tell("PMD thread on numa_id: \(place.node), core id: \(padded(place.core)) created.") }
        guard places != former else { return }
        for (node, group) in Dictionary(grouping: places, by: \.node).sorted(by: { $0.key < $1.key }) {
            tell("There are \(group.count) pmd threads on numa node \(node)")
        }
    }

    /// Queues have got other PMDs than before; those that keep theirs are not told again.
    static func tell(_ queues: [MovedQueue], by method: DatapathSettings.RxqAssign) {
        let queues = queues.filter { $0.pmd.core != DatapathSettings.mainThread }
        guard !queues.isEmpty else { return }
        tell("Performing pmd to rx queue assignment using \(method) algorithm.")
        for queue in queues {
            let (load, pmd) = (queue.load, queue.pmd), name = "port '\(queue.port)' rx queue \(load.queue)"
            let core = "Core \(padded(pmd.core)) on numa node \(pmd.node)", cycles = method == .roundrobin ? "" : " (measured processing cycles \(load.cycles))"
            if load.pinnedCore == pmd.core {
                tell("\(core) is pinned with \(name)\(cycles)")
                continue
            }
            if let core = load.pinnedCore {
                let text = "Core \(padded(core)) cannot be pinned with \(name). Use pmd-cpu-mask to enable a pmd on core \(core). "
                tell(text + "An alternative core will be assigned.", .warning)
            }
            if pmd.node != load.node {
                let text = "There's no available (non-isolated) pmd thread on numa node \(load.node). "
                tell(text + "Port '\(queue.port)' rx queue \(load.queue) will be assigned to a pmd on numa node \(pmd.node). This may lead to reduced performance.")
            }
            tell("\(core) assigned \(name)\(cycles).")
        }
    }
}
