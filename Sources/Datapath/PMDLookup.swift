import CDPDK
import Flow
import LockFree
import NetDev

// From a burst of packets to their megaflows: extract → the last one again? → EMC → SMC → dpcls. Every stage works on the whole batch,
// so that the memory that the next stage needs is on its way while this one still counts.

/// Takes a burst that came in by a port: counts, extracts and hashes it, then looks it up.
@_noLocks @inline(__always)
func receiveBatch(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ received: Int, _ hint: UnsafeMutablePointer<FlowHint>, inPort: UInt32) {
    let packets = unsafe scratch.pointee.packets
    var count = received
    if unsafe pmd.pointee.ports[Int(inPort)].ingress != nil { count = unsafe policeIngress(pmd, inPort, packets, received) }
    var bytes: UInt64 = 0
    var kept = 0
    let ahead = 4
    var index = 0
    while index < ahead && index < count {
        unsafe nt_mbuf_prefetch_data(packets[index].raw)
        index += 1
    }
    index = 0
    let vlanLimit = unsafe pmd.pointee.vlanLimit
    while index < count {
        if index + ahead < count { unsafe nt_mbuf_prefetch_data(packets[index + ahead].raw) }
        let packet = unsafe packets[index]
        index += 1
        bytes &+= UInt64(truncatingIfNeeded: packet.length)
        if packet.dataLength < 14 {
            unsafe pmd.drop(packet, inPort: inPort, .tooShort)
            continue
        }
        unsafe packets[kept] = packet
        let lines = unsafe extractFlow(packet.data, packet.dataLength, inPort: inPort, vlanLimit: vlanLimit, into: scratch.pointee.keys + kept)
        unsafe scratch.pointee.lines[kept] = lines
        unsafe scratch.pointee.valid[kept] = lines
        kept += 1
    }
    let counters = unsafe pmd.pointee.ports[Int(inPort)].counters
    unsafe counters.pointee.rxPackets &+= UInt64(truncatingIfNeeded: count)
    unsafe counters.pointee.rxBytes &+= bytes
    if kept != 0 { unsafe lookUpBatch(pmd, scratch, kept, hint, depth: 0) }
}

/// A key as lines.
@_noLocks @inline(__always)
func keyLines(_ key: UnsafeMutablePointer<FlowKey>) -> UnsafeMutablePointer<Line> {
    unsafe UnsafeMutableRawPointer(key).assumingMemoryBound(to: Line.self)
}

/// The hash of all used lines of a key.
@_noLocks @inline(__always)
func keyHash(_ key: UnsafeMutablePointer<Line>, _ lines: FlowLines, _ seed: HashSeed) -> UInt32 {
    var sum = unsafe lineSum(key[0], seed[0])
    if lines == .l0 { return finishHash(sum) }
    var rest = lines.rawValue & ~1
    while rest != 0 {
        let index = rest.trailingZeroBitCount
        rest &= rest &- 1
        sum = unsafe sum &* 0x9E37_79B9_7F4A_7C15 &+ lineSum(key[index], seed[index])
    }
    return finishHash(sum)
}

/// Looks up a batch of extracted packets and executes what is found; the rest goes up, or waits.
/// - Parameter released: the packets have waited behind a miss, and do not wait again.
@_noLocks
func lookUpBatch(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ count: Int,
    _ hint: UnsafeMutablePointer<FlowHint>, depth: Int, released: Bool = false) {
    var found = count
    let missing = unsafe findFlows(pmd, scratch, count, hint)
    if unsafe missing != 0 || pmd.pointee.pending.count != 0 { found = unsafe partBatch(pmd, scratch, count, depth: depth, released: released) }
    if found != 0 { unsafe executeBatch(pmd, scratch, found, depth: depth) }
}

/// Finds the packets' megaflows, stage by stage; returns how many packets have none.
@_noLocks @inline(__always)
func findFlows(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ count: Int, _ hint: UnsafeMutablePointer<FlowHint>) -> Int {
    var missing = unsafe tryHint(pmd, scratch, count, hint)
    if missing == 0 { return 0 }
    let misled = missing * 4 > count
    let usesEMC = unsafe pmd.pointee.emcTrial.isUnderWay, usesSMC = unsafe pmd.pointee.smcEnabled && pmd.pointee.smcTrial.isUnderWay
    if usesEMC || usesSMC { unsafe hashKeys(pmd, scratch, missing, forEMC: usesEMC) }
    let asked = missing
    if usesEMC { missing = unsafe lookUpEMC(pmd, scratch, missing) }
    if usesSMC && missing != 0 { missing = unsafe lookUpSMC(pmd, scratch, missing) }
    if missing != 0 { missing = unsafe lookUpSubtables(pmd, scratch, missing) }
    // Last, since who is remembered needs a hash.
    if !usesEMC { unsafe pmd.pointee.emcTrial.pass(asked) }
    if !usesSMC { unsafe pmd.pointee.smcTrial.pass(asked) }
    // Single packets of other megaflows, which somebody may send on purpose, do not take a good hint away.
    if misled { unsafe hint.pointee.flow = scratch.pointee.flows[count - 1] }
    return missing
}

