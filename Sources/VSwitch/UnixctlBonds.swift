import OFProto
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
        let lines = everyBond(context).map { name, bond in
            "\(name)\t\(bond.settings.mode.rawValue)\t0\t" + bond.members.map(\.interface.name).joined(separator: ", ") + "\n"
        }
        return .text("bond\ttype\trecircID\tmembers\n" + lines.joined())
    }

    private static func show(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let now = context.vswitch.datapath.now
        if let name = arguments.first { return .text(text(name, try bond(context, name), now)) }
        return .text(everyBond(context).map { text($0.name, $0.bond, now) }.joined())
    }

    private static func text(_ name: String, _ bond: Bond, _ now: Int64) -> String {
        let settings = bond.settings
        var text = """
            ---- \(name) ----
            bond_mode: \(settings.mode.rawValue)
            bond may use recirculation: no, Recirc-ID : -1
            bond-hash-basis: \(settings.hashBasis)
            lb_output action: disabled, bond-id: -1

            """
        if settings.mode != .activeBackup { text += "all members active: false\n" }
        text += "updelay: \(settings.upDelay) ms\ndowndelay: \(settings.downDelay) ms\n"
        if settings.mode != .activeBackup, settings.rebalanceInterval > 0 { text += "next rebalance: \(max(0, bond.nextRebalance - now)) ms\n" }
        let primary = settings.mode != .activeBackup ? "<none>" : settings.primary.map { bond.member(named: $0) == nil ? "\($0)(no such member)" : $0 } ?? "<none>"
        let active = bond.active.map { "\($0.bridge.ethernetAddress(of: $0))(\($0.name))" } ?? "\(EthernetAddress.zero)(none)"
        text += "lacp_status: off\nlacp_fallback_ab: false\nactive-backup primary: \(primary)\nactive member mac: \(active)\n"
        for member in bond.members.sorted(by: { $0.interface.name < $1.interface.name }) { text += "\n" + self.text(member, of: bond, now) }
        return text + "\n"
    }

    private static func text(_ member: Bond.Member, of bond: Bond, _ now: Int64) -> String {
        var text = "member \(member.interface.name): \(member.isEnabled ? "enabled" : "disabled")\n"
        if bond.active === member.interface { text += "  active member\n" }
        if let changes = member.changes { text += "  \(member.isEnabled ? "downdelay" : "updelay") expires in \(max(0, changes - now)) ms\n" }
        text += "  may_enable: \(member.isUp)\n"
        for (hash, bucket) in bond.buckets.enumerated() where bucket.interface === member.interface && bucket.bytes >= 1024 {
            text += "  hash \(hash): \(bucket.bytes / 1024) kB load\n"
        }
        return text
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
        return .text("\(Bond.hash(address, vlan: vlan, basis: basis))")
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
