import Datapath
import Flow

/// What the ofproto thread keeps of an installed megaflow: enough to translate it again and to credit its packets.
///
/// The key is kept under its mask and without the lines that the mask does not use; masks are shared (`MaskStore`), since
/// thousands of megaflows have few different ones. With one line, one action and two credits this is some 350 bytes.
struct Megaflow {
    let id: DPFlowID
    /// Which mask of the `MaskStore`.
    let mask: UInt32
    /// The key's first line that the mask uses, and the further ones.
    let line: Line
    let moreLines: [Line]
    var actions: [DPAction]
    var credits: [Credit]
    /// Which mask of the `MaskStore` tells the bits that packets had unchanged whenever they were looked up.
    fileprivate(set) var steady: UInt32
    /// It depends on rules of other tables than those that it looks up.
    var followsTables: Bool
    let created: Int64
    /// What was credited so far.
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    var used: Int64
    var isDeleting = false
}

/// What a megaflow depends on, one bit of 64 each: what changed and has none of its bits does not concern it.
struct MegaflowTags {
    /// Stations whose place was looked up.
    var stations: UInt64 = 0
    /// Tables in which rules were looked up.
    var tables: UInt64 = 0
}

/// What a translation tells of the megaflow that is made of it, besides actions.
struct MegaflowFindings {
    /// Who is credited with its packets.
    var credits: [Credit] = []
    var tags = MegaflowTags()
    /// The bits of its mask that are steady; nil: all of them.
    var steady: MaskLines?
    var followsTables = false
}

/// The different masks of installed megaflows. Owner: the megaflow table.
struct MaskStore {
    private var masks: [(lines: MaskLines, users: Int)] = []
    private var ids: [MaskLines: UInt32] = [:]
    private var unused: [UInt32] = []

    /// The number of a mask; it counts as one more use.
    mutating func retain(_ lines: MaskLines) -> UInt32 {
        if let id = ids[lines] {
            masks[Int(id)].users += 1
            return id
        }
        let id: UInt32
        if let free = unused.popLast() {
            masks[Int(free)] = (lines, 1)
            id = free
        } else {
            masks.append((lines, 1))
            id = UInt32(masks.count - 1)
        }
        ids[lines] = id
        return id
    }

    /// One more use of a mask that is in use.
    mutating func retain(_ id: UInt32) -> UInt32 {
        masks[Int(id)].users += 1
        return id
    }

    mutating func release(_ id: UInt32) {
        masks[Int(id)].users -= 1
        guard masks[Int(id)].users == 0 else { return }
        ids[masks[Int(id)].lines] = nil
        unused.append(id)
    }

    subscript(id: UInt32) -> MaskLines { masks[Int(id)].lines }
    var count: Int { ids.count }
}

/// Where in the megaflow table the megaflow in a slot of the datapath is. A slot holds one megaflow at a time, so this is an array for each datapath
/// thread; one that is still to be told as retired when its slot has the next one stands aside.
private struct MegaflowIndex {
    private var places: [Int: ContiguousArray<Int32>] = [:]
    private var aside: [DPFlowID: Int32] = [:]

    /// The place in the table for the megaflow that was put last into this slot.
    func latest(_ pmd: Int, _ slot: UInt32) -> Int? {
        guard let places = places[pmd], Int(slot) < places.count, places[Int(slot)] >= 0 else { return nil }
        return Int(places[Int(slot)])
    }

    func aside(_ id: DPFlowID) -> Int? { aside.isEmpty ? nil : aside[id].map(Int.init) }

    /// Puts a megaflow's place; `former` is the one that has the slot so far.
    mutating func put(_ id: DPFlowID, at place: Int32, former: (id: DPFlowID, place: Int)?) {
        if let former { aside[former.id] = Int32(former.place) }
        let slot = Int(id.slot)
        let missing = slot + 1 - places[id.pmd, default: []].count
        if missing > 0 { places[id.pmd, default: []].append(contentsOf: repeatElement(-1, count: missing)) }
        places[id.pmd, default: []][slot] = place
    }

