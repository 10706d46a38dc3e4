import Flow
import OpenFlow

/// The flows of a table that may make room for a new one, in groups (Flow_Table of ovs-vswitchd.conf.db(5): overflow_policy, groups).
///
/// Room is made in the group that has the most flows; there the flow of the lowest importance goes, and of these the one that ends soonest. Only flows with a
/// timeout are candidates, as in OVS. Both the groups and the flows of each are heaps: adding, removing and finding cost O(log n).
/// Owner: the table.
final class EvictionGroups {
    private let fields: [FieldRange]
    private var groups: [[UInt128]: EvictionGroup] = [:]
    /// The largest group first.
    private var heap: [EvictionGroup] = []

    /// - Parameter fields: flows with equal bits here are in one group; empty: there is one group.
    init(_ fields: [FieldRange]) { self.fields = fields }

    var count: Int { heap.reduce(0) { $0 + $1.count } }
    var groupCount: Int { heap.count }

    func insert(_ rule: Rule, _ match: Match) {
        guard !rule.isHidden, rule.expiry != nil, rule.evictionGroup == nil else { return }
        let key = fields.map { (match.key.value(of: $0.field) & $0.mask) >> UInt128($0.start) }
        let group = groups[key] ?? EvictionGroup(key: key)
        if group.count == 0 {
            groups[key] = group
            group.place = heap.count
            heap.append(group)
        }
        group.insert(rule)
        rise(group.place)
    }

    func remove(_ rule: Rule) {
        guard let group = rule.evictionGroup else { return }
        group.remove(rule)
        let place = group.place
        guard group.count == 0 else { return sink(place) }
        groups[group.key] = nil
        let last = heap.removeLast()
        guard last !== group else { return }
        heap[place] = last
        last.place = place
        rise(place)
        sink(last.place)
    }

    /// The flow that goes first; nil: none may.
    var victim: Rule? { heap.first?.first }

    private func swap(_ a: Int, _ b: Int) {
        heap.swapAt(a, b)
        heap[a].place = a
        heap[b].place = b
    }
    private func rise(_ start: Int) {
        var child = start
        while child > 0, heap[child].count > heap[(child - 1) / 2].count {
            swap(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }
    private func sink(_ start: Int) {
        var parent = start
        while 2 * parent + 1 < heap.count {
            var child = 2 * parent + 1
            if child + 1 < heap.count, heap[child + 1].count > heap[child].count { child += 1 }
            if heap[parent].count >= heap[child].count { return }
            swap(parent, child)
            parent = child
        }
    }
}

/// Flows of one group: a heap. A flow's end is known as it was when it was looked at last, which was no later than it is now: idle timeouts move with packets,
/// so the first one is looked at again before it is given away.
final class EvictionGroup {
    let key: [UInt128]
    /// Where it is in the heap of groups.
    var place = 0
    private var heap: [Entry] = []

    private struct Entry {
        let rule: Rule
        let importance: UInt16
        var deadline: Int64
        func goes(before other: Entry) -> Bool { (importance, deadline) < (other.importance, other.deadline) }
    }

    init(key: [UInt128]) { self.key = key }

    var count: Int { heap.count }

    func insert(_ rule: Rule) {
        rule.evictionGroup = self
        rule.evictionPlace = heap.count
        heap.append(Entry(rule: rule, importance: rule.importance, deadline: rule.expiry?.deadline ?? .max))
        rise(heap.count - 1)
    }

    func remove(_ rule: Rule) {
        let place = rule.evictionPlace
        rule.evictionGroup = nil
        let last = heap.removeLast()
        guard place < heap.count else { return }
        heap[place] = last
        last.rule.evictionPlace = place
        rise(place)
        sink(last.rule.evictionPlace)
    }

    /// The flow that goes first. Each flow whose end has moved since is put in its new place.
    var first: Rule? {
        while let entry = heap.first {
            let deadline = entry.rule.expiry?.deadline ?? .max
            if deadline <= entry.deadline { return entry.rule }
            heap[0].deadline = deadline
            sink(0)
        }
        return nil
    }

    private func swap(_ a: Int, _ b: Int) {
        heap.swapAt(a, b)
        heap[a].rule.evictionPlace = a
        heap[b].rule.evictionPlace = b
    }
    private func rise(_ start: Int) {
        var child = start
        while child > 0, heap[child].goes(before: heap[(child - 1) / 2]) {
            swap(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }
    private func sink(_ start: Int) {
        var parent = start
        while 2 * parent + 1 < heap.count {
            var child = 2 * parent + 1
            if child + 1 < heap.count, heap[child + 1].goes(before: heap[child]) { child += 1 }
            if !heap[child].goes(before: heap[parent]) { return }
            swap(parent, child)
            parent = child
        }
    }
}

extension OpenFlowTable {
    var evicts: Bool { config.evicts || config.evictsByController }

    /// Collects the candidates anew, or forgets them, as the settings want it.
    func resetEviction() {
        classifier.forEach { $0.evictionGroup = nil }
        eviction = evicts ? EvictionGroups(config.evictionFields) : nil
        if let eviction { classifier.forEach { if $0.isLive { eviction.insert($0, $0.match) } } }
    }
}