/// Compares the batch with the hint's megaflow. Those that do not match it are put into `waiting`; returns how many.
@_noLocks @inline(__always)
func tryHint(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ count: Int, _ hint: UnsafeMutablePointer<FlowHint>) -> Int {
    let flows = unsafe scratch.pointee.flows, waiting = unsafe scratch.pointee.waiting, keys = unsafe scratch.pointee.keys
    var missing = 0
    var index = 0
    if unsafe hint.pointee.pause == 0, let flow = unsafe hint.pointee.flow, unsafe flow.pointee.isLive {
        let lines = unsafe flow.pointee.lines
        while index < count {
            let key = unsafe keyLines(keys + index)
            if lines != .l0 { unsafe materialise(lines, &scratch.pointee.valid[index], key) }
            let matches = unsafe flowMatches(flow, key)
            unsafe flows[index] = matches ? flow : nil
            unsafe waiting[missing] = Int32(truncatingIfNeeded: index)
            missing += matches ? 0 : 1
            index += 1
        }
        unsafe pmd.pointee.stats.pointee.hintHits &+= UInt64(truncatingIfNeeded: count - missing)
        if missing * 4 > count { unsafe hint.pointee.pause = FlowHint.longPause }
        return missing
    }
    if unsafe hint.pointee.pause != 0 { unsafe hint.pointee.pause -= 1 }
    while index < count {
        unsafe flows[index] = nil
        unsafe waiting[index] = Int32(truncatingIfNeeded: index)
        index += 1
    }
    return count
}

/// Hashes the keys of the waiting packets, which caches are asked for by, and sends for the lines of the EMC or SMC that they may be in. A pass of its own: the small stores
/// of a key's extraction must have reached the cache before whole lines are loaded, or each load waits for them.
@_noLocks @inline(__always)
func hashKeys(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ missing: Int, forEMC usesEMC: Bool) {
    let emc = unsafe pmd.pointee.emc, smc = unsafe pmd.pointee.smc, seed = unsafe pmd.pointee.seed
    let lines = unsafe scratch.pointee.lines, hashes = unsafe scratch.pointee.hashes, keys = unsafe scratch.pointee.keys
    let waiting = unsafe scratch.pointee.waiting
    var place = 0
    while place < missing {
        let index = unsafe Int(waiting[place])
        let hash = unsafe keyHash(keyLines(keys + index), lines[index], seed)
        unsafe hashes[index] = hash
        if usesEMC { emc.prefetch(hash) } else { smc.prefetch(hash) }
        place += 1
    }
}

/// Looks for the first `missing` packets of `waiting` in the EMC; returns how many still wait.
@_noLocks @inline(__always)
func lookUpEMC(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ missing: Int) -> Int {
    let emc = unsafe pmd.pointee.emc, smc = unsafe pmd.pointee.smc, slab = unsafe pmd.pointee.slab
    let hashes = unsafe scratch.pointee.hashes, lines = unsafe scratch.pointee.lines, waiting = unsafe scratch.pointee.waiting
    var left = 0
    var place = 0
    while place < missing {
        let index = unsafe Int(waiting[place])
        if let flow = unsafe emc.find(hashes[index], keyLines(scratch.pointee.keys + index), lines[index], slab) {
            unsafe scratch.pointee.flows[index] = flow
        } else {
            unsafe waiting[left] = Int32(truncatingIfNeeded: index)
            left += 1
            smc.prefetch(unsafe hashes[index])
        }
        place += 1
    }
    unsafe pmd.pointee.stats.pointee.emcHits &+= UInt64(truncatingIfNeeded: missing - left)
    unsafe pmd.pointee.emcTrial.note(lookups: missing, hits: missing - left)
    return left
}

