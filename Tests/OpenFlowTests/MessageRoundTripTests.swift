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
                var generator = MessageGenerator(seed: seed, row, version)
                let packet = generator.packet(row.kind)
                let bytes = packet.encoded()
                #expect(!bytes.isEmpty && row.allows(bytes.count, version), "\(row.kind) \(row.form) \(version)")
                #expect(OFPacket.decode(bytes) == .success(packet), "\(row.kind) \(row.form) \(version) seed \(seed): \(hex(bytes))")
            }
        }
    }

    /// `ofp-parse` reads messages back to back from a file.
    @Test func theRefereeUnderstandsAll() async throws {
        var bytes: [UInt8] = [], names: [String] = []
        for (row, version) in messageForms {
            for seed in UInt64(1)..<6 {
                var generator = MessageGenerator(seed: seed, row, version)
                let message = generator.packet(row.kind).encoded()
                bytes += message
                names.append("\(row.kind) \(row.form) \(version) \(hex(message))")
            }
        }
        let result = try await command("bash", ["-c", "xxd -r -p >/dev/null </dev/null; f=$(mktemp); python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' >$f; ovs-ofctl ofp-parse $f; rm $f"], input: hex(bytes))
        let starts = result.output.split(separator: "\n").filter { $0.contains(" (xid=0x") && !$0.hasPrefix(" ") || $0.hasPrefix("***decode error") }
        for (name, start) in zip(names, starts) { #expect(!start.contains("decode error"), "\(name): \(start)") }
        #expect(!result.output.contains("decode error"))
    }
}
