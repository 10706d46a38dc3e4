import Flow
import Wire

/// Follows what a list of actions does to the packets of a flow, in order to tell which actions suit them
/// (ovs-actions(7), "Inconsistencies").
struct ActionCheck {
    /// What is known of the packet at this point.
    var packet: Match
    /// The flow's table.
    let table: UInt8
    /// Seen: an action that OpenFlow 1.0 alone allows here, and one that it does not have.
    private var needsOpenFlow10 = false
    private var needsOpenFlow13 = false
    private var lastInstruction: Instruction?

    init(match: Match, table: UInt8) {
        packet = match
        self.table = table
    }

    /// Instructions in the order that OpenFlow executes them in.
    private enum Instruction: Int {
        case meter, applyActions, clearActions, writeActions, writeMetadata, gotoTable
        var name: String {
            switch self {
            case .meter: "meter"
            case .applyActions: "apply_actions"
            case .clearActions: "clear_actions"
            case .writeActions: "write_actions"
            case .writeMetadata: "write_metadata"
            case .gotoTable: "goto_table"
            }
        }
    }

    /// Accounts for `action`, which stands in the flow's own list.
    mutating func order(_ action: OFAction, _ text: TextSlice) throws(FlowSyntaxError) {
        let instruction: Instruction = switch action {
        case .meter: .meter
        case .clearActions: .clearActions
        case .writeActions: .writeActions
        case .writeMetadata: .writeMetadata
        case .gotoTable: .gotoTable
        default: .applyActions
        }
        if let last = lastInstruction {
            if instruction == last, instruction != .applyActions {
                throw FlowSyntaxError("duplicate \(last.name) instruction not allowed, for OpenFlow 1.1+ compatibility", text)
            }
            if instruction.rawValue < last.rawValue {
                throw FlowSyntaxError("invalid instruction ordering: \(instruction.name) must appear before \(last.name), for OpenFlow 1.1+ compatibility", text)
            }
        }
        lastInstruction = instruction
    }

    /// Accounts for `action` in any list; for `setField`, `requireWritten` has been called.
    mutating func note(_ action: OFAction, _ text: TextSlice) throws(FlowSyntaxError) {
        switch action {
        case .output(let port, _): try checkOutput(port, text, allowed: port != .none && port != .unset)
        case .enqueue(let port, _): try checkOutput(port, text, allowed: port == .local || port == .inPort)
        case .outputField(let range): try requireRead(range, text)
        case .move(let from, let to): try requireMove(from, to, text)
        case .pushVLAN: try pushVLAN(text)
        case .stripVLAN: stripVLAN()
        case .setVLANVID, .setVLANPCP: tag()
        case .pushMPLS(let type): packet.set(.ethType, to: UInt128(type))
        case .popMPLS(let type):
            suit(.mpls)
            packet.set(.ethType, to: UInt128(type))
        case .decTTL: suit(.ip)
        case .decMPLSTTL: suit(.mpls)
        case .gotoTable(let next):
            guard next > table else { throw FlowSyntaxError("goto_table:\(next): not a later table than \(table) (OFPBIC_BAD_TABLE_ID)", text) }
        case .meter(let id):
            guard (1...0xffff_0000).contains(id) else { throw FlowSyntaxError("meter:\(id): not a meter (OFPMMFC_INVALID_METER)", text) }
            needsOpenFlow13 = true
        default: break
        }
        guard !(needsOpenFlow10 && needsOpenFlow13) else { throw inconsistent(text) }
    }

    /// The strict rule for set_field and load: the flow's match must imply the field's prerequisites.
    func requireWritten(_ field: Field, _ text: TextSlice) throws(FlowSyntaxError) {
        let prerequisite = field == .vlanVID ? .vlan : field.row.prerequisite
        guard packet.key.satisfies(prerequisite, under: packet.mask) else {
            throw FlowSyntaxError("set_field \(field.name) lacks correct prerequisites (OFPBAC_MATCH_INCONSISTENT)", text)
        }
    }

    /// A tag that set_field writes is one that later actions find.
    mutating func wrote(_ field: Field, _ match: Match) {
        guard field == .vlanTCI, match.mask.l0.vlanTCI.host & VLANTCI.present != 0 else { return }
        packet.key.l0.vlanTCI = match.key.l0.vlanTCI
        packet.mask.l0.vlanTCI = .ones
    }

    /// The lenient rule for OpenFlow 1.0's actions: what does not suit the packet does nothing.
    mutating func suit(_ anyOf: Prerequisite...) {
        if !anyOf.contains(where: { packet.key.satisfies($0, under: packet.mask) }) { needsOpenFlow10 = true }
    }

    private func requireRead(_ range: FieldRange, _ text: TextSlice) throws(FlowSyntaxError) {
        guard packet.key.satisfies(range.field.row.prerequisite, under: packet.mask) else {
            throw FlowSyntaxError("source field \(range.field.name) lacks correct prerequisites (OFPBAC_MATCH_INCONSISTENT)", text)
        }
    }

    private func requireMove(_ from: FieldRange, _ to: FieldRange, _ text: TextSlice) throws(FlowSyntaxError) {
        try requireRead(from, text)
        guard packet.key.satisfies(to.field.row.prerequisite, under: packet.mask) else {
            throw FlowSyntaxError("destination field \(to.field.name) lacks correct prerequisites (OFPBAC_MATCH_INCONSISTENT)", text)
        }
        guard to.field.row.writable else {
            throw FlowSyntaxError("destination field \(to.field.name) is not writable (OFPBAC_BAD_SET_ARGUMENT)", text)
        }
    }

    private func checkOutput(_ port: OFPort, _ text: TextSlice, allowed: Bool) throws(FlowSyntaxError) {
        let isReserved = OFPort.reservedNames.contains { $0.port == port }
        guard port < .maximum || isReserved && allowed else {
            throw FlowSyntaxError("\(text.string): not a port to output to (OFPBAC_BAD_OUT_PORT)", text)
        }
    }

    private func inconsistent(_ text: TextSlice) -> FlowSyntaxError {
        FlowSyntaxError("actions are invalid with specified match (OFPBAC_MATCH_INCONSISTENT)", text)
    }

    private var isTagged: Bool { packet.key.satisfies(.vlan, under: packet.mask) }

    private mutating func pushVLAN(_ text: TextSlice) throws(FlowSyntaxError) {
        guard packet.key.l3.innerVLANTCI.host & VLANTCI.present == 0 else {
            throw FlowSyntaxError("\(text.string): more than two tags (OFPBAC_BAD_TAG)", text)
        }
        needsOpenFlow13 = true
        packet.key.l3.innerVLANTCI = isTagged ? packet.key.l0.vlanTCI : .zero
        tag()
    }

    private mutating func tag() {
        packet.key.l0.vlanTCI = BE16(packet.key.l0.vlanTCI.host | VLANTCI.present)
        packet.mask.l0.vlanTCI = .ones
    }

    private mutating func stripVLAN() {
        suit(.vlan)
        packet.key.l0.vlanTCI = packet.key.l3.innerVLANTCI
        packet.key.l3.innerVLANTCI = .zero
        packet.mask.l0.vlanTCI = .ones
    }
}
