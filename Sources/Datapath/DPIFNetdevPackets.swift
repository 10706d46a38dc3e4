import CDPDK
import Flow
import NetDev

extension DPIFNetdev {
    public func receiveUpcalls(limit: Int, _ handle: (consuming DPUpcall) -> Void) -> Int {
        var taken = 0
        for turn in 0..<pmds.count where taken < limit {
            let pmd = pmds[(nextPMD + turn) % pmds.count]
            // Each PMD gets its share of the limit; what one does not use is left to the others.
            taken += receive(pmd, limit: max(1, (limit - taken) / (pmds.count - turn)), handle)
        }
        if !pmds.isEmpty { nextPMD = (nextPMD + 1) % pmds.count }
        return taken
    }

    private func receive(_ pmd: PMDHandle, limit: Int, _ handle: (consuming DPUpcall) -> Void) -> Int {
        var taken = 0
        pmd.takeReplies()
        while taken < limit, let entry = unsafe pmd.pmd.pointee.upcalls.peek() {
            taken += 1
            let packet = unsafe entry.pointee.packet, time = unsafe entry.pointee.time
            let lines = unsafe entry.pointee.lines, depth = unsafe entry.pointee.depth
            let reason: DPUpcall.Reason = unsafe entry.pointee.isAction ? .action(userdata: entry.pointee.userdata) : .miss
            let key = unsafe definedKey(entry, lines)
            unsafe pmd.pmd.pointee.upcalls.consume()
            if reason != .miss || !follow(pmd, key, packet, time, depth) {
                handle(DPUpcall(pmd: pmd.number, reason: reason, key: key, lines: lines, packet: DPPacket(packet, missedAt: time, depth: depth)))
            }
            if reason == .miss { pmd.missAnswered() }
        }
        pmd.finishAnswers()
        return taken
    }

    /// The entry's key, with zeros in the lines that it does not have.
    private func definedKey(_ entry: UnsafeMutablePointer<UpcallEntry>, _ lines: FlowLines) -> FlowKey {
        var key = FlowKey()
        let source = unsafe UnsafeRawPointer(entry).assumingMemoryBound(to: Line.self)
        for line in 0..<FlowKey.datapathLineCount where lines.rawValue >> UInt16(line) & 1 != 0 { unsafe key[line: line] = source[line] }
        return key
    }

    /// If a megaflow for this key was installed since the packet missed, lets the packet follow it.
    private func follow(_ pmd: PMDHandle, _ key: FlowKey, _ packet: Mbuf, _ time: UInt64, _ depth: UInt8) -> Bool {
        let slot = unsafe withUnsafePointer(to: key) { pointer in
            unsafe pmd.mirror.find(UnsafeRawPointer(pointer).assumingMemoryBound(to: Line.self), inPort: key.l0.inPort)
        }
        guard let slot else { return false }
        duplicateMisses += 1
        var command = PMDCommand(.followFlow)
        command.slot = slot
        command.number = time
        command.depth = depth
        command.packet = packet
        command.metadata = unsafe withUnsafePointer(to: key) { unsafe PacketMetadata($0) }
        pmd.send(command)
        return true
    }

    public func execute(_ packet: consuming DPPacket, key: FlowKey, actions: [DPAction], pmd number: Int?) {
        guard let handle = number.flatMap({ pmd($0) }) ?? activePMDs.first else { return }
        guard let words = try? unsafe copyWords(compileActions(actions, for: .once)) else {
            // The packet ends here.
            ports[key.l0.inPort]?.upcallsFailed += 1
            return
        }
        var command = PMDCommand(.runProgram)
        command.number = packet.missedAt
        command.depth = packet.depth
        command.packet = packet.take()
        unsafe command.pointer = UnsafeMutableRawPointer(words)
        command.metadata = unsafe withUnsafePointer(to: key) { unsafe PacketMetadata($0) }
        handle.send(command)
    }

    public func use(of actions: [DPAction]) -> ProgramUse? { programUse(of: actions) }

    public func makePacket(_ bytes: [UInt8]) -> DPPacket? {
        guard let raw = unsafe nt_mbuf_alloc(pool.raw) else { return nil }
        let packet = unsafe DPPacket(Mbuf(raw))
        guard bytes.count <= Int(UInt16.max), let target = unsafe nt_mbuf_append(raw, UInt16(bytes.count)) else { return nil }
        // The mbuf has just been made `bytes.count` bytes longer at `target`.
        for index in bytes.indices { unsafe target.storeBytes(of: bytes[index], toByteOffset: index, as: UInt8.self) }
        return packet
    }
}
