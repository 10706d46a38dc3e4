import Flow
import NetDev
import Wire

/// One PMD's lookup without its thread, fed with keys: what the micro-benchmarks measure. EAL must be running.
@safe package final class LookupBench {
    /// Where keys are found: in one cache, in the subtables, or wherever a switch with default settings finds them.
    package enum Stage: String, CaseIterable, Sendable { case emc = "EMC", smc = "SMC", dpcls, all = "all stages" }

    /// What is left out of the lookup, to see what it is worth.
    package struct Without: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// The hint is never tried.
        package static let hint = Without(rawValue: 1)
        /// The EMC never rests, however few its hits.
        package static let rest = Without(rawValue: 2)
    }

    private let dpif: DPIFNetdev
    private let keys: [Line]
    private let without: Without
    private var next = 0
    /// Keys that found no megaflow; 0 if all is well.
    package private(set) var missed = 0

    /// - Parameters:
    ///   - warmUp: batches looked up before; 0: enough to fill the caches that keys enter at once.
    ///   - masks: megaflows, each with a mask of its own.
    ///   - flows: distinct keys, uniform over the megaflows; a multiple of 32.
    package init(_ stage: Stage, masks: Int, flows: Int, without: Without = [], warmUp: Int = 0, netdevs: NetdevRuntime) throws {
        self.without = without
        var settings = DatapathSettings()
        settings.cores = []
        if stage != .all { settings.emcInsertInverseProbability = stage == .emc ? 1 : 0 }
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
        for _ in 0..<max(flows / Limits.burst * 4, warmUp) { _ = batch() }
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
        // From outside, so that the packet path has no switch for it.
        if without.contains(.hint) { unsafe scratch.pointee.hint.pointee.pause = .max }
        if without.contains(.rest) { unsafe pmd.pointee.emcTrial = CacheTrial(window: Limits.emcEntries / 2) }
        let missing = unsafe findFlows(pmd, scratch, Limits.burst, scratch.pointee.hint)
        missed += missing
        return UInt64(Limits.burst - missing)
    }

    package func close() { dpif.close() }
}
