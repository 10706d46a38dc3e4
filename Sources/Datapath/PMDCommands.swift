import CDPDK
import Flow
import LockFree
import NetDev

/// Does at most `Limits.commandsPerTurn` commands; returns whether there was one. Stops when the ofproto thread has
/// not taken the answers, so that an answer always has room.
@_noLocks func takeCommands(_ pmd: UnsafeMutablePointer<PMD>) -> Bool {
    let commands = unsafe pmd.pointee.commands, replies = unsafe pmd.pointee.replies
    // No command has more than eight answers.
    let most = min(Limits.commandsPerTurn, (replies.capacity - replies.count) / 8 - 1)
    var done = 0
    while done < most, let command = unsafe commands.peek() {
        unsafe prefetchFlow(pmd, commands.peek(behind: 3))
        // Eight megaflows' outputs are sooner set than two megaflows are linked.
        done += unsafe command.pointee.kind == .setOutputs ? 2 : 1
        unsafe doCommand(pmd, command)
        commands.consume()
    }
    return done > 0
}

/// Sends for the megaflows that a command is about.
@_noLocks @inline(__always) func prefetchFlow(_ pmd: UnsafeMutablePointer<PMD>, _ command: UnsafeMutablePointer<PMDCommand>?) {
    guard let command = unsafe command else { return }
    switch unsafe command.pointee.kind {
    case .insertFlow, .removeFlow, .setActions: unsafe nt_prefetch(pmd.pointee.slab[command.pointee.slot])
    case .setOutputs:
        unsafe nt_prefetch(pmd.pointee.slab[command.pointee.slot])
        for at in unsafe 0..<Int(command.pointee.depth) { unsafe nt_prefetch(pmd.pointee.slab[command.pointee.moreSlots[at]]) }
    default: break
    }
}

@_noLocks func doCommand(_ pmd: UnsafeMutablePointer<PMD>, _ command: UnsafeMutablePointer<PMDCommand>) {
    switch unsafe command.pointee.kind {
    case .insertFlow: unsafe insertFlow(pmd, command)
    case .removeFlow: unsafe removeFlow(pmd, command)
    case .setActions: unsafe setActions(pmd, command)
    case .setOutputs: unsafe setOutputs(pmd, command)
    case .followFlow: unsafe followFlow(pmd, command)
    case .runProgram: unsafe runProgram(pmd, command)
    case .answered: unsafe pmd.pointee.pending.answered = command.pointee.number
    case .addFilter: unsafe addFilter(pmd, command)
    case .removeFilter: unsafe removeFilter(pmd, command)
    case .addSubtable: unsafe addSubtable(pmd, command)
    case .setTable: unsafe setTable(pmd, command)
    case .removeSubtable: unsafe removeSubtable(pmd, command)
    case .setPort: unsafe setPort(pmd, command)
    case .clearPort: unsafe clearPort(pmd, command)
    case .setQueues: unsafe setQueues(pmd, command)
    case .setCaches:
        unsafe pmd.pointee.emcThreshold = UInt32(truncatingIfNeeded: command.pointee.number)
        unsafe pmd.pointee.smcEnabled = command.pointee.slot != 0
    case .setVLANLimit: unsafe pmd.pointee.vlanLimit = Int(command.pointee.slot)
    case .setPace:
        unsafe pmd.pointee.flushInterval = command.pointee.number
        unsafe pmd.pointee.longestSleep = command.pointee.slot
        unsafe pmd.pointee.sleep = 0
    case .acknowledge:
        // What the commands before it have sent has left, and is counted.
        unsafe flushPorts(pmd)
        var reply = PMDReply(.acknowledged)
        unsafe reply.number = command.pointee.number
        unsafe reply.slot = UInt32(truncatingIfNeeded: pmd.pointee.pending.count)
        unsafe answer(pmd, reply)
    case .stop:
        unsafe flushPorts(pmd)
        unsafe pmd.pointee.stopRequested = true
    }
}

/// `takeCommands` has made sure that there is room.
@_noLocks @inline(__always) func answer(_ pmd: UnsafeMutablePointer<PMD>, _ reply: PMDReply) {
    _ = unsafe pmd.pointee.replies.push(reply)
}

@_noLocks func answerFree(_ pmd: UnsafeMutablePointer<PMD>, _ memory: UnsafeMutableRawPointer?) {
    guard let memory = unsafe memory else { return }
    var reply = PMDReply(.freeMemory)
    unsafe reply.pointer = memory
    unsafe answer(pmd, reply)
}

