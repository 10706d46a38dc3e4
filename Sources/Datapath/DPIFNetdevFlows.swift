import Flow
import Glibc
import NetDev
import Wire

extension DPIFNetdev {
    public var flowCount: Int { pmds.reduce(0) { $0 + $1.mirror.count } }

    /// The number of subtables: different masks for each in_port and PMD.
    public var subtableCount: Int { pmds.reduce(0) { $0 + $1.mirror.subtableCount } }

    public func flowPut(_ flow: DPFlowPut, waiting: consuming DPPacket?) throws(DPIFError) -> DPFlowID {
        let isWaited = waiting != nil
        do throws(DPIFError) {
            return try install(flow, waiting: waiting)
        } catch {
            // The packet ends here, and is counted where it came in.
            if isWaited { ports[flow.key.l0.inPort]?.upcallsFailed += 1 }
            throw error
        }
    }

    private func install(_ flow: DPFlowPut, waiting: consuming DPPacket?) throws(DPIFError) -> DPFlowID {
        guard let handle = pmd(flow.pmd) else { throw DPIFError(.notFound, "no PMD \(flow.pmd)") }
        guard flowCount < settings.flowLimit else { throw DPIFError(.full, "the flow limit of \(settings.flowLimit) is reached") }
        var mask = flow.mask
        // A megaflow belongs to one in_port and one pass through the datapath.
        mask.l0.inPort = .max
        mask.l0.recircID = .max
        let lines = FlowLines(rawValue: mask.usedLines.rawValue & FlowLines.datapath.rawValue)
        let key = flow.key.masked(by: mask)
        let program = try compile(flow.actions)
        guard let subtable = subtable(handle, inPort: key.l0.inPort, mask: mask, lines: lines) else {
            throw DPIFError(.full, "the limit of \(Limits.subtablesPerPMD) subtables is reached")
        }
        guard let slot = handle.takeSlot() else { throw DPIFError(.full, "the flow table of the PMD on core \(handle.core) is full") }
        let generation = fill(handle, slot, subtable: subtable, key: key, lines: lines, program: program)
        let hash = unsafe handle.pmd.pointee.slab[slot].pointee.hash
        if let table = handle.mirror.insert(subtable, hash: hash, slot: slot) { sendTable(handle, subtable, table) }
        handle.actions[Int(slot)] = flow.actions
        var command = PMDCommand(.insertFlow)
        command.slot = slot
        if let packet = waiting {
            command.metadata = metadata(flow.key)
            command.number = packet.missedAt
            command.depth = packet.depth
            command.packet = packet.take()
        }
        handle.send(command)
        return DPFlowID(pmd: flow.pmd, slot: slot, generation: generation)
    }

    private func metadata(_ key: FlowKey) -> PacketMetadata {
        // The metadata are the key's first bytes; nothing of the pointer is kept.
        unsafe withUnsafePointer(to: key) { unsafe PacketMetadata($0) }
    }

    /// Writes a megaflow into its slot; returns its generation.
    private func fill(_ handle: PMDHandle, _ slot: UInt32, subtable: UInt32, key: FlowKey, lines: FlowLines, program: CompiledProgram) -> UInt32 {
        guard let mirrored = handle.mirror.subtables[Int(subtable)] else { preconditionFailure("subtable \(subtable) is not there") }
        let address = unsafe handle.pmd.pointee.slab[slot]
        let generation = unsafe max(address.pointee.generation, 1)
        var flow = unsafe DPFlow(mask: UnsafePointer(mirrored.mask))
        flow.generation = generation
        flow.lines = lines
        flow.line0 = key[line: 0]
        flow.subtable = subtable
        flow.output = program.output
        unsafe flow.program = UnsafePointer(program.words)
        if lines != .l0 { unsafe flow.extraLines = handle.mirror.copyLines(of: key, FlowLines(rawValue: lines.rawValue & ~1)) }
        flow.hash = unsafe withUnsafePointer(to: key) { key in
            unsafe maskedHash(UnsafeRawPointer(key).assumingMemoryBound(to: Line.self), mirrored.mask, lines, handle.pmd.pointee.seed)
        }
        unsafe address.initialize(to: flow)
        return generation
    }

