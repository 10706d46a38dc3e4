import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// What collectors are told of a bridge's connections.
@Suite struct NetFlowTests {
    /// A switch that exports, and the records of the datagrams that it has sent.
    private final class Collector {
        let net: TestSwitch
        var datagrams: [[UInt8]] = []

        init(activeTimeout: Int64 = 600, fill: (inout NetFlowConfig) -> Void = { _ in }) throws {
            net = try TestSwitch(normal: true)
            var config = NetFlowConfig(targets: ["127.0.0.1:2055"], engineType: 3, engineID: 5)
            config.activeTimeout = activeTimeout
            fill(&config)
            net.ofproto.epoch = 1_700_000_000_000
            net.pass(milliseconds: 100)
            net.bridge.netFlow = config
            net.ofproto.netFlowSink = { [unowned self] bytes, targets in
                #expect(targets == ["127.0.0.1:2055"])
                datagrams.append(bytes)
            }
        }

        func number(_ bytes: ArraySlice<UInt8>, _ offset: Int, _ size: Int) -> Int {
            bytes[(bytes.startIndex + offset)..<(bytes.startIndex + offset + size)].reduce(0) { $0 << 8 | Int($1) }
        }
        var records: [ArraySlice<UInt8>] {
            datagrams.flatMap { datagram in stride(from: 24, to: datagram.count, by: 48).map { datagram[$0..<($0 + 48)] } }
        }
    }

    @Test func aConnectionIsToldOfWhenItsMegaflowGoes() throws {
        let collector = try Collector(), net = collector.net
        net.send(ipv4(2, from: 0x0200_0000_0002, to: 0x0200_0000_0001))
        net.send(ipv4(1))
        net.pass(milliseconds: 3_000)
        for _ in 0..<4 { net.send(ipv4(1)) }
        #expect(collector.datagrams.isEmpty)
        net.pass(milliseconds: 20_000)
        try #require(collector.records.count == 2)
        let record = try #require(collector.records.first { collector.number($0, 12, 2) == 1 })
        func number(_ offset: Int, _ size: Int) -> Int { collector.number(record, offset, size) }
        #expect(number(0, 4) == 0x0a00_0001 && number(4, 4) == 0x0a00_0002 && number(8, 4) == 0)
        // In by 1, out by 2; five packets of 60 bytes.
        #expect(number(14, 2) == 2 && number(16, 4) == 5 && number(20, 4) == 300)
        #expect(number(28, 4) - number(24, 4) == 3_000)
        #expect(number(32, 2) == 1000 && number(34, 2) == 2000 && number(38, 1) == 17)
        let header = collector.datagrams[0][...]
        #expect(collector.number(header, 0, 2) == 5 && collector.number(header, 20, 2) == 0x0305 && collector.number(header, 22, 2) == 0)
        // The first packet's time, by the exporter's clock, and its clock's beginning make the wall clock's time.
        #expect(collector.number(header, 8, 4) * 1_000 + collector.number(header, 12, 4) / 1_000_000 == 1_700_000_000_000 + 1_100 + collector.number(header, 4, 4))
    }

    @Test func whatLeavesByManyPortsOrByNoneSaysSo() throws {
        let collector = try Collector(), net = collector.net
        net.send(ipv4(1))
        try net.add(priority: 200, from(3), [])
        try net.add(priority: 200, from(4), [out(1), out(2)])
        net.send(ipv4(3))
        net.send(ipv4(4))
        net.pass(milliseconds: 20_000)
        let outputs = Dictionary(uniqueKeysWithValues: collector.records.map { (collector.number($0, 12, 2), collector.number($0, 14, 2)) })
        #expect(outputs == [1: 0xffff, 3: 0xfffd, 4: 0xfffe])
    }

    @Test func aConnectionThatGoesOnIsToldOfInTime() throws {
        let collector = try Collector(activeTimeout: 5), net = collector.net
        for _ in 0..<130 {
            net.send(ipv4(1))
            net.pass(milliseconds: 100)
        }
        #expect(collector.records.count == 2)
        net.pass(milliseconds: 30_000)
        #expect(collector.records.reduce(0) { $0 + collector.number($1, 16, 4) } == 130)
    }

    @Test func datagramsHoldThirtyRecordsAndAreNumbered() throws {
        let collector = try Collector { $0.addsIDToInterface = true }, net = collector.net
        for number in 0..<70 {
            var key = ipv4(1)
            key.l0.tpSrc = BE16(UInt16(number))
            net.send(key)
        }
        net.pass(milliseconds: 20_000)
        #expect(collector.datagrams.map { ($0.count - 24) / 48 } == [30, 30, 10])
        #expect(collector.datagrams.map { collector.number($0[...], 16, 4) } == [0, 30, 60])
        #expect(collector.records.allSatisfy { collector.number($0, 12, 2) == 5 << 9 | 1 })
    }

    /// ICMP has its type and code where ports are; what is no IPv4 is not told of, and its megaflows are no narrower.
    @Test func otherProtocols() throws {
        let collector = try Collector(), net = collector.net
        var ping = ipv4(1)
        (ping.l0.nwProto, ping.l0.tpSrc, ping.l0.tpDst) = (IPProtocol.icmp, BE16(8), BE16(3))
        net.send(ping)
        var arp = ipv4(2)
        (arp.l0.dlType, arp.l0.nwTTL, arp.l0.tpSrc, arp.l0.tpDst) = (BE16(EtherType.arp), 0, .zero, .zero)
        net.send(arp)
        #expect(net.dpif.flowDump().last?.mask.l0.nwSrc == .zero)
        net.pass(milliseconds: 20_000)
        try #require(collector.records.count == 1)
        #expect(collector.number(collector.records[0], 32, 4) == 8 << 8 | 3)
    }
}
