import Flow

/// A match to be kept for a while: of key and mask only the lines that the mask has bits in.
public struct PackedMatch: Sendable {
    /// Their numbers.
    private let used: [UInt8]
    /// The key's, then the mask's.
    private var lines: [Line] = []
    private let tunMetadata: [TunMetadata]

    public init(_ match: Match) {
        tunMetadata = match.tunMetadata
        used = (0..<UInt8(FlowKey.lineCount)).filter { !linesEqual(match.mask[line: Int($0)], .zero) }
        lines.reserveCapacity(2 * used.count)
        for index in used { lines.append(match.key[line: Int(index)]) }
        for index in used { lines.append(match.mask[line: Int(index)]) }
    }

    public var match: Match {
        var key = FlowKey(), mask = FlowMask()
        for (place, index) in used.enumerated() {
            key[line: Int(index)] = lines[place]
            mask[line: Int(index)] = lines[used.count + place]
        }
        return Match(key: key, mask: mask, tunMetadata: tunMetadata)
    }

    /// Bytes in memory, about.
    public var size: Int { lines.count * FlowKey.lineSize + tunMetadata.reduce(0) { $0 + 2 * $1.value.count } }
}
