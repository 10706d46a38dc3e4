/// Where datagrams go.
public struct DatagramTarget: Hashable, Sendable {
    public let address: IPAddressText
    /// 1–65535.
    public let port: UInt16

    /// - Parameter text: "192.0.2.1:2055" or "[2001:db8::1]:2055"; nil for anything else.
    public init?(_ text: String) {
        // Port 0 stands for none, which is no target.
        guard let method = try? ConnectionMethod("tcp:" + text, defaultPort: 0), case .tcp(let address, let port) = method, port != 0 else { return nil }
        (self.address, self.port) = (address, port)
    }
}
