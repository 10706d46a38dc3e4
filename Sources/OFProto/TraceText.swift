/// What became of a packet, for `ofproto/trace`: on its way through the tables and, behind each recirculation, on its next one.
public struct TraceReport {
    public internal(set) var passes: [TracePass] = []

    /// As ovs-vswitchd 3.1 prints it.
    public var text: String { passes.map(\.text).joined() }
}

/// One way of a packet through the bridges' tables.
public struct TracePass {
    /// Some bits of the megaflow, as a match, and who was the first to look at them.
    public struct Reason {
        public let bits: String
        public let who: String
    }
    /// How the packet came back; nil: it is the first pass.
    public let heading: String?
    /// The packet, as a match.
    public let flow: String
    /// The bridges that it begins in, with all that follows.
    public let nodes: [TraceNode]
    /// The packet in the end; nil: it is unchanged.
    public let finalFlow: String?
    public let megaflow: String
    public let datapathActions: String
    /// Why its packets come up one by one.
    public let slowPath: [String]
    /// Why the packet is dropped; nil: it went well.
    public let failure: String?
    /// nil: they were not asked for.
    public let reasons: [Reason]?

    var text: String {
        var out = ""
        if let heading {
            let line = String(repeating: "=", count: 79)
            out += "\n\(line)\n\(heading)\n\(line)\n\n"
        }
        out += "Flow: \(flow)\n"
        Self.write(nodes, level: 0, to: &out)
        out += "\nFinal flow: \(finalFlow ?? "unchanged")\nMegaflow: \(megaflow)\nDatapath actions: \(datapathActions)\n"
        if let failure {
            out += "Translation failed (\(failure)), packet is dropped.\n"
        } else if !slowPath.isEmpty {
            out += "This flow is handled by the userspace slow path because it:\n" + slowPath.map { "  - \($0).\n" }.joined()
        }
        return out + (reasons.map { "Why:\n" + $0.map { "  \($0.bits): \($0.who)\n" }.joined() } ?? "")
    }

    /// Lines as ovs-vswitchd prints them: what is the last of its level stands where that level's heading does, so that a packet's way through
    /// many tables does not wander to the right. Nested as deep as translation is, which `OFProtoLimits.nesting` bounds.
    private static func write(_ nodes: [TraceNode], level: Int, to out: inout String) {
        for (index, node) in nodes.enumerated() {
            let shift = index + 1 < nodes.count || node.kind.isLeaf ? 1 : 0
            let blanks = String(repeating: " ", count: 4 * (level + shift))
            switch node.kind {
            case .bridge: out += "\n\(blanks)\(node.text)\n\(blanks)\(String(repeating: "-", count: node.text.utf8.count))\n"
            case .table, .resumption, .bucket, .action: out += "\(blanks)\(node.text)\n"
            case .detail: out += "\(blanks) -> \(node.text)\n"
            case .warning: out += "\(blanks) >> \(node.text)\n"
            case .error: out += "\(blanks) >>>> \(node.text) <<<<\n"
            }
            write(node.children, level: level + 2 * shift, to: &out)
        }
    }
}

extension TraceNode.Kind {
    /// Always indented, as the last line too.
    fileprivate var isLeaf: Bool {
        switch self {
        case .bridge, .table, .resumption: false
        case .bucket, .action, .detail, .warning, .error: true
        }
    }
}
