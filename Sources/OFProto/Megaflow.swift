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
    /// The tags of the stations whose place it depends on.
    var stations: UInt64
    let created: Int64
    /// What was credited so far.
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    var used: Int64
    var isDeleting = false
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

    mutating func release(_ id: UInt32) {
        masks[Int(id)].users -= 1
        guard masks[Int(id)].users == 0 else { return }
        ids[masks[Int(id)].lines] = nil
        unused.append(id)
    }

    subscript(id: UInt32) -> MaskLines { masks[Int(id)].lines }
    var count: Int { ids.count }
}

/// All megaflows that this thread has installed, live or on their way out. Owner: `OFProto`.
struct MegaflowTable {
    /// nil: a free place.
    private(set) var slots: ContiguousArray<Megaflow?> = []
    private var unused: ContiguousArray<Int32> = []
    private var index: [DPFlowID: Int32] = [:]
    private(set) var masks = MaskStore()
    /// Megaflows whose removal has not begun.
    private(set) var liveCount = 0

    /// Remembers a megaflow. Its key and mask are the translator's.
    mutating func insert(
        _ id: DPFlowID, key: borrowing FlowKey, mask lines: MaskLines, actions: [DPAction], credits: [Credit], stations: UInt64, now: Int64
    ) {
        var first = Line.zero
        var more: [Line] = []
        for at in 0..<lines.count {
            let line = key[line: lines.indices[at]] & lines.masks[at]
            if at == 0 { first = line } else { more.append(line) }
        }
        let flow = Megaflow(
            id: id, mask: masks.retain(lines), line: first, moreLines: more, actions: actions, credits: credits, stations: stations,
            created: now, used: now)
        let at: Int32
        if let free = unused.popLast() {
            slots[Int(free)] = flow
            at = free
        } else {
            slots.append(flow)
            at = Int32(slots.count - 1)
        }
        // A slot of the datapath that is used again had its last flow retired first; if not, that one is forgotten.
        if let old = index.updateValue(at, forKey: id) { release(Int(old)) }
        liveCount += 1
    }

    func find(_ id: DPFlowID) -> Int? { index[id].map(Int.init) }

    /// Reads or changes the megaflow at a place that is in use.
    mutating func with<Result>(_ at: Int, _ body: (inout Megaflow) -> Result) -> Result? {
        guard slots[at] != nil else { return nil }
        return body(&slots[at]!)
    }

    /// Its removal has begun.
    mutating func markDeleting(_ at: Int) {
        guard let flow = slots[at], !flow.isDeleting else { return }
        slots[at]?.isDeleting = true
        liveCount -= 1
    }

    /// Forgets a megaflow whose removal is complete.
    mutating func remove(_ at: Int) {
        guard let flow = slots[at] else { return }
        index[flow.id] = nil
        release(at)
    }

    private mutating func release(_ at: Int) {
        guard let flow = slots[at] else { return }
        if !flow.isDeleting { liveCount -= 1 }
        masks.release(flow.mask)
        slots[at] = nil
        unused.append(Int32(at))
    }

    /// The megaflow's key, under its mask, as a whole.
    func load(_ flow: borrowing Megaflow, into buffer: FlowBuffer) {
        let lines = masks[flow.mask]
        buffer.clear()
        for at in 0..<lines.count { buffer[line: lines.indices[at]] = at == 0 ? flow.line : flow.moreLines[at - 1] }
    }
}
