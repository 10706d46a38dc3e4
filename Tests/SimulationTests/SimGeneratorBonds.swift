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
            var member = port(of: grown)
            member.takePart(of: template)
            member.flags = chance(85) ? [] : one([.noReceive, .noFlood])
            member.bond = bond.name
            ports.append(member)
            grown.ports.append(member)
        }
        shape(&bond, ports)
        return (bond, ports)
    }

    mutating func shape(_ bond: inout RefBond, _ ports: [RefPort]) {
        bond.mode = one(BondMode.allCases)
        bond.primary = bond.mode == .activeBackup && chance(50) ? one(ports).name : nil
    }
}
