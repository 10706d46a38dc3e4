import Flow
import Wire

/// Instructions in the order in which OpenFlow 1.1 and later executes them. What is none of the others stands in apply_actions.
enum ActionInstruction: UInt8, CaseIterable, Comparable {
    case meter, applyActions, clearActions, writeActions, writeMetadata, gotoTable

    static func < (a: ActionInstruction, b: ActionInstruction) -> Bool { a.rawValue < b.rawValue }

    /// OVS's name.
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

    /// False: behind `last`, this one would be a second of its kind or come too late.
    func mayFollow(_ last: ActionInstruction) -> Bool { self > last || self == last && self == .applyActions }
}

/// Some instructions.
struct ActionInstructions: OptionSet {
    var rawValue: UInt8
    static let meter = ActionInstructions(.meter)
    static let applyActions = ActionInstructions(.applyActions)
    static let all = ActionInstructions(rawValue: 0x3f)
    init(rawValue: UInt8) { self.rawValue = rawValue }
    init(_ instruction: ActionInstruction) { rawValue = 1 << instruction.rawValue }
}

extension OFAction {
    /// The instruction that it is or stands in. `meter` is an instruction up to OpenFlow 1.4 and an action from 1.5 on.
    func instruction(_ version: OFVersion) -> ActionInstruction {
        switch self {
        case .meter: version >= .v15 ? .applyActions : .meter
        case .clearActions: .clearActions
        case .writeActions: .writeActions
        case .writeMetadata: .writeMetadata
        case .gotoTable: .gotoTable
        default: .applyActions
        }
    }

    /// The field that it writes, of the actions that name one.
    private var writtenField: Field? {
        switch meaning {
        case .setField(let field, _): field
        case .setTunMetadata(let written): written.field
        case .move(_, let to): to.field
        default: nil
        }
    }

    /// True for actions that a ct's list may hold, and in fields' case must: those that write ct_mark and ct_label.
    private var isConntrackWrite: Bool { writtenField == .ctMark || writtenField == .ctLabel }

    /// The rules of where an action may stand. `inConntrack`: in a ct's list.
    fileprivate func verifyPlace(inConntrack: Bool) throws(OFError) {
        if case .nat = self {
            guard inConntrack else { throw .bacBadSetArgument }
            return
        }
        guard inConntrack || !isConntrackWrite else { throw .bacBadSetArgument }
        guard !inConntrack || isConntrackWrite else { throw .bacBadArgument }
    }

    /// True for what an action set may hold.
    var isAllowedInActionSet: Bool {
        switch meaning {
        case .stripVLAN, .popMPLS, .decap, .encap, .pushMPLS, .pushVLAN, .decTTL, .decMPLSTTL, .decNSHTTL, .ct, .ctClear, .resubmit, .group,
            .setField, .setTunMetadata, .move, .setTransportSource, .setTransportDestination, .setQueue, .setVLANVID, .setVLANPCP: true
        case .output(let port, let maxLength): port == .controller || maxLength == 0
        default: false
        }
    }
}

extension [OFAction] {
    /// What OVS asks of every list, whatever it is for: instructions once each and in their order, those only that are `allowed` here, conjunctions
    /// apart from all else but notes. The lists within have been verified themselves.
    func verify(_ version: OFVersion, allowed: ActionInstructions, inConntrack: Bool = false) throws(OFError) {
        var last: ActionInstruction?
        for action in self {
            if case .conjunction = action {
                guard allSatisfy(\.mayStandByConjunction) else { throw .nxbacBadConjunction }
                return
            }
            try action.verifyPlace(inConntrack: inConntrack)
            let instruction = action.instruction(version)
            if let last, !instruction.mayFollow(last) { throw .bacUnsupportedOrder }
            guard allowed.contains(ActionInstructions(instruction)) else { throw .bicUnsupInst }
            last = instruction
        }
    }
}

extension OFAction {
    fileprivate var mayStandByConjunction: Bool {
        switch self {
        case .conjunction, .note: true
        default: false
        }
    }
}
