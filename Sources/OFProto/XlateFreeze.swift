import Datapath
import Flow
import OpenFlow
import Wire

/// The packet stops here, with all that it has before it still: for controller(pause), or to recirculate (`XlateRecirculate.swift`); and how it goes on.
///
/// When it stops, nothing more is run: every list of actions that is under way, from the innermost to the outermost, adds what is left of it to `frozen`.
/// Where a copy of the packet ends (clone, a bucket, a patch port) or the translation does, the packet is sent up with that (`finishFreezing`).
extension Translator {
    func pause(_ action: ControllerAction, bridge: Bridge) {
        paused = (.controller(action), bridge)
        exits = true
    }

    /// The rest of a list that is not run now.
    func freeze(_ rest: ArraySlice<XAction>) {
        repeats = false
        guard frozen.count + 2 * rest.count <= OFProtoLimits.actionsPerRule else { return failure = .tooManyActions }
        var here = OFAction.unrollTranslation(table: place.table, cookie: place.cookie)
        for action in rest {
            if case .unroll = action {
                here = action.frozen
                continue
            }
            if action.tellsPlace, frozenPlace != here {
                frozen.append(here)
                frozenPlace = here
            }
            frozen.append(action.frozen)
        }
    }

    /// The packet goes away as it is now.
    func finishFreezing() {
        guard let (reason, bridge) = paused else { return }
        let continuation = Continuation(bridge: bridge.uuid, stack: stack, actions: frozen, actionSet: actionSet.map(\.source))
        paused = nil
        frozen = []
        frozenPlace = nil
        guard failure == nil else { return }
        attribute(to: "\(bridge.name): changes before the packet pauses") {
            switch reason {
            case .controller(let action): sendToController(action, bridge: bridge, continuation: continuation)
            case .recirculation(let hash): finishRecirculation(hash, continuation, bridge: bridge)
            }
        }
    }

    /// Lets a paused packet go on. Its key is in `flow`, with registers, metadata and the like as they were. `actions` and `set` are the continuation's.
    func resume(_ continuation: Continuation, actions: [XAction], set: [XAction], bridge: Bridge, inPort: OFPort, now: Int64) {
        begin(bridge: bridge, inPort: inPort, now: now)
        stack = continuation.stack
        actionSet = set
        if let next = run(actions, bridge: bridge) { runTable(next, bridge: bridge) }
        end(bridge: bridge)
    }
}

extension XAction {
    /// Where it is run shows: a controller may be told, or another flow be looked up in the same table.
    fileprivate var tellsPlace: Bool {
        switch self {
        case .output, .outputField, .controller, .group, .decTTL, .decMPLSTTL, .bundle, .resubmit(_, nil): true
        case .clone(let list, _): list.contains(where: \.tellsPlace)
        default: false
        }
    }

    /// The action as a continuation has it. Going on to a table is looking it up there; what else belongs to the list has been in it behind.
    fileprivate var frozen: OFAction {
        switch self {
        case .gotoTable(let table): .resubmit(port: nil, table: table, ct: false)
        case .writeMetadata(let value, let mask): .setField(.metadata, MaskedValue(value: UInt128(value & mask), mask: UInt128(mask)))
        default: source
        }
    }

    /// What it was compiled from, or what does the same.
    var source: OFAction {
        switch self {
        case .output(let port, let maxLength): .output(port, maxLength: maxLength)
        case .outputField(let range): .outputField(range)
        case .controller(let action): action.source
        case .enqueue(let port, let queue): .enqueue(port, queue: queue)
        case .setQueue(let queue): .setQueue(queue)
        case .popQueue: .popQueue
        case .pushVLAN(let type): .pushVLAN(etherType: type.host)
        case .stripVLAN: .stripVLAN
        case .setVLANVID(let vid): .setVLANVID(vid)
        case .setVLANPCP(let pcp): .setVLANPCP(pcp)
        case .pushMPLS(let type): .pushMPLS(etherType: type.host)
        case .popMPLS(let type): .popMPLS(etherType: type.host)
        case .set(let write): write.source
        case .setTunMetadata(let written): .setTunMetadata(written)
        case .deleteTunMetadata(let field): .deleteField(field)
        case .move(let from, let to): .move(from: from, to: to)
        case .push(let range): .push(range)
        case .pop(let range): .pop(range)
        case .decTTL(let controllers): .decTTL(controllers)
        case .decMPLSTTL: .decMPLSTTL
        case .group(let id): .group(id)
        case .meter(let meter): .meter(meter)
        case .resubmit(let port, let table): .resubmit(port: port, table: table, ct: false)
        case .gotoTable(let table): .gotoTable(table)
        case .writeMetadata(let value, let mask): .writeMetadata(value: value, mask: mask)
        case .writeActions(let list): .writeActions(list.map(\.source))
        case .clearActions: .clearActions
        case .clone(_, let source): .clone(source)
        case .sample(let sample):
            .sample(SampleSpec(probability: sample.probability, collectorSet: sample.collectorSet, observationDomain: sample.observationDomain,
                observationPoint: sample.observationPoint))
        case .unroll(let table, let cookie): .unrollTranslation(table: table, cookie: cookie)
        case .encap(let type, let properties): .encap(packetType: type, properties)
        case .decap(let type): .decap(packetType: type)
        case .decNSHTTL: .decNSHTTL
        case .learn(let spec): .learn(spec)
        case .checkLength(let length, let destination): .checkPacketLarger(length, destination)
        case .bundle(let spec): .bundle(spec)
        case .multipath(let spec): .multipath(spec)
        case .finTimeout(let timeout): .finTimeout(idle: timeout.idle, hard: timeout.hard)
        case .exit: .exit
        case .unsupported(let action): action
        }
    }
}

extension ControllerAction {
    fileprivate var source: OFAction {
        guard reason != Self.contextual else { return .output(.controller, maxLength: maxLength) }
        return .controller(ControllerSpec(maxLength: maxLength, reason: reason, id: controllerID, userdata: userdata, pause: pauses, meter: meter))
    }
}
