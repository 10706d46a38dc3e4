import Flow
import NetDev
import Wire

/// One PMD's lookup without its thread, fed with keys: what the micro-benchmarks measure. EAL must be running.
@safe package final class LookupBench {
    package enum Stage: String, CaseIterable, Sendable { case emc = "EMC", smc = "SMC", dpcls }

    private let dpif: DPIFNetdev
    private let keys: [Line]
    private var next = 0
    /// Keys that found no megaflow; 0 if all is well.
    package private(set) var missed = 0

    /// - Parameters:
    ///   - stage: where the keys are found: in the EMC, in the SMC, or in the subtables.
    ///   - masks: megaflows, each with a mask of its own.
    ///   - flows: distinct keys, uniform over the megaflows; a multiple of 32.
    package init(_ stage: Stage, masks: Int, flows: Int, netdevs: NetdevRuntime) throws {
        var settings = DatapathSettings()
        settings.cores = []
        settings.emcInsertInverseProbability = stage == .emc ? 1 : 0
        settings.smcEnabled = stage != .dpcls
        dpif = try DPIFNetdev(settings: settings, netdevs: netdevs, virtualHertz: 1_000_000_000)
        for rule in 0..<masks {
            var key = FlowKey(), mask = FlowMask()
            key.l0.inPort = 1
            mask.l0.inPort = .max
            key.l0.nwDst = BE32(UInt32(rule))
            mask.l0.nwDst = .ones
            // Zero in every key: it makes the mask a distinct one, and no more.
            mask.l0.dlSrc = EthernetAddress(UInt64(rule + 1))
            _ = try dpif.flowPut(DPFlowPut(pmd: 0, key: key, mask: mask, actions: [.output(ODPPort(2))]), waiting: nil)
        }
        while dpif.turn() {}
        var state: UInt64 = 7
        keys = (0..<flows).map { _ in
            var key = FlowKey()
            key.l0.inPort = 1
            key.l0.nwDst = BE32(UInt32(splitMix64(&state) % UInt64(masks)))
            key.l0.nwSrc = BE32(UInt32(truncatingIfNeeded: splitMix64(&state)))
            return key[line: 0]
        }
        for _ in 0..<(flows / Limits.burst * 4) { _ = batch() }
    }

    /// Looks up the next 32 keys; the number found.
    package func batch() -> UInt64 {
        let pmd = unsafe dpif.pmds[0].pmd
        let scratch = unsafe pmd.pointee.scratch
        if next + Limits.burst > keys.count { next = 0 }
        for index in 0..<Limits.burst {
            unsafe keyLines(scratch.pointee.keys + index)[0] = keys[next + index]
            unsafe scratch.pointee.lines[index] = .l0
            unsafe scratch.pointee.valid[index] = .l0
        }
        next += Limits.burst
        let missing = unsafe findFlows(pmd, scratch, Limits.burst, scratch.pointee.hint)
        missed += missing
        return UInt64(Limits.burst - missing)
    }

    package func close() { dpif.close() }
}