/// Looks for the first `missing` packets of `waiting`; returns how many still wait.
@_noLocks @inline(__always)
func lookUpSMC(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ missing: Int) -> Int {
    let smc = unsafe pmd.pointee.smc, slab = unsafe pmd.pointee.slab, waiting = unsafe scratch.pointee.waiting
    // First send for the megaflows that the signatures name, then compare them.
    var place = 0
    while place < missing {
        let index = unsafe Int(waiting[place])
        let slot = unsafe smc.firstCandidate(scratch.pointee.hashes[index])
        if slot != TupleTable.none {
            let flow = unsafe slab[slot]
            unsafe nt_prefetch(flow)
            unsafe nt_prefetch(UnsafeRawPointer(flow) + 128)
            unsafe scratch.pointee.flows[index] = flow
        }
        place += 1
    }
    place = 0
    var left = 0
    while place < missing {
        let index = unsafe Int(waiting[place])
        place += 1
        if var flow = unsafe scratch.pointee.flows[index] {
            if unsafe !liveMatch(flow, scratch, index) {
                let slot = unsafe smc.find(scratch.pointee.hashes[index]) { unsafe liveMatch(slab[$0], scratch, index) }
                if slot == TupleTable.none {
                    unsafe scratch.pointee.flows[index] = nil
                    unsafe waiting[left] = Int32(truncatingIfNeeded: index)
                    left += 1
                    continue
                }
                unsafe flow = slab[slot]
                unsafe scratch.pointee.flows[index] = flow
            }
            unsafe maybeInsertEMC(pmd, scratch, index, flow)
        } else {
            unsafe waiting[left] = Int32(truncatingIfNeeded: index)
            left += 1
        }
    }
    unsafe pmd.pointee.stats.pointee.smcHits &+= UInt64(truncatingIfNeeded: missing - left)
    unsafe pmd.pointee.smcTrial.note(lookups: missing, hits: missing - left)
    return left
}

/// True if the megaflow is linked and the packet in place `index` belongs to it.
@_noLocks @inline(__always)
func liveMatch(_ flow: UnsafeMutablePointer<DPFlow>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ index: Int) -> Bool {
    if unsafe !flow.pointee.isLive { return false }
    let key = unsafe keyLines(scratch.pointee.keys + index)
    unsafe materialise(flow.pointee.lines, &scratch.pointee.valid[index], key)
    return unsafe flowMatches(flow, key)
}

@_noLocks @inline(__always)
func maybeInsertEMC(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ index: Int, _ flow: UnsafeMutablePointer<DPFlow>) {
    if unsafe pmd.pointee.emcTrial.isUnderWay && pmd.random() < pmd.pointee.emcThreshold {
        let slab = unsafe pmd.pointee.slab
        unsafe pmd.pointee.emc.insert(scratch.pointee.hashes[index], keyLines(scratch.pointee.keys + index),
            scratch.pointee.lines[index], slot: slab.slot(of: flow), slab)
    }
}

/// The datapath classifier: walks the subtables of an in_port with all its waiting packets; returns how many are left.
@_noLocks
func lookUpSubtables(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ missing: Int) -> Int {
    let waiting = unsafe scratch.pointee.waiting
    var hits = 0
    var done = 0
    // Almost always all packets came in by one port; after recirculation from a tunnel they may differ.
    while done < missing {
        let inPort = unsafe scratch.pointee.keys[Int(waiting[done])].l0.inPort
        var end = done + 1
        while unsafe end < missing && scratch.pointee.keys[Int(waiting[end])].l0.inPort == inPort { end += 1 }
        hits += unsafe lookUpPort(pmd, scratch, waiting + done, end - done, inPort)
        done = end
    }
    unsafe pmd.pointee.stats.pointee.megaflowHits &+= UInt64(truncatingIfNeeded: hits)
    return missing - hits
}

/// Looks for `count` packets of one in_port: in the subtables of the list together, then in those that filters name, packet by packet, then in the cold ones. Returns
/// how many were found. The order of `waiting` is lost.
@_noLocks @inline(__always)
func lookUpPort(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>,
    _ waiting: UnsafeMutablePointer<Int32>, _ count: Int, _ inPort: UInt32) -> Int {
    let port = unsafe pmd.pointee.portSubtables + portPlace(inPort)
    var left = unsafe count - walkSubtables(pmd, scratch, waiting, count, port.pointee.first)
    if left != 0, let filter = unsafe port.pointee.filter {
        let searched = left
        var place = 0
        left = 0
        while place < searched {
            let index = unsafe waiting[place]
            if unsafe !lookUpFilters(pmd, scratch, Int(index), filter) {
                unsafe waiting[left] = index
                left += 1
            }
            place += 1
        }
        if unsafe left != 0 && port.pointee.firstCold != DPSubtable.none { left -= unsafe walkSubtables(pmd, scratch, waiting, left, port.pointee.firstCold) }
    }
    unsafe port.pointee.hits &+= UInt64(truncatingIfNeeded: count - left)
    return count - left
}

