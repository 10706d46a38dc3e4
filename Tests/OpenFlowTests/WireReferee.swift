import Flow
import TestSupport
import Wire
@testable import OpenFlow

/// A flow mod as bytes: those before the match, and where the match and the actions are.
struct WireFlowMod {
    var bytes: [UInt8]
    var version: OFVersion { OFVersion(rawValue: bytes[0]) ?? .v10 }
    /// OpenFlow 1.0 has its own flow mod and the extension's.
    var isExtended: Bool { bytes[1] == 4 }
    /// OpenFlow 1.0's flow mod has the match in front, the others behind 48 bytes.
    var matchStart: Int { version == .v10 && !isExtended ? 8 : 48 }
    var table: UInt8 { version == .v10 ? 0xff : bytes[24] }

    /// The match and the actions, as the whole module reads them.
    func decoded() throws(OFError) -> (match: Match, actions: [OFAction]) {
        var reader = ByteReader(bytes)
        try reader.skip(matchStart)
        var match: Match
        switch version {
        case .v10 where isExtended:
            let length = Int(bytes[40]) << 8 | Int(bytes[41])
            guard reader.count >= (length + 7) / 8 * 8 else { throw .bmcBadLen }
            var cookie: (value: UInt64, mask: UInt64)?
            match = try Match.decodeNXM(&reader, length: length, cookie: &cookie)
            try reader.skip((8 - length % 8) % 8)
        case .v10:
            match = try Match.decode10(&reader)
            _ = match.normalize()
            try reader.skip(24)
        default: match = try version == .v11 ? Match.decode11(&reader) : Match.decodeOXM(&reader)
        }
        if match.conntrackAddressOfOtherProtocol != nil { throw .bacMatchInconsistent }
        var actions = try [OFAction].decodeInstructions(&reader, version)
        try actions.check(match: match, table: table, version: version, maximumPort: .maximum)
        return (match, actions)
    }

    /// The same flow mod with this match and these actions.
    func encoded(_ match: Match, _ actions: [OFAction]) -> [UInt8] {
        var writer = ByteWriter()
        writer.put(Array(bytes[..<matchStart]))
        switch version {
        case .v10 where isExtended:
            let length = match.encodeNXM(&writer)
            writer.set16(length, at: 40)
        case .v10:
            match.encode10(&writer)
            writer.put(Array(bytes[48..<72]))
        case .v11: match.encode11(&writer)
        default: match.encodeOXM(&writer, version)
        }
        actions.encodeInstructions(&writer, version)
        writer.set16(writer.count, at: 2)
        return writer.bytes
    }
}

/// The forms in which ovs-ofctl can write a flow.
let wireFormats = ["-F OpenFlow10-table_id", "-F NXM", "-O OpenFlow11", "-O OpenFlow12", "-O OpenFlow13", "-O OpenFlow14", "-O OpenFlow15"]

/// Each flow as ovs-ofctl encodes it; nil for one that it refuses in this form.
func encodedByReferee(_ flows: [String], _ format: String) async throws -> [WireFlowMod?] {
    let script = #"""
        while IFS= read -r flow; do
          ovs-ofctl FORMAT -mmmmm parse-flow "$flow" 2>/dev/null | sed -n 's/^[0-9a-f]\{8\}  \(.\{47\}\).*/\1/p' | tr -d ' \n-'
          echo
        done
        """#.replacing("FORMAT", with: format)
    let result = try await command("bash", ["-c", script], input: flows.joined(separator: "\n") + "\n", seconds: 300)
    return result.output.split(separator: "\n", omittingEmptySubsequences: false).prefix(flows.count).map { line in
        let bytes = bytes(hex: line)
        return bytes.isEmpty ? nil : WireFlowMod(bytes: bytes)
    }
}

/// What ovs-ofctl says of a message: the name of the error, or its text.
enum WireVerdict: Equatable {
    case refused(String)
    case accepted(String)

    /// nil: accepted.
    var plainError: String? {
        if case .refused(let constant) = self { plainName(constant) } else { nil }
    }
}

/// Lets ovs-ofctl print messages.
func printedByReferee(_ messages: [[UInt8]]) async throws -> [WireVerdict] {
    let script = "file=$(mktemp) && xxd -r -p > $file && ovs-ofctl ofp-parse $file 2>/dev/null; rm -f $file"
    let input = messages.map { hex($0) }.joined(separator: "\n") + "\n"
    let result = try await command("bash", ["-c", script], input: input, seconds: 300)
    var verdicts: [WireVerdict] = []
    for line in result.output.split(separator: "\n") where line.hasPrefix("OFPT_FLOW_MOD") || line.hasPrefix("NXT_FLOW_MOD") {
        if let complaint = line.firstRange(of: "decode error: ") {
            verdicts.append(.refused(String(line[complaint.upperBound...].prefix { $0 != "*" })))
        } else {
            verdicts.append(.accepted(String(line)))
        }
    }
    return verdicts
}

/// An error's constant in one spelling for both sides: "OFPBMC_BAD_LEN" and `bmcBadLen` are "bmcbadlen".
func plainName(_ error: OFError) -> String { "\(error)".lowercased() }
func plainName(_ constant: String) -> String {
    let name = constant.hasPrefix("OFP") ? String(constant.dropFirst(3)) : constant
    return name.replacing("_", with: "").lowercased()
}

func hex(_ bytes: [UInt8]) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }

func bytes(hex text: some StringProtocol) -> [UInt8] {
    let digits = Array(text.utf8)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
        UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16)
    }
}
