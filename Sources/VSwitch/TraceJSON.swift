import OFProto
import OVSDB

/// `ofproto/trace` as JSON: the first pass, and those behind recirculations as its member "recirculations".
extension TraceReport: CommandValue {
    var json: JSON {
        guard case .object(var first)? = passes.first?.json else { return [:] }
        if passes.count > 1 { first["recirculations"] = .array(passes.dropFirst().map(\.json)) }
        return .object(first)
    }
}

extension TracePass {
    fileprivate var json: JSON {
        JSON(members: [
            "heading": heading.map { JSON($0) }, "flow": JSON(flow), "trace": .array(nodes.flatMap { $0.json(levels: Limits.traceLevels) }),
            "final-flow": JSON(finalFlow ?? flow), "megaflow": JSON(megaflow), "datapath-actions": JSON(datapathActions),
            "slow-path": failure == nil && !slowPath.isEmpty ? .array(slowPath.map { JSON($0) }) : nil, "failure": failure.map { JSON($0) },
            "why": reasons.map { reasons in .array(reasons.map { ["match": JSON($0.bits), "who": JSON($0.who)] }) },
        ])
    }
}

extension TraceNode {
    /// With what follows from it within, or behind where there are no levels left: translation nests deeper than readers of JSON go.
    fileprivate func json(levels: Int) -> [JSON] {
        let below = children.flatMap { $0.json(levels: max(0, levels - 1)) }
        let isLast = levels == 0 || children.isEmpty
        let node = JSON(members: ["kind": JSON(kind.rawValue), "text": JSON(String(text.trimmingPrefix(" "))), "children": isLast ? nil : .array(below)])
        return isLast ? [node] + below : [node]
    }
}
