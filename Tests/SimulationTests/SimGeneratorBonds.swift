import OFProto

// Ports of several interfaces.
extension SimGenerator {
    /// A bond with its interfaces, whose numbers the bridge does not use.
    mutating func bond(of bridge: RefBridge) -> (RefBond, [RefPort]) {
        var grown = bridge
        let template = port(of: bridge)
        var bond = RefBond(name: "bond-" + template.name, mode: .activeBackup)
        var ports: [RefPort] = []
        for _ in 0..<2 + below(2) {
            let member = member(of: bond, like: template, in: grown)
            ports.append(member)
            grown.ports.append(member)
        }
        shape(&bond, ports)
        return (bond, ports)
    }

    /// A further interface of a bond, with another port's part in VLANs.
    mutating func member(of bond: RefBond, like template: RefPort, in bridge: RefBridge) -> RefPort {
        var member = port(of: bridge)
        member.takePart(of: template)
        member.flags = chance(85) ? [] : one([.noReceive, .noFlood])
        member.bond = bond.name
        return member
    }

    mutating func shape(_ bond: inout RefBond, _ ports: [RefPort]) {
        bond.mode = one([.activeBackup, .balanceSLB, .balanceSLB, .balanceTCP])
        (bond.upDelay, bond.downDelay) = (delay(), delay())
        bond.primary = bond.mode == .activeBackup && chance(50) ? one(ports).name : nil
    }

    private mutating func delay() -> Int64 { one([0, 0, 30, 250, 2_000, 12_000]) }
}
