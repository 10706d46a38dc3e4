import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

@Suite struct MirrorTests {
    private func wire(_ fill: (inout MirrorSettings) -> Void) throws -> TestSwitch {
        let net = try TestSwitch(ports: 4, normal: true)
        var settings = MirrorSettings("m")
        settings.output = .port("p4")
        fill(&settings)
        try net.bridge.configureMirrors([settings])
        return net
    }

    @Test func aMirrorGetsThePacketAsItCameIn() throws {
        let net = try wire { $0.sources = ["p1"] }
        var match = Match()
        match.set(.inPort, to: 1)
        try net.add(match, [.set(.ethSrc, to: 0xc), .output(OFPort(2), maxLength: 0)])
        let sent = net.send(ipv4(1, from: 0xa)).sent
        #expect(sent.map(\.port.number) == [4, 2])
        #expect(sent.map(\.key.l0.dlSrc.number) == [0xa, 0xc])
    }

    @Test func aMirrorGetsThePacketAsItLeaves() throws {
        let net = try wire { $0.destinations = ["p2"] }
        var match = Match()
        match.set(.inPort, to: 1)
        try net.add(match, [.set(.ethSrc, to: 0xc), .output(OFPort(2), maxLength: 0), .output(OFPort(3), maxLength: 0)])
        let sent = net.send(ipv4(1, from: 0xa)).sent
        #expect(sent.map(\.port.number) == [2, 4, 3])
        #expect(sent.allSatisfy { $0.key.l0.dlSrc.number == 0xc })
    }

    @Test func thePortOfAMirrorDoesNothingElse() throws {
        let net = try wire { $0.sources = ["p1"] }
        #expect(net.ports(ipv4(4, from: 0xb, to: 0xff)) == [])
        #expect(net.ports(ipv4(2, from: 0xa, to: 0xff)) == [1, 3])
        #expect(net.bridge.macTable.count == 1)
        #expect(net.bridge.bundle(named: "p4")?.drops[.mirrorOutput] == 1)
    }

    @Test func aMirrorCountsWhatItsMegaflowsSend() throws {
        let net = try wire { $0.selectsAll = true }
        for _ in 0..<5 { net.send(ipv4(1, from: 0xa, to: 0xff)) }
        net.pass(milliseconds: 1_000)
        #expect(net.bridge.mirrors.map(\.txPackets) == [5])
        #expect(net.bridge.mirrors.map(\.txBytes) == [300])
        // It goes on counting when another one comes.
        var other = MirrorSettings("n")
        other.output = .vlan(7)
        try net.bridge.configureMirrors([net.bridge.mirrors[0].settings, other])
        #expect(net.bridge.mirrors.map(\.txPackets) == [5, 0])
    }

    @Test func twoMirrorsToOnePlaceCopyOnce() throws {
        let net = try wire { $0.selectsAll = true }
        var second = MirrorSettings("n")
        (second.sources, second.output) = (["p1"], .port("p4"))
        try net.bridge.configureMirrors([net.bridge.mirrors[0].settings, second])
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xff)) == [4, 2, 3])
    }

    @Test func aMirrorFollowsItsPort() throws {
        let net = try wire { $0.selectsAll = true }
        try net.bridge.removePort("p4")
        net.settle()
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xff)) == [2, 3])
        let number = try net.bridge.addPort(net.config("p4"))
        net.settle()
        let odpPort = try #require(net.bridge.port(number)?.odpPort)
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xff)) == [odpPort.number, 2, 3])
    }

    @Test func thereIsABoundToMirrors() throws {
        let net = try wire { $0.selectsAll = true }
        let many = (0...OFProtoLimits.mirrors).map { MirrorSettings("m\($0)") }
        #expect(throws: DPIFError.self) { try net.bridge.configureMirrors(many) }
        #expect(net.bridge.mirrors.count == 1)
    }
}
