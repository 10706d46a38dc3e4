import Datapath
@testable import OFProto

// What happens in a run.
extension Simulation {
    /// One packet at a time, each seen through; the outcome is exactly that of the present state.
    func runStrictly(packets: Int) {
        isStrict = true
        for _ in 0..<packets {
            nextStep()
            advance(Int64(random.below(40)))
            if random.chance(2) { pass() }
            if random.chance(5), !links.isEmpty { wait() }
            if random.chance(10), let bridge = state.bridges.first(where: { !$0.bonds.isEmpty }) { claim(in: bridge) }
            if random.chance(10) {
                changeOne()
                settle()
            }
            quiesce()
            advance(1)
            guard let port = realPort() else { continue }
            let (id, bytes) = frame()
            see(bytes, id, at: port)
        }
        settle()
        checkMegaflows()
    }

    /// A frame comes in and is seen through.
    private func see(_ bytes: [UInt8], _ id: UInt64, at port: String) {
        inject(bytes, id: id, at: port)
        quiesce()
        if let flight = flights[id] { checkFlight(id, flight, since: flight.injected) }
    }

    /// A station's gratuitous ARP comes by one port, and some time later by others, often a bond's.
    private func claim(in bridge: RefBridge) {
        let ports = bridge.ports.filter { $0.peer == nil }, others = ports.filter { $0.bond == nil }
        let members = ports.filter { port in port.bond != nil && (port.name == bridge.bond(of: port)?.active || random.chance(40)) }
        guard !members.isEmpty, !others.isEmpty else { return }
        var (id, bytes) = random.claim()
        for turn in 0..<2 + random.below(3) {
            see(renumber(bytes, id), id, at: random.one(random.chance(75) == (turn == 0) ? others : members).name)
            id = random.nextFrame()
            if random.chance(80) { settle() }
            advance(random.one([1, 500, 2_500, 4_990, 5_200]))
            quiesce()
            advance(1)
        }
    }

    /// Packets, turns and changes in any order.
    func runWildly(steps: Int) {
        settle()
        isStrict = false
        for at in 0..<steps {
            nextStep()
            switch random.below(21) {
            case 0...8:
                for _ in 0..<1 + random.below(6) {
                    guard let port = realPort() else { break }
                    let (id, bytes) = frame()
                    // Frames of one microflow come close together.
                    if let last = seen.last, random.chance(40), realPorts.contains(last.port) {
                        inject(renumber(last.bytes, id), id: id, at: last.port)
                    } else {
                        inject(bytes, id: id, at: port)
                    }
                }
            case 9...12: turnDatapath()
            case 13...16: turnOFProto()
            case 17: changeAnything()
            case 18: flapMember(random.below(state.bridges.count))
            default: advance(Int64(random.below(30)))
            }
            // The threads of a real switch do not stand still for longer.
            if at % 8 == 7 {
                turnDatapath()
                for _ in 0..<20 where turnOFProto() {}
            }
        }
        settle()
        isStrict = true
        checkMegaflows()
    }

    /// Time goes by: some seconds, or minutes.
    private func pass() {
        settle()
        advance(random.one([1_000, 5_000, 11_000, 30_000, 120_000, 301_000]))
        settle()
    }

    /// Links of bonds' interfaces change, or stay as they are, interfaces join or leave, and time goes by.
    private func wait() {
        settle()
        let bridge = random.below(state.bridges.count)
        switch random.below(4) {
        case 0...1: flapMember(bridge)
        case 2 where !state.bridges[bridge].bonds.isEmpty:
            changeMembers(bridge)
            observe()
        default: break
        }
        settle()
        advance(random.one([20, 90, 250, 1_900, 2_100, 12_100]))
        settle()
    }

    /// Something random. What packets credit to ports and stations after these changed would be uncertain, so only a rule is changed
    /// while there are such packets.
    private func changeOne() {
        if random.chance(40) { return changeRule(random.below(state.bridges.count)) }
        settle()
        changeAnything()
    }

    private var realPorts: [String] { state.bridges.flatMap(\.ports).filter { $0.peer == nil }.map(\.name) }

    private func realPort() -> String? {
        let ports = realPorts
        return ports.isEmpty ? nil : random.one(ports)
    }

    /// Often one that is like another one that came before.
    private func frame() -> (id: UInt64, bytes: [UInt8]) {
        let (id, fresh) = random.frame()
        guard !seen.isEmpty, random.chance(60) else { return (id, fresh) }
        var bytes = random.one(seen).bytes
        if random.chance(50) { bytes = random.neighbour(of: bytes) }
        return (id, renumber(bytes, id))
    }

    /// The frame with another number, and checksums to match.
    func renumber(_ bytes: [UInt8], _ id: UInt64) -> [UInt8] {
        guard var packet = RefPacket(bytes, inPort: 0), packet.rest.count >= 8 else { return bytes }
        packet.rest.replaceSubrange(packet.rest.count - 8..<packet.rest.count, with: octets(id, 8))
        packet.fixChecksums()
        return packet.bytes
    }
}
