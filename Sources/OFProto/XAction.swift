import Flow
import OpenFlow
import Wire

/// An OpenFlow action as translation runs it: an `OFAction` with everything decided that does not depend on a packet.
enum XAction {
    /// `maxLength` > 0: the packet is cut for this output.
    case output(OFPort, maxLength: UInt16)
    case outputField(FieldRange)
    case controller(ControllerAction)
    case enqueue(OFPort, queue: UInt32)
    case setQueue(UInt32)
    case popQueue
    case pushVLAN(BE16)
    case stripVLAN
    case setVLANVID(UInt16)
    case setVLANPCP(UInt8)
    case pushMPLS(BE16)
    case popMPLS(BE16)
    case set(FieldWrite)
    case setTunMetadata(TunMetadata)
    /// delete_field of tun_metadataN, by N.
    case deleteTunMetadata(Field)
    case move(from: FieldRange, to: FieldRange)
    case push(FieldRange)
    case pop(FieldRange)
    case decTTL([UInt16])
    case decMPLSTTL
    case group(UInt32)
    case meter(UInt32)
    case resubmit(port: OFPort?, table: UInt8?)
    case gotoTable(UInt8)
    case writeMetadata(value: UInt64, mask: UInt64)
    case writeActions([XAction])
    case clearActions
    /// What the list was compiled from may hold notes as well.
    case clone([XAction], from: [OFAction])
    case sample(SampleAction)
    /// The table and cookie of the flow that the actions behind it are of, when a paused packet goes on.
    case unroll(table: UInt8, cookie: UInt64)
    /// packet_type, as namespace << 16 | type.
    case encap(UInt32, [EncapProperty])
    case decap(UInt32)
    case decNSHTTL
    case exit
    indirect case learn(LearnSpec)
    case checkLength(UInt16, FieldRange)
    indirect case bundle(BundleSpec)
    indirect case multipath(MultipathSpec)
    case finTimeout(FinTimeout)
    /// An action that this switch does not carry out: the packet passes over it, which is counted.
    case unsupported(OFAction)
}

/// What `controller(…)` asks for.
struct ControllerAction: Hashable {
    var reason: UInt8
    var controllerID: UInt16
    var userdata: [UInt8]
    /// Bytes of the packet that the flow wants told.
    var maxLength: UInt16 = .max
    /// The meter that packets pass through on their way; nil: the bridge's meter for controllers, if there is one.
    var meter: UInt32?
    /// The packet waits for the controller's NXT_RESUME.
    var pauses = false

    /// The reason is that of the place where the action is run.
    static let contextual: UInt8 = 0xff
    /// output:CONTROLLER
    static func output(maxLength: UInt16) -> ControllerAction { ControllerAction(reason: contextual, controllerID: 0, userdata: [], maxLength: maxLength) }
}

/// What `sample(…)` names, for a collector.
public struct SampleAction: Hashable, Sendable {
    /// Of 65,535 packets so many are told.
    public var probability: UInt16
    public var collectorSet: UInt32
    public var observationDomain: UInt32
    public var observationPoint: UInt32
}

/// A `set_field`: new bits of some lines.
final class FieldWrite {
    let indices: [Int]
    let values: [Line]
    let masks: [Line]
    /// What a packet must have for its bits to be set (ovs-fields(7), "Prerequisites"): one of these.
    let needs: [Prerequisite]
    /// The action that it carries out.
    let source: OFAction
    /// It changes what stands behind the VLAN tags.
    var reachesLayer3: Bool { !needs.allSatisfy { [.none, .ethernet, .vlan].contains($0) } }

    /// - Parameter source: the action, in the form in which it came.
    init(_ field: Field, _ value: MaskedValue, source: OFAction) {
        self.source = source
        let match = Match(setting: field, to: value)
        let lines = MaskLines(match.mask)
        indices = lines.indices
        masks = lines.masks
        values = zip(lines.indices, lines.masks).map { index, mask in match.key[line: index] & mask }
        needs = switch field {
        case .vlanVID: [.vlan]
        // As a whole it may add a tag; its parts need one.
        case .vlanTCI: match.mask.l0.vlanTCI.host & VLANTCI.present == 0 ? [.vlan] : [.none]
        default: [field.prerequisite]
        }
    }

    /// A port of TCP, UDP or SCTP, which have it in the same place.
    init(transportPort field: Field, _ port: UInt16) {
        source = field == .tcpSrc ? .setTransportSource(port) : .setTransportDestination(port)
        let match = Match(setting: field, to: MaskedValue(value: UInt128(port), mask: field.place.ones))
        indices = [0]
        masks = [match.mask[line: 0]]
        values = [match.key[line: 0]]
        needs = [.tcp, .udp, .sctp]
    }
}

