import Flow
import OpenFlow
import Wire

/// push:… and pop:… (ovs-actions(7), "The push and pop actions").
extension Translator {
    func push(_ range: FieldRange) {
        guard stack.count < OFProtoLimits.stackDepth else { return failure = .stackTooDeep }
        consult(range)
        stack.append(StackValue(value: range.value(in: flow.key), bytes: (range.count + 7) / 8))
    }

    /// A shorter value is filled up with zeroes, a longer one is cut; an empty stack leaves the field as it is.
    func pop(_ range: FieldRange) {
        guard let top = stack.popLast() else { return traceError("stack underflow") }
        consult(range)
        let tagged = flow.key.l0.vlanTCI.host & VLANTCI.present != 0
        range.set(top.value, in: &flow.key)
        fixTag(wasTagged: tagged)
        if trace != nil { traceValue(range) }
    }
}
