import Flow
import Wire

/// Compiles actions to the words that `execute` runs. An empty list, or one that delivers the packet nowhere,
/// compiles to a program that drops it.
/// - Returns: at least one and at most `use.words` words, ending with an end marker.
/// - Throws: `DPIFError` with the code `invalid` when the actions nest deeper than `use.nesting` or need more
///   words than `use.words`, and `unsupported` for an unknown hash algorithm.
///
/// A `trunc` that no output or userspace action of the list (or of a list in it) follows has no effect: it is not
/// carried over a recirculation.
public func compileActions(_ actions: [DPAction], for use: ProgramUse = .megaflow) throws(DPIFError) -> [UInt64] {
    var compiler = ActionCompiler(use: use)
    try compiler.list(actions, depth: 0, cut: 0, delivered: false)
    return compiler.words
}

struct ActionCompiler {
    let use: ProgramUse
    var words: [UInt64] = []

    /// Appends a list and its end marker.
    /// - Parameters:
    ///   - cut: the length that a `trunc` before this list asks for at the next output; 0: none.
    ///   - delivered: the packet has been sent somewhere before, so that its end here is no drop.
    mutating func list(_ actions: [DPAction], depth: Int, cut: UInt32, delivered: Bool) throws(DPIFError) {
        guard depth <= use.nesting else {
            throw DPIFError(.invalid, "actions nest deeper than \(use.nesting) levels")
        }
        var cut = cut, delivered = delivered, writable = false
        let effective = actions.effective
        let lastWrite = effective.lastWrite
        for (index, action) in effective.enumerated() {
            var flags: ActionFlags = []
            let last = index == effective.count - 1
            if last { flags.insert(.last) }
            if index < lastWrite { flags.insert(.writtenLater) }
            if delivered { flags.insert(.delivered) }
            if writable { flags.insert(.writable) }
            switch action {
            case .trunc(let maxLength): cut = Swift.max(maxLength, ActionLimits.shortestCut)
            case .clone(let nested): try clone(nested, flags, depth: depth, cut: cut)
            case .sample(let probability, let nested):
                try sample(probability, nested, flags, depth: depth, cut: cut)
            case .checkPacketLength(let length, let greater, let lessOrEqual):
                try checkLength(length, greater, lessOrEqual, flags, depth: depth, cut: cut)
            case .output, .userspace:
                deliver(action, flags, cut: cut)
                cut = 0
            default: try simple(action, flags)
            }
            if action.delivers { delivered = true }
            if action.writesFrame { writable = true }
            guard words.count < use.words else {
                throw DPIFError(.invalid, "actions need more than \(use.words) words")
            }
        }
        emit(.end, delivered ? .delivered : [])
    }

    mutating func emit(_ opcode: ActionOpcode, _ flags: ActionFlags, operand: UInt32 = 0, _ further: UInt64...) {
        words.append(ActionWord(opcode, flags, words: 1 + further.count, operand: operand).raw)
        words += further
    }

    private mutating func deliver(_ action: DPAction, _ flags: ActionFlags, cut: UInt32) {
        switch action {
        case .output(let port):
            if cut == 0 {
                emit(.output, flags, operand: port.number)
            } else {
                emit(.outputCut, flags, operand: port.number, UInt64(cut))
            }
        case .userspace(let userdata, let maxLength):
            let length = cut == 0 || maxLength == 0 ? Swift.max(cut, maxLength) : Swift.min(cut, maxLength)
            emit(.userspace, flags, operand: length, userdata)
        default: break
        }
    }

    private mutating func simple(_ action: DPAction, _ flags: ActionFlags) throws(DPIFError) {
        switch action {
        case .recirc(let id): emit(.recirculate, flags, operand: id.number)
        case .hash(let algorithm, let basis):
            guard algorithm <= 1 else { throw DPIFError(.unsupported, "hash algorithm \(algorithm) is not known") }
            emit(.hash, flags, operand: basis, UInt64(algorithm))
        case .meter(let meter): emit(.meter, flags, operand: meter)
        case .pushVLAN(let tpid, let tci):
            // OVS's "tag present" bit is not sent.
            emit(.pushVLAN, flags, operand: BE32(UInt32(tpid.host) << 16 | UInt32(tci.host & ~VLANTCI.present)).raw)
        case .popVLAN: emit(.popVLAN, flags)
        case .pushMPLS(let lse, let etherType): emit(.pushMPLS, flags, operand: lse.raw, UInt64(etherType.raw))
        case .popMPLS(let etherType): emit(.popMPLS, flags, operand: UInt32(etherType.raw))
        case .pushEthernet(let src, let dst):
            let (first, second) = addressWords(dst, src)
            emit(.pushEthernet, flags, first, second)
        case .popEthernet: emit(.popEthernet, flags)
        case .addMPLS(let lse, let etherType): emit(.addMPLS, flags, operand: lse.raw, UInt64(etherType.raw))
        case .pushNSH(let header): pushNSH(header.bytes, flags)
        case .popNSH: emit(.popNSH, flags)
        case .set(let field): set(field, flags)
        default: break
        }
    }