// Megaflows

@_noLocks func insertFlow(_ pmd: UnsafeMutablePointer<PMD>, _ command: UnsafeMutablePointer<PMDCommand>) {
    let slot = unsafe command.pointee.slot
    let flow = unsafe pmd.pointee.slab[slot]
    // The ofproto thread keeps the table large enough: it counts what it inserts.
    let subtable = unsafe pmd.pointee.subtables + Int(flow.pointee.subtable)
    _ = unsafe subtable.pointee.table.insert(flow.pointee.hash, slot: slot)
    if let filter = unsafe subtable.pointee.filter { unsafe filter.admit(flow, slot: slot, isOnly: subtable.pointee.table.count == 1, at: subtable.pointee.place) }
    unsafe flow.pointee.isLive = true
    unsafe flow.pointee.fence = pmd.pointee.pending.sent
    if unsafe command.pointee.packet != nil { unsafe followFlow(pmd, command) }
}

@_noLocks func removeFlow(_ pmd: UnsafeMutablePointer<PMD>, _ command: UnsafeMutablePointer<PMDCommand>) {
    let slot = unsafe command.pointee.slot
    let flow = unsafe pmd.pointee.slab[slot]
    let subtable = unsafe pmd.pointee.subtables + Int(flow.pointee.subtable)
    _ = unsafe subtable.pointee.table.remove(flow.pointee.hash, slot: slot)
    if let filter = unsafe subtable.pointee.filter { unsafe filter.pointee.slots[Int(subtable.pointee.place)] = TupleTable.none }
    unsafe flow.pointee.isLive = false
    // 0 is no megaflow's generation.
    unsafe flow.pointee.generation = flow.pointee.generation == .max ? 1 : flow.pointee.generation &+ 1
    var reply = PMDReply(.retired)
    reply.slot = slot
    unsafe answer(pmd, reply)
}

@_noLocks func setActions(_ pmd: UnsafeMutablePointer<PMD>, _ command: UnsafeMutablePointer<PMDCommand>) {
    let flow = unsafe pmd.pointee.slab[command.pointee.slot]
    unsafe answerFree(pmd, UnsafeMutableRawPointer(mutating: flow.pointee.program))
    unsafe flow.pointee.program = UnsafePointer(command.pointee.pointer?.assumingMemoryBound(to: UInt64.self))
    unsafe flow.pointee.output = UInt32(truncatingIfNeeded: command.pointee.number)
}

@_noLocks func setOutputs(_ pmd: UnsafeMutablePointer<PMD>, _ command: UnsafeMutablePointer<PMDCommand>) {
    let output = unsafe UInt32(truncatingIfNeeded: command.pointee.number)
    unsafe setOutput(pmd, command.pointee.slot, output)
    for at in unsafe 0..<Int(command.pointee.depth) { unsafe setOutput(pmd, command.pointee.moreSlots[at], output) }
}

@_noLocks @inline(__always) func setOutput(_ pmd: UnsafeMutablePointer<PMD>, _ slot: UInt32, _ output: UInt32) {
    let flow = unsafe pmd.pointee.slab[slot]
    unsafe answerFree(pmd, UnsafeMutableRawPointer(mutating: flow.pointee.program))
    unsafe flow.pointee.program = nil
    unsafe flow.pointee.output = output
}

/// Extracts the command's packet into place 0 of the first scratch with the command's metadata.
@_noLocks func prepare(_ pmd: UnsafeMutablePointer<PMD>, _ command: UnsafeMutablePointer<PMDCommand>, _ packet: Mbuf) -> UnsafeMutablePointer<BatchScratch> {
    let scratch = unsafe pmd.pointee.scratch
    unsafe scratch.pointee.packets[0] = packet
    // What the ofproto thread made by itself may be too short for a key.
    unsafe keyLines(scratch.pointee.keys)[0] = .zero
    unsafe scratch.pointee.lines[0] = extractAgain(packet, vlanLimit: pmd.pointee.vlanLimit, into: scratch.pointee.keys) ?? .l0
    unsafe command.pointee.metadata.store(into: scratch.pointee.keys)
    unsafe scratch.pointee.valid[0] = scratch.pointee.lines[0]
    unsafe scratch.pointee.waiting[0] = 0
    unsafe hashKeys(pmd, scratch, 1, forEMC: false)
    return unsafe scratch
}

