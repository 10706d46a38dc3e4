import OFProto
import OVSDB
import Wire

/// A line of `bond/list`.
struct BondLine: CommandValue {
    let name: String
    let bond: Bond

    private var members: [String] { bond.members.map(\.interface.name) }

    var text: String { "\(name)\t\(bond.settings.mode.rawValue)\t0\t\(members.joined(separator: ", "))\n" }
    var json: JSON { ["type": JSON(bond.settings.mode.rawValue), "recirc-id": .integer(0), "members": .array(members.map { JSON($0) })] }
}

/// A bond as `bond/show` shows it.
struct BondReport: CommandValue {
    let name: String
    let bond: Bond
    let now: Int64

    private var isActiveBackup: Bool { bond.settings.mode == .activeBackup }
    /// Milliseconds; nil: nothing is balanced.
    private var nextRebalance: Int64? { isActiveBackup || bond.settings.rebalanceInterval <= 0 ? nil : max(0, bond.nextRebalance - now) }
    private var primary: String? { isActiveBackup ? bond.settings.primary : nil }
    private var activeAddress: EthernetAddress { bond.active.map { $0.bridge.ethernetAddress(of: $0) } ?? .zero }
    private var members: [BondMemberReport] {
        bond.members.sorted { $0.interface.name < $1.interface.name }.map { BondMemberReport(member: $0, bond: bond, now: now) }
    }

    var text: String {
        let settings = bond.settings
        var text = """
            ---- \(name) ----
            bond_mode: \(settings.mode.rawValue)
            bond may use recirculation: no, Recirc-ID : -1
            bond-hash-basis: \(settings.hashBasis)
            lb_output action: disabled, bond-id: -1

            """
        if !isActiveBackup { text += "all members active: false\n" }
        text += "updelay: \(settings.upDelay) ms\ndowndelay: \(settings.downDelay) ms\n"
        if let nextRebalance { text += "next rebalance: \(nextRebalance) ms\n" }
        let primary = primary.map { bond.member(named: $0) == nil ? "\($0)(no such member)" : $0 } ?? "<none>"
        text += "lacp_status: off\nlacp_fallback_ab: false\nactive-backup primary: \(primary)\n"
        text += "active member mac: \(activeAddress)(\(bond.active?.name ?? "none"))\n"
        return text + members.map { "\n" + $0.text }.joined() + "\n"
    }

    var json: JSON {
        JSON(members: [
            "mode": JSON(bond.settings.mode.rawValue), "may-use-recirculation": JSON(false), "hash-basis": JSON(bond.settings.hashBasis),
            "lb-output-action": JSON(false), "all-members-active": isActiveBackup ? nil : JSON(false), "updelay-ms": JSON(bond.settings.upDelay),
            "downdelay-ms": JSON(bond.settings.downDelay), "next-rebalance-ms": nextRebalance.map { JSON($0) }, "lacp-status": "off",
            "lacp-fallback-active-backup": JSON(false), "primary": primary.map { JSON($0) }, "active-member": bond.active.map { JSON($0.name) },
            "active-member-mac": bond.active.map { _ in JSON("\(activeAddress)") }, "members": JSON(named: members.map { ($0.member.interface.name, $0.json) }),
        ])
    }
}

struct BondMemberReport: CommandValue {
    let member: Bond.Member
    let bond: Bond
    let now: Int64

    private var isActive: Bool { bond.active === member.interface }
    private var changesIn: Int64? { member.changes.map { max(0, $0 - now) } }
    private var changeName: String { member.isEnabled ? "downdelay" : "updelay" }
    /// What leaves by it, in kB, of the hashes of which that is at least one.
    private var loads: [(hash: Int, load: UInt64)] {
        bond.buckets.enumerated().filter { $1.interface === member.interface && $1.bytes >= 1024 }.map { ($0, UInt64($1.bytes / 1024)) }
    }

    var text: String {
        var text = "member \(member.interface.name): \(member.isEnabled ? "enabled" : "disabled")\n"
        if isActive { text += "  active member\n" }
        if let changesIn { text += "  \(changeName) expires in \(changesIn) ms\n" }
        text += "  may_enable: \(member.isUp)\n"
        return text + loads.map { "  hash \($0.hash): \($0.load) kB load\n" }.joined()
    }

    var json: JSON {
        JSON(members: [
            "enabled": JSON(member.isEnabled), "active": JSON(isActive), "may-enable": JSON(member.isUp),
            "updelay-expires-in-ms": member.isEnabled ? nil : changesIn.map { JSON($0) },
            "downdelay-expires-in-ms": member.isEnabled ? changesIn.map { JSON($0) } : nil,
            "loads-kb": JSON(named: loads.map { ("\($0.hash)", JSON($0.load)) }),
        ])
    }
}
