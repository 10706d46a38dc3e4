import Datapath
import Flow
import Wire
@testable import OFProto

// Megaflows must be sound: what one says for a packet is what a fresh translation says. The switch is at rest.
extension Simulation {
    func checkMegaflows() {
        let flows = dpif.flowDump()
        checkOverlaps(flows)
        for _ in 0..<60 where !seen.isEmpty {
            let (port, bytes) = random.one(seen)
            guard let info = dpif.portQuery(port) else { continue }
            let near = random.neighbour(of: random.chance(30) ? random.neighbour(of: bytes) : bytes)
            checkMegaflows(flows, key(of: near, at: info.port), near)
        }
    }

    /// All megaflows that a packet falls into ask for what translation asks for.
    private func checkMegaflows(_ flows: [DPFlowDump], _ key: FlowKey, _ frame: [UInt8]) {
        var fresh: [DPAction]?
        for flow in flows where flow.key.matches(key, under: flow.mask) {
            if fresh == nil {
                ofproto.translator.flow.key = key
                guard ofproto.translator.translate(now: now, learns: false) else { return fail("a megaflow for a port that is gone") }
                fresh = ofproto.translator.takeActions()
            }
            tally.soundnessChecks += 1
            guard flow.actions != fresh, effect(flow.actions, on: key) != effect(fresh ?? [], on: key) else { continue }
            fail("""
                a megaflow is not sound for \(frame)
                  installed: \(flow.actions)
                  now: \(fresh ?? [])
                  mask: \(flow.mask.l0) \(flow.mask.l1) \(flow.mask.l3)
                """)
        }
    }

    /// The actions with IPv4 headers set as a whole: which of the bits that a packet has already are written is up to what translation has looked at.
    private func effect(_ actions: [DPAction], on key: FlowKey) -> [DPAction] {
        var header = DPSetIPv4(), ones = DPSetIPv4()
        (header.src, header.dst, header.tos, header.ttl) = (key.l0.nwSrc, key.l0.nwDst, key.l0.nwTOS, key.l0.nwTTL)
        (ones.src, ones.dst, ones.tos, ones.ttl) = (.ones, .ones, .max, .max)
        return actions.map { action in
            guard case .set(.ipv4(let new, let mask)) = action else { return action }
            header.src.raw = header.src.raw & ~mask.src.raw | new.src.raw & mask.src.raw
            header.dst.raw = header.dst.raw & ~mask.dst.raw | new.dst.raw & mask.dst.raw
            header.tos = header.tos & ~mask.tos | new.tos & mask.tos
            header.ttl = header.ttl & ~mask.ttl | new.ttl & mask.ttl
            return .set(.ipv4(header, mask: ones))
        }
    }

    /// Two megaflows that a packet could fall into both say the same, so that it does not matter which one is found. Overlaps as such
    /// happen: two packets may be ruled out by different prefixes, each of which alone would do.
    private func checkOverlaps(_ flows: [DPFlowDump]) {
        for (index, a) in flows.enumerated() {
            for b in flows[..<index] where a.key.l0.inPort == b.key.l0.inPort && a.key.l0.recircID == b.key.l0.recircID {
                tally.overlapChecks += 1
                var both = FlowMask()
                for line in 0..<FlowKey.datapathLineCount { both[line: line] = a.mask[line: line] & b.mask[line: line] }
                if a.key.matches(b.key, under: both) && a.actions != b.actions {
                    fail("megaflows overlap:\n  \(a.key.l0) \(a.mask.l0) \(a.actions)\n  \(b.key.l0) \(b.mask.l0) \(b.actions)")
                }
            }
        }
    }

    /// What extraction says of a frame.
    func key(of frame: [UInt8], at port: ODPPort) -> FlowKey {
        var key = FlowKey()
        // The array and the key outlive the call.
        unsafe frame.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            var result = FlowKey()
            let lines = unsafe extractFlow(start, bytes.count, inPort: port.number, into: &result)
            for line in 0..<FlowKey.lineCount where lines.rawValue >> UInt16(line) & 1 != 0 { key[line: line] = result[line: line] }
        }
        return key
    }
}
