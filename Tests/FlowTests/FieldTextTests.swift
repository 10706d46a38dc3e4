import Testing
import Wire
@testable import Flow

@Suite struct FieldTextTests {
    @Test func theTableHasOneRowAFieldInOrder() {
        #expect(fieldTable.map(\.field) == Field.allCases)
        #expect(Set(fieldTable.map(\.name)).count == fieldTable.count)
        #expect(Field(named: "nw_src") == .ipv4Src)
        #expect(Field(named: "NXM_NX_REG15") == .reg(15))
        #expect(Field(named: "OXM_OF_PKT_REG3") == .xreg3)
        #expect(Field(named: "no_such_field") == nil)
    }

    @Test func placesAreThoseOfTheKey() {
        var key = FlowKey()
        key.l0.nwSrc = BE32(0x0a00_0001)
        key.l0.dlDst = EthernetAddress(0x0200_0000_0001)
        key.l0.vlanTCI = BE16(0x7005)
        key.l0.tpDst = BE16(80)
        key.l0.inPort = 7
        key.l1.ipv6Dst = BE128(high: 0x2001_0db8_0000_0000, low: 1)
        key.l2.tunDst = BE128(mappedIPv4: BE32(0x0102_0304))
        key.l3.mplsLSE0 = BE32(0x0001_2340)
        key.l5.nshPathHeader = BE32(0x1234_5678)
        key.regs[2] = 0xaabb_ccdd
        key.regs[3] = 0x1122_3344
        #expect(key.value(of: .ipv4Src) == 0x0a00_0001)
        #expect(key.value(of: .ethDst) == 0x0200_0000_0001)
        #expect(key.value(of: .dlVLAN) == 5)
        #expect(key.value(of: .vlanVID) == 0x1005)
        #expect(key.value(of: .vlanPCP) == 3)
        #expect(key.value(of: .tcpDst) == 80)
        #expect(key.value(of: .inPort) == 7)
        #expect(key.value(of: .ipv6Dst) == UInt128(0x2001_0db8_0000_0000) << 64 | 1)
        #expect(key.value(of: .tunDst) == 0x0102_0304)
        #expect(key.value(of: .mplsLabel) == 0x12)
        #expect(key.value(of: .mplsTC) == 1)
        #expect(key.value(of: .mplsBOS) == 1)
        #expect(key.value(of: .nshSPI) == 0x123456)
        #expect(key.value(of: .nshSI) == 0x78)
        #expect(key.value(of: .xreg1) == 0xaabb_ccdd_1122_3344)
        #expect(key.value(of: .xxreg0) == 0xaabb_ccdd_1122_3344)
    }

    @Test func whatIsWrittenIsReadAndNothingElseChanges() {
        var state: UInt64 = 1
        for _ in 0..<20 {
            var key = FlowKey()
            for word in 0..<96 { key[word: word] = splitMix64(&state) }
            for field in Field.allCases {
                let value = UInt128(splitMix64(&state)) << 64 | UInt128(splitMix64(&state))
                let mask = UInt128(splitMix64(&state)) << 64 | UInt128(splitMix64(&state))
                let before = key.value(of: field)
                var changed = key
                changed.set(field, to: value, mask: mask)
                #expect(changed.value(of: field) == (before & ~mask | value & mask) & field.place.ones, "\(field)")
                var ones = FlowMask()
                ones.set(field, to: mask)
                for word in 0..<96 { #expect((changed[word: word] ^ key[word: word]) & ~ones[word: word] == 0, "\(field)") }
            }
        }
    }
}
