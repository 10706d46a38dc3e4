import Flow
import Wire

// Which actions may stand in which lists, whatever the flow (ovs-actions(7)).

extension ActionParser {
    func verifyNesting(_ action: OFAction, _ text: TextSlice, _ context: Context) throws(FlowSyntaxError) {
        let field = action.writtenField
        let isConnection = field == .ctMark || field == .ctLabel
        if isConnection, context != .ct { throw FlowSyntaxError("cannot set CT fields outside of ct action", text) }
        if case .nat = action {
            if context == .ct { return }
            throw FlowSyntaxError("Cannot have NAT action outside of \"ct\" action", text)
        }
        if context == .ct, !isConnection {
            if let field { throw FlowSyntaxError("ct action doesn't support nested modification of \(field.name)", text) }
            throw FlowSyntaxError("ct action doesn't support nested action \(action.kind.name)", text)
        }
        switch action {
        case .meter:
            if let outer = context.name { throw FlowSyntaxError("\(outer) action doesn't support nested action meter", text) }
        case .gotoTable, .writeMetadata, .writeActions, .clearActions:
            if context != .flow { throw FlowSyntaxError("\(action.kind.name) instruction not allowed here", text) }
        default: break
        }
    }

    /// Actions that stand with a conjunction say nothing else.
    func verifyConjunctions(_ actions: [OFAction], _ text: TextSlice) throws(FlowSyntaxError) {
        guard actions.contains(where: { $0.kind == .conjunction }) else { return }
        guard let other = actions.first(where: { $0.kind != .conjunction && $0.kind != .note }) else { return }
        throw FlowSyntaxError("\"conjunction\" actions may be used along with \"note\" but not any other kind of action"
            + " (such as the \"\(other.kind.name)\" action used here)", text)
    }
}

extension OFAction {
    /// The field that set_field, load or move writes.
    fileprivate var writtenField: Field? {
        switch meaning {
        case .setField(let field, _): field
        case .setTunMetadata(let written): written.field
        case .move(_, let to): to.field
        default: nil
        }
    }
}

extension ActionKind {
    /// The action's name in ovs-actions(7), which messages and lists of what a table can do quote.
    public var name: String {
        switch self {
        case .output: "output"
        case .outputField: "output_reg"
        case .controller: "controller"
        case .enqueue: "enqueue"
        case .drop: "drop"
        case .pushVLAN: "push_vlan"
        case .stripVLAN: "strip_vlan"
        case .setVLANVID: "set_vlan_vid"
        case .setVLANPCP: "set_vlan_pcp"
        case .pushMPLS: "push_mpls"
        case .popMPLS: "pop_mpls"
        case .setField: "set_field"
        case .setTransportSource: "mod_tp_src"
        case .setTransportDestination: "mod_tp_dst"
        case .move: "move"
        case .decTTL: "dec_ttl"
        case .decMPLSTTL: "dec_mpls_ttl"
        case .decNSHTTL: "dec_nsh_ttl"
        case .setQueue: "set_queue"
        case .popQueue: "pop_queue"
        case .group: "group"
        case .meter: "meter"
        case .resubmit: "resubmit"
        case .gotoTable: "goto_table"
        case .writeMetadata: "write_metadata"
        case .writeActions: "write_actions"
        case .clearActions: "clear_actions"
        case .clone: "clone"
        case .sample: "sample"
        case .note: "note"
        case .exit: "exit"
        case .push: "push"
        case .pop: "pop"
        case .bundle: "bundle"
        case .multipath: "multipath"
        case .learn: "learn"
        case .conjunction: "conjunction"
        case .finTimeout: "fin_timeout"
        case .ct: "ct"
        case .ctClear: "ct_clear"
        case .nat: "nat"
        case .checkPacketLarger: "check_pkt_larger"
        case .encap: "encap"
        case .decap: "decap"
        case .deleteField: "delete_field"
        case .unrollTranslation: "unroll_xlate"
        case .debugRecirculate: "debug_recirc"
        case .debugSlow: "debug_slow"
        }
    }
}
