import OpenFlow
import Wire

/// What is wrong with a flow's text.
struct FlowTextError: Error {
    /// Bytes of the text before the mistake.
    var offset: Int
    var problem: String
}

/// Reads one flow in the syntax of ovs-ofctl(8); `ports` gives the numbers of port names.
func parseFlowText(_ text: String, _ ports: [String: OFPort]) throws(FlowTextError) -> FlowMod {
    do throws(FlowSyntaxError) {
        let request = try FlowSyntax(ports: { ports[$0] }).flow(text)
        guard request.command == .add else { throw FlowSyntaxError("a flow, not a command", at: 0) }
        // ovs-ofctl leaves such a field out, which makes the flow match more than it says.
        if let field = request.ignored.first { throw FlowSyntaxError("\(field.name) without the fields that it needs (ovs-fields(7))", at: 0) }
        return request.mod
    } catch {
        throw FlowTextError(offset: error.offset, problem: oneLine(error.message, limit: Limits.sentence))
    }
}
