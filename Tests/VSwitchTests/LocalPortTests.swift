import Datapath
import NetDev
import OFProto
import Testing
import Wire
@testable import VSwitch

/// What bridges' own ports take from the others.
@Suite struct LocalPortTests {
    private func port(_ name: String, _ number: UInt16, _ address: UInt64? = nil, _ kind: PortConfig.Kind = .dummy) -> PortConfig {
        var port = PortConfig(name: name, kind: kind, ofPort: OFPort(number))
        port.ethernetAddress = address.map { EthernetAddress($0) }
        return port
    }

    private func bridge(_ ports: PortConfig...) -> SwitchConfig {
        var config = SwitchConfig(), bridge = BridgeConfig(name: "a")
        bridge.ports = [PortConfig(name: "a", kind: .dummyInternal, ofPort: .local)] + ports
        config.bridges = [bridge]
        return config
    }

    /// A switch to which configurations are applied; it is closed at the end.
    private func withSwitch(_ body: (Switch) throws -> Void) throws {
        let vswitch = Switch(datapath: try ThreadlessDatapath(), config: DatapathConfig(), seed: 7)
        defer { vswitch.close() }
        try body(vswitch)
    }

    private func address(_ vswitch: Switch, _ config: SwitchConfig) throws -> UInt64 {
        #expect(vswitch.apply(config).isEmpty)
        let bridge = try #require(vswitch.ofproto.bridge(named: "a")), local = try #require(bridge.port(.local))
        #expect(bridge.datapathID == bridge.ethernetAddress(of: local).number)
        return bridge.datapathID
    }

    @Test func theLeastAddressOfAManufacturerNamesTheBridge() throws {
        try withSwitch { (vswitch: Switch) throws in
            let own = try address(vswitch, bridge())
            #expect(EthernetAddress(own).isLocal)
            #expect(try address(vswitch, bridge(port("p", 1, 0x0011_0000_0009))) == 0x0011_0000_0009)
            #expect(try address(vswitch, bridge(port("p", 1, 0x0011_0000_0009), port("q", 2, 0x0011_0000_0005))) == 0x0011_0000_0005)
            // An administrator's, a group's, a protocol's and none.
            for other: UInt64 in [0x0200_0000_0001, 0x0100_0000_0001, 0x00e0_2b00_0004, 0] {
                #expect(try address(vswitch, bridge(port("p", 1, 0x0011_0000_0009), port("q", 2, other == 0 ? nil : other))) == 0x0011_0000_0009, "\(other)")
            }
            #expect(try address(vswitch, bridge()) == own)
        }
    }

    @Test func aConfiguredAddressComesFirst() throws {
        try withSwitch { (vswitch: Switch) throws in
            var config = bridge(port("p", 1, 0x0011_0000_0009))
            config.bridges[0].ports[0].ethernetAddress = EthernetAddress(0x0200_0000_0077)
            #expect(try address(vswitch, config) == 0x0200_0000_0077)
            #expect(try address(vswitch, bridge(port("p", 1, 0x0011_0000_0009))) == 0x0011_0000_0009)
            let own = try address(vswitch, bridge())
            #expect(EthernetAddress(own).isLocal && own != 0x0200_0000_0077)
            #expect(try address(vswitch, bridge()) == own)
        }
    }

    @Test func portsForMirrorsDoNotCountAndBondsCountOnce() throws {
        try withSwitch { (vswitch: Switch) throws in
            var config = bridge(port("p", 1, 0x0011_0000_0009), port("q", 2, 0x0011_0000_0005))
            var mirror = MirrorConfig("m")
            mirror.selectsAll = true
            mirror.output = .port("q")
            config.bridges[0].mirrors = [mirror]
            #expect(try address(vswitch, config) == 0x0011_0000_0009)
            // The first interface by name stands for the bond, and what is said of the port before it.
            config = bridge(port("y", 2, 0x0011_0000_0001), port("x", 1, 0x0011_0000_0007))
            for index in [1, 2] { config.bridges[0].ports[index].bond = "bo" }
            config.bridges[0].bonds = [BondConfig(name: "bo")]
            #expect(try address(vswitch, config) == 0x0011_0000_0007)
            config.bridges[0].bonds[0].settings.ethernetAddress = EthernetAddress(0x0011_0000_0008)
            #expect(try address(vswitch, config) == 0x0011_0000_0008)
        }
    }

    private func mtus(_ vswitch: Switch, _ config: SwitchConfig) -> [Int] {
        #expect(vswitch.apply(config).isEmpty)
        return config.bridges[0].ports.map { vswitch.datapath.dpif.portQuery($0.name)?.mtu ?? 0 }
    }

    private func sized(_ name: String, _ number: UInt16, _ mtu: Int?, _ kind: PortConfig.Kind = .dummy) -> PortConfig {
        var port = port(name, number, nil, kind)
        port.mtu = mtu
        return port
    }

    /// The figures are those of ovs-vswitchd 3.1.0.
    @Test func internalPortsFollowTheLeastMTU() throws {
        try withSwitch { (vswitch: Switch) throws in
            #expect(mtus(vswitch, bridge()) == [1500])
            let p = sized("p", 1, 9000), i = sized("i", 2, nil, .dummyInternal), q = sized("q", 3, 1300)
            #expect(mtus(vswitch, bridge(p)) == [9000, 9000])
            #expect(mtus(vswitch, bridge(p, i)) == [9000, 9000, 1500])
            #expect(mtus(vswitch, bridge(p, i, q)) == [1300, 9000, 1300, 1300])
            #expect(mtus(vswitch, bridge(p, sized("i", 2, 1200, .dummyInternal), q)) == [1200, 9000, 1200, 1300])
            #expect(mtus(vswitch, bridge(p, i, q)) == [1300, 9000, 1300, 1300])
            #expect(mtus(vswitch, bridge(p, i)) == [9000, 9000, 9000])
            #expect(mtus(vswitch, bridge(sized("p", 1, nil), i)) == [9000, 9000, 9000])
            #expect(mtus(vswitch, bridge(i)) == [1500, 1500])
        }
    }

    /// What a port has counted, and its device, stay.
    @Test func anotherMTUNeedsNoOtherDevice() throws {
        try withSwitch { (vswitch: Switch) throws in
            var config = bridge(port("p", 1), port("q", 2))
            config.bridges[0].addStandaloneFlow()
            #expect(vswitch.apply(config).isEmpty)
            let datapath = vswitch.datapath, number = try #require(datapath.dpif.portQuery("p")?.port)
            let p = try #require(datapath.netdev.netdev(number) as? DummyNetdev)
            func receive() {
                #expect(p.inject([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x88, 0xb5] + [UInt8](repeating: 0, count: 46)))
                for _ in 0..<10 {
                    _ = datapath.turn()
                    _ = vswitch.ofproto.run(now: datapath.now)
                }
            }
            receive()
            config.bridges[0].ports[1].mtu = 9000
            #expect(vswitch.apply(config).isEmpty)
            #expect(datapath.dpif.portQuery("p")?.mtu == 9000)
            receive()
            #expect(datapath.netdev.netdev(number) === p)
            #expect(datapath.dpif.portStats(number)?.rxPackets == 2)
            let q = try #require(datapath.dpif.portQuery("q")?.port)
            #expect(datapath.dpif.portStats(q)?.txPackets == 2)
            #expect(throws: DPIFError.self) { try datapath.dpif.portChange(ODPPort(999), mtu: 1500, ethernetAddress: nil) }
        }
    }
}
