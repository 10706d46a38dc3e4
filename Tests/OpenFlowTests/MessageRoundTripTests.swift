import Flow
import Testing
import TestSupport
import Wire
@testable import OpenFlow

/// Messages of all kinds in all versions and forms: encoded and understood again, and shown to ovs-ofctl.
@Suite struct MessageRoundTripTests {
    private static let seeds: Range<UInt64> = 1..<40

    @Test func everyKindHasARow() {
        #expect(Set(messageTable.map(\.kind)) == Set(MessageKind.allCases))
        #expect(MessageKind.allCases.count == 82)
        #expect(messageForms.count == 469)
    }

    @Test func whatIsEncodedComesBack() {
        for (row, version) in messageForms {
            for seed in Self.seeds {
                let packet = sample(row, version, seed: seed)
                let bytes = packet.encoded()
                #expect(!bytes.isEmpty && row.allows(bytes.count, version), "\(row.kind) \(row.form) \(version)")
                #expect(OFPacket.decode(bytes) == .success(packet), "\(row.kind) \(row.form) \(version) seed \(seed): \(hex(bytes))")
            }
        }
    }

    @Test func theRefereeReadsTheSameValues() async throws {
        let samples = messageForms.flatMap { row, version in (UInt64(1)..<9).map { seed in (row, sample(row, version, seed: seed)) } }
        let texts = try await printedMessages(samples.map { $0.1.encoded() })
        #expect(texts.count == samples.count)
        for ((row, packet), text) in zip(samples, texts) {
            let expected = MessageTexts(packet: packet, row: row)
            #expect(!text.contains("decode error") && !text.contains("parse error"), "\(packet) \(hex(packet.encoded())): \(text)")
            #expect(text.hasPrefix(expected.title), "\(expected.title): \(text)")
            for part in expected.parts where !part.isEmpty { #expect(text.contains(part), "\(part) in \(text)") }
        }
    }
}