/// Turns a rule's actions into the form that translation runs. Throws `FlowModError` when they are too many or too deep.
func compile(_ actions: [OFAction]) throws(FlowModError) -> [XAction] {
    var left = OFProtoLimits.actionsPerRule
    return try compile(actions, depth: 0, left: &left)
}

private func compile(_ actions: [OFAction], depth: Int, left: inout Int) throws(FlowModError) -> [XAction] {
    guard depth <= OFProtoLimits.actionNesting else { throw FlowModError(.bacTooMany, "actions are nested too deep") }
    left -= actions.count
    guard left >= 0 else { throw FlowModError(.bacTooMany, "more than \(OFProtoLimits.actionsPerRule) actions") }
    var program: [XAction] = []
    program.reserveCapacity(actions.count)
    for action in actions {
        switch action.meaning {
        case .output(let port, let maxLength): program.append(compileOutput(port, maxLength))
        case .outputField(let range): program.append(.outputField(range))
        case .controller(let spec):
            program.append(.controller(ControllerAction(
                reason: spec.reason, controllerID: spec.id, userdata: spec.userdata, maxLength: spec.maxLength, meter: spec.meter, pauses: spec.pause)))
        case .enqueue(let port, let queue): program.append(.enqueue(port, queue: queue))
        case .setQueue(let queue): program.append(.setQueue(queue))
        case .popQueue: program.append(.popQueue)
        case .pushVLAN(let type): program.append(.pushVLAN(BE16(type)))
        case .stripVLAN: program.append(.stripVLAN)
        case .setVLANVID(let vid): program.append(.setVLANVID(vid & VLANTCI.vidMask))
        case .setVLANPCP(let pcp): program.append(.setVLANPCP(pcp & 7))
        case .pushMPLS(let type): program.append(.pushMPLS(BE16(type)))
        case .popMPLS(let type): program.append(.popMPLS(BE16(type)))
        case .setField(let field, let value): program.append(.set(FieldWrite(field, value, source: action)))
        case .setTunMetadata(let written): program.append(.setTunMetadata(written))
        case .deleteField(let field): program.append(field.isTunMetadata ? .deleteTunMetadata(field) : .unsupported(action))
        case .setTransportSource(let port): program.append(.set(FieldWrite(transportPort: .tcpSrc, port)))
        case .setTransportDestination(let port): program.append(.set(FieldWrite(transportPort: .tcpDst, port)))
        case .move(let from, let to): program.append(.move(from: from, to: to))
        case .decTTL(let controllers): program.append(.decTTL(controllers))
        case .decMPLSTTL: program.append(.decMPLSTTL)
        case .group(let id): program.append(.group(id))
        case .meter(let meter): program.append(.meter(meter))
        case .resubmit(let port, let table, _): program.append(.resubmit(port: port, table: table == 0xff ? nil : table))
        case .gotoTable(let table): program.append(.gotoTable(table))
        case .writeMetadata(let value, let mask): program.append(.writeMetadata(value: value, mask: mask))
        case .writeActions(let nested): program.append(.writeActions(try compile(nested, depth: depth + 1, left: &left)))
        case .clearActions: program.append(.clearActions)
        case .clone(let nested):
            program.append(.clone(try compile(nested, depth: depth + 1, left: &left), from: nested))
        case .sample(let spec):
            program.append(.sample(SampleAction(
                probability: spec.probability, collectorSet: spec.collectorSet, observationDomain: spec.observationDomain, observationPoint: spec.observationPoint)))
        case .push(let range): program.append(.push(range))
        case .pop(let range): program.append(.pop(range))
        case .unrollTranslation(let table, let cookie): program.append(.unroll(table: table, cookie: cookie))
        case .encap(let type, let properties): program.append(.encap(type, properties))
        case .decap(let type): program.append(.decap(type))
        case .decNSHTTL: program.append(.decNSHTTL)
        case .learn(let spec): program.append(.learn(spec))
        case .checkPacketLarger(let length, let destination): program.append(.checkLength(length, destination))
        case .bundle(let spec): program.append(.bundle(spec))
        case .multipath(let spec): program.append(.multipath(spec))
        case .finTimeout(let idle, let hard): program.append(.finTimeout(FinTimeout(idle: idle, hard: hard)))
        case .exit: program.append(.exit)
        // A flow with conjunctions is found by the classifier and never run.
        case .drop, .note, .conjunction: break
        default: program.append(.unsupported(action))
        }
    }
    return program
}

private func compileOutput(_ port: OFPort, _ maxLength: UInt16) -> XAction {
    port == .controller ? .controller(.output(maxLength: maxLength)) : .output(port, maxLength: maxLength)
}
