import Flow
import Testing
import Wire
@testable import OpenFlow

/// Nothing that arrives traps.
@Suite struct MessageRobustnessTests {
    /// Cut at every length, with the header's own length corrected and not: a message that is too short is an error with the right transaction,
    /// or shorter but whole.
    @Test func messagesThatAreCutShort() {
        for (row, version) in messageForms {
            let packet = sample(row, version, seed: 3), bytes = packet.encoded()
            for count in 0..<bytes.count {
                var cut = Array(bytes[..<count])
                guard case .failure(let plain) = OFPacket.decode(cut) else {
                    Issue.record("\(row.kind) of \(count) bytes")
                    continue
                }
                if count >= 8 {
                    #expect(plain.error == .brcBadLen && plain.xid == packet.header.xid)
                    (cut[2], cut[3]) = (UInt8(count >> 8), UInt8(count & 0xff))
                    check(cut, packet.header.xid)
                }
            }
        }
    }

    /// What is understood can be written, and that is understood as the same; what is not has its transaction.
    private func check(_ bytes: [UInt8], _ xid: UInt32? = nil) {
        switch OFPacket.decode(bytes) {
        case .failure(let failure): if let xid { #expect(failure.xid == xid) }
        case .success(let packet):
            let again = packet.encoded()
            #expect(again.count >= 8, "\(packet)")
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func messagesWithBytesChanged(_ seed: UInt64) {
        var state = seed
        for (row, version) in messageForms {
            for round in 1..<20 {
                var bytes = sample(row, version, seed: UInt64(round)).encoded()
                for _ in 0..<1 + splitMix64(&state) % 4 {
                    let place = Int(splitMix64(&state) % UInt64(bytes.count))
                    if place == 2 || place == 3 { continue }
                    bytes[place] = [0, 0xff, 1, UInt8(splitMix64(&state) & 0xff)][Int(splitMix64(&state) % 4)]
                }
                check(bytes)
            }
        }
    }

    /// More nanoseconds than a second has, beside the longest time that can be said, are not a shorter time.
    @Test func timesThatCannotBe() {
        #expect(WireTime.nanoseconds(.max, .max) == .max)
        for (seconds, rest) in [(UInt32.max, 4_286_250_879), (0, 1_000_000_000), (7, .max)] as [(UInt32, UInt32)] {
            let time = WireTime.nanoseconds(seconds, rest)
            #expect(WireTime.seconds(time) == seconds && WireTime.rest(time) == 999_999_999)
        }
    }

    /// Thresholds of a vacancy that is not watched.
    @Test func thresholdsOfNothingAreNothing() throws {
        var on = TableMod(table: 0, eviction: false, vacancy: TableVacancy(isEnabled: true, down: 20, up: 80, current: 0))
        var bytes = OFPacket(OFHeader(.v14, xid: 5), .tableMod(on)).encoded()
        #expect(OFPacket.decode(bytes) == .success(OFPacket(OFHeader(.v14, xid: 5), .tableMod(on))))
        // OFPTC_VACANCY_EVENTS is taken away.
        bytes[15] = 0
        on.vacancy = TableVacancy(isEnabled: false, down: 0, up: 0, current: 0)
        #expect(OFPacket.decode(bytes) == .success(OFPacket(OFHeader(.v14, xid: 5), .tableMod(on))))
    }

    /// Bodies of noise behind every header.
    @Test func noise() {
        var state: UInt64 = 77
        for (row, version) in messageForms {
            for _ in 0..<20 {
                var writer = ByteWriter()
                MessageHeader.write(&writer, row.number, OFHeader(version, xid: 5))
                let extra = Int(splitMix64(&state) % 6)
                for _ in 0..<row.minimum + extra * row.unit { writer.u8(splitMix64(&state) % 3 == 0 ? UInt8(splitMix64(&state) & 0xff) : 0) }
                writer.set16(writer.count, at: 2)
                check(writer.bytes, 5)
            }
        }
    }
}
