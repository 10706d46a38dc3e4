import Flow

/// Why a text is not a flow, a match or a list of actions: one sentence in the words of ovs-ofctl, and where.
public struct FlowSyntaxError: Error, Hashable, CustomStringConvertible {
    public var message: String
    /// Bytes from the start of the text to what is wrong.
    public var offset: Int
    public init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }
    init(_ message: String, _ text: TextSlice) { self.init(message, at: text.start) }
    public var description: String { message }
}

/// Runs `parse` of a field's value and says where it failed.
func located<Value>(_ text: TextSlice, _ parse: () throws(FieldTextError) -> Value) throws(FlowSyntaxError) -> Value {
    do throws(FieldTextError) {
        return try parse()
    } catch {
        throw FlowSyntaxError(error.message, text)
    }
}
