import Testing
@testable import Wire

@Suite struct ByteOrderTests {
    @Test func rawBytesStandInNetworkOrder() {
        unsafe withUnsafeBytes(of: BE16(0x0102).raw) { #expect(unsafe Array($0) == [1, 2]) }
        unsafe withUnsafeBytes(of: BE32(0x0102_0304).raw) { #expect(unsafe Array($0) == [1, 2, 3, 4]) }
        unsafe withUnsafeBytes(of: BE64(0x0102_0304_0506_0708).raw) { #expect(unsafe Array($0) == [1, 2, 3, 4, 5, 6, 7, 8]) }
        unsafe withUnsafeBytes(of: BE128(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10)) { #expect(unsafe Array($0) == Array(1...16)) }
        #expect(BE32(77).host == 77)
        #expect(BE128(mappedIPv4: BE32(0x0a00_0001)).low == 0xffff_0a00_0001)
    }
}

@Suite struct EthernetAddressTests {
    @Test func textBothWays() {
        #expect(EthernetAddress("02:00:00:00:00:0a")?.description == "02:00:00:00:00:0a")
        #expect(EthernetAddress(0x0200_0000_0001).description == "02:00:00:00:00:01")
        for wrong in ["", "02:00:00:00:00", "02:00:00:00:00:00:00", "02:00:00:00:00:+1", "g2:00:00:00:00:00", "02:00:00:00:00:100", "02::00:00:00:00"] {
            #expect(EthernetAddress(wrong) == nil, "\(wrong)")
        }
    }

    @Test func kinds() {
        #expect(EthernetAddress.broadcast.isMulticast && EthernetAddress.broadcast.isBroadcast)
        #expect(EthernetAddress(0x0100_5e00_0001).isMulticast)
        #expect(!EthernetAddress(0x0200_0000_0001).isMulticast)
        #expect(EthernetAddress(0x0180_c200_000e).isReserved)
        #expect(!EthernetAddress(0x0180_c200_0010).isReserved)
    }
}
