import Flow
import NetDev
import TestSupport
import Testing
import Wire
@testable import Datapath

/// Many subtables of one in_port: found by filters, in the PMD and in its mirror.
@Suite struct SubtableFilterTests {
    private typealias Rule = (id: DPFlowID, key: FlowKey, mask: FlowMask)

    private func datapath() throws -> DPIFNetdev {
        var settings = DatapathSettings()
        settings.cores = []
        settings.emcInsertInverseProbability = 0
        settings.smcEnabled = false
        _ = try TestEAL.started.get()
        return try DPIFNetdev(settings: settings, netdevs: TestEAL.runtime, virtualHertz: 1_000_000)
    }

    /// The megaflow of packets that differ from 10.0.0.10, port 12345 and port 80 first in the bits `source`, `from` and `to`, counted from 1.
    private func add(_ source: Int, _ from: Int, _ to: Int, in dpif: DPIFNetdev) throws -> Rule {
        var key = FlowKey(), mask = FlowMask()
        key.l0.inPort = 1
        mask.l0.inPort = .max
        mask.l0.recircID = .max
        key.l0.nwSrc = BE32(0x0a00_000a ^ (1 << UInt32(32 - source)))
        mask.l0.nwSrc = BE32(.max << UInt32(32 - source))
        key.l0.tpSrc = BE16(12_345 ^ (1 << UInt16(16 - from)))
        mask.l0.tpSrc = BE16(.max << UInt16(16 - from))
        key.l0.tpDst = BE16(80 ^ (1 << UInt16(16 - to)))
        mask.l0.tpDst = BE16(.max << UInt16(16 - to))
        let id = try dpif.flowPut(DPFlowPut(pmd: 0, key: key, mask: mask, actions: []), waiting: nil)
        _ = dpif.turn()
        return (id, key, mask)
    }

    /// A packet of the megaflow with all other bits set.
    private func packet(_ rule: Rule) -> FlowKey {
        var key = FlowKey()
        key[line: 0] = rule.key[line: 0] & rule.mask[line: 0] | ~rule.mask[line: 0]
        return key
    }

    private func find(_ key: FlowKey, in dpif: DPIFNetdev) -> (pmd: UInt32?, mirror: UInt32?) {
        let pmd = unsafe dpif.pmds[0].pmd, scratch = unsafe pmd.pointee.scratch
        unsafe scratch.pointee.keys[0] = key
        unsafe scratch.pointee.lines[0] = .l0
        unsafe scratch.pointee.valid[0] = .l0
        unsafe scratch.pointee.hint.pointee.pause = .max
        _ = unsafe findFlows(pmd, scratch, 1, scratch.pointee.hint)
        let found = unsafe scratch.pointee.flows[0].map { unsafe pmd.pointee.slab.slot(of: $0) }
        let mirrored = unsafe withUnsafePointer(to: key) {
            unsafe dpif.pmds[0].mirror.find(UnsafeRawPointer($0).assumingMemoryBound(to: Line.self), inPort: 1)
        }
        return (found, mirrored)
    }

    @Test func everyMaskIsFoundAndNothingElse() throws {
        let dpif = try datapath()
        defer { dpif.close() }
        var rules: [Rule] = []
        for source in 1...32 { for from in 1...12 { for to in stride(from: 1, through: 16, by: 4) { rules.append(try add(source, from, to, in: dpif)) } } }
        #expect(rules.count == 1_536 && dpif.subtableCount == rules.count)
        for rule in rules { #expect(find(packet(rule), in: dpif) == (rule.id.slot, rule.id.slot)) }
        // Equal to 80 in all bits that a rule asks for: no megaflow is for that.
        var stranger = packet(rules[700])
        stranger.l0.tpDst = BE16(80)
        #expect(find(stranger, in: dpif) == (nil, nil))

        // Every second one goes; the places of those are taken by others.
        for index in stride(from: 0, to: rules.count, by: 2) { dpif.flowDelete(rules[index].id) }
        while dpif.turn() {}
        for (index, rule) in rules.enumerated() {
            let slot = index % 2 == 0 ? nil : rule.id.slot
            #expect(find(packet(rule), in: dpif) == (slot, slot))
        }
        let other = try (1...32).map { try add($0, 15, 16, in: dpif) }
        for rule in other { #expect(find(packet(rule), in: dpif) == (rule.id.slot, rule.id.slot)) }
        dpif.flowFlush()
        while dpif.turn() {}
        dpif.receiveRetired { _, _ in }
        #expect(dpif.subtableCount == 0)
        let isFreed = unsafe dpif.pmds[0].pmd.pointee.portSubtables[1].filter == nil
        #expect(isFreed)
    }

    /// A subtable of several megaflows that is hit often moves to the list, and back when it is not hit any more.
    @Test func whatIsHitOftenIsPromoted() throws {
        let dpif = try datapath()
        defer { dpif.close() }
        for source in 1...20 { _ = try add(source, 1, 1, in: dpif) }
        let rule = try add(25, 3, 3, in: dpif)
        var sibling = rule.key
        sibling.l0.nwSrc = BE32(0xc0a8_0080)
        let second = try dpif.flowPut(DPFlowPut(pmd: 0, key: sibling, mask: rule.mask, actions: []), waiting: nil)
        while dpif.turn() {}
        let pmd = unsafe dpif.pmds[0].pmd
        func promoted() -> UInt32 { unsafe pmd.pointee.portSubtables[1].promoted }
        for _ in 0..<Limits.promotionHits { #expect(find(packet(rule), in: dpif).pmd == rule.id.slot) }
        #expect(promoted() == 1)
        #expect(find(packet((second, sibling, rule.mask)), in: dpif).pmd == second.slot)
        unsafe rankSubtables(pmd)
        #expect(promoted() == 1)
        unsafe rankSubtables(pmd)
        #expect(promoted() == 0)
        #expect(find(packet(rule), in: dpif).pmd == rule.id.slot)
    }
}
