import CDPDK
import Flow
import NetDev
import Wire

// From megaflows to transmit buffers: the batch is split by megaflow, each part is credited and acted upon.

/// Executes a batch in which every packet has its megaflow. Few packets among many of one megaflow leave few runs, which are executed where they are; else the
/// packets of a megaflow are gathered.
@_noLocks
func executeBatch(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ count: Int, depth: Int) {
    let flows = unsafe scratch.pointee.flows
    var changes = 0
    var index = 1
    while index < count {
        unsafe changes += flows[index] == flows[index - 1] ? 0 : 1
        index += 1
    }
    if changes <= Limits.executedRuns && changes * 8 < count {
        var start = 0
        while start < count {
            var end = start + 1
            while unsafe end < count && flows[end] == flows[start] { end += 1 }
            unsafe executeRun(pmd, scratch, start, end - start, depth: depth)
            start = end
        }
        return
    }
    let groups = unsafe groupByFlow(scratch, count)
    for group in 0..<groups { unsafe executeGroup(pmd, scratch, group, depth: depth) }
}

/// Runs the megaflow of `count` packets that stand one after the other from `start` on.
@_noLocks @inline(__always)
func executeRun(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ start: Int, _ count: Int, depth: Int) {
    guard let flow = unsafe scratch.pointee.flows[start] else { return }
    let keys = unsafe scratch.pointee.keys + start
    var flags: UInt16 = 0
    for index in 0..<count { unsafe flags |= keys[index].l0.tcpFlags.raw }
    unsafe runFlow(pmd, scratch, flow, scratch.pointee.packets + start, keys, count, flags, keysGathered: false, depth: depth)
}

/// Links the packets of each megaflow in their order; returns the number of megaflows.
@_noLocks @inline(__always)
func groupByFlow(_ scratch: UnsafeMutablePointer<BatchScratch>, _ count: Int) -> Int {
    let heads = unsafe scratch.pointee.groupHead, tails = unsafe scratch.pointee.groupTail, next = unsafe scratch.pointee.groupNext
    var groups = 0
    var index = 0
    while index < count {
        let flow = unsafe scratch.pointee.flows[index]!
        let group = unsafe Int(flow.pointee.group)
        unsafe next[index] = -1
        if group == Int(DPFlow.noGroup) {
            unsafe flow.pointee.group = UInt8(truncatingIfNeeded: groups)
            unsafe heads[groups] = Int32(truncatingIfNeeded: index)
            unsafe tails[groups] = Int32(truncatingIfNeeded: index)
            groups += 1
        } else {
            unsafe next[Int(tails[group])] = Int32(truncatingIfNeeded: index)
            unsafe tails[group] = Int32(truncatingIfNeeded: index)
        }
        index += 1
    }
    for group in 0..<groups { unsafe scratch.pointee.flows[Int(heads[group])]!.pointee.group = DPFlow.noGroup }
    return groups
}

/// Gathers the packets of one group and runs their megaflow.
@_noLocks @inline(__always)
func executeGroup(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ group: Int, depth: Int) {
    var index = unsafe Int(scratch.pointee.groupHead[group])
    let flow = unsafe scratch.pointee.flows[index]!
    var count = 0
    var flags: UInt16 = 0
    while index >= 0 {
        unsafe scratch.pointee.groupPackets[count] = scratch.pointee.packets[index]
        unsafe scratch.pointee.groupKeys[count] = scratch.pointee.keys + index
        unsafe flags |= scratch.pointee.keys[index].l0.tcpFlags.raw
        count += 1
        index = unsafe Int(scratch.pointee.groupNext[index])
    }
    unsafe runFlow(pmd, scratch, flow, scratch.pointee.groupPackets, scratch.pointee.keys, count, flags, keysGathered: true, depth: depth)
}

