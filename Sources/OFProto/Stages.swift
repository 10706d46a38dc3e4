import Flow
import Wire

/// The order in which a lookup looks at a subtable's fields: what is the same for many packets first. A packet that a
/// stage rules out is un-wildcarded only up to that stage.
enum Stage: Int, CaseIterable {
    case metadata, l2, l3, l4

    /// Ones in the bits of the stage.
    static let masks: [FlowMask] = {
        let metadata = metadataMask(), l2 = l2Mask(), l3 = l3Mask()
        var l4 = FlowMask()
        for index in 0..<FlowKey.lineCount {
            // Whatever is in no earlier stage: ports, ICMP's and IGMP's fields.
            l4[line: index] = ~(metadata[line: index] | l2[line: index] | l3[line: index])
        }
        return [metadata, l2, l3, l4]
    }()

    private static func metadataMask() -> FlowMask {
        var mask = FlowMask()
        mask.l0.inPort = .max
        mask.l0.recircID = .max
        mask.l0.dpHash = .max
        mask.l0.skbPriority = .max
        mask.l0.pktMark = .max
        mask.l0.ctMark = .max
        mask.l0.ctZone = .max
        mask.l0.ctState = .max
        mask.l0.ctNWProto = .max
        mask.l3.packetType = .ones
        mask.l5.tunMetadataPresent = .max
        for index in [2, 4, 6, 7, 8, 9, 10, 11] { mask[line: index] = Line(repeating: .max) }
        return mask
    }

    private static func l2Mask() -> FlowMask {
        var mask = FlowMask()
        mask.l0.dlDst = .broadcast
        mask.l0.dlSrc = .broadcast
        mask.l0.dlType = .ones
        mask.l0.vlanTPID = .ones
        mask.l0.vlanTCI = .ones
        mask.l3.innerVLANTPID = .ones
        mask.l3.innerVLANTCI = .ones
        mask.l3.mplsLSE0 = .ones
        mask.l3.mplsLSE1 = .ones
        mask.l3.mplsLSE2 = .ones
        return mask
    }

    private static func l3Mask() -> FlowMask {
        var mask = FlowMask()
        mask.l0.nwProto = .max
        mask.l0.nwTOS = .max
        mask.l0.nwTTL = .max
        mask.l0.nwFrag = .max
        mask.l0.nwSrc = .ones
        mask.l0.nwDst = .ones
        mask.l0.tcpFlags = .ones
        mask[line: 1] = Line(repeating: .max)
        mask[line: 5] = Line(repeating: .max)
        mask.l5.tunMetadataPresent = 0
        return mask
    }
}

/// The lines of a mask that hold bits, in order.
struct MaskLines: Hashable {
    var indices: [Int]
    var masks: [Line]

    init() {
        indices = []
        masks = []
    }

    init(_ mask: FlowMask) {
        indices = []
        masks = []
        for index in 0..<FlowKey.lineCount where mask[line: index] != .zero {
            indices.append(index)
            masks.append(mask[line: index])
        }
    }

    mutating func append(_ index: Int, _ mask: Line) {
        indices.append(index)
        masks.append(mask)
    }

    var count: Int { indices.count }

    static func == (lines: MaskLines, mask: FlowMask) -> Bool {
        var at = 0
        for index in 0..<FlowKey.lineCount {
            let isUsed = at < lines.count && lines.indices[at] == index
            guard linesEqual(mask[line: index], isUsed ? lines.masks[at] : .zero) else { return false }
            if isUsed { at += 1 }
        }
        return true
    }

    /// The whole mask again.
    var flowMask: FlowMask {
        var mask = FlowMask()
        for (index, line) in zip(indices, masks) { mask[line: index] = line }
        return mask
    }

    /// The hash of a packet under the mask.
    @inline(__always) func hash(_ flow: FlowBuffer, _ seed: HashSeed) -> UInt32 {
        var sum: UInt64 = 0
        for at in 0..<indices.count {
            let index = indices[at]
            sum = sum &+ lineSum(flow[line: index] & masks[at], seed[index])
        }
        return finishHash(sum)
    }

    /// The bits of the mask are added to `mask`.
    @inline(__always) func fold(into mask: FlowBuffer) {
        for at in 0..<indices.count { mask.add(masks[at], toLine: indices[at]) }
    }
}