    /// The number of the subtable for this in_port and mask, made if it is new; nil when there are too many.
    private func subtable(_ handle: PMDHandle, inPort: UInt32, mask: FlowMask, lines: FlowLines) -> UInt32? {
        if let number = handle.mirror.subtable(inPort: inPort, mask: mask, lines: lines) { return number }
        guard let (number, filter) = handle.mirror.addSubtable(inPort: inPort, mask: mask, lines: lines),
            let mirrored = handle.mirror.subtables[Int(number)] else { return nil }
        if let filter { unsafe sendFilter(handle, .addFilter, inPort, filter.theirs) }
        let table = TupleTable(capacity: mirrored.sentCapacity)
        var subtable = unsafe DPSubtable(table: table, mask: UnsafePointer(mirrored.mask), lines: lines, inPort: inPort)
        subtable.place = mirrored.place
        unsafe subtable.filter = mirrored.filter?.theirs
        var command = PMDCommand(.addSubtable)
        command.slot = number
        unsafe command.pointer = allocate(subtable)
        handle.send(command)
        return number
    }

    @unsafe private func sendFilter(_ handle: PMDHandle, _ kind: PMDCommand.Kind, _ inPort: UInt32, _ filter: UnsafeMutablePointer<SubtableFilter>) {
        var command = PMDCommand(kind)
        command.slot = inPort
        unsafe command.pointer = UnsafeMutableRawPointer(filter)
        handle.send(command)
    }

    /// A value in memory that a PMD's answer gives back.
    @unsafe func allocate<T: BitwiseCopyable>(_ value: T) -> UnsafeMutableRawPointer {
        guard let memory = unsafe malloc(max(MemoryLayout<T>.size, MemoryLayout<TupleTable>.size)) else { preconditionFailure("out of memory") }
        unsafe memory.initializeMemory(as: T.self, to: value)
        return unsafe memory
    }

    private func sendTable(_ handle: PMDHandle, _ number: UInt32, _ table: TupleTable) {
        var command = PMDCommand(.setTable)
        command.slot = number
        unsafe command.pointer = allocate(table)
        handle.send(command)
    }

    /// Actions in the form that a PMD wants: one port, or words in memory of their own.
    @safe struct CompiledProgram {
        var output = DPFlow.manyActions
        var words: UnsafeMutablePointer<UInt64>?
    }

    func compile(_ actions: [DPAction]) throws(DPIFError) -> CompiledProgram {
        if let output = onlyOutput(actions) { return unsafe CompiledProgram(output: output) }
        return unsafe try CompiledProgram(words: copyWords(compileActions(actions)))
    }

    /// What `DPFlow.output` says of actions that need no program; nil: they need one.
    private func onlyOutput(_ actions: [DPAction]) -> UInt32? {
        if actions.isEmpty { return DPFlow.manyActions }
        if actions.count == 1, case .output(let port) = actions[0] { return port.number }
        return nil
    }

    @unsafe func copyWords(_ words: [UInt64]) throws(DPIFError) -> UnsafeMutablePointer<UInt64> {
        guard let memory = unsafe malloc(words.count * 8) else { throw DPIFError(.noMemory, "no memory for a megaflow's actions") }
        let target = unsafe memory.bindMemory(to: UInt64.self, capacity: words.count)
        for index in words.indices { unsafe (target + index).initialize(to: words[index]) }
        return unsafe target
    }

    /// The PMD and slot of a megaflow that is still installed.
    private func installed(_ id: DPFlowID) -> PMDHandle? {
        guard let handle = pmd(id.pmd), handle.holds(id) else { return nil }
        return handle
    }

    public func flowModify(_ id: DPFlowID, actions: [DPAction]) throws(DPIFError) {
        guard let handle = installed(id) else { throw DPIFError(.notFound, "no such megaflow") }
        let program = try compile(actions)
        handle.actions[Int(id.slot)] = actions
        var command = PMDCommand(.setActions)
        command.slot = id.slot
        command.number = UInt64(program.output)
        unsafe command.pointer = UnsafeMutableRawPointer(program.words)
        handle.send(command)
    }

    public func flowModify(_ ids: ContiguousArray<DPFlowID>, actions: [DPAction]) -> [Int] {
        guard let output = onlyOutput(actions) else { return ids.indices.filter { at in (try? flowModify(ids[at], actions: actions)) == nil } }
        var failed: [Int] = []
        forEachPMD(ids) { handle, range in
            guard let handle else { return failed.append(contentsOf: range) }
            var outputs = OutputCommand(output)
            for at in range {
                let id = ids[at]
                if handle.holds(id) {
                    handle.actions[Int(id.slot)] = actions
                    outputs.add(id.slot, handle)
                } else {
                    failed.append(at)
                }
            }
            outputs.send(to: handle)
        }
        return failed
    }