/// Looks for a packet in the subtables that the filters, from `first` on, name; returns false if it is in none.
@_noLocks
func lookUpFilters(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ index: Int,
    _ first: UnsafeMutablePointer<SubtableFilter>) -> Bool {
    let key = unsafe keyLines(scratch.pointee.keys + index)
    var next: UnsafeMutablePointer<SubtableFilter>? = unsafe first
    while let filter = unsafe next {
        unsafe materialise(filter.pointee.lines, &scratch.pointee.valid[index], key)
        let candidates = unsafe filter.candidates(key)
        if !linesEqual(candidates, .zero), unsafe lookUpCandidates(pmd, scratch, index, filter, candidates) { return true }
        unsafe next = filter.pointee.next
    }
    return false
}

/// Looks for a packet in the subtables at these places of a filter.
@_noLocks
func lookUpCandidates(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ index: Int,
    _ filter: UnsafeMutablePointer<SubtableFilter>, _ candidates: Line) -> Bool {
    let slab = unsafe pmd.pointee.slab, key = unsafe keyLines(scratch.pointee.keys + index)
    var word = 0
    while word < 8 {
        var rest = candidates[word]
        while rest != 0 {
            let place = word * 64 + rest.trailingZeroBitCount
            rest &= rest &- 1
            unsafe pmd.pointee.stats.pointee.subtableLookups &+= 1
            let only = unsafe filter.pointee.slots[place]
            if only != TupleTable.none {
                if unsafe !matchesAlone(slab[only], scratch, index, mask: filter.masks[place]) { continue }
                unsafe remember(pmd, scratch, index, only)
                return true
            }
            let subtable = unsafe pmd.pointee.subtables + Int(filter.pointee.numbers[place])
            unsafe materialise(subtable.pointee.lines, &scratch.pointee.valid[index], key)
            let hash = unsafe maskedHash(key, subtable.pointee.mask, subtable.pointee.lines, pmd.pointee.seed)
            let slot = unsafe subtable.pointee.table.find(hash) { unsafe flowMatches(slab[$0], key) }
            if slot == TupleTable.none { continue }
            unsafe remember(pmd, scratch, index, slot)
            unsafe noteHit(pmd, subtable, filter)
            return true
        }
        word += 1
    }
    return false
}

/// True if the packet in place `index` belongs to its subtable's only megaflow. All of that is likely to be far from the core, its counters too, and is sent for at once.
/// - Parameter mask: line 0 of the megaflow's mask.
@_noLocks @inline(__always)
func matchesAlone(_ flow: UnsafeMutablePointer<DPFlow>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ index: Int, mask: Line) -> Bool {
    unsafe nt_prefetch(UnsafeRawPointer(flow) + 64)
    let key = unsafe keyLines(scratch.pointee.keys + index)
    // A key of which line 0 differs needs none of the others; a megaflow that is not linked has no meaning.
    if unsafe !lineMatches(key[0], mask, flow.pointee.line0) || !flow.pointee.isLive { return false }
    if unsafe flow.pointee.lines == .l0 { return true }
    unsafe materialise(flow.pointee.lines, &scratch.pointee.valid[index], key)
    return unsafe extraLinesMatch(flow, key)
}

/// A packet's megaflow has been found by the classifier: the caches may know it next time.
@_noLocks @inline(__always)
func remember(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ index: Int, _ slot: UInt32) {
    let flow = unsafe pmd.pointee.slab[slot]
    unsafe scratch.pointee.flows[index] = flow
    if unsafe pmd.pointee.smcEnabled && pmd.pointee.smcTrial.isUnderWay { unsafe pmd.pointee.smc.insert(scratch.pointee.hashes[index], slot: slot) }
    unsafe maybeInsertEMC(pmd, scratch, index, flow)
}

