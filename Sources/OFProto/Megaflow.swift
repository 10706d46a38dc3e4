import Datapath
import Flow

/// What the ofproto thread keeps of an installed megaflow: enough to translate it again and to credit its packets.
///
/// The key is kept under its mask and without the lines that the mask does not use; masks are shared (`MaskStore`), since
/// thousands of megaflows have few different ones. With one line, one action and two credits this is some 350 bytes.
///
/// Owner: the megaflow table.
final class Megaflow {
    let id: DPFlowID
    let mask: SharedMask
    /// The key's first line that the mask uses, and the further ones.
    private let words: InlineArray<8, UInt64>
    let moreLines: [Line]
    var actions: [DPAction]
    var credits: [Credit]
    /// The bits that packets had unchanged whenever they were looked up.
    fileprivate(set) var steady: SharedMask
    /// It depends on rules of other tables than those that it looks up.
    fileprivate(set) var followsTables: Bool
    fileprivate(set) var isDeleting = false
    /// An operator has put it here, or changed it: the next sweep translates it.
    var isUntested = false
    let created: Int64
    /// What was credited so far.
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    var used: Int64

    fileprivate init(_ id: DPFlowID, mask: SharedMask, steady: SharedMask, line: Line, moreLines: [Line], actions: [DPAction], found: MegaflowFindings, now: Int64) {
        self.id = id
        self.mask = mask
        self.steady = steady
        words = InlineArray { line[$0] }
        self.moreLines = moreLines
        self.actions = actions
        credits = found.credits
        followsTables = found.followsTables
        created = now
        used = now
    }

    /// The first word of line 0: the input port, and behind it recirc_id.
    var firstWord: UInt64 { words[0] }

    /// The key's line at a place among the mask's lines.
    @inline(__always) func line(_ place: Int) -> Line {
        guard place == 0 else { return moreLines[place - 1] }
        var line = Line.zero
        for at in 0..<8 { line[at] = words[at] }
        return line
    }
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

/// A mask of installed megaflows. Owner: the mask store.
final class SharedMask {
    let lines: MaskLines
    fileprivate var users = 0

    fileprivate init(_ lines: MaskLines) { self.lines = lines }
}

/// The different masks of installed megaflows. Owner: the megaflow table.
struct MaskStore {
    private var masks: [MaskLines: SharedMask] = [:]

    /// A mask with one more use.
    mutating func retain(_ lines: MaskLines) -> SharedMask {
        let mask = masks[lines] ?? SharedMask(lines)
        if mask.users == 0 { masks[lines] = mask }
        return retain(mask)
    }

    /// One more use of a mask that is in use.
    func retain(_ mask: SharedMask) -> SharedMask {
        mask.users += 1
        return mask
    }

    mutating func release(_ mask: SharedMask) {
        mask.users -= 1
        if mask.users == 0 { masks[mask.lines] = nil }
    }

    var count: Int { masks.count }
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
final class MegaflowTable {
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
    func reserve(_ count: Int) {
        slots.reserveCapacity(count)
        tags.reserveCapacity(count)
    }

    /// Remembers a megaflow. Its key and mask are the translator's.
    @discardableResult func insert(
        _ id: DPFlowID, key: borrowing FlowKey, mask lines: MaskLines, actions: [DPAction], found: MegaflowFindings, now: Int64
    ) -> Megaflow {
        var first = Line.zero
        var more: [Line] = []
        for at in 0..<lines.count {
            let line = key[line: lines.indices[at]] & lines.masks[at]
            if at == 0 { first = line } else { more.append(line) }
        }
        let mask = masks.retain(lines)
        let steady = found.steady.map { masks.retain($0) } ?? masks.retain(mask)
        let flow = Megaflow(id, mask: mask, steady: steady, line: first, moreLines: more, actions: actions, found: found, now: now)
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
        return flow
    }

    func find(_ id: DPFlowID) -> Int? {
        if let place = index.latest(id.pmd, id.slot), slots[place]?.id == id { return place }
        return index.aside(id)
    }

    /// A megaflow was translated again, or what another one's translation found holds for it.
    func update(_ at: Int, _ flow: Megaflow, actions: [DPAction], found: MegaflowFindings) {
        if flow.isDeleting { return }
        if let lines = found.steady {
            let steady = masks.retain(lines)
            masks.release(flow.steady)
            flow.steady = steady
        } else if flow.steady !== flow.mask {
            masks.release(flow.steady)
            flow.steady = masks.retain(flow.mask)
        }
        tags[at] = found.tags
        flow.actions = actions
        flow.credits = found.credits
        flow.followsTables = found.followsTables
    }

    /// Its removal has begun.
    func markDeleting(_ at: Int) {
        guard let flow = slots[at], !flow.isDeleting else { return }
        flow.isDeleting = true
        tags[at] = MegaflowTags()
        liveCount -= 1
    }

    /// Forgets a megaflow whose removal is complete.
    func remove(_ at: Int) {
        guard let flow = slots[at] else { return }
        index.remove(flow.id, at: at)
        if !flow.isDeleting { liveCount -= 1 }
        masks.release(flow.mask)
        masks.release(flow.steady)
        slots[at] = nil
        tags[at] = MegaflowTags()
        unused.append(Int32(at))
    }
}

extension FlowBuffer {
    /// Takes a megaflow's key, under its mask, as a whole.
    func load(_ flow: Megaflow) {
        clear()
        let indices = flow.mask.lines.indices
        for at in indices.indices { self[line: indices[at]] = flow.line(at) }
    }
}
