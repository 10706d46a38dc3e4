import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// After rounds of everything nothing is left: no rule, group, megaflow or record of one.
@Suite struct LeftoverTests {
    private func assertEmpty(_ net: TestSwitch) {
        let bridge = net.bridge, ofproto = net.ofproto
        #expect(bridge.flowCount == 0 && bridge.dumpFlows().isEmpty)
        for case let table? in bridge.tables { #expect(table.classifier.count == 0 && table.liveCount == 0 && (table.eviction?.count ?? 0) == 0) }
        #expect(!bridge.isReaping && bridge.timers.next == nil)
        #expect(bridge.groupDescriptions(GroupNumber.all).isEmpty)
        #expect(bridge.meters.isEmpty && net.dpif.meters.isEmpty)
        #expect(ofproto.megaflowCount == 0 && net.dpif.flows.isEmpty)
        #expect(ofproto.controllers.count == 0)
        #expect(bridge.connections.bundledBytes == 0 && bridge.connections.connections.isEmpty)
    }

    @Test func roundsLeaveNothing() throws {
        let net = try TestSwitch()
        var config = TableConfig()
        (config.maximum, config.evicts, config.evictionFields) = (450, true, [FieldRange(.inPort)])
        net.bridge.configureTables([0: config])
        for round in 0..<4 as Range<UInt16> {
            let peer = TestController(net)
            peer.ask(.flowMonitorRequest([FlowMonitorRequest(id: 1, flags: [.initial, .add, .removed, .modify], outPort: nil, outGroup: nil, table: 0xff, match: Match())]))
            for id in 1..<20 as Range<UInt32> { try net.group(.add, id, .select, [bucket(2), bucket(3)]) }
            try net.addMeter(1)
            for priority in 0..<500 as Range<UInt16> {
                let actions: [OFAction] = switch priority % 4 {
                case 0: [.group(1 + UInt32(priority) % 19)]
                case 1: [.meter(1), .output(OFPort(2), maxLength: 0)]
                case 2: [.output(.controller, maxLength: .max)]
                default: [.output(OFPort(3), maxLength: 0)]
                }
                peer.send(TestController.flow(.add, priority: priority, actions) {
                    $0.match = from(UInt32(1 + priority % 4))
                    $0.hardTimeout = priority % 3 == 0 ? 5 + round : 0
                    $0.idleTimeout = priority % 5 == 0 ? 5 : 0
                })
            }
            _ = peer.told()
            #expect(net.bridge.flowCount == 450)
            for port in 1..<5 as Range<UInt32> { net.send(ipv4(port)) }
            #expect(net.ofproto.megaflowCount == 4)
            peer.ask(TestController.flow(.modify, priority: 0, [.output(OFPort(4), maxLength: 0)]) { $0.match = from(1) })
            // A bundle that is refused, one that is given up, and one that stays open when the connection ends.
            for id in 1..<4 as Range<UInt32> {
                for priority in 600..<700 as Range<UInt16> {
                    let packet = OFPacket(OFHeader(.v14, xid: 9), TestController.flow(.add, priority: priority, priority == 650 && id == 1 ? [.group(99)] : []))
                    peer.send(.bundleAdd(BundleAdd(id: id, flags: [], content: .message(packet), bytes: packet.encoded()[...])), xid: 9)
                }
                peer.send(.bundleControl(BundleControl(id: id, kind: id == 1 ? .commitRequest : id == 2 ? .discardRequest : .closeRequest, flags: [])))
            }
            #expect(peer.told().contains { $0.toldError == .bfcMsgFailed })
            try net.group(.delete, GroupNumber.all)
            net.pass(milliseconds: 12_000)
            peer.ask(TestController.flow(.delete, priority: 0, table: 0xff))
            peer.close()
            try net.bridge.apply(MeterMod(.delete, MeterConfig(meter: 1, flags: [], bands: [])), now: net.now)
            net.pass(milliseconds: 25_000)
            assertEmpty(net)
        }
    }
}
