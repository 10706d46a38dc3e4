import OpenFlow

extension Trace {
    /// The lines as ovs-vswitchd prints them: what is the last of its level stands where that level's heading does, so that a packet's way through
    /// many tables does not wander to the right.
    var text: String {
        var out = ""
        write(root.children, level: 0, to: &out)
        return out
    }

    /// Nested as deep as translation is, which `OFProtoLimits.nesting` bounds.
    private func write(_ nodes: [TraceNode], level: Int, to out: inout String) {
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
