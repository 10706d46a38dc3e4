import OFProto
import Stream

/// A connection's bytes go by a stream.
final class StreamTransport: ControllerTransport {
    let stream: StreamConnection
    init(_ stream: StreamConnection) { self.stream = stream }
    func send(_ bytes: [UInt8]) -> Bool { stream.send(bytes) == .accepted }
    var backlog: Int { stream.backlog }
    func handled() { stream.handled() }
    func close() { stream.close() }
}