/// Lets the command's packet follow the megaflow in `slot`; if it does not belong there (any more), it is looked up.
@_noLocks func followFlow(_ pmd: UnsafeMutablePointer<PMD>, _ command: UnsafeMutablePointer<PMDCommand>) {
    guard let packet = unsafe command.pointee.packet else { return }
    let slot = unsafe command.pointee.slot
    let scratch = unsafe prepare(pmd, command, packet)
    if unsafe command.pointee.number != 0 {
        unsafe pmd.pointee.stats.pointee.upcallLatency.add(pmd.pointee.now &- command.pointee.number)
    }
    let flow = unsafe pmd.pointee.slab[slot]
    if unsafe liveMatch(flow, scratch, 0) {
        unsafe scratch.pointee.flows[0] = flow
        if unsafe pmd.pointee.smcEnabled && pmd.pointee.smcTrial.isUnderWay { unsafe pmd.pointee.smc.insert(scratch.pointee.hashes[0], slot: slot) }
        unsafe executeBatch(pmd, scratch, 1, depth: Int(command.pointee.depth))
    } else {
        unsafe pmd.pointee.stats.pointee.lookedUpAgain &+= 1
        unsafe lookUpBatch(pmd, scratch, 1, scratch.pointee.hint, depth: Int(command.pointee.depth), released: true)
    }
}

@_noLocks func runProgram(_ pmd: UnsafeMutablePointer<PMD>, _ command: UnsafeMutablePointer<PMDCommand>) {
    guard let packet = unsafe command.pointee.packet, let memory = unsafe command.pointee.pointer else { return }
    let scratch = unsafe prepare(pmd, command, packet)
    unsafe scratch.pointee.groupKeys[0] = scratch.pointee.keys
    var sink = unsafe PMDSink(pmd: pmd, scratch: scratch, depth: Int(command.pointee.depth))
    unsafe execute(UnsafePointer(memory.assumingMemoryBound(to: UInt64.self)), scratch.pointee.packets, scratch.pointee.groupKeys, 1, &sink)
    unsafe answerFree(pmd, memory)
}

// Ports and queues

@_noLocks func setPort(_ pmd: UnsafeMutablePointer<PMD>, _ command: UnsafeMutablePointer<PMDCommand>) {
    guard let memory = unsafe command.pointee.pointer else { return }
    let port = unsafe pmd.pointee.ports + Int(command.pointee.slot)
    unsafe flushPort(pmd, command.pointee.slot)
    let settings = unsafe memory.load(as: PMDPortSettings.self)
    unsafe port.pointee.txQueue = settings.txQueue
    unsafe port.pointee.maxFrame = settings.maxFrame
    unsafe pmd.pointee.policedPorts += (settings.egress == nil ? 0 : 1) - (port.pointee.egress == nil ? 0 : 1)
    unsafe port.pointee.egress = settings.egress
    unsafe port.pointee.ingress = settings.ingress
    // A number's next holder begins at zero.
    if unsafe command.pointee.number != 0 { unsafe port.pointee.counters.pointee = PortCounters() }
    unsafe port.pointee.isActive = true
    unsafe answerFree(pmd, memory)
}

@_noLocks func clearPort(_ pmd: UnsafeMutablePointer<PMD>, _ command: UnsafeMutablePointer<PMDCommand>) {
    unsafe flushPort(pmd, command.pointee.slot)
    let port = unsafe pmd.pointee.ports + Int(command.pointee.slot)
    unsafe port.pointee.isActive = false
    unsafe pmd.pointee.policedPorts -= port.pointee.egress == nil ? 0 : 1
    unsafe port.pointee.egress = nil
    unsafe port.pointee.ingress = nil
}

@_noLocks func setQueues(_ pmd: UnsafeMutablePointer<PMD>, _ command: UnsafeMutablePointer<PMDCommand>) {
    unsafe answerFree(pmd, UnsafeMutableRawPointer(pmd.pointee.queues))
    unsafe pmd.pointee.queues = command.pointee.pointer?.assumingMemoryBound(to: PolledQueue.self)
    unsafe pmd.pointee.queueCount = command.pointee.pointer == nil ? 0 : Int(truncatingIfNeeded: command.pointee.number)
}
