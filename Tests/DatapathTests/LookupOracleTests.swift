import Flow
import NetDev
import TestSupport
import Testing
import Wire
@testable import Datapath

/// EMC, SMC and dpcls against a linear search over random megaflows.
@Suite struct LookupOracleTests {
    /// A datapath without threads, ports or packets: only its classifier is used.
    struct Bed {
        let dpif: DPIFNetdev
        var rules: [(id: DPFlowID, key: FlowKey, mask: FlowMask)] = []
        var state: UInt64

        init(seed: UInt64) throws {
            var settings = DatapathSettings()
            settings.cores = []
            settings.vlanLimit = FlowKey.vlanTags
            settings.seed = seed
            settings.emcInsertInverseProbability = 2
            _ = try TestEAL.started.get()
            dpif = try DPIFNetdev(settings: settings, netdevs: TestEAL.runtime, virtualHertz: 1_000_000)
            state = seed
        }

        mutating func random(_ bound: UInt64) -> UInt64 { splitMix64(&state) % bound }

        /// A key over few values, so that rules are hit.
        mutating func randomKey() -> FlowKey {
            var key = FlowKey()
            key.l0.inPort = UInt32(1 + random(3))
            key.l0.dlType = BE16(random(2) == 0 ? 0x0800 : 0x86dd)
            key.l0.nwSrc = BE32(UInt32(0x0a00_0000 + random(4)))
            key.l0.nwDst = BE32(UInt32(0x1400_0000 + random(4)))
            key.l0.nwProto = UInt8(random(2) == 0 ? 6 : 17)
            key.l0.tpDst = BE16(UInt16(random(4)))
            if random(2) == 0 { key.l1.ipv6Dst = BE128(high: 0, low: random(3)) }
            if random(3) == 0 { key.l3.mplsLSE0 = BE32(UInt32(random(3))) }
            if random(3) == 0 { key.l4.ctLabel = BE128(high: random(2), low: 0) }
            return key
        }

        mutating func randomMask() -> FlowMask {
            var mask = FlowMask()
            mask.l0.inPort = .max
            mask.l0.recircID = .max
            if random(2) == 0 { mask.l0.dlType = .ones }
            if random(2) == 0 { mask.l0.nwSrc = BE32(UInt32.max << UInt32(random(3))) }
            if random(2) == 0 { mask.l0.nwDst = .ones }
            if random(3) == 0 { mask.l0.tpDst = .ones }
            if random(3) == 0 { mask.l1.ipv6Dst = .ones }
            if random(4) == 0 { mask.l3.mplsLSE0 = .ones }
            if random(4) == 0 { mask.l4.ctLabel = .ones }
            return mask
        }

        mutating func addRule() throws {
            let key = randomKey(), mask = randomMask()
            // The mirror refuses nothing; a datapath never gets the same megaflow twice.
            if rules.contains(where: { $0.mask == mask && $0.key.matches(key, under: mask) }) { return }
            let id = try dpif.flowPut(DPFlowPut(pmd: 0, key: key, mask: mask, actions: [.output(ODPPort(9))]), waiting: nil)
            rules.append((id, key, mask))
        }

        /// Looks a batch of keys up by all three stages; the slots found.
        func lookUp(_ keys: [FlowKey]) -> [UInt32?] {
            let pmd = unsafe dpif.pmds[0].pmd
            let scratch = unsafe pmd.pointee.scratch
            for (index, key) in keys.enumerated() {
                var stored = key
                let lines = FlowLines(rawValue: key.usedLines.rawValue | 1)
                // Lines that are not used hold old bytes, as after extraction.
                for line in 1..<12 where lines.rawValue >> UInt16(line) & 1 == 0 { stored[line: line] = Line(repeating: 0xdead) }
                unsafe scratch.pointee.keys[index] = stored
                unsafe scratch.pointee.lines[index] = lines
                unsafe scratch.pointee.valid[index] = lines
            }
            let missing = unsafe findFlows(pmd, scratch, keys.count, scratch.pointee.hint)
            let found = keys.indices.map { index in unsafe scratch.pointee.flows[index].map { unsafe pmd.pointee.slab.slot(of: $0) } }
            #expect(found.filter { $0 == nil }.count == missing)
            return found
        }

        mutating func check(rounds: Int) {
            for _ in 0..<rounds {
                let keys = (0..<Int(1 + random(32))).map { _ in randomKey() }
                for (key, slot) in zip(keys, lookUp(keys)) {
                    let right = rules.filter { $0.key.matches(key, under: $0.mask) }.map(\.id.slot)
                    if let slot { #expect(right.contains(slot)) } else { #expect(right.isEmpty) }
                }
            }
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6]) func agreesWithALinearSearch(seed: UInt64) throws {
        var bed = try Bed(seed: seed)
        for _ in 0..<60 {
            for _ in 0..<Int(bed.random(12)) { try bed.addRule() }
            _ = bed.dpif.turn()
            bed.check(rounds: 6)
            for _ in 0..<Int(bed.random(8)) where !bed.rules.isEmpty {
                let gone = bed.rules.remove(at: Int(bed.random(UInt64(bed.rules.count))))
                bed.dpif.flowDelete(gone.id)
            }
            while bed.dpif.turn() {}
            bed.check(rounds: 6)
        }
        let stats = bed.dpif.pmdStats()[0].stats
        #expect(stats.emcHits > 0 && stats.smcHits > 0 && stats.megaflowHits > 0)
        #expect(bed.dpif.flowCount == bed.rules.count)
        bed.dpif.close()
    }

    /// Tens of thousands of megaflows in one subtable: its table grows by exchange, and everything is found again.
    @Test func growsWithoutLosingAnything() throws {
        var bed = try Bed(seed: 7)
        var mask = FlowMask()
        mask.l0.inPort = .max
        mask.l0.nwSrc = .ones
        for number in 0..<UInt32(20_000) {
            var key = FlowKey()
            key.l0.inPort = 1
            key.l0.nwSrc = BE32(number)
            let id = try bed.dpif.flowPut(DPFlowPut(pmd: 0, key: key, mask: mask, actions: []), waiting: nil)
            if number % 97 == 0 { bed.rules.append((id, key, mask)) }
            if number % 64 == 0 { _ = bed.dpif.turn() }
        }
        while bed.dpif.turn() {}
        for rule in bed.rules { #expect(bed.lookUp([rule.key]) == [rule.id.slot]) }
        #expect(bed.dpif.flowDump().count == 20_000)
        bed.dpif.close()
    }

    @Test func flowLimitIsAnError() throws {
        var bed = try Bed(seed: 3)
        var settings = bed.dpif.settings
        settings.flowLimit = 5
        try bed.dpif.change(settings)
        for _ in 0..<30 where bed.rules.count < 5 { try bed.addRule() }
        #expect(throws: DPIFError.self) { for _ in 0..<30 { try bed.addRule() } }
        #expect(bed.dpif.flowCount == 5)
        bed.dpif.close()
    }
}
