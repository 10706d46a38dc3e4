import OpenFlow
import Wire

/// What is wrong with a flow's text.
struct FlowTextError: Error {
    /// Bytes of the text before the mistake.
    var offset: Int
    var problem: String
}

/// Reads one flow; `ports` gives the numbers of port names.
func parseFlowText(_ text: String, _ ports: [String: OFPort]) throws(FlowTextError) -> FlowMod {
    throw FlowTextError(offset: 0, problem: quote(text))
}