/// Credits packets to their megaflow and does what it says.
/// - Parameters:
///   - keys: the packets' keys in their order, unless `groupKeys` has them.
@_noLocks @inline(__always)
func runFlow(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ flow: UnsafeMutablePointer<DPFlow>,
    _ packets: UnsafeMutablePointer<Mbuf>, _ keys: UnsafeMutablePointer<FlowKey>, _ count: Int, _ tcpFlags: UInt16, keysGathered: Bool, depth: Int) {
    var bytes: UInt64 = 0
    var index = 0
    while index < count {
        unsafe bytes &+= UInt64(truncatingIfNeeded: packets[index].length)
        index += 1
    }
    unsafe flow.pointee.packets &+= UInt64(truncatingIfNeeded: count)
    unsafe flow.pointee.bytes &+= bytes
    unsafe flow.pointee.used = pmd.pointee.now
    unsafe flow.pointee.tcpFlags |= UInt64(tcpFlags)
    let output = unsafe flow.pointee.output
    if output != DPFlow.manyActions {
        if unsafe pmd.pointee.policedPorts != 0 && !keysGathered { unsafe gatherKeys(scratch, keys, count) }
        unsafe outputBatch(pmd, packets, scratch.pointee.groupKeys, count, port: output)
    } else if let program = unsafe flow.pointee.program {
        if !keysGathered { unsafe gatherKeys(scratch, keys, count) }
        var sink = unsafe PMDSink(pmd: pmd, scratch: scratch, depth: depth)
        unsafe execute(program, packets, scratch.pointee.groupKeys, count, &sink)
    } else {
        for index in 0..<count { unsafe pmd.drop(packets[index], inPort: scratch.pointee.keys[0].l0.inPort, .action) }
    }
}

/// Lets `groupKeys` name keys that stand one after the other.
@_noLocks @inline(__always)
func gatherKeys(_ scratch: UnsafeMutablePointer<BatchScratch>, _ keys: UnsafeMutablePointer<FlowKey>, _ count: Int) {
    for index in 0..<count { unsafe scratch.pointee.groupKeys[index] = keys + index }
}

/// Puts packets into a port's transmit buffer; a full buffer is sent.
/// - Parameter keys: the packets' keys; only a policer looks at them.
@_noLocks
func outputBatch(_ pmd: UnsafeMutablePointer<PMD>, _ packets: UnsafeMutablePointer<Mbuf>, _ keys: UnsafeMutablePointer<UnsafeMutablePointer<FlowKey>>,
    _ wanted: Int, port number: UInt32) {
    var count = wanted
    guard unsafe Int(number) < Limits.ports && pmd.pointee.ports[Int(number)].isActive else {
        // At no port: the one that is gone has no counters.
        unsafe pmd.countDrop(.max, .noPort, UInt64(truncatingIfNeeded: count))
        for index in 0..<count { unsafe packets[index].free() }
        return
    }
    let port = unsafe pmd.pointee.ports + Int(number)
    if unsafe port.pointee.egress != nil { count = unsafe policeEgress(pmd, number, packets, keys, count) }
    let buffer = unsafe port.pointee.buffer, maxFrame = unsafe port.pointee.maxFrame
    if unsafe port.pointee.pending + count > Limits.txBuffer { unsafe flushPort(pmd, number) }
    var pending = unsafe port.pointee.pending
    var bytes: UInt64 = 0
    var index = 0
    while index < count {
        let packet = unsafe packets[index]
        index += 1
        let length = packet.length
        if length > maxFrame {
            unsafe pmd.drop(packet, inPort: number, .mtuExceeded)
            continue
        }
        bytes &+= UInt64(truncatingIfNeeded: length)
        unsafe buffer[pending] = packet
        pending += 1
    }
    unsafe port.pointee.pending = pending
    unsafe port.pointee.counters.pointee.txBytes &+= bytes
    if unsafe !port.pointee.isDirty {
        unsafe port.pointee.isDirty = true
        unsafe pmd.pointee.dirty[pmd.pointee.dirtyCount] = number
        unsafe pmd.pointee.dirtyCount += 1
    }
}

/// The PMD as the executor of actions sees it.
@safe struct PMDSink: ActionSink, ~Copyable {
    let pmd: UnsafeMutablePointer<PMD>
    let scratch: UnsafeMutablePointer<BatchScratch>
    let depth: Int

    var pool: OpaquePointer { @_noLocks get { unsafe pmd.pointee.pool } }
    var arena: CopyArena { @_noLocks get { unsafe pmd.pointee.arena } }
    var vlanLimit: Int { @_noLocks get { unsafe pmd.pointee.vlanLimit } }

    @_noLocks mutating func output(
        _ packets: UnsafeMutablePointer<Mbuf>, _ keys: UnsafeMutablePointer<UnsafeMutablePointer<FlowKey>>, _ count: Int, port: UInt32
    ) {
        unsafe outputBatch(pmd, packets, keys, count, port: port)
    }

    @_noLocks mutating func upcall(_ packet: Mbuf, key: UnsafeMutablePointer<FlowKey>, lines: FlowLines, userdata: UInt64) {
        let all = unsafe FlowLines(rawValue: lines.rawValue | carriedLines(scratch, of: key))
        unsafe pushUpcall(pmd, packet, key, all, depth: depth, isAction: true, userdata: userdata)
    }

