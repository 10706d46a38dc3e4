/// What carries a connection's bytes, seen from the ofproto thread.
public protocol ControllerTransport: AnyObject {
    /// False: nothing was sent, since the connection is over or its peer does not read.
    func send(_ bytes: [UInt8]) -> Bool
    /// Bytes that wait for the peer to read them.
    var backlog: Int { get }
    /// One received message is done with.
    func handled()
    func close()
}
