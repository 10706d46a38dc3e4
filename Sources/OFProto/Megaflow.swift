import Datapath
import Flow

/// What the ofproto thread keeps of an installed megaflow: enough to translate it again and to credit its packets.
///
/// It is without references, so that thousands of them are gone through fast. Masks and outcomes are shared and go by their numbers (`MaskStore`, `OutcomeStore`), since thousands of
/// megaflows have few different ones. The key is kept under its mask and without the lines that the mask does not use. With one line this is some 150 bytes.
///
/// Owner: the megaflow table.
struct Megaflow {
    let id: DPFlowID
    /// The numbers of its mask and its outcome.
    let mask: Int32
    fileprivate(set) var outcome: Int32
    /// The key's first line that the mask uses; the table has the further ones.
    fileprivate let words: InlineArray<8, UInt64>
    /// Its packets are no fragments, of which lookups see something else than they have, and have an Ethernet header, without which not all rules are for them.
    let isPlain: Bool
    /// Its removal has not begun.
    fileprivate(set) var isLive = true
    /// An operator has put it here, or changed it: the next sweep translates it.
    var isUntested = false
    let created: Int64
    /// What was credited so far.
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    var used: Int64

    /// The first word of line 0: the input port, and behind it recirc_id.
    var firstWord: UInt64 { words[0] }
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
///
/// Invariants: `flows`, `tags` and `moreLines` are equally long; `isTaken` is false exactly for places in `unused`.
final class MegaflowTable {
    /// Free places hold what was there last.
    var flows: ContiguousArray<Megaflow> = []
    /// Of the megaflows in `flows`; none of those that are not live.
    private(set) var tags: ContiguousArray<MegaflowTags> = []
    /// The lines of keys but the first ones.
    private var moreLines: ContiguousArray<[Line]> = []
    private var isTaken: ContiguousArray<Bool> = []
    private var unused: ContiguousArray<Int32> = []
    private var index = MegaflowIndex()
    private(set) var masks = MaskStore()
    private(set) var outcomes = OutcomeStore()
    /// Megaflows whose removal has not begun.
    private(set) var liveCount = 0
    private let scratch = FlowBuffer()

    /// Takes room for so many megaflows, so that the table never moves while packets wait. It costs addresses only, until it is used.
    func reserve(_ count: Int) {
        flows.reserveCapacity(count)
        tags.reserveCapacity(count)
        moreLines.reserveCapacity(count)
        isTaken.reserveCapacity(count)
    }

    /// Remembers a megaflow, and returns its place. Its key and mask are the translator's.
    @discardableResult func insert(_ id: DPFlowID, key: borrowing FlowKey, mask lines: MaskLines, _ outcome: MegaflowOutcome, now: Int64) -> Int {
        scratch.clear()
        var more: [Line] = []
        for at in 0..<lines.count {
            let line = key[line: lines.indices[at]] & lines.masks[at]
            scratch[line: lines.indices[at]] = line
            if at > 0 { more.append(line) }
        }
        let first = lines.count > 0 ? scratch[line: lines.indices[0]] : .zero
        let flow = Megaflow(
            id: id, mask: masks.retain(lines), outcome: outcomes.retain(outcome), words: InlineArray { first[$0] }, isPlain: scratch.isLookedUpAsItIs, created: now, used: now)
        // A megaflow that the datapath has forgotten and takes again.
        if let old = find(id) { remove(old) }
        let at: Int
        if let free = unused.popLast() {
            at = Int(free)
            flows[at] = flow
            tags[at] = outcome.tags
            moreLines[at] = more
            isTaken[at] = true
        } else {
            at = flows.count
            flows.append(flow)
            tags.append(outcome.tags)
            moreLines.append(more)
            isTaken.append(true)
        }
        let former = index.latest(id.pmd, id.slot).map { (id: flows[$0].id, place: $0) }
        index.put(id, at: Int32(at), former: former)
        liveCount += 1
        return at
    }

    func find(_ id: DPFlowID) -> Int? {
        if let place = index.latest(id.pmd, id.slot), flows[place].id == id { return place }
        return index.aside(id)
    }

    func mask(_ at: Int) -> MaskLines { masks[flows[at].mask] }
    func outcome(_ at: Int) -> MegaflowOutcome { outcomes[flows[at].outcome] }

    /// A megaflow's key's line at a place among its mask's lines.
    @inline(__always) func line(_ at: Int, _ place: Int) -> Line {
        guard place == 0 else { return moreLines[at][place - 1] }
        var line = Line.zero
        for word in 0..<8 { line[word] = flows[at].words[word] }
        return line
    }

    /// A megaflow was translated again, or what another one's translation found holds for it.
    func update(_ at: Int, _ outcome: MegaflowOutcome) {
        guard flows[at].isLive, outcome.number != flows[at].outcome else { return }
        let number = outcomes.retain(outcome)
        outcomes.release(flows[at].outcome)
        flows[at].outcome = number
        tags[at] = outcome.tags
    }

    /// Its removal has begun.
    func markDeleting(_ at: Int) {
        guard flows[at].isLive else { return }
        flows[at].isLive = false
        tags[at] = MegaflowTags()
        liveCount -= 1
    }

    /// Forgets a megaflow whose removal is complete.
    func remove(_ at: Int) {
        guard isTaken[at] else { return }
        markDeleting(at)
        index.remove(flows[at].id, at: at)
        masks.release(flows[at].mask)
        outcomes.release(flows[at].outcome)
        moreLines[at] = []
        isTaken[at] = false
        unused.append(Int32(at))
    }

    /// Nobody remembers numbers of masks and outcomes: those that are free may be used again.
    func recycle() {
        masks.recycle()
        outcomes.recycle()
    }

    /// Writes a megaflow's key, under its mask, over all of `buffer`.
    func load(_ at: Int, into buffer: FlowBuffer) {
        buffer.clear()
        masks.forEachLine(flows[at].mask) { place, index in buffer[line: index] = line(at, place) }
    }
}
