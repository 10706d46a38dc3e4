import OFProto
import Wire

extension UnixctlCommand {
    /// Stations that do not move (ovs-vswitchd(8), fdb/add and fdb/del).
    static let stations = [
        UnixctlCommand("fdb/add", "bridge port vlan mac", 4...4, add),
        UnixctlCommand("fdb/del", "bridge vlan mac", 3...3, delete),
    ]

    private static func add(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let bridge = try context.bridge(arguments[0])
        guard let port = bridge.port(named: arguments[1]) else { throw UnixctlError("software error, odp port is present but no ofp port") }
        let station = try station(arguments[2], arguments[3])
        switch bridge.addStaticMAC(station.address, vlan: station.vlan, port: port.number) {
        case .moved(let former): return .text("Overriding already existing static entry on \(former.number)\n")
        case .added, .unchanged, .noPort: return .text("")
        }
    }

    private static func delete(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let bridge = try context.bridge(arguments[0])
        let station = try station(arguments[1], arguments[2])
        guard bridge.removeStaticMAC(station.address, vlan: station.vlan) else { throw UnixctlError("could not find static mac entry") }
        return .text("")
    }

    private static func station(_ vlan: String, _ mac: String) throws(UnixctlError) -> (vlan: UInt16, address: EthernetAddress) {
        guard let vlan = UInt16(vlan), vlan < 4096 else { throw UnixctlError("bad VLAN") }
        guard let address = EthernetAddress(mac) else { throw UnixctlError("bad MAC address") }
        return (vlan, address)
    }
}
