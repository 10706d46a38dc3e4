/// What a number in a datapath action stands for: what OpenFlow knows of a packet and the datapath does not.
protocol NumberedContext: AnyObject {
    associatedtype Key: Hashable
    var key: Key { get }
    /// From 1 on.
    var id: UInt32 { get }
    /// When a packet came last; a context lingers for those under way.
    var used: Int64 { get set }
}

/// All contexts of a kind, so that equal ones share a number. Megaflows whose actions name one keep it alive by a `Credit`. Owner: `OFProto`.
final class NumberedContexts<Context: NumberedContext> {
    private var slots: ContiguousArray<Context?> = []
    private var unused: [UInt32] = []
    private var ids: [Context.Key: UInt32] = [:]
    private let limit: Int
    /// Milliseconds that a context outlives its last megaflow.
    private let linger: Int64 = 10_000

    init(limit: Int) { self.limit = limit }

    var count: Int { ids.count }

    /// The context with these properties, made if need be; nil when there are too many.
    func context(_ key: Context.Key, now: Int64, make: (UInt32) -> Context?) -> Context? {
        if let id = ids[key], let context = self[id] {
            context.used = max(context.used, now)
            return context
        }
        guard ids.count < limit else { return nil }
        let id = unused.last ?? UInt32(slots.count + 1)
        guard let context = make(id) else { return nil }
        if unused.popLast() == nil { slots.append(context) } else { slots[Int(id) - 1] = context }
        ids[key] = id
        return context
    }

    subscript(id: UInt32) -> Context? { id > 0 && id <= slots.count ? slots[Int(id) - 1] : nil }

    /// Forgets contexts that no megaflow names and no packet used for a while.
    func purge(now: Int64) {
        for index in slots.indices where (slots[index]?.used ?? .max) < now - linger {
            // Taken out, so that the local reference is the last one if no megaflow has one.
            var context = slots[index]
            slots[index] = nil
            guard isKnownUniquelyReferenced(&context), let key = context?.key else {
                slots[index] = context
                continue
            }
            ids[key] = nil
            unused.append(UInt32(index + 1))
        }
    }
}
