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

    @Test func theRefereeUnderstandsAll() async throws {
        let samples = messageForms.flatMap { row, version in (UInt64(1)..<6).map { seed in (row, version, sample(row, version, seed: seed).encoded()) } }
        let texts = try await printedMessages(samples.map(\.2))
        #expect(texts.count == samples.count)
        for ((row, version, bytes), text) in zip(samples, texts) {
            #expect(!text.contains("decode error") && !text.contains("parse error"), "\(row.kind) \(row.form) \(version) \(hex(bytes)): \(text)")
        }
    }
}
