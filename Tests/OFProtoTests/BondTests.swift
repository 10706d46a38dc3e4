import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

@Suite struct BondTests {
    /// p1 and p2 by themselves, and b0 with p3 and p4.
    private func wire(_ fill: (inout BondSettings) -> Void) throws -> (net: TestSwitch, bond: Bond) {
        let net = try TestSwitch(ports: 2, normal: true)
        var settings = BondSettings()
        fill(&settings)
        try net.bridge.addBond("b0", PortSettings(), settings)
        for name in ["p3", "p4"] {
            var config = net.config(name)
            config.bond = "b0"
            try net.bridge.addPort(config)
        }
        net.settle()
        return (net, try #require(net.bridge.bundle(named: "b0")?.bond))
    }

    private func interface(_ net: TestSwitch, _ name: String) throws -> BridgePort { try #require(net.bridge.port(named: name)) }

    @Test func hashesAreOVSs() {
        // What `ovs-appctl bond/hash` of OVS 3.1 answers.
        let address = EthernetAddress(1)
        #expect(Bond.hash(address, vlan: 0, basis: 0) == 68)
        #expect(Bond.hash(address, vlan: 10, basis: 0) == 224)
        #expect(Bond.hash(address, vlan: 10, basis: 5) == 229)
    }

    @Test func theActiveInterfaceAloneCarriesPackets() throws {
        let (net, bond) = try wire { $0.mode = .activeBackup }
        #expect(bond.active?.name == "p3")
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xff)) == [2, 3])
        #expect(net.ports(ipv4(3, from: 0xb, to: 0xa)) == [1])
        #expect(net.ports(ipv4(4, from: 0xb, to: 0xa)) == [])
        #expect(net.bridge.bundle(named: "b0")?.drops[.bond] == 1)
        #expect(net.bridge.macEntries(now: net.now).first { $0.address == EthernetAddress(0xb) }?.port == OFPort(3))
    }

    @Test func aLostLinkMovesTrafficAndStationsAreAnnounced() throws {
        let (net, bond) = try wire { $0.mode = .activeBackup }
        net.send(ipv4(1, from: 0xa, to: 0xff))
        net.pass(milliseconds: 200)
        _ = net.dpif.takeOutcome()
        net.dpif.downLinks = ["p3"]
        net.pass(milliseconds: 1_000)
        #expect(bond.active?.name == "p4")
        #expect(!(try #require(bond.member(named: "p3")).isEnabled))
        // The station of p1, not those behind the bond.
        let announced = net.dpif.takeOutcome().sent
        #expect(announced.map(\.port.number) == [4])
        #expect(announced.first?.key.l0.dlSrc == EthernetAddress(0xa))
        #expect(announced.first?.key.l0.dlType == BE16(EtherType.rarp))
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xff)) == [2, 4])
        // It does not come back by itself, as there is no primary.
        net.dpif.downLinks = []
        net.pass(milliseconds: 1_000)
        #expect(bond.active?.name == "p4")
    }

    @Test func thePrimaryComesBackAfterItsDelay() throws {
        let (net, bond) = try wire { ($0.primary, $0.upDelay, $0.downDelay) = ("p4", 5_000, 2_000) }
        #expect(bond.active?.name == "p4")
        net.dpif.downLinks = ["p4"]
        net.pass(milliseconds: 1_500)
        #expect(bond.active?.name == "p4")
        net.pass(milliseconds: 1_500)
        #expect(bond.active?.name == "p3")
        net.dpif.downLinks = []
        net.pass(milliseconds: 4_000)
        #expect(bond.active?.name == "p3")
        net.pass(milliseconds: 2_000)
        #expect(bond.active?.name == "p4")
    }

    @Test func withoutAnEnabledInterfaceTheNextOneNeedNotWait() throws {
        let (net, bond) = try wire { $0.upDelay = 60_000 }
        net.dpif.downLinks = ["p3", "p4"]
        net.pass(milliseconds: 1_000)
        #expect(bond.active == nil)
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xff)) == [2])
        net.dpif.downLinks = ["p3"]
        net.pass(milliseconds: 1_000)
        #expect(bond.active?.name == "p4")
    }

    @Test func stationsAreSharedOutByTheirHash() throws {
        let (net, bond) = try wire { $0.mode = .balanceSLB }
        for station in UInt64(1)...40 {
            let hash = Bond.hash(EthernetAddress(station), vlan: 0, basis: 0)
            let sent = net.ports(ipv4(1, from: station, to: 0xff)).filter { $0 > 2 }
            #expect(sent == [UInt32(try #require(bond.buckets[Int(hash)].interface).number.number)])
        }
        let used = Set(bond.buckets.compactMap { $0.interface?.name })
        #expect(used == ["p3", "p4"])
    }

    @Test func balanceSLBRefusesWhatItHasSentItself() throws {
        let (net, _) = try wire { $0.mode = .balanceSLB }
        // What floods comes in by the active interface only.
        #expect(net.ports(ipv4(3, from: 0xb, to: 0xffff_ffff_ffff)) == [1, 2])
        #expect(net.ports(ipv4(4, from: 0xb, to: 0xffff_ffff_ffff)) == [])
        // Of a station of the switch's own side: it comes back.
        net.send(ipv4(1, from: 0xa, to: 0xff))
        #expect(net.ports(ipv4(4, from: 0xa, to: 0xc)) == [])
        #expect(net.bridge.bundle(named: "b0")?.drops[.looped] == 1)
        #expect(net.bridge.macEntries(now: net.now).first { $0.address == EthernetAddress(0xa) }?.port == OFPort(1))
    }

    @Test func aGratuitousARPMovesAStationBehindABondUnlessItsPlaceIsLocked() throws {
        let (net, _) = try wire { $0.mode = .balanceSLB }
        func arp(_ port: UInt32) -> FlowKey {
            var key = ipv4(port, from: 0xa, to: 0xffff_ffff_ffff)
            key.l0.dlType = BE16(EtherType.arp)
            (key.l0.nwProto, key.l0.nwDst) = (ARPOperation.request, key.l0.nwSrc)
            (key.l0.nwTTL, key.l0.tpSrc, key.l0.tpDst) = (0, .zero, .zero)
            return key
        }
        func place() -> OFPort? { net.bridge.macEntries(now: net.now).first { $0.address == EthernetAddress(0xa) }?.port }
        net.send(arp(1))
        net.send(arp(3))
        #expect(place() == OFPort(1))
        // The lock has been refreshed by nothing.
        net.pass(milliseconds: 20_000)
        net.send(arp(3))
        #expect(place() == OFPort(3))
    }

    @Test func loadsAreEvenedOut() throws {
        let (net, bond) = try wire { $0.mode = .balanceSLB }
        let p3 = try interface(net, "p3"), p4 = try interface(net, "p4")
        for hash in 0..<4 { bond.buckets[hash] = BondBucket(interface: p3, bytes: 1_000_000) }
        bond.buckets[4] = BondBucket(interface: p4, bytes: 500_000)
        bond.rebalance(now: bond.nextRebalance - 1)
        #expect(bond.load(of: p3) == 4_000_000)
        bond.rebalance(now: bond.nextRebalance)
        // 2,500 kB to 2,000 kB or nearer, halved.
        #expect(bond.load(of: p3) + bond.load(of: p4) == 2_250_000)
        #expect(max(bond.load(of: p3), bond.load(of: p4)) == 1_250_000)
        #expect(bond.announced.count == 2)
    }

    @Test func smallDifferencesAndASingleHashStayWhereTheyAre() throws {
        let (net, bond) = try wire { $0.mode = .balanceSLB }
        let p3 = try interface(net, "p3")
        bond.announced = []
        for hash in 0..<2 { bond.buckets[hash] = BondBucket(interface: p3, bytes: 40_000) }
        bond.rebalance(now: bond.nextRebalance)
        #expect(bond.buckets[0].interface === p3 && bond.buckets[1].interface === p3)
        bond.buckets[1].bytes = 0
        bond.buckets[0].bytes = 100_000_000
        bond.rebalance(now: bond.nextRebalance)
        #expect(bond.buckets[0].interface === p3)
        #expect(bond.announced.isEmpty)
    }

    @Test func megaflowsTellTheLoadsAndFollowAMovedHash() throws {
        let (net, bond) = try wire { $0.mode = .balanceSLB }
        let hash = Bond.hash(EthernetAddress(0xa), vlan: 0, basis: 0)
        net.send(ipv4(1, from: 0xa, to: 0xff))
        let first = try #require(bond.buckets[Int(hash)].interface)
        for _ in 0..<10 { net.send(ipv4(1, from: 0xa, to: 0xff)) }
        net.pass(milliseconds: 1_000)
        #expect(bond.buckets[Int(hash)].bytes == 11 * 60)
        let other = try interface(net, first.name == "p3" ? "p4" : "p3")
        #expect(bond.migrate(hash, to: other))
        net.pass(milliseconds: 1_000)
        _ = net.dpif.takeOutcome()
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xff)).contains(UInt32(other.number.number)))
    }

    @Test func connectionsAreSharedOutByTheDatapathsHash() throws {
        let (net, bond) = try wire { $0.mode = .balanceTCP }
        var used: Set<UInt32> = []
        for port in UInt16(1)...40 {
            var key = ipv4(1, from: 0xa, to: 0xff)
            key.l0.tpSrc = BE16(port)
            used.formUnion(net.ports(key).filter { $0 > 2 })
        }
        #expect(used == [3, 4])
        // One megaflow that hashes, and one for each hash that came; none matches what was hashed.
        let flows = net.dpif.flowDump()
        #expect(flows.allSatisfy { $0.mask.l0.tpSrc == .zero && $0.mask.l0.nwSrc == .zero })
        #expect(flows.filter { $0.key.l0.recircID == 0 }.count == 1 && flows.filter { $0.mask.l0.dpHash == 0xff }.count == flows.count - 1)
        #expect(Set(flows.map(\.key.l0.recircID)).count == 2)
        net.pass(milliseconds: 1_000)
        #expect(bond.buckets.reduce(0) { $0 + $1.bytes } == 40 * 60)
        #expect(net.ports(ipv4(4, from: 0xb, to: 0xa)) == [1])
        #expect(bond.members.count == 2)
    }

    @Test func aBondLosesAnInterfaceAndGoes() throws {
        let (net, bond) = try wire { $0.mode = .activeBackup }
        try net.bridge.removePort("p3")
        #expect(bond.active?.name == "p4")
        #expect(throws: DPIFError.self) { try net.bridge.removeBond("b0") }
        try net.bridge.removePort("p4")
        try net.bridge.removeBond("b0")
        net.settle()
        #expect(net.bridge.bundles.map(\.name) == ["p1", "p2"])
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xff)) == [2])
    }
}