    /// Megaflows that follow each other and are of one PMD; nil: it is not there any more.
    private func forEachPMD(_ ids: ContiguousArray<DPFlowID>, _ visit: (PMDHandle?, Range<Int>) -> Void) {
        var at = 0
        while at < ids.count {
            var end = at + 1
            while end < ids.count, ids[end].pmd == ids[at].pmd { end += 1 }
            visit(pmd(ids[at].pmd), at..<end)
            at = end
        }
    }

    /// A command that gives megaflows an output, as it is put together.
    private struct OutputCommand {
        private var command = PMDCommand(.setOutputs)
        private var count = 0

        init(_ output: UInt32) { command.number = UInt64(output) }

        mutating func add(_ slot: UInt32, _ handle: PMDHandle) {
            if count == 0 { command.slot = slot } else { command.moreSlots[count - 1] = slot }
            count += 1
            if count == 8 { send(to: handle) }
        }

        mutating func send(to handle: PMDHandle) {
            if count == 0 { return }
            command.depth = UInt8(count - 1)
            handle.send(command)
            count = 0
        }
    }

    public func flowDelete(_ id: DPFlowID) {
        if let handle = installed(id) { remove(handle, id.slot) }
    }

    /// Starts the removal of the megaflow in a slot that holds one.
    func remove(_ handle: PMDHandle, _ slot: UInt32) {
        let flow = unsafe handle.pmd.pointee.slab[slot]
        let number = unsafe flow.pointee.subtable
        let empty = unsafe handle.mirror.remove(number, hash: flow.pointee.hash, slot: slot)
        handle.actions[Int(slot)] = nil
        var command = PMDCommand(.removeFlow)
        command.slot = slot
        handle.send(command)
        if empty {
            let inPort = handle.mirror.subtables[Int(number)]?.inPort ?? 0
            let emptied = unsafe handle.mirror.removeSubtable(number)
            var command = PMDCommand(.removeSubtable)
            command.slot = number
            unsafe command.pointer = malloc(MemoryLayout<TupleTable>.size)
            handle.send(command)
            if let emptied = unsafe emptied { unsafe sendFilter(handle, .removeFilter, inPort, emptied) }
        }
    }

    public func flowFlush() {
        for flow in flowDump() { flowDelete(flow.id) }
    }

    public func flowStats(_ id: DPFlowID) -> DPFlowStats? {
        installed(id).map { $0.stats(of: id.slot) }
    }

    public func flowStats(_ ids: ContiguousArray<DPFlowID>, into stats: inout ContiguousArray<DPFlowStats?>) {
        forEachPMD(ids) { handle, range in
            if let handle { for at in range { handle.prefetchStats(of: ids[at].slot) } }
            for at in range { stats.append(handle.flatMap { $0.holds(ids[at]) ? $0.stats(of: ids[at].slot) : nil }) }
        }
    }

    public func flowDump() -> [DPFlowDump] {
        pmds.flatMap { handle in handle.usedSlots.compactMap { dump(handle, $0) } }
    }

    func dump(_ handle: PMDHandle, _ slot: UInt32) -> DPFlowDump? {
        guard let actions = handle.actions[Int(slot)] else { return nil }
        let flow = unsafe handle.pmd.pointee.slab[slot]
        var key = FlowKey(), mask = FlowMask()
        var place = 0
        let lines = unsafe flow.pointee.lines
        for line in 0..<FlowKey.datapathLineCount where lines.rawValue >> UInt16(line) & 1 != 0 {
            unsafe mask[line: line] = flow.pointee.mask[place]
            unsafe key[line: line] = place == 0 ? flow.pointee.line0 : flow.pointee.extraLines?[place - 1] ?? .zero
            place += 1
        }
        let id = unsafe DPFlowID(pmd: handle.number, slot: slot, generation: flow.pointee.generation)
        return DPFlowDump(id: id, key: key, mask: mask, actions: actions, stats: handle.stats(of: slot))
    }

    public func receiveRetired(_ handle: (DPFlowID, DPFlowStats) -> Void) {
        for pmd in pmds {
            pmd.takeReplies()
            let retired = pmd.retired
            pmd.retired.removeAll(keepingCapacity: true)
            for entry in retired { handle(DPFlowID(pmd: pmd.number, slot: entry.slot, generation: entry.generation), entry.stats) }
        }
        advanceDraining()
    }
}
