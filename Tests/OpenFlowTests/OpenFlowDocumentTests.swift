import Flow
import Foundation
import Testing
@testable import OpenFlow

/// `docs/OPENFLOW.md` has the tables of what is spoken. It is made of the tables that the codec works by, and must be what they say.
@Suite struct OpenFlowDocumentTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/OPENFLOW.md").standardized

    /// With `WRITE_OPENFLOW_DOCUMENT` in the environment the file is written anew.
    @Test func theDocumentSaysWhatTheTablesSay() throws {
        let text = Self.document
        if ProcessInfo.processInfo.environment["WRITE_OPENFLOW_DOCUMENT"] != nil { try text.write(to: Self.file, atomically: true, encoding: .utf8) }
        #expect(try String(contentsOf: Self.file, encoding: .utf8) == text)
    }

    private static var document: String {
        """
        # What is spoken of OpenFlow

        Made of the tables in `Sources/OpenFlow` and `Sources/Flow`, which have a row each for what stands here. Everything is decoded and encoded.

        ## Messages

        By version: the message's type; `mp` for a multipart (statistics) message's type; NX and ONF for the subtype of an extension's message. What a controller says is carried out,
        but for the requests of IPFIX statistics, which are answered with OFPERR_NXST_NOT_CONFIGURED, and the flushing of tracked connections, of which there are none yet.

        \(table(["message", "said by"] + versions.map { "1.\($0.rawValue - 1)" }, messages))

        ## Fields

        A match may have a mask where the third column says so, and actions may set the field where the fourth does. A header has the OpenFlow version from which it is preferred.

        \(table(["field", "bits", "masked", "set", "headers"], fields))

        ## Actions

        By version: OpenFlow's own number, or the subtype of an extension. OpenFlow 1.1 and later put them into instructions, all of which are there: goto_table, write_metadata,
        write_actions, apply_actions, clear_actions, meter.

        \(table(["form"] + versions.map { "1.\($0.rawValue - 1)" }, actions))

        ## Errors

        By version: type and code, with the vendor of an extension.

        \(table(["error"] + versions.map { "1.\($0.rawValue - 1)" }, errors))

        """
    }

    private static let versions = OFVersion.allCases

    private static func table(_ heads: [String], _ rows: [[String]]) -> String {
        ([heads, heads.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    private static var messages: [[String]] {
        MessageKind.allCases.map { kind in
            let both: Set<MessageKind> = [.hello, .error, .echoRequest, .echoReply, .bundleControl]
            return [words("\(kind)"), both.contains(kind) ? "both" : kind.isOfSwitches ? "switch" : "controller"] + versions.map { version in
                let rows = messageTable.filter { $0.kind == kind && $0.isIn(version) }
                return unique(rows.map { number($0.number) })
            }
        }
    }

    private static func number(_ number: MessageNumber) -> String {
        switch number {
        case .type(let type): "\(type)"
        case .vendor(let vendor, let subtype): "\(name(vendor)) \(subtype)"
        case .multipart(let type, _): "mp \(type)"
        case .vendorMultipart(let vendor, let subtype, _): "mp \(name(vendor)) \(subtype)"
        }
    }

    private static func name(_ vendor: UInt32) -> String { vendor == Vendor.nicira ? "NX" : "ONF" }

    private static var fields: [[String]] {
        fieldTable.map { row in
            [row.name + (row.alias.map { " (\($0))" } ?? ""), "\(row.width)", row.maskable ? "yes" : "", row.writable ? "yes" : "",
                row.headers.map(\.name).joined(separator: ", ")]
        }
    }

    private static var actions: [[String]] {
        ActionForm.allCases.map { form in
            [words("\(form)")] + versions.map { version in
                let numbers = form.row.numbers.filter { $0.versions.contains(version) }
                return unique(numbers.map { ($0.family == .standard ? "" : $0.family == .nicira ? "NX " : "ONF ") + "\($0.number)" })
            }
        }
    }

    private static var errors: [[String]] {
        errorTable.map { row in
            [row.name] + versions.map { version in
                row.numbers(version).map { ($0.vendor == 0 ? "" : name($0.vendor) + " ") + "\($0.type),\($0.code)" } ?? ""
            }
        }
    }

    private static func unique(_ texts: [String]) -> String {
        var found: [String] = []
        for text in texts where !found.contains(text) { found.append(text) }
        return found.joined(separator: ", ")
    }

    /// "flow mod table ID" for flowModTableID.
    private static func words(_ name: String) -> String {
        var words: [String] = [""]
        var wasUpper = true
        for character in name {
            if character.isUppercase, !wasUpper { words.append("") }
            words[words.count - 1].append(character)
            wasUpper = character.isUppercase
        }
        return words.map { $0.dropFirst().contains(where: \.isUppercase) ? $0 : $0.lowercased() }.joined(separator: " ")
    }
}
