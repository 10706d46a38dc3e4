import Flow
import OpenFlow
import Wire

/// Where and how packets go on after they have been through the datapath once more: what the number in `recirc_id` stands for.
///
/// A packet recirculates when what is to be done with it hangs on what only the datapath can tell: the headers behind a popped label, or a hash.
final class RecircContext: NumberedContext {
    struct Key: Hashable {
        /// The bridge in which they go on, what they have on the stack, before them still, and in their action set.
        var continuation: Continuation
        var metadata: PipelineMetadata
        /// The datapath has put a hash into dp_hash.
        var isHashed: Bool
        /// Mirrors of the bridge that have got the packet.
        var mirrored: UInt32
        /// All that is to be done is to leave by a bond.
        var bond: BondOutput?
    }
    let key: Key
    let id: UInt32
    let program: [XAction]
    let actionSet: [XAction]
    /// nil once the bridge is gone.
    weak var bridge: Bridge?
    private(set) weak var bond: Bond?
    var used: Int64

    init(_ key: Key, id: UInt32, bond: Bond, now: Int64) {
        (self.key, self.id, self.bond, bridge, used) = (key, id, bond, bond.bundle.bridge, now)
        (program, actionSet) = ([], [])
    }

    /// nil when the actions are too many for a rule, too.
    init?(_ key: Key, id: UInt32, bridge: Bridge, now: Int64) {
        do throws(FlowModError) {
            program = try compile(key.continuation.actions)
            actionSet = try compile(key.continuation.actionSet)
        } catch {
            return nil
        }
        self.key = key
        self.id = id
        self.bridge = bridge
        used = now
    }
}

/// The bond by which a packet is to leave, and to how many bytes it is to be cut; 0: it is not.
struct BondOutput: Hashable {
    var bond: ObjectIdentifier
    var length: UInt16
}

/// What of a key is the pipeline's and not in the frame: it survives a recirculation here.
struct PipelineMetadata: Hashable {
    private var inPort: UInt32
    private var registers: SIMD16<UInt32>
    private var metadata: BE64
    private var tunnel: FlowLine2
    private var tunMetadataPresent: UInt64
    /// Empty if no option is present.
    private var tunMetadata: [Line]

    private static let tunMetadataLines = 6...9

    /// Nothing of it.
    init() { self.init(FlowBuffer()) }

    init(_ flow: FlowBuffer) {
        inPort = flow.key.l0.inPort
        registers = flow.key.regs
        metadata = flow.key.l11.metadata
        tunnel = flow.key.l2
        tunMetadataPresent = flow.key.l5.tunMetadataPresent
        tunMetadata = tunMetadataPresent == 0 ? [] : Self.tunMetadataLines.map { flow[line: $0] }
    }

    func restore(_ flow: FlowBuffer) {
        flow.key.l0.inPort = inPort
        flow.key.regs = registers
        flow.key.l11.metadata = metadata
        flow.key.l2 = tunnel
        flow.key.l5.tunMetadataPresent = tunMetadataPresent
        for (at, index) in Self.tunMetadataLines.enumerated() { flow[line: index] = tunMetadata.isEmpty ? .zero : tunMetadata[at] }
    }
}
