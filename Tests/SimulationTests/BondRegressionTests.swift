import Testing
@testable import OFProto

/// What the simulation has found of bonds, each by itself. The reference beside the switch says what is right.
@Suite struct BondRegressionTests {
    private static let station: UInt64 = 0x0200_0000_0001

    /// One bridge that floods and learns, with ports p1 and p2 and a bond of p3 and p4.
    private func bed(_ mode: BondMode, upDelay: Int64 = 0, downDelay: Int64 = 0) throws -> Simulation {
        let simulation = try Simulation(seed: 7)
        simulation.addEmptyBridge("br0")
        for number in 1...2 as ClosedRange<UInt16> { simulation.open(RefPort(name: "p\(number)", number: number), 0) }
        var bond = RefBond(name: "b", mode: mode)
        (bond.upDelay, bond.downDelay) = (upDelay, downDelay)
        simulation.openBond(bond, (3...4 as ClosedRange<UInt16>).map { RefPort(name: "p\($0)", number: $0, bond: "b") }, 0)
        simulation.install(RefRule(id: 1, table: 0, priority: 1, match: RefMatch(), actions: [.normal]), 0)
        simulation.settle()
        return simulation
    }

    private func place(_ simulation: Simulation) -> String? { simulation.places[RefStation(bridge: "br0", vlan: 0, address: Self.station)] }

    /// An experimental EtherType.
    private func frame(_ id: UInt64, to dst: UInt64, from src: UInt64) -> [UInt8] { octets(dst, 6) + octets(src, 6) + octets(0x88b5, 2) + octets(0, 40) + octets(id, 8) }

    /// The station asks for its own address.
    private func gratuitousARP(_ id: UInt64) -> [UInt8] {
        octets(0xffff_ffff_ffff, 6) + octets(Self.station, 6) + octets(0x0806, 2) + octets(0x0001_0800_0604_0001, 8) + octets(Self.station, 6) + octets(0x0a00_0001, 4)
            + octets(0, 6) + octets(0x0a00_0001, 4) + octets(0, 10) + octets(id, 8)
    }

    /// A packet comes in and is seen through.
    private func send(_ simulation: Simulation, _ id: UInt64, _ bytes: [UInt8], at port: String) {
        simulation.advance(2)
        simulation.inject(bytes, id: id, at: port)
        simulation.quiesce()
        if let flight = simulation.flights[id] { simulation.checkFlight(id, flight, since: flight.injected) }
    }

    private func pass(_ simulation: Simulation, _ milliseconds: Int64) {
        simulation.settle()
        simulation.advance(milliseconds)
        simulation.settle()
    }

    private func finish(_ simulation: Simulation) {
        simulation.settle()
        simulation.checkMegaflows()
        simulation.close()
        #expect(simulation.failures.isEmpty, "\(simulation.failures.joined(separator: "\n"))")
    }

    @Test func aLinkThatComesBackInTimeChangesNothing() throws {
        let simulation = try bed(.activeBackup, upDelay: 3_000, downDelay: 1_000)
        simulation.flapLink(0, 2)
        pass(simulation, 700)
        simulation.flapLink(0, 2)
        pass(simulation, 700)
        #expect(simulation.state.bridges[0].bonds[0].active == "p3" && simulation.tally.enabled == 0 && simulation.tally.givenUp == 1)
        simulation.flapLink(0, 2)
        pass(simulation, 1_100)
        #expect(simulation.state.bridges[0].bonds[0].active == "p4" && simulation.tally.enabled == 1)
        send(simulation, 1, frame(1, to: 0x0200_0000_0009, from: Self.station), at: "p1")
        #expect(simulation.tally.tx["p4"] == 1 && simulation.tally.tx["p3"] == nil)
        finish(simulation)
    }

    @Test func theStationsOfABondGoWithItsLastInterface() throws {
        let simulation = try bed(.activeBackup)
        send(simulation, 1, frame(1, to: 0x0200_0000_0009, from: Self.station), at: "p3")
        simulation.removePort(0, named: "p3")
        simulation.settle()
        #expect(place(simulation) == "b")
        simulation.removePort(0, named: "p4")
        simulation.settle()
        #expect(place(simulation) == nil)
        send(simulation, 2, frame(2, to: Self.station, from: 0x0200_0000_0002), at: "p1")
        #expect(simulation.tally.tx["p2"] == 2)
        finish(simulation)
    }

    @Test func aLockEndsForTheMegaflowsToo() throws {
        let simulation = try bed(.balanceSLB)
        send(simulation, 1, gratuitousARP(1), at: "p1")
        for id in 2...6 as ClosedRange<UInt64> {
            send(simulation, id, gratuitousARP(id), at: "p3")
            #expect(place(simulation) == "p1")
            pass(simulation, 900)
        }
        pass(simulation, 1_000)
        send(simulation, 7, gratuitousARP(7), at: "p3")
        simulation.settle()
        #expect(place(simulation) == "b")
        finish(simulation)
    }

    @Test func aLockBeginsForTheMegaflowsToo() throws {
        let simulation = try bed(.balanceSLB)
        send(simulation, 1, gratuitousARP(1), at: "p3")
        // Some other packet brings the station back.
        send(simulation, 2, frame(2, to: 0x0200_0000_0009, from: Self.station), at: "p1")
        #expect(place(simulation) == "p1")
        send(simulation, 3, gratuitousARP(3), at: "p1")
        send(simulation, 4, gratuitousARP(4), at: "p3")
        #expect(place(simulation) == "p1")
        finish(simulation)
    }

    @Test(arguments: [BondMode.activeBackup, .balanceTCP]) func aLockedStationStaysWhereItIs(mode: BondMode) throws {
        let simulation = try bed(mode)
        send(simulation, 1, gratuitousARP(1), at: "p1")
        simulation.settle()
        send(simulation, 2, gratuitousARP(2), at: "p3")
        simulation.settle()
        #expect(place(simulation) == "p1" && simulation.tally.tx["p2"] == 2)
        pass(simulation, 5_100)
        send(simulation, 3, gratuitousARP(3), at: "p3")
        simulation.settle()
        #expect(place(simulation) == "b" && simulation.tally.claims == 2)
        finish(simulation)
    }

    @Test func aLockThatCountersTellOfLateIsALock() throws {
        let simulation = try bed(.balanceSLB)
        send(simulation, 1, frame(1, to: 0x0200_0000_0009, from: Self.station), at: "p1")
        send(simulation, 2, gratuitousARP(2), at: "p1")
        pass(simulation, 6_000)
        send(simulation, 3, gratuitousARP(3), at: "p1")
        send(simulation, 4, frame(4, to: 0x0200_0000_0009, from: Self.station), at: "p1")
        simulation.settle()
        send(simulation, 5, gratuitousARP(5), at: "p3")
        #expect(place(simulation) == "p1")
        finish(simulation)
    }
}
