/// The kinds of actions and instructions, without their arguments: what table features speak of, and what an action is called.
public enum ActionKind: UInt8, CaseIterable, Hashable, Sendable {
    case output, outputField, controller, enqueue, drop, pushVLAN, stripVLAN, setVLANVID, setVLANPCP, pushMPLS, popMPLS, setField
    case setTransportSource, setTransportDestination, move, decTTL, decMPLSTTL, decNSHTTL, setQueue, popQueue, group, meter, resubmit
    case gotoTable, writeMetadata, writeActions, clearActions, clone, sample, note, exit, push, pop, bundle, multipath, learn, conjunction
    case finTimeout, ct, ctClear, nat, checkPacketLarger, encap, decap, deleteField, unrollTranslation, debugRecirculate, debugSlow
}

extension OFAction {
    public var kind: ActionKind {
        switch self {
        case .output: .output
        case .outputField: .outputField
        case .controller: .controller
        case .enqueue: .enqueue
        case .drop: .drop
        case .pushVLAN: .pushVLAN
        case .stripVLAN: .stripVLAN
        case .setVLANVID: .setVLANVID
        case .setVLANPCP: .setVLANPCP
        case .pushMPLS: .pushMPLS
        case .popMPLS: .popMPLS
        case .setField, .setTunMetadata: .setField
        case .setTransportSource: .setTransportSource
        case .setTransportDestination: .setTransportDestination
        case .move: .move
        case .decTTL: .decTTL
        case .decMPLSTTL: .decMPLSTTL
        case .decNSHTTL: .decNSHTTL
        case .setQueue: .setQueue
        case .popQueue: .popQueue
        case .group: .group
        case .meter: .meter
        case .resubmit: .resubmit
        case .gotoTable: .gotoTable
        case .writeMetadata: .writeMetadata
        case .writeActions: .writeActions
        case .clearActions: .clearActions
        case .clone: .clone
        case .sample: .sample
        case .note: .note
        case .exit: .exit
        case .push: .push
        case .pop: .pop
        case .bundle: .bundle
        case .multipath: .multipath
        case .learn: .learn
        case .conjunction: .conjunction
        case .finTimeout: .finTimeout
        case .ct: .ct
        case .ctClear: .ctClear
        case .nat: .nat
        case .checkPacketLarger: .checkPacketLarger
        case .encap: .encap
        case .decap: .decap
        case .deleteField: .deleteField
        case .worded(_, let action): action.kind
        case .unrollTranslation: .unrollTranslation
        case .debugRecirculate: .debugRecirculate
        case .debugSlow: .debugSlow
        }
    }
}