    @_noLocks mutating func drop(_ packet: Mbuf, inPort: UInt32, _ reason: DropReason) {
        unsafe pmd.drop(packet, inPort: inPort, reason)
    }

    @_noLocks mutating func countDrop(inPort: UInt32, _ reason: DropReason) { unsafe pmd.countDrop(inPort, reason, 1) }

    @_noLocks mutating func meterAdmits(_ meter: UInt32, length: Int) -> Bool {
        unsafe pmd.pointee.meters.admits(meter, length: length, now: pmd.pointee.now)
    }

    @_noLocks mutating func random() -> UInt32 { unsafe pmd.random() }

    @_noLocks mutating func recirculate(_ packets: UnsafeMutablePointer<Mbuf>, _ keys: UnsafeMutablePointer<UnsafeMutablePointer<FlowKey>>, _ count: Int) {
        unsafe recirculateBatch(pmd, scratch, packets, keys, count, depth: depth)
    }
}

/// Looks packets up again, with the metadata that their keys hold.
@_noLocks
func recirculateBatch(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ packets: UnsafeMutablePointer<Mbuf>,
    _ keys: UnsafeMutablePointer<UnsafeMutablePointer<FlowKey>>, _ count: Int, depth: Int) {
    if depth >= Limits.recirculationDepth {
        for index in 0..<count { unsafe pmd.drop(packets[index], inPort: keys[index].pointee.l0.inPort, .recirculationLimit) }
        return
    }
    let deeper = unsafe pmd.pointee.scratch + (depth + 1)
    var kept = 0
    for index in 0..<count {
        let packet = unsafe packets[index]
        let key = unsafe deeper.pointee.keys + kept
        guard var lines = unsafe extractAgain(packet, vlanLimit: pmd.pointee.vlanLimit, into: key) else {
            unsafe pmd.drop(packet, inPort: keys[index].pointee.l0.inPort, .tooShort)
            continue
        }
        unsafe deeper.pointee.packets[kept] = packet
        unsafe PacketMetadata(keys[index]).store(into: key)
        lines = unsafe FlowLines(rawValue: lines.rawValue | carryLines(scratch, from: keys[index], to: key).rawValue)
        unsafe deeper.pointee.lines[kept] = lines
        unsafe deeper.pointee.valid[kept] = lines
        kept += 1
    }
    unsafe pmd.pointee.stats.pointee.recirculations &+= UInt64(truncatingIfNeeded: kept)
    if kept != 0 { unsafe lookUpBatch(pmd, deeper, kept, deeper.pointee.hint, depth: depth + 1) }
}

/// The key of a packet that has been through actions, and may be without its Ethernet header; nil when not even that is left of it.
@_noLocks @inline(__always)
func extractAgain(_ packet: Mbuf, vlanLimit: Int, into key: UnsafeMutablePointer<FlowKey>) -> FlowLines? {
    let bareType = unsafe nt_mbuf_bare_type(packet.raw)
    if bareType != 0 { return unsafe extractFlowL3(packet.data, packet.dataLength, etherType: BE16(bareType), inPort: 0, into: key) }
    return packet.dataLength < 14 ? nil : unsafe extractFlow(packet.data, packet.dataLength, inPort: 0, vlanLimit: vlanLimit, into: key)
}

/// Copies the lines that do not come from the frame (tunnel, conntrack, tunnel metadata); returns which there were.
@_noLocks @inline(__always)
func carryLines(_ scratch: UnsafeMutablePointer<BatchScratch>, from: UnsafeMutablePointer<FlowKey>, to: UnsafeMutablePointer<FlowKey>) -> FlowLines {
    let carried = unsafe carriedLines(scratch, of: from)
    var rest = carried
    while rest != 0 {
        let line = rest.trailingZeroBitCount
        rest &= rest &- 1
        unsafe keyLines(to)[line] = keyLines(from)[line]
    }
    return FlowLines(rawValue: carried)
}

/// Which lines of one of the scratch's keys are in use and do not come from the frame.
@_noLocks @inline(__always)
func carriedLines(_ scratch: UnsafeMutablePointer<BatchScratch>, of key: UnsafeMutablePointer<FlowKey>) -> UInt16 {
    let index = unsafe key - scratch.pointee.keys
    guard index >= 0 && index < Limits.burst else { return 0 }
    return unsafe scratch.pointee.lines[index].rawValue & FlowLines.carried.rawValue
}
