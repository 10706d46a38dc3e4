import OVSDB
import Wire

/// Tables Port and Interface of a bridge.
extension RowsReader {
    /// The ports of a bridge, its local port among them, with their numbers.
    mutating func ports(_ row: Row, _ bridge: inout BridgeConfig, _ numbers: inout PortNumbers) {
        var requests: [PortNumbers.Request] = []
        for port in replica.referenced(by: row, "ports").rows.sorted(by: { ($0.string("name") ?? "") < ($1.string("name") ?? "") }) {
            self.port(port, &bridge, &requests)
        }
        if !bridge.ports.contains(where: { $0.name == bridge.name }) {
            bridge.ports.append(PortConfig(name: bridge.name, kind: .internal, ofPort: .local))
        }
        let given = numbers.assign(requests, on: bridge.name)
        for index in bridge.ports.indices where bridge.ports[index].ofPort != .local {
            bridge.ports[index].ofPort = given[bridge.ports[index].name] ?? .none
        }
        bridge.ports.removeAll { $0.ofPort == .none }
    }

    private mutating func port(_ row: Row, _ bridge: inout BridgeConfig, _ requests: inout [PortNumbers.Request]) {
        let name = row.string("name") ?? ""
        for interface in replica.referenced(by: row, "interfaces").rows {
            guard let port = self.interface(interface, of: bridge.name, &requests) else { continue }
            bridge.ports.append(port)
            result.rows.ports[name] = row.uuid
        }
    }

    /// An interface; nil: it cannot be.
    private mutating func interface(_ row: Row, of bridge: String, _ requests: inout [PortNumbers.Request]) -> PortConfig? {
        let name = row.string("name") ?? ""
        guard owners[name] == nil else { return nil }
        result.rows.interfaces[name] = row.uuid
        let type = name == bridge ? "internal" : row.string("type") ?? ""
        guard let kind = PortConfig.Kind(rawValue: type.isEmpty ? "system" : type) else {
            tell(.warning, "netdev", "could not create netdev \(name) of unknown type \(type)")
            let error = "could not open network device \(name) (Address family not supported by protocol)"
            tell(.warning, "bridge", error)
            result.rows.errors[name] = error
            return nil
        }
        owners[name] = bridge
        var port = PortConfig(name: name, kind: kind, ofPort: name == bridge ? .local : .unset)
        port.options = row.map("options")
        port.peer = kind == .patch ? port.options.removeValue(forKey: "peer") : nil
        if port.ofPort != .local { requests.append(PortNumbers.Request(name: name, number: row.ofPortRequest)) }
        return port
    }
}

extension Row {
    /// `ofport_request`; nil: there is none, or it is no port's number.
    var ofPortRequest: OFPort? {
        guard let number = int("ofport_request"), (1..<Int64(OFPort.maximum.number)).contains(number) else { return nil }
        return OFPort(UInt16(number))
    }
}
