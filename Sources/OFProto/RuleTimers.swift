/// The rules that have a timeout, by the time when they may expire next: a binary heap.
///
/// A deadline is a promise not to look earlier. An idle timeout moves with every packet; its rule is looked at when the
/// deadline that was known last has come, and put back if packets came meanwhile. So nothing scans all rules.
/// Owner: a bridge.
struct RuleTimers {
    private var heap: [(deadline: Int64, rule: Rule)] = []
    /// Entries of rules that are gone but still in the heap.
    private var stale = 0

    /// The earliest deadline.
    var next: Int64? { heap.first?.deadline }

    mutating func add(_ rule: Rule, at deadline: Int64) {
        heap.append((deadline, rule))
        var child = heap.count - 1
        while child > 0, heap[(child - 1) / 2].deadline > heap[child].deadline {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes the entry with the earliest deadline if that is not after `now`.
    mutating func pop(until now: Int64) -> Rule? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        sink(0)
        if first.rule.isRemoved { stale = max(0, stale - 1) }
        return first.rule
    }

    /// A rule with timeouts was removed otherwise; once most entries are such ones, they are thrown out.
    mutating func noteRemoval() {
        stale += 1
        guard stale > 64, stale * 2 > heap.count else { return }
        heap.removeAll { $0.rule.isRemoved }
        stale = 0
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    private mutating func sink(_ start: Int) {
        var parent = start
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { return }
            if child + 1 < heap.count, heap[child + 1].deadline < heap[child].deadline { child += 1 }
            if heap[parent].deadline <= heap[child].deadline { return }
            heap.swapAt(parent, child)
            parent = child
        }
    }
}

extension Rule {
    /// When the rule expires if no packet comes any more, and why; nil: never.
    var expiry: (deadline: Int64, reason: FlowRemovedReason)? {
        let hard = hardTimeout > 0 ? modified + Int64(hardTimeout) * 1_000 : nil
        let idle = idleTimeout > 0 ? stats.used + Int64(idleTimeout) * 1_000 : nil
        switch (hard, idle) {
        case (let hard?, let idle?): return hard <= idle ? (hard, .hardTimeout) : (idle, .idleTimeout)
        case (let hard?, nil): return (hard, .hardTimeout)
        case (nil, let idle?): return (idle, .idleTimeout)
        case (nil, nil): return nil
        }
    }
}
