import Flow
import NetDev
import Wire

/// One PMD's lookup under a tuple space explosion, without its thread: what the micro-benchmarks measure. EAL must be running.
///
/// The megaflows are those of three rules that ask for a whole field each (tcp_dst, ip_src, tcp_src) above one that drops: a megaflow and a mask for each combination of
/// prefix lengths. Hostile keys are random in all bits that their megaflow leaves out, so that no cache knows them.
@safe package final class AttackBench {
    private let dpif: DPIFNetdev
    private let installed: [Line]
    private var hostile: [(key: Line, mask: Line)] = []
    private let noise: Line
    private let share: Int
    private var next = 0
    private var sinceHostile = 0
    private var state: UInt64 = 11

    /// - Parameters:
    ///   - masks: megaflows of hostile packets, each with a mask of its own; 8192 at most.
    ///   - share: every so manieth packet is hostile; 0: none.
    ///   - flows: distinct keys of the installed traffic, which has one megaflow.
    ///   - warmUp: batches before.
    package init(masks: Int, share: Int, flows: Int, warmUp: Int, netdevs: NetdevRuntime) throws {
        var settings = DatapathSettings()
        settings.cores = []
        dpif = try DPIFNetdev(settings: settings, netdevs: netdevs, virtualHertz: 1_000_000_000)
        self.share = share
        var noise = FlowMask(), installed: [Line] = []
        noise.l0.nwSrc = .ones
        noise.l0.nwDst = .ones
        noise.l0.tpSrc = .ones
        noise.l0.tpDst = .ones
        self.noise = noise[line: 0]
        for _ in 0..<flows {
            var key = FlowKey()
            key.l0.inPort = 1
            key.l0.nwSrc = BE32(UInt32(truncatingIfNeeded: splitMix64(&state)))
            key.l0.tpSrc = BE16(UInt16(truncatingIfNeeded: splitMix64(&state)))
            key.l0.tpDst = BE16(80)
            installed.append(key[line: 0])
        }
        self.installed = installed
        // Hostile packets come first, so that the installed traffic's megaflow has to find its place among theirs.
        var order = Array(0..<8192)
        for index in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(index, Int(splitMix64(&state) % UInt64(index + 1))) }
        for number in order.prefix(masks) { try put(number % 32 + 1, number / 32 % 16 + 1, number / 512 + 1) }
        var key = FlowKey(), mask = FlowMask()
        key.l0.inPort = 1
        key.l0.tpDst = BE16(80)
        mask.l0.tpDst = .ones
        _ = try dpif.flowPut(DPFlowPut(pmd: 0, key: key, mask: mask, actions: [.output(ODPPort(2))]), waiting: nil)
        while dpif.turn() {}
        for _ in 0..<4096 { _ = batch() }
        // Rankings move what is hit often to the front.
        for _ in 0..<64 {
            unsafe rankSubtables(dpif.pmds[0].pmd)
            for _ in 0..<256 { _ = batch() }
        }
        // Until the caches have seen that hostile keys do not come again.
        for _ in 0..<warmUp where share != 0 { _ = batch() }
    }

    /// A megaflow of packets whose first different bits, against the rules' values, are these.
    private func put(_ source: Int, _ sourcePort: Int, _ destinationPort: Int) throws {
        var key = FlowKey(), mask = FlowMask()
        key.l0.inPort = 1
        mask.l0.inPort = .max
        key.l0.nwSrc = BE32(0x0a00_000a ^ (1 << UInt32(32 - source)))
        mask.l0.nwSrc = BE32(.max << UInt32(32 - source))
        key.l0.tpSrc = BE16(12_345 ^ (1 << UInt16(16 - sourcePort)))
        mask.l0.tpSrc = BE16(.max << UInt16(16 - sourcePort))
        key.l0.tpDst = BE16(80 ^ (1 << UInt16(16 - destinationPort)))
        mask.l0.tpDst = BE16(.max << UInt16(16 - destinationPort))
        _ = try dpif.flowPut(DPFlowPut(pmd: 0, key: key, mask: mask, actions: []), waiting: nil)
        hostile.append((key[line: 0] & mask[line: 0], mask[line: 0]))
    }

    /// Looks up the next 32 keys; the number found.
    package func batch() -> UInt64 {
        let pmd = unsafe dpif.pmds[0].pmd
        let scratch = unsafe pmd.pointee.scratch
        for index in 0..<Limits.burst {
            sinceHostile += 1
            var key = installed[next]
            next = next + 1 < installed.count ? next + 1 : 0
            if share != 0 && sinceHostile >= share {
                sinceHostile = 0
                let (fixed, mask) = hostile[Int(splitMix64(&state) % UInt64(hostile.count))]
                var random = Line.zero
                random[6] = splitMix64(&state)
                random[7] = splitMix64(&state)
                key = fixed | random & noise & ~mask
            }
            unsafe keyLines(scratch.pointee.keys + index)[0] = key
            unsafe scratch.pointee.lines[index] = .l0
            unsafe scratch.pointee.valid[index] = .l0
        }
        let missing = unsafe findFlows(pmd, scratch, Limits.burst, scratch.pointee.hint)
        return UInt64(Limits.burst - missing)
    }

    package func close() { dpif.close() }
}
