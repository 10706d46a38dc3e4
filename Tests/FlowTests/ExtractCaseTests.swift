import Glibc
import Testing
import TestSupport
import Wire
@testable import Flow

/// Single frames, written out, for what other decoders do not show.
@Suite struct ExtractCaseTests {
    private let addresses = "020000000002 020000000001 "
    /// 10.0.0.1 → 10.0.0.2, UDP 1 → 2, no payload.
    private let udp = "0800 4500001c 00000000 40110000 0a000001 0a000002 00010002 00080000"

    private func extract(_ text: String, vlanLimit: Int = 2) throws -> Extracted {
        let memory = try #require(GuardedMemory())
        return extracted(hexBytes(text), in: memory, vlanLimit: vlanLimit)
    }

    @Test func vlanLimit() throws {
        let frame = addresses + "88a8 2003 8100 0004 " + udp
        let two = try extract(frame)
        #expect(two.lines == [.l0, .l3])
        #expect(two.key.l0.vlanTPID.host == 0x88a8 && two.key.l0.vlanTCI.host == 0x3003)
        #expect(two.key.l3.innerVLANTPID.host == 0x8100 && two.key.l3.innerVLANTCI.host == 0x1004)
        #expect(two.key.l0.dlType.host == EtherType.ipv4 && two.key.l0.tpDst.host == 2)
        let one = try extract(frame, vlanLimit: 1)
        #expect(one.lines == .l0)
        #expect(one.key.l0.vlanTCI.host == 0x3003)
        #expect(one.key.l0.dlType.host == EtherType.vlan8021Q && one.key.l0.nwSrc == .zero)
        let none = try extract(frame, vlanLimit: 0)
        #expect(none.key.l0.vlanTCI == .zero && none.key.l0.dlType.host == EtherType.vlan8021AD)
    }

    @Test func igmpGroup() throws {
        let result = try extract(addresses + "0800 4500001c 00000000 01020000 0a000001 e0000001 16050000 e1020304")
        #expect(result.lines == [.l0, .l3])
        #expect(result.key.l3.igmpGroup.host == 0xe102_0304)
        #expect(result.key.l0.tpSrc.host == 0x16 && result.key.l0.tpDst.host == 5)
    }

    private func solicitation(_ options: String) -> String {
        let size = 24 + hexBytes(options).count
        let ip = "86dd 60000000 00\(String(size, radix: 16)) 3aff "
        let ends = "fe800000000000000000000000000001 fe800000000000000000000000000002 "
        return addresses + ip + ends + "87000000 80000001 fe800000000000000000000000000009 " + options
    }

    @Test func neighborDiscoveryOptions() throws {
        let source = "0101 020000000011 ", target = "0201 020000000022 "
        let both = try extract(solicitation(target + source))
        #expect(both.lines == [.l0, .l1, .l3])
        #expect(both.key.l3.ndReserved.host == 0x8000_0001)
        #expect(both.key.l3.ndOptionsType == 2)
        #expect(both.key.l1.arpSHA.number == 0x0200_0000_0011 && both.key.l1.arpTHA.number == 0x0200_0000_0022)
        #expect(both.key.l1.ndTarget.low == 9)
        // Twice the same address: void.
        let twice = try extract(solicitation(source + source))
        #expect(twice.key.l1.ndTarget == .zero && twice.key.l1.arpSHA.isZero && twice.key.l0.tpSrc.host == 135)
        // An empty option ends the walk; what came before counts.
        let empty = try extract(solicitation(source + "0200 020000000022 "))
        #expect(empty.key.l1.ndTarget.low == 9 && !empty.key.l1.arpSHA.isZero && empty.key.l1.arpTHA.isZero)
        #expect(empty.key.l3.ndOptionsType == 1)
        // An option longer than the packet, too.
        let long = try extract(solicitation("0102 020000000011 "))
        #expect(long.key.l1.ndTarget.low == 9 && long.key.l1.arpSHA.isZero && long.key.l3.ndOptionsType == 0)
    }

    @Test func linesOfEachKind() throws {
        #expect(try extract(addresses + udp).lines == .l0)
        #expect(try extract(addresses + "8100 0001 " + udp).lines == .l0)
        #expect(try extract(addresses + "0806 0001080006040001 020000000001 0a000001 000000000000 0a000002").lines == [.l0, .l1])
        // ARP of another hardware type has no fields.
        #expect(try extract(addresses + "0806 0006080006040001 020000000001 0a000001 000000000000 0a000002").lines == .l0)
        #expect(try extract(addresses + "8847 00001140").lines == [.l0, .l3])
        #expect(try extract(addresses + "894f 0fc60103 00000101 00000001 00000002 00000003 00000004").lines == [.l0, .nsh])
        #expect(try extract(addresses + "894f 4fc60103 00000101 00000001 00000002 00000003 00000004").lines == .l0)
        #expect(try extract("").lines == .l0)
    }

    /// A chain of extension headers as long as a frame can hold ends.
    @Test func manyExtensionHeaders() throws {
        let count = 1000
        let size = String(count * 8 + 8, radix: 16)
        let ip = "86dd 60000000 \(String(repeating: "0", count: 4 - size.count))\(size) 3c40 " + String(repeating: "00", count: 32)
        let chain = String(repeating: "3c00000000000000", count: count - 1) + "1100000000000000"
        let result = try extract(addresses + ip + chain + "00010002 00080000")
        #expect(result.key.l0.nwProto == IPProtocol.udp && result.key.l0.tpDst.host == 2)
    }
}