/// Looks for `count` packets of one in_port in the subtables of a list; returns how many were found. The order of `waiting` is lost.
@_noLocks
func walkSubtables(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>,
    _ waiting: UnsafeMutablePointer<Int32>, _ count: Int, _ first: UInt32) -> Int {
    var left = count
    var lookups: UInt64 = 0
    let hashes = unsafe scratch.pointee.subtableHashes
    var number = first
    while number != DPSubtable.none && left != 0 {
        let subtable = unsafe pmd.pointee.subtables + Int(number)
        var place = 0
        while place < left {
            let index = unsafe Int(waiting[place])
            let key = unsafe keyLines(scratch.pointee.keys + index)
            unsafe materialise(subtable.pointee.lines, &scratch.pointee.valid[index], key)
            let hash = unsafe maskedHash(key, subtable.pointee.mask, subtable.pointee.lines, pmd.pointee.seed)
            unsafe hashes[place] = hash
            unsafe nt_prefetch(subtable.pointee.table.address(hash))
            place += 1
        }
        lookups &+= UInt64(truncatingIfNeeded: left)
        let found = unsafe findInSubtable(pmd, scratch, subtable, waiting, left)
        unsafe subtable.pointee.hits &+= UInt64(truncatingIfNeeded: found)
        left -= found
        number = unsafe subtable.pointee.next
    }
    unsafe pmd.pointee.stats.pointee.subtableLookups &+= lookups
    return count - left
}

/// Compares the waiting packets with one subtable; those found leave `waiting`. Returns how many.
@_noLocks @inline(__always)
func findInSubtable(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>,
    _ subtable: UnsafeMutablePointer<DPSubtable>, _ waiting: UnsafeMutablePointer<Int32>, _ count: Int) -> Int {
    let slab = unsafe pmd.pointee.slab
    let table = unsafe subtable.pointee.table
    var left = 0
    var place = 0
    while place < count {
        let index = unsafe Int(waiting[place])
        let key = unsafe keyLines(scratch.pointee.keys + index)
        let slot = unsafe table.find(scratch.pointee.subtableHashes[place]) { unsafe flowMatches(slab[$0], key) }
        if slot == TupleTable.none {
            unsafe waiting[left] = Int32(truncatingIfNeeded: index)
            left += 1
        } else {
            unsafe remember(pmd, scratch, index, slot)
        }
        place += 1
    }
    return count - left
}

/// Moves a packet and its key to an earlier place of the batch.
@_noLocks
func keepPacket(_ scratch: UnsafeMutablePointer<BatchScratch>, from: Int, to: Int, _ flow: UnsafeMutablePointer<DPFlow>) {
    unsafe scratch.pointee.packets[to] = scratch.pointee.packets[from]
    unsafe scratch.pointee.flows[to] = flow
    unsafe scratch.pointee.lines[to] = scratch.pointee.lines[from]
    unsafe scratch.pointee.valid[to] = scratch.pointee.lines[from]
    unsafe copyLines(scratch.pointee.lines[from], from: keyLines(scratch.pointee.keys + from), to: keyLines(scratch.pointee.keys + to))
}

/// Puts a packet and its key on the upcall ring; the ring's consumer owns the packet then. A full ring drops it: false.
@_noLocks @discardableResult
func pushUpcall(_ pmd: UnsafeMutablePointer<PMD>, _ packet: Mbuf, _ key: UnsafeMutablePointer<FlowKey>, _ lines: FlowLines, depth: Int, isAction: Bool,
    userdata: UInt64) -> Bool {
    let now = unsafe pmd.pointee.now
    let pushed = unsafe pmd.pointee.upcalls.withNextSlot { entry in
        unsafe entry.pointee.packet = packet
        unsafe entry.pointee.time = now
        unsafe entry.pointee.userdata = userdata
        unsafe entry.pointee.lines = lines
        unsafe entry.pointee.isAction = isAction
        unsafe entry.pointee.depth = UInt8(truncatingIfNeeded: depth)
        // The key's lines are the first field of an `UpcallEntry`.
        unsafe copyLines(lines, from: keyLines(key), to: UnsafeMutableRawPointer(entry).assumingMemoryBound(to: Line.self))
    }
    if pushed {
        // A packet that a megaflow sends up was a hit, and is counted as that.
        unsafe pmd.pointee.stats.pointee.upcalls &+= isAction ? 0 : 1
        unsafe pmd.pointee.upcallPushed = true
    } else if isAction {
        unsafe pmd.drop(packet, inPort: key.pointee.l0.inPort, .upcallRingFull)
    } else {
        unsafe loseMiss(pmd, packet, inPort: key.pointee.l0.inPort)
    }
    return pushed
}
