import Testing
import TestSupport
@testable import OpenFlow

/// OVS's error codes in all versions, as ovs-ofctl knows them.
@Suite struct ErrorTableTests {
    @Test func everyErrorHasItsRow() {
        #expect(errorTable.map(\.error) == OFError.allCases)
        #expect(errorTable.count == 198)
        for error in OFError.allCases { #expect(OFError(name: error.name) == error) }
    }

    @Test func theRefereeHasTheSameNumbers() async throws {
        let result = try await command("bash", ["-c", "while read -r name; do echo \"$name\"; ovs-ofctl print-error \"$name\"; done"],
            input: OFError.allCases.map { $0.name + "\n" }.joined())
        let expected = OFError.allCases.map { error in
            error.name + "\n" + OFVersion.allCases.map { version in
                guard let numbers = errorTable[Int(error.rawValue)].numbers(version) else { return "" }
                let vendor = numbers.vendor == 0 ? "0" : "0x" + String(numbers.vendor, radix: 16)
                return "OpenFlow 1.\(version.rawValue - 1): vendor \(vendor), type \(numbers.type), code \(numbers.code)\n"
            }.joined()
        }.joined()
        #expect(result.output == expected)
    }

    /// Where a version says two errors by the same numbers, the first is understood.
    @Test func numbersAreUnderstood() {
        for error in OFError.allCases {
            for version in OFVersion.allCases {
                let numbers = error.encoding(version)
                let known = OFError(vendor: numbers.vendor, type: numbers.type, code: numbers.code, version: version)
                switch (error, version) {
                case (.brcIsSecondary, .v10), (.brcIsSecondary, .v11): #expect(known == .brcEperm)
                case (.bicBadExpType, .v11): #expect(known == .bicBadExperimenter)
                default: #expect(known == (errorTable[Int(error.rawValue)].numbers(version) == nil ? .nxbrcUnencodableError : error), "\(error) \(version)")
                }
            }
        }
        #expect(OFError(vendor: 0, type: 99, code: 0, version: .v13) == nil)
        #expect(OFError(vendor: 0x1234, type: 1, code: 1, version: .v13) == nil)
    }

    /// An error message about a barrier request, in each version.
    @Test func theRefereeReadsOurErrorMessages() async throws {
        var messages: [[UInt8]] = [], names: [String] = []
        for error in OFError.allCases {
            for version in OFVersion.allCases {
                let refused = OFPacket(OFHeader(version, xid: 9), .barrierRequest).encoded()
                messages.append(OFDecodeError(error, version: version, xid: 9).reply(to: refused).encoded())
                let numbers = error.encoding(version)
                names.append(OFError(vendor: numbers.vendor, type: numbers.type, code: numbers.code, version: version)?.name ?? "?")
            }
        }
        let texts = try await printedMessages(messages)
        #expect(texts.count == names.count)
        for (name, text) in zip(names, texts) {
            #expect(text.hasPrefix("OFPT_ERROR") && text.contains(": \(name)\n"), "\(name): \(text)")
            // The messages that say hello failed end in words instead.
            #expect(name.hasPrefix("OFPHFC") || text.contains("OFPT_BARRIER_REQUEST"), "\(text)")
        }
    }
}
