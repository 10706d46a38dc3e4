import Flow
import Wire

/// Tells while a list of actions is read which of them suit its flow, by `ActionRules`, in ovs-ofctl's words.
struct ActionCheck {
    private var rules: ActionRules
    /// Seen: an action that OpenFlow 1.0 does not have.
    private var needsOpenFlow13 = false
    private var lastInstruction: ActionInstruction?

    init(match: Match, table: UInt8) { rules = ActionRules(match: match, table: table) }

    /// What is known of the packet at this point.
    var packet: Match {
        get { rules.packet }
        set { rules.packet = newValue }
    }

    /// Accounts for `action`, which stands in the flow's own list.
    mutating func order(_ action: OFAction, _ text: TextSlice) throws(FlowSyntaxError) {
        let instruction = action.instruction(.v11)
        if let last = lastInstruction, !instruction.mayFollow(last) {
            throw FlowSyntaxError(instruction == last ? "duplicate \(last.name) instruction not allowed, for OpenFlow 1.1+ compatibility"
                : "invalid instruction ordering: \(instruction.name) must appear before \(last.name), for OpenFlow 1.1+ compatibility", text)
        }
        lastInstruction = instruction
    }

    /// Accounts for `action` in any list; for `setField`, `requireWritten` has been called. Lists within it have been accounted for. `inActionSet`:
    /// what does not suit the packet shows only when the set is executed.
    mutating func note(_ action: OFAction, _ text: TextSlice, inActionSet: Bool) throws(FlowSyntaxError) {
        let before = rules.isInconsistent
        if inActionSet, !action.isAllowedInActionSet {
            throw FlowSyntaxError("disallowed action in action set (OFPBAC_BAD_TYPE)", text)
        }
        switch action.meaning {
        // The ct around it accounts for it.
        case .nat: break
        case .setField, .setTransportSource, .setTransportDestination, .clone, .writeActions: break
        case .pushVLAN, .meter, .encap, .decap, .decNSHTTL:
            needsOpenFlow13 = true
            try account(action, text)
        case .move(let from, let to):
            try requireRead(from.field, "source", text)
            try requireRead(to.field, "destination", text)
            guard to.field.isWritable else {
                throw FlowSyntaxError("destination field \(to.field.name) is not writable (OFPBAC_BAD_SET_ARGUMENT)", text)
            }
        case .outputField(let range): try requireRead(range.field, "source", text)
        default: try account(action, text)
        }
        if inActionSet { rules.isInconsistent = before }
        guard !(rules.isInconsistent && needsOpenFlow13) else { throw complaint(.bacMatchInconsistent, action, text) }
    }

    private mutating func account(_ action: OFAction, _ text: TextSlice) throws(FlowSyntaxError) {
        do throws(OFError) {
            try rules.account(action, .v10)
        } catch {
            throw complaint(error, action, text)
        }
    }

    private func complaint(_ error: OFError, _ action: OFAction, _ text: TextSlice) -> FlowSyntaxError {
        let message = switch (error, action) {
        case (.bacBadOutPort, _): "\(text.string): not a port to output to (OFPBAC_BAD_OUT_PORT)"
        case (.bacBadTag, _): "\(text.string): more than two tags (OFPBAC_BAD_TAG)"
        case (.bicBadTableID, .gotoTable(let next)): "goto_table:\(next): not a later table than \(rules.table) (OFPBIC_BAD_TABLE_ID)"
        case (.mmfcInvalidMeter, .meter(let id)): "meter:\(id): not a meter (OFPMMFC_INVALID_METER)"
        case (.bacMatchInconsistent, _): "actions are invalid with specified match (OFPBAC_MATCH_INCONSISTENT)"
        case (.bacBadSetArgument, _): "\(text.string): a field that is not writable (OFPBAC_BAD_SET_ARGUMENT)"
        default: "\(text.string): not a valid action"
        }
        return FlowSyntaxError(message, text)
    }

    /// The strict rule for set_field and load: the flow's match must imply the field's prerequisites.
    func requireWritten(_ field: Field, _ text: TextSlice) throws(FlowSyntaxError) {
        do throws(OFError) {
            try rules.requireSet(field)
        } catch {
            throw FlowSyntaxError("set_field \(field.name) lacks correct prerequisites (OFPBAC_MATCH_INCONSISTENT)", text)
        }
    }

    /// A tag that set_field writes is one that later actions find.
    mutating func wrote(_ field: Field, _ match: Match) {
        rules.wrote(field, MaskedValue(value: match.key.value(of: field), mask: match.mask.value(of: field)))
    }

    /// The lenient rule for OpenFlow 1.0's actions: what does not suit the packet does nothing.
    mutating func suit(_ anyOf: Prerequisite...) {
        for prerequisite in anyOf where rules.satisfies(prerequisite) { return }
        rules.suit()
    }

    private func requireRead(_ field: Field, _ which: String, _ text: TextSlice) throws(FlowSyntaxError) {
        do throws(OFError) {
            try rules.requireRead(field)
        } catch {
            throw FlowSyntaxError("\(which) field \(field.name) lacks correct prerequisites (OFPBAC_MATCH_INCONSISTENT)", text)
        }
    }
}
