import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

@Suite struct NormalTests {
    @Test func unknownStationsAreFloodedAndKnownOnesAreNot() throws {
        let net = try TestSwitch(normal: true)
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xb)) == [2, 3, 4])
        #expect(net.ports(ipv4(2, from: 0xb, to: 0xa)) == [1])
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xb)) == [2])
        // To itself: nowhere.
        #expect(net.ports(ipv4(2, from: 0xc, to: 0xb)) == [])
        #expect(net.bridge.macTable.count == 3)
    }

    @Test func theMegaflowOfAKnownStationMatchesTheTwoAddressesAndNoMore() throws {
        let net = try TestSwitch(normal: true)
        net.send(ipv4(1, from: 0xa, to: 0xb))
        net.send(ipv4(2, from: 0xb, to: 0xa))
        let flow = try #require(net.dpif.flowDump().last)
        #expect(flow.actions == [.output(ODPPort(1))])
        var mask = FlowMask()
        mask.l0.inPort = .max
        mask.l0.recircID = .max
        mask.l0.dlSrc = .broadcast
        mask.l0.dlDst = .broadcast
        mask.l0.dlType = .ones
        mask.l0.vlanTCI = .ones
        mask.l0.nwFrag = FragmentBits.mask
        #expect(flow.mask == mask)
    }

    @Test func aStationThatMovesTakesItsMegaflowsAlong() throws {
        let net = try TestSwitch(normal: true)
        net.send(ipv4(1, from: 0xa, to: 0xb))
        #expect(net.ports(ipv4(2, from: 0xb, to: 0xa)) == [1])
        net.send(ipv4(3, from: 0xa, to: 0xb))
        net.settle()
        #expect(net.ports(ipv4(2, from: 0xb, to: 0xa)) == [3])
    }

    @Test func aSilentStationIsForgottenAfterTheAgingTime() throws {
        let net = try TestSwitch(normal: true)
        net.send(ipv4(1, from: 0xa, to: 0xb))
        net.send(ipv4(2, from: 0xb, to: 0xa))
        net.pass(milliseconds: 299_000)
        #expect(net.bridge.macTable.count == 2)
        net.pass(milliseconds: 2_000)
        #expect(net.bridge.macTable.count == 0)
        #expect(net.ports(ipv4(2, from: 0xb, to: 0xa)) == [1, 3, 4])
    }

    @Test func aStationWhosePacketsMatchAMegaflowStaysKnown() throws {
        let net = try TestSwitch(normal: true)
        net.send(ipv4(1, from: 0xa, to: 0xb))
        for _ in 0..<80 {
            net.pass(milliseconds: 5_000)
            net.send(ipv4(2, from: 0xb, to: 0xf))
        }
        #expect(net.bridge.macEntries(now: net.now).map(\.port) == [OFPort(2)])
        #expect(net.dpif.flowCount == 1)
    }

    @Test func theOldestStationMakesRoom() throws {
        var limits = OFProtoLimits()
        limits.macTableSize = 3
        let net = try TestSwitch(normal: true, limits: limits)
        for station in 1...5 { net.send(ipv4(1, from: UInt64(station), to: 0xff)) }
        #expect(net.bridge.macEntries(now: net.now).map(\.address.number) == [5, 4, 3])
    }

    @Test func thePortWithTheMostStationsMakesRoom() throws {
        var limits = OFProtoLimits()
        limits.macTableSize = 6
        let net = try TestSwitch(normal: true, limits: limits)
        for station in UInt64(1)...2 { net.send(ipv4(2, from: station, to: 0xff)) }
        for station in UInt64(11)...30 { net.send(ipv4(1, from: station, to: 0xff)) }
        #expect(net.bridge.macEntries(now: net.now).map(\.address.number) == [30, 29, 28, 27, 2, 1])
        for station in UInt64(3)...5 { net.send(ipv4(2, from: station, to: 0xff)) }
        // Of two ports with as many it may be either.
        #expect((2...3).contains(net.bridge.macEntries(now: net.now).count { $0.port == OFPort(1) }))
        #expect(net.bridge.macTable.statistics.evicted == 19)
    }

    @Test func nothingIsLearnedInFloodVLANs() throws {
        let net = try TestSwitch(normal: true)
        net.send(ipv4(1, from: 0xa, to: 0xb, vlan: 7))
        #expect(net.bridge.macTable.count == 1)
        net.bridge.configureNormal(floodVLANs: [7], forwardsReserved: false)
        net.settle()
        #expect(net.bridge.macTable.count == 0)
        net.send(ipv4(1, from: 0xa, to: 0xb, vlan: 7))
        #expect(net.ports(ipv4(2, from: 0xb, to: 0xa, vlan: 7)) == [1, 3, 4])
        #expect(net.bridge.macTable.count == 0)
    }

    @Test(arguments: [0x0180_c200_000e, 0x0100_0ccc_cccc, 0x0100_0ccd_cdcd, 0x00e0_2b00_0004] as [UInt64])
    func reservedAddressesAreForwardedIfThatIsWanted(address: UInt64) throws {
        let net = try TestSwitch(normal: true)
        #expect(net.ports(ipv4(1, from: 0xa, to: address)) == [])
        #expect(net.bridge.bundle(named: "p1")?.drops[.reserved] == 1)
        net.bridge.configureNormal(floodVLANs: [], forwardsReserved: true)
        net.settle()
        #expect(net.ports(ipv4(1, from: 0xa, to: address)) == [2, 3, 4])
    }

    @Test func protectedPortsDoNotReachEachOther() throws {
        let net = try TestSwitch(normal: true)
        for name in ["p1", "p2"] {
            var config = net.config(name)
            config.settings.isProtected = true
            try net.bridge.changePort(config)
        }
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xff)) == [3, 4])
        #expect(net.ports(ipv4(3, from: 0xb, to: 0xff)) == [1, 2, 4])
        // Known stations and flows' outputs too.
        #expect(net.ports(ipv4(2, from: 0xc, to: 0xa)) == [])
        var match = Match()
        match.set(.inPort, to: 1)
        try net.add(match, [.output(OFPort(2), maxLength: 0), .output(OFPort(3), maxLength: 0)])
        net.settle()
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xff)) == [3])
    }

    @Test func staticStationsNeitherAgeNorMove() throws {
        let net = try TestSwitch(normal: true)
        net.bridge.addStaticMAC(EthernetAddress(0xa), vlan: 0, port: OFPort(3))
        net.send(ipv4(1, from: 0xa, to: 0xb))
        net.pass(milliseconds: 400_000)
        #expect(net.ports(ipv4(2, from: 0xb, to: 0xa)) == [3])
    }

    @Test func reservedAddressesAreNotForwardedAndMulticastIsFlooded() throws {
        let net = try TestSwitch(normal: true)
        #expect(net.ports(ipv4(1, from: 0xa, to: 0x0180_c200_000e)) == [])
        #expect(net.ports(ipv4(1, from: 0xa, to: 0x0100_5e00_0001)) == [2, 3, 4])
        #expect(net.ports(ipv4(1, from: 0x0100_0000_0001, to: 0xb)) == [2, 3, 4])
        #expect(net.bridge.macTable.count == 1)
    }

    @Test func portFlagsAreRespected() throws {
        let net = try TestSwitch(normal: true)
        for (name, flag) in [("p2", PortFlags.noFlood), ("p3", .noForward), ("p4", .noReceive)] {
            var config = net.config(name)
            config.flags = flag
            try net.bridge.changePort(config)
        }
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xb)) == [4])
        #expect(net.ports(ipv4(4, from: 0xb, to: 0xa)) == [])
        #expect(net.dpif.ports.count == 4)
    }

    /// Ports: 1 access 10, 2 access 20, 3 trunk of all, 4 trunk of 20, 5 native-tagged 10, 6 native-untagged 10.
    @Test(arguments: [
        (1, nil, ["1": nil, "3": 10, "5": 10, "6": nil]), (2, nil, ["3": 20, "4": 20, "5": 20, "6": 20]),
        (3, 10, ["1": nil, "5": 10, "6": nil]), (3, 20, ["2": nil, "4": 20, "5": 20, "6": 20]), (3, nil, [:]),
        (4, 20, ["2": nil, "3": 20, "5": 20, "6": 20]), (4, 10, [:]), (1, 10, [:]), (5, nil, ["1": nil, "3": 10, "6": nil]),
        (6, nil, ["1": nil, "3": 10, "5": 10]), (6, 20, ["2": nil, "3": 20, "4": 20, "5": 20]),
    ] as [(UInt32, UInt16?, [String: UInt16?])])
    func vlanModes(port: UInt32, vlan: UInt16?, expected: [String: UInt16?]) throws {
        let net = try TestSwitch(ports: 0, normal: true)
        let modes: [(VLANMode, UInt16?, Set<UInt16>)] = [
            (.access, 10, []), (.access, 20, []), (.trunk, nil, []), (.trunk, nil, [20]), (.nativeTagged, 10, []), (.nativeUntagged, 10, []),
        ]
        for (index, mode) in modes.enumerated() {
            var config = net.config("p\(index + 1)")
            (config.settings.vlanMode, config.settings.tag, config.settings.trunks) = mode
            try net.bridge.addPort(config)
        }
        let outcome = net.send(ipv4(port, vlan: vlan))
        var wanted = expected
        wanted["\(port)"] = nil
        var got: [String: UInt16?] = [:]
        for sent in outcome.sent {
            let tci = sent.key.l0.vlanTCI.host
            got["\(sent.port.number)"] = .some(tci & VLANTCI.present == 0 ? nil : tci & VLANTCI.vidMask)
        }
        // VLAN 0 is untagged on the wire.
        #expect(got == wanted.mapValues { $0 == 0 ? nil : $0 })
    }

    @Test func patchPortsJoinBridges() throws {
        let net = try TestSwitch(ports: 2, normal: true)
        let other = try net.ofproto.addBridge("br1")
        var mod = FlowMod()
        mod.priority = 0
        mod.actions = [.output(.normal, maxLength: 0)]
        try other.apply(mod, command: .add, now: net.now)
        try other.addPort(net.config("q1"))
        func patch(_ name: String, _ peer: String) -> BridgePortConfig {
            BridgePortConfig(DPPortRequest(name: name, type: "patch", options: ["peer": peer]))
        }
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xb)) == [2])
        let near = try net.bridge.addPort(patch("to1", "to0"))
        let far = try other.addPort(patch("to0", "to1"))
        net.settle()
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xb)) == [2, 3])
        #expect(net.ports(ipv4(3, from: 0xb, to: 0xa)) == [1])
        net.pass(milliseconds: 1_000)
        let stats = net.bridge.portStats(try #require(net.bridge.port(near)))
        #expect(stats.txPackets == 2 || stats.txPackets == 1)
        #expect(stats.rxPackets == 1)
        #expect(other.portStats(try #require(other.port(far))).txPackets == 1)
        try other.removePort("to0")
        net.settle()
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xc)) == [2])
    }
}
