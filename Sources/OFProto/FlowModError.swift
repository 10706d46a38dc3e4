import OpenFlow

/// Why a flow modification was refused: OpenFlow's error, and a line for people.
public struct FlowModError: Error, Hashable, CustomStringConvertible {
    public var error: OFError
    public var message: String
    public init(_ error: OFError, _ message: String) {
        self.error = error
        self.message = message
    }
    public var description: String { message }
}
