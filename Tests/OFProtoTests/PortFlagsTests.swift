import Datapath
import OpenFlow
import Testing
@testable import OFProto

/// OFPPC_PORT_DOWN and the state of a port's device.
@Suite struct PortFlagsTests {
    private let net: TestSwitch
    private let port: BridgePort

    init() throws {
        net = try TestSwitch(normal: true)
        port = try #require(net.bridge.port(named: "p2"))
    }

    private var told: PortDescription { net.bridge.portDescription(port) }

    private func turn(_ bits: PortConfigBits, _ mask: PortConfigBits) throws {
        try net.bridge.apply(PortMod(port: port.number, ethernetAddress: net.bridge.ethernetAddress(of: port), config: bits, mask: mask, advertise: []))
        net.settle()
    }

    @Test func aDeviceIsTurnedOffAndOnWithItsPort() throws {
        try turn(.portDown, .portDown)
        #expect(net.dpif.disabled == ["p2"] && told.config == .portDown && told.state == .linkDown)
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xb)) == [3, 4])
        try turn([], .portDown)
        #expect(net.dpif.disabled == [] && told.config == [] && told.state == .live)
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xb)) == [2, 3, 4])
    }

    @Test func aDeviceThatRefusesStaysAsItIs() throws {
        net.dpif.stubborn = ["p2"]
        try turn([.portDown, .noFlood], [.portDown, .noFlood])
        #expect(told.config == .noFlood && told.state == .live)
    }

    @Test func whatSomebodyElseTurnsOffIsToldAndTurnedOn() throws {
        net.dpif.disabled = ["p2"]
        #expect(told.config == .portDown)
        // Another bit leaves it alone, and what is sent there is the device's affair.
        try turn(.noPacketIn, .noPacketIn)
        #expect(told.config == [.portDown, .noPacketIn] && net.dpif.disabled == ["p2"])
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xb)) == [2, 3, 4])
        try turn([], .portDown)
        #expect(told.config == .noPacketIn && net.dpif.disabled == [])
    }

    @Test func whoTurnsADeviceOnTakesAControllersWordBack() throws {
        try turn(.portDown, .portDown)
        net.dpif.disabled = []
        net.bridge.refreshLinks(ofAll: true)
        net.settle()
        #expect(told.config == [])
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xb)) == [2, 3, 4])
    }

    @Test func flagsOutlastOtherChanges() throws {
        try turn([.noFlood, .portDown], [.noFlood, .portDown])
        var config = net.config("p2")
        config.settings.isProtected = true
        try net.bridge.changePort(config)
        #expect(told.config == [.noFlood, .portDown])
        config.flags = .noForward
        try net.bridge.changePort(config)
        #expect(port.config.flags == .noForward)
    }
}
