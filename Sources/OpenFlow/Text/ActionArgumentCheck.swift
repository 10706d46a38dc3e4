import Flow
import Wire

extension ActionCheck {
    /// What is wrong with an action whatever its flow, and in a group's bucket as well: ports that nothing can be output to, destinations that cannot be
    /// written.
    static func verifyArguments(_ action: OFAction, _ text: TextSlice) throws(FlowSyntaxError) {
        switch action.meaning {
        case .output(let port, _): try requireOutput(port, text, "\(text.string): not a port to output to")
        case .pop(let range), .checkPacketLarger(_, let range): try requireWritable(range.field, text)
        case .multipath(let spec): try requireWritable(spec.destination.field, text)
        case .bundle(let spec):
            if let range = spec.destination { try requireWritable(range.field, text) }
            for port in spec.members where port != .none {
                try requireOutput(port == .controller ? .unset : port, text, "invalid member \(port.text)")
            }
        default: break
        }
    }

    private static func requireOutput(_ port: OFPort, _ text: TextSlice, _ complaint: String) throws(FlowSyntaxError) {
        guard port.isOutput(maximum: .maximum) else { throw FlowSyntaxError(complaint + " (OFPBAC_BAD_OUT_PORT)", text) }
    }

    private static func requireWritable(_ field: Field, _ text: TextSlice) throws(FlowSyntaxError) {
        guard field.isWritable else {
            throw FlowSyntaxError("destination field \(field.name) is not writable (OFPBAC_BAD_SET_ARGUMENT)", text)
        }
    }
}
