import Testing
import Wire
@testable import Flow

/// The table at the head of FlowKey.swift, asked of the compiler.
@Suite struct FlowKeyLayoutTests {
    @Test func everyLineHas64Bytes() {
        #expect(MemoryLayout<FlowLine0>.size == 64)
        #expect(MemoryLayout<FlowLine1>.size == 64)
        #expect(MemoryLayout<FlowLine2>.size == 64)
        #expect(MemoryLayout<FlowLine3>.size == 64)
        #expect(MemoryLayout<FlowLine4>.size == 64)
        #expect(MemoryLayout<FlowLine5>.size == 64)
        #expect(MemoryLayout<FlowLine11>.size == 64)
        #expect(MemoryLayout<FlowKey>.size == 768)
        #expect(MemoryLayout<FlowKey>.stride == 768)
    }

    /// The offset of each field in its line, in the table's order.
    private func offsets<Line>(_ fields: PartialKeyPath<Line>...) -> [Int?] {
        fields.map { MemoryLayout<Line>.offset(of: $0) }
    }

    @Test func line0() {
        #expect(offsets(\FlowLine0.inPort, \.recircID, \.dpHash, \.skbPriority, \.pktMark, \.ctMark) == [0, 4, 8, 12, 16, 20])
        #expect(offsets(\FlowLine0.ctZone, \.ctState, \.ctNWProto) == [24, 26, 27])
        #expect(offsets(\FlowLine0.dlDst, \.dlSrc, \.dlType, \.vlanTPID, \.vlanTCI) == [28, 34, 40, 42, 44])
        #expect(offsets(\FlowLine0.nwProto, \.nwTOS, \.nwSrc, \.nwDst, \.nwTTL, \.nwFrag) == [46, 47, 48, 52, 56, 57])
        #expect(offsets(\FlowLine0.tpSrc, \.tpDst, \.tcpFlags) == [58, 60, 62])
    }
    @Test func line1() {
        #expect(offsets(\FlowLine1.ipv6Src, \.ipv6Dst, \.ndTarget, \.arpSHA, \.arpTHA, \.ipv6Label) == [0, 16, 32, 48, 54, 60])
    }
    @Test func line2() {
        #expect(offsets(\FlowLine2.tunSrc, \.tunDst, \.tunID, \.tunFlags, \.tunTOS, \.tunTTL) == [0, 16, 32, 40, 42, 43])
        #expect(offsets(\FlowLine2.tunTPSrc, \.tunTPDst, \.tunGBPID, \.tunGBPFlags) == [44, 46, 48, 50])
        #expect(offsets(\FlowLine2.erspanVersion, \.erspanIndex, \.erspanDirection, \.erspanHardwareID) == [51, 52, 56, 57])
        #expect(offsets(\FlowLine2.gtpuFlags, \.gtpuMessageType) == [58, 59])
    }
    @Test func line3() {
        #expect(offsets(\FlowLine3.innerVLANTPID, \.innerVLANTCI, \.mplsLSE0, \.mplsLSE1, \.mplsLSE2) == [0, 2, 4, 8, 12])
        #expect(offsets(\FlowLine3.packetType, \.ndReserved, \.igmpGroup, \.ndOptionsType) == [16, 20, 24, 28])
    }
    @Test func line4() {
        #expect(offsets(\FlowLine4.ctLabel, \.ctIPv6Src, \.ctIPv6Dst, \.ctNWSrc, \.ctNWDst) == [0, 16, 32, 48, 52])
        #expect(offsets(\FlowLine4.ctTPSrc, \.ctTPDst) == [56, 58])
    }
    @Test func line5() {
        #expect(offsets(\FlowLine5.nshFlags, \.nshTTL, \.nshMDType, \.nshNP, \.nshPathHeader) == [0, 1, 2, 3, 4])
        #expect(offsets(\FlowLine5.nshContext0, \.nshContext1, \.nshContext2, \.nshContext3) == [8, 12, 16, 20])
        #expect(offsets(\FlowLine5.tunMetadataPresent) == [24])
    }
    @Test func line11() {
        #expect(offsets(\FlowLine11.metadata, \.actsetOutput, \.conjID) == [0, 8, 12])
    }
    @Test func linesInTheKey() {
        #expect(offsets(\FlowKey.l0, \.l1, \.l2, \.l3, \.l4, \.l5) == [0, 64, 128, 192, 256, 320])
        #expect(offsets(\FlowKey.tunMetadata0, \.tunMetadata1, \.tunMetadata2, \.tunMetadata3) == [384, 448, 512, 576])
        #expect(offsets(\FlowKey.regs, \.l11) == [640, 704])
    }
}