    private mutating func pushNSH(_ header: [UInt8], _ flags: ActionFlags) {
        let start = words.count
        words.append(0)
        for at in stride(from: 0, to: header.count, by: 8) {
            words.append(header[at..<Swift.min(at + 8, header.count)].reversed().reduce(0) { $0 << 8 | UInt64($1) })
        }
        patch(start, .pushNSH, flags, operand: UInt32(header.count))
    }

    // MARK: Nested lists

    private mutating func clone(_ nested: [DPAction], _ flags: ActionFlags, depth: Int, cut: UInt32) throws(DPIFError) {
        // A copy that goes nowhere need not be made.
        if !flags.contains(.last), nested.effective.isEmpty { return }
        let header = words.count
        words.append(0)
        try list(nested, depth: depth + 1, cut: cut, delivered: flags.nestedDelivered)
        patch(header, .clone, flags.nested(writes: nested.effective.lastWrite >= 0), operand: 0)
    }

    private mutating func sample(
        _ probability: UInt32, _ nested: [DPAction], _ flags: ActionFlags, depth: Int, cut: UInt32
    ) throws(DPIFError) {
        if !flags.contains(.last), nested.effective.isEmpty || probability == 0 { return }
        let header = words.count
        words.append(0)
        try list(nested, depth: depth + 1, cut: cut, delivered: flags.nestedDelivered)
        patch(header, .sample, flags.nested(writes: nested.effective.lastWrite >= 0), operand: probability)
    }

    private mutating func checkLength(
        _ length: UInt32, _ greater: [DPAction], _ lessOrEqual: [DPAction], _ flags: ActionFlags, depth: Int, cut: UInt32
    ) throws(DPIFError) {
        if !flags.contains(.last), greater.effective.isEmpty, lessOrEqual.effective.isEmpty { return }
        let header = words.count
        words += [0, 0]
        try list(greater, depth: depth + 1, cut: cut, delivered: flags.nestedDelivered)
        words[header + 1] = UInt64(words.count - header)
        try list(lessOrEqual, depth: depth + 1, cut: cut, delivered: flags.nestedDelivered)
        patch(header, .checkLength, flags.nested(writes: greater.effective.lastWrite >= 0 || lessOrEqual.effective.lastWrite >= 0), operand: length)
    }

    private mutating func patch(_ header: Int, _ opcode: ActionOpcode, _ flags: ActionFlags, operand: UInt32) {
        // A list that outgrew the bound has thrown, so the length fits.
        words[header] = ActionWord(opcode, flags, words: words.count - header, operand: operand).raw
    }
}

extension ActionFlags {
    /// A list that runs on copies need not count its drops: the packet itself goes on.
    fileprivate var nestedDelivered: Bool { !contains(.last) || contains(.delivered) }
    /// The copies for a nested list must be real ones if it writes, too.
    fileprivate func nested(writes: Bool) -> ActionFlags { writes ? union(.writtenLater) : self }
}

extension DPAction {
    /// Changes bytes of the packet that the list works on.
    var writesFrame: Bool {
        switch self {
        case .pushVLAN, .popVLAN, .pushMPLS, .popMPLS, .pushEthernet, .popEthernet, .addMPLS, .pushNSH, .popNSH: true
        case .set(.skbPriority), .set(.pktMark): false
        case .set: true
        default: false
        }
    }
    /// Certainly sends the packet, or a copy of it, somewhere.
    var delivers: Bool {
        switch self {
        case .output, .userspace, .recirc: true
        case .clone(let nested): nested.effective.contains { $0.delivers }
        case .sample(let probability, let nested): probability == .max && nested.effective.contains { $0.delivers }
        case .checkPacketLength: nestedLists.allSatisfy { $0.effective.contains { $0.delivers } }
        default: false
        }
    }
    /// Has an effect even if nothing follows it.
    var hasEffectOfItsOwn: Bool {
        switch self {
        case .output, .userspace, .recirc, .meter: true
        default: nestedLists.contains { !$0.effective.isEmpty }
        }
    }
    var nestedLists: [[DPAction]] {
        switch self {
        case .clone(let nested), .sample(_, let nested): [nested]
        case .checkPacketLength(_, let greater, let lessOrEqual): [greater, lessOrEqual]
        default: []
        }
    }
}

extension ArraySlice where Element == DPAction {
    /// Where the list last changes bytes of the packet that it works on, counted from its start; -1: nowhere. A
    /// nested list at the very end works on the packet itself, too.
    var lastWrite: Int {
        if let last, last.nestedLists.contains(where: { $0.effective.lastWrite >= 0 }) { return count - 1 }
        return (lastIndex { $0.writesFrame } ?? startIndex - 1) - startIndex
    }
}

extension Array where Element == DPAction {
    /// The actions that can make a difference: those up to a drop, without a tail that changes a packet nobody gets.
    var effective: ArraySlice<DPAction> {
        let reached = prefix { $0 != .drop }
        guard let end = reached.lastIndex(where: \.hasEffectOfItsOwn) else { return reached.prefix(0) }
        return reached[...end]
    }
}
