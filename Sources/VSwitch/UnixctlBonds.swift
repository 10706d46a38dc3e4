import OFProto
import OVSDB
import Wire

extension UnixctlCommand {
    /// Bonds (ovs-vswitchd(8), "BOND COMMANDS").
    static let bonds = [
        UnixctlCommand("bond/list", "", 0...0, list),
        UnixctlCommand("bond/show", "[port]", 0...1, show),
        UnixctlCommand("bond/migrate", "port hash member", 3...3, migrate),
        UnixctlCommand("bond/hash", "mac [vlan] [basis]", 1...3, hash),
        UnixctlCommand("bond/set-active-member", "port member", 2...2, setActive),
        UnixctlCommand("bond/enable-member", "port member", 2...2) { context, arguments throws(UnixctlError) in try enable(context, arguments, true) },
        UnixctlCommand("bond/disable-member", "port member", 2...2) { context, arguments throws(UnixctlError) in try enable(context, arguments, false) },
    ]

    private static func everyBond(_ context: UnixctlContext) -> [(name: String, bond: Bond)] {
        context.vswitch.ofproto.bridges.flatMap(\.bundles).compactMap { bundle in bundle.bond.map { (bundle.name, $0) } }.sorted { $0.name < $1.name }
    }

    private static func bond(_ context: UnixctlContext, _ name: String) throws(UnixctlError) -> Bond {
        guard let found = everyBond(context).first(where: { $0.name == name }) else { throw UnixctlError("no such bond") }
        return found.bond
    }

    private static func member(_ bond: Bond, _ name: String) throws(UnixctlError) -> Bond.Member {
        guard let member = bond.member(named: name) else { throw UnixctlError("no such member") }
        return member
    }

    private static func list(_ context: UnixctlContext, _ arguments: [String]) -> UnixctlReply {
        .value(ValuesByName(heading: "bond\ttype\trecircID\tmembers\n", elements: everyBond(context).map { ($0.name, BondLine(name: $0.name, bond: $0.bond)) }))
    }

    private static func show(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let now = context.vswitch.datapath.now
        let bonds = if let name = arguments.first { [(name: name, bond: try bond(context, name))] } else { everyBond(context) }
        return .value(ValuesByName(elements: bonds.map { ($0.name, BondReport(name: $0.name, bond: $0.bond, now: now)) }))
    }

    private static func migrate(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let bond = try bond(context, arguments[0])
        guard bond.settings.mode == .balanceSLB else { throw UnixctlError("not an SLB bond") }
        guard let hash = UInt8(arguments[1]) else { throw UnixctlError("bad hash") }
        let member = try member(bond, arguments[2])
        guard member.isEnabled else { throw UnixctlError("cannot migrate to disabled member") }
        _ = bond.migrate(hash, to: member.interface)
        return .text("migrated")
    }

    private static func hash(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        guard let address = EthernetAddress(arguments[0]) else { throw UnixctlError("invalid mac") }
        guard let vlan = arguments.count > 1 ? UInt16(arguments[1]) : 0 else { throw UnixctlError("invalid vlan") }
        guard let basis = arguments.count > 2 ? UInt32(arguments[2]) : 0 else { throw UnixctlError("invalid basis") }
        let hash = Bond.hash(address, vlan: vlan, basis: basis)
        return .value(PlainValue("\(hash)", ["hash": JSON(hash)]))
    }

    private static func setActive(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let bond = try bond(context, arguments[0])
        let member = try member(bond, arguments[1])
        guard member.isEnabled else { throw UnixctlError("cannot make disabled member active") }
        return .text(bond.setActive(member.interface) ? "done" : "no change")
    }

    private static func enable(_ context: UnixctlContext, _ arguments: [String], _ isEnabled: Bool) throws(UnixctlError) -> UnixctlReply {
        let bond = try bond(context, arguments[0])
        bond.setEnabled(try member(bond, arguments[1]).interface, isEnabled, now: context.vswitch.datapath.now)
        return .text(isEnabled ? "enabled" : "disabled")
    }
}