    mutating func remove(_ id: DPFlowID, at place: Int) {
        if latest(id.pmd, id.slot) == place { places[id.pmd, default: []][Int(id.slot)] = -1 } else { aside[id] = nil }
    }
}

/// All megaflows that this thread has installed, live or on their way out. Owner: `OFProto`.
struct MegaflowTable {
    /// nil: a free place.
    private(set) var slots: ContiguousArray<Megaflow?> = []
    /// Of the megaflows in `slots`; none of those that are not live.
    private(set) var tags: ContiguousArray<MegaflowTags> = []
    private var unused: ContiguousArray<Int32> = []
    private var index = MegaflowIndex()
    private(set) var masks = MaskStore()
    /// Megaflows whose removal has not begun.
    private(set) var liveCount = 0

    /// Takes room for so many megaflows, so that the table never moves while packets wait. It costs addresses only, until it is used.
    mutating func reserve(_ count: Int) {
        slots.reserveCapacity(count)
        tags.reserveCapacity(count)
    }

    /// Remembers a megaflow. Its key and mask are the translator's.
    mutating func insert(_ id: DPFlowID, key: borrowing FlowKey, mask lines: MaskLines, actions: [DPAction], found: MegaflowFindings, now: Int64) {
        var first = Line.zero
        var more: [Line] = []
        for at in 0..<lines.count {
            let line = key[line: lines.indices[at]] & lines.masks[at]
            if at == 0 { first = line } else { more.append(line) }
        }
        let flow = Megaflow(
            id: id, mask: masks.retain(lines), line: first, moreLines: more, actions: actions, credits: found.credits,
            steady: masks.retain(found.steady ?? lines), followsTables: found.followsTables, created: now, used: now)
        // A megaflow that the datapath has forgotten and takes again.
        if let old = find(id) { remove(old) }
        let at: Int32
        if let free = unused.popLast() {
            slots[Int(free)] = flow
            tags[Int(free)] = found.tags
            at = free
        } else {
            slots.append(flow)
            tags.append(found.tags)
            at = Int32(slots.count - 1)
        }
        let former = index.latest(id.pmd, id.slot).flatMap { place in slots[place].map { (id: $0.id, place: place) } }
        index.put(id, at: at, former: former)
        liveCount += 1
    }

    func find(_ id: DPFlowID) -> Int? {
        if let place = index.latest(id.pmd, id.slot), slots[place]?.id == id { return place }
        return index.aside(id)
    }

    /// Reads or changes the megaflow at a place that is in use.
    mutating func with<Result>(_ at: Int, _ body: (inout Megaflow) -> Result) -> Result? {
        guard slots[at] != nil else { return nil }
        return body(&slots[at]!)
    }

    /// A megaflow was translated again.
    mutating func update(_ at: Int, actions: [DPAction], found: MegaflowFindings) {
        guard let flow = slots[at], !flow.isDeleting else { return }
        let steady = found.steady.map { masks.retain($0) } ?? masks.retain(flow.mask)
        masks.release(flow.steady)
        tags[at] = found.tags
        slots[at]?.actions = actions
        slots[at]?.credits = found.credits
        slots[at]?.steady = steady
        slots[at]?.followsTables = found.followsTables
    }

    /// Its removal has begun.
    mutating func markDeleting(_ at: Int) {
        guard let flow = slots[at], !flow.isDeleting else { return }
        slots[at]?.isDeleting = true
        tags[at] = MegaflowTags()
        liveCount -= 1
    }

    /// Forgets a megaflow whose removal is complete.
    mutating func remove(_ at: Int) {
        guard let flow = slots[at] else { return }
        index.remove(flow.id, at: at)
        if !flow.isDeleting { liveCount -= 1 }
        masks.release(flow.mask)
        masks.release(flow.steady)
        slots[at] = nil
        tags[at] = MegaflowTags()
        unused.append(Int32(at))
    }

    /// The megaflow's key, under its mask, as a whole.
    func load(_ flow: borrowing Megaflow, into buffer: FlowBuffer) {
        let lines = masks[flow.mask]
        buffer.clear()
        for at in 0..<lines.count { buffer[line: lines.indices[at]] = at == 0 ? flow.line : flow.moreLines[at - 1] }
    }
}
