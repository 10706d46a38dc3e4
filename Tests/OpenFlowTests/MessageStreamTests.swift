import Flow
import Testing
import Wire
@testable import OpenFlow

/// Messages in a stream, and those that take several.
@Suite struct MessageStreamTests {
    private let echo = OFPacket(OFHeader(.v13, xid: 1), .echoRequest([1, 2, 3])).encoded()
    private let barrier = OFPacket(OFHeader(.v13, xid: 2), .barrierRequest).encoded()

    @Test(arguments: [1, 2, 3, 7, 8, 9, 10, 19, 30]) func messagesAreFoundInPieces(_ size: Int) throws {
        let stream = echo + barrier + echo
        var framer = OFMessageFramer(), found: [[UInt8]] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            try framer.decode(Array(stream[start..<min(start + size, stream.count)])) { found.append($0) }
        }
        #expect(found == [echo, barrier, echo])
    }

    @Test func aLengthShorterThanAHeaderEndsTheStream() throws {
        var framer = OFMessageFramer(), found: [[UInt8]] = []
        #expect(throws: OFError.brcBadLen) { try framer.decode(echo + [4, 0, 0, 7, 0, 0, 0, 0]) { found.append($0) } }
        #expect(found == [echo])
    }

    private func flow(_ index: Int) -> FlowStats {
        var flow = FlowMod()
        flow.cookie = UInt64(index)
        flow.match.set(.tunID, to: UInt128(index))
        flow.actions = [.output(OFPort(UInt16(index % 1000)), maxLength: 0)]
        return FlowStats(flow: flow, duration: 0, idleAge: nil, hardAge: nil, packets: 1, bytes: 60)
    }

    /// Whole messages, of which all but the last say that more follow.
    @Test(arguments: OFVersion.allCases) func aLongReplyTakesSeveralMessages(_ version: OFVersion) throws {
        let form: MessageForm = version == .v10 ? .extended : .standard
        let flows = (0..<2000).map { flow($0) }
        let bytes = OFPacket(OFHeader(version, xid: 7, form: form), .flowStatsReply(flows)).encoded()
        var framer = OFMessageFramer(), packets: [OFPacket] = []
        try framer.decode(bytes) { message in
            if case .success(let packet) = OFPacket.decode(message) { packets.append(packet) }
        }
        #expect(packets.count > 1)
        #expect(packets.map(\.header.more) == packets.indices.map { $0 < packets.count - 1 })
        let all = packets.flatMap { packet -> [FlowStats] in if case .flowStatsReply(let list) = packet.message { list } else { [] } }
        #expect(all == flows)
        #expect(packets.allSatisfy { $0.header.xid == 7 && $0.header.form == form })
    }

    @Test func anEmptyReplyIsOneMessage() throws {
        var writer = try #require(MultipartWriter(header: OFHeader(.v13, xid: 3), kind: .flowStatsReply))
        #expect(writer.finish() == [4, 19, 0, 16, 0, 0, 0, 3, 0, 1, 0, 0, 0, 0, 0, 0])
        #expect(MultipartWriter(header: OFHeader(.v10, xid: 3), kind: .meterStatsReply) == nil)
        #expect(MultipartWriter(header: OFHeader(.v13, xid: 3), kind: .barrierReply) == nil)
    }

    /// A flow that no message has room for is left out; those around it are not.
    @Test func anElementThatIsTooLongIsLeftOut() throws {
        var long = flow(1)
        long.flow.actions = [.note([UInt8](repeating: 1, count: 60_000)), .note([UInt8](repeating: 2, count: 60_000))]
        let bytes = OFPacket(OFHeader(.v13, xid: 7), .flowStatsReply([flow(0), long, flow(2)])).encoded()
        guard case .success(let packet) = OFPacket.decode(bytes), case .flowStatsReply(let list) = packet.message else {
            Issue.record("not one message")
            return
        }
        #expect(list == [flow(0), flow(2)])
    }

    @Test func whatAVersionLacksIsNotEncoded() {
        #expect(OFPacket(OFHeader(.v10, xid: 1), .meterFeaturesRequest).encoded().isEmpty)
        #expect(OFPacket(OFHeader(.v14, xid: 1), .flowMonitorCancel(1)).encoded().isEmpty)
    }

    /// Version 9 may well speak one of ours too.
    @Test func aHelloOfALaterVersionIsUnderstood() {
        let simple = OFPacket.decode([9, 0, 0, 8, 0, 0, 0, 5])
        #expect(simple == .success(OFPacket(OFHeader(.v15, xid: 5), .hello(Hello(versions: OFVersions(rawValue: 0x3fe))))))
        let bitmap = OFPacket.decode([9, 0, 0, 24, 0, 0, 0, 5, 0, 9, 0, 6, 1, 2, 0, 0, 0, 1, 0, 8, 0, 0, 2, 0x12])
        #expect(bitmap == .success(OFPacket(OFHeader(.v15, xid: 5), .hello(Hello(versions: OFVersions(rawValue: 0x212))))))
        #expect(OFPacket.decode([9, 2, 0, 8, 0, 0, 0, 5]) == .failure(OFDecodeError(.brcBadVersion, version: .v10, xid: 5)))
    }

    @Test func aFlowModNamesItsTableWhereThatIsAgreed() {
        var request = FlowRequest()
        request.mod.table = 3
        var header = OFHeader(.v10, xid: 1)
        header.hasTableIDs = true
        let bytes = OFPacket(header, .flowMod(request)).encoded()
        guard case .success(let packet) = OFPacket.decode(bytes, hasTableIDs: true), case .flowMod(let found) = packet.message else {
            Issue.record("not understood")
            return
        }
        #expect(found.mod.table == 3 && !found.everyTable && packet.header.hasTableIDs)
        #expect(OFPacket.decode(bytes) == .failure(OFDecodeError(.fmfcBadCommand, version: .v10, xid: 1)))
    }
}
