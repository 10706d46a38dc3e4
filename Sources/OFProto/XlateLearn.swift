import Flow
import OpenFlow
import Wire

/// The learn action: composes a flow of the packet (ovs-actions(7), learn).
extension Translator {
    func learn(_ spec: LearnSpec, bridge: Bridge) {
        var mod = FlowMod()
        mod.table = spec.table
        mod.priority = spec.priority
        mod.cookie = spec.cookie
        mod.idleTimeout = spec.idleTimeout
        mod.hardTimeout = spec.hardTimeout
        if spec.flags.contains(.sendFlowRemoved) { mod.flags.insert(.sendFlowRemoved) }
        if spec.finIdleTimeout | spec.finHardTimeout != 0 { mod.actions.append(.finTimeout(idle: spec.finIdleTimeout, hard: spec.finHardTimeout)) }
        for part in spec.parts {
            let value = number(part, bridge: bridge)
            switch part.destination {
            case .match(let range): mod.match.demand(range, value)
            case .load(let range): mod.actions.append(load(value, range))
            case .output: if let port = OFPort(learned: value.low) { mod.actions.append(.output(port, maxLength: 0)) }
            }
        }
        if trace != nil {
            // Without a packet there is nothing to learn.
            guard learns else { return traceWarning("suppressing side effects, so learn action ignored") }
            traceDetail(mod.traceText)
        }
        let learnedFlow = LearnedFlow(mod, limit: Int(spec.limit), bridge: bridge)
        let succeeds = bridge.mayLearn(learnedFlow, besides: learned)
        // What is only checked adds nothing: whether there is room for the flow still is to be seen when a packet comes.
        if !learns, succeeds, spec.limit > 0, !bridge.isLearned(learnedFlow) { waitsForPacket = true }
        if let result = spec.result {
            if spec.limit > 0 { followAllTables() }
            consult(result)
            result.set(succeeds ? 1 : 0, in: &flow.key)
            if trace != nil { traceValue(result) }
        }
        if !succeeds { traceDetail("Limit exceeded, learn failed") }
        if learns, succeeds { learned.append(learnedFlow) }
        // A flow beyond the limit is tried again with each packet: others may go.
        credit(.learn(learnedFlow))
    }

    /// Adds what the translation has learned.
    func finishLearning() {
        guard !learned.isEmpty else { return }
        let flows = learned
        learned = []
        for flow in flows { flow.bridge?.learn(flow, now: now) }
    }

    /// The value of a part of the learned flow, most significant byte first. A tun_metadata field may have more bits than one number holds.
    private func number(_ part: LearnSpec.Part, bridge: Bridge) -> [UInt8] {
        switch part.source {
        case .immediate(let bytes): return bytes
        case .field(let range):
            let most = UInt128.bitWidth
            var bytes: [UInt8] = []
            for start in stride(from: 0, to: range.count, by: most) {
                let piece = value(FieldRange(field: range.field, start: range.start + start, count: min(most, range.count - start)), bridge: bridge)
                bytes = (0..<most / 8).map { UInt8(truncatingIfNeeded: piece >> UInt128(most - 8 - 8 * $0)) } + bytes
            }
            return Array(bytes.suffix((range.count + 7) / 8))
        }
    }

    private func load(_ value: [UInt8], _ range: FieldRange) -> OFAction {
        if range.field.isTunMetadata { return .setTunMetadata(TunMetadata(range, value)) }
        return .setField(range.field, MaskedValue(value: value.low << UInt128(range.start) & range.mask, mask: range.mask))
    }
}

extension FlowMod {
    /// As a trace tells a flow that is learned.
    fileprivate var traceText: String {
        let match = match.text()
        var text = "table=\(table) \(match.isEmpty ? "" : match + " ")priority=\(priority)"
        if cookie != 0 { text += " cookie=0x" + String(cookie, radix: 16) }
        if idleTimeout != 0 { text += " idle=\(idleTimeout)" }
        if hardTimeout != 0 { text += " hard=\(hardTimeout)" }
        if flags.contains(.sendFlowRemoved) { text += " send_flow_rem" }
        return text + " actions=" + actions.traceText()
    }
}

extension Match {
    /// Demands that some bits of a field have a value.
    fileprivate mutating func demand(_ range: FieldRange, _ value: [UInt8]) {
        if range.field.isTunMetadata {
            _ = add(TunMetadata(range, value))
            return
        }
        if range.count == range.field.bits {
            mask.setFrame(of: range.field, asMask: true)
            key.setFrame(of: range.field, asMask: false)
        }
        range.set(value.low, in: &key)
        mask.set(range.field, to: .max, mask: range.mask)
    }
}

extension [UInt8] {
    /// The last 16 bytes as a number.
    fileprivate var low: UInt128 { suffix(16).reduce(0) { $0 << 8 | UInt128($1) } }
}

extension OFPort {
    /// The port that a learned flow outputs to; nil: the number names none.
    fileprivate init?(learned number: UInt128) {
        guard let number = UInt16(exactly: number) else { return nil }
        let port = OFPort(number)
        guard port < .maximum || [.inPort, .flood, .all, .local].contains(port) else { return nil }
        self = port
    }
}
