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
            "heading": heading.map { JSON($0) }, "flow": JSON(flow), "trace": .array(nodes.map(\.json)), "final-flow": JSON(finalFlow ?? flow),
            "megaflow": JSON(megaflow), "datapath-actions": JSON(datapathActions),
            "slow-path": failure == nil && !slowPath.isEmpty ? .array(slowPath.map { JSON($0) }) : nil, "failure": failure.map { JSON($0) },
            "why": reasons.map { reasons in .array(reasons.map { ["match": JSON($0.bits), "who": JSON($0.who)] }) },
        ])
    }
}

extension TraceNode {
    /// Nested as deep as translation is.
    fileprivate var json: JSON {
        JSON(members: [
            "kind": JSON(kind.rawValue), "text": JSON(String(text.trimmingPrefix(" "))), "children": children.isEmpty ? nil : .array(children.map(\.json)),
        ])
    }
}
