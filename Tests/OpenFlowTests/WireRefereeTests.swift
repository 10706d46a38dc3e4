import Flow
import Testing
import TestSupport
import Wire
@testable import OpenFlow

/// Debian's ovs-ofctl encodes flows; this module reads them and must write the same bytes again.
@Suite(.serialized) struct WireRefereeTests {
    @Test(arguments: wireFormats) func whatTheRefereeEncodes(_ format: String) async throws {
        let mods = try await encodedByReferee(wireFlows, format)
        #expect(mods.count == wireFlows.count)
        #expect(mods.count { $0 != nil } > 75)
        let known = mods.compactMap { $0 }
        let verdicts = try await printedByReferee(known.map(\.bytes))
        #expect(verdicts.count == known.count)
        for (mod, verdict) in zip(known, verdicts) {
            do throws(OFError) {
                let (match, actions) = try mod.decoded()
                guard case .accepted(let text) = verdict else {
                    Issue.record("\(format): accepted, but the referee says \(verdict) of \(hex(mod.bytes))")
                    continue
                }
                let again = mod.encoded(match, actions)
                if !hasMergedForms(text) { #expect(hex(again) == hex(mod.bytes), "\(text)") }
                let (match2, actions2) = try WireFlowMod(bytes: again).decoded()
                #expect(match2 == match && actions2 == actions, "\(text)")
            } catch {
                // ovs-ofctl writes some flows in versions in which it does not read them.
                #expect(verdict.plainError == plainName(error), "\(format) \(hex(mod.bytes))")
            }
        }
    }

    /// ovs-ofctl reads what this module writes, prints what this module prints, and writes the same again.
    @Test(arguments: OFVersion.allCases) func whatTheRefereeReads(_ version: OFVersion) async throws {
        var generator = WireGenerator(seed: 100 + UInt64(version.rawValue))
        var lists: [[OFAction]] = []
        for _ in 0..<25 { lists += (generator.everyAction() + generator.tcpActions()).map { [$0] } }
        let input = lists.map { actions in
            var writer = ByteWriter()
            actions.encodeActions(&writer, version)
            return hex(writer.bytes)
        }
        let result = try await command("ovs-ofctl", ["parse-actions", version.name], input: input.joined(separator: "\n") + "\n")
        // A line with the actions, lines of differences if there are any, an empty line.
        let answers = result.output.split(separator: "\n\n")
        #expect(answers.count == lists.count)
        for (actions, answer) in zip(lists, answers) {
            let lines = answer.split(separator: "\n")
            #expect(lines.count == 1 && lines[0].hasPrefix("actions="), "\(actions) \(answer)")
            guard let line = lines.first, actions.allSatisfy(\.hasSettledText) else { continue }
            let text = line.dropFirst("actions=".count)
            if version == .v10 { #expect(actions.text(match: tcpMatch, style: .openFlow10) == text) }
            if version == .v15 { #expect(actions.text(match: tcpMatch, style: .openFlow15) == text) }
        }
    }

    private var tcpMatch: Match {
        var match = Match()
        match.set(.ethType, to: UInt128(EtherType.ipv4))
        match.set(.nwProto, to: UInt128(IPProtocol.tcp))
        return match
    }

    @Test(arguments: [OFVersion.v10, .v12, .v13, .v15]) func matchesThatTheRefereeReads(_ version: OFVersion) async throws {
        var generator = WireGenerator(seed: 200 + UInt64(version.rawValue))
        var matches: [Match] = []
        // ovs-ofctl's parse-nx-match gives tun_metadata fields no room: it reads zeroes.
        for field in Field.allCases where !field.row.headers.isEmpty && !field.isTunMetadata {
            // OVS masks these by their own value, so that tun_gtpu_msgtype=1 matches 3 as well.
            if [.tunERSPANVersion, .tunERSPANDirection, .tunERSPANHardwareID, .tunGTPUFlags, .tunGTPUMessageType].contains(field) { continue }
            // A tag whose presence is not matched has no form in OXM that could be read back.
            if version > .v10, field == .vlanTCI { continue }
            for _ in 0..<4 { matches.append(generator.match(on: field)) }
        }
        let ours = matches.map { match in
            var writer = ByteWriter()
            match.encodeFields(&writer, version)
            return entries(writer.bytes)
        }
        let arguments = version == .v10 ? ["--strict", "parse-nx-match"] : ["--strict", "parse-oxm", version.name]
        let result = try await command("ovs-ofctl", arguments, input: ours.map { $0.isEmpty ? "<any>" : $0.map(\.raw).joined(separator: ",") }.joined(separator: "\n") + "\n")
        let theirs = result.output.split(separator: "\n")
        #expect(theirs.count == ours.count)
        for (entries, line) in zip(ours, theirs) {
            #expect((entries.isEmpty ? "<any>" : entries.map(\.named).joined(separator: ", ")) == line)
        }
    }

    /// The fields in some bytes as ovs-ofctl writes them, with header in hexadecimal or by name.
    private func entries(_ bytes: [UInt8]) -> [(raw: String, named: String)] {
        var result: [(raw: String, named: String)] = []
        var index = 0
        while index < bytes.count {
            let oxmClass = UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
            let isExperimenter = oxmClass == 0xffff, start = index + (isExperimenter ? 8 : 4)
            let experimenter = isExperimenter ? bytes[index + 4..<start].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } : 0
            let number = bytes[index + 2] >> 1, isMasked = bytes[index + 2] & 1 != 0
            let end = index + 4 + Int(bytes[index + 3]), middle = isMasked ? (start + end) / 2 : end
            let payload = "(" + hex(Array(bytes[start..<middle])) + (isMasked ? "/" + hex(Array(bytes[middle..<end])) : "") + ")"
            let name = fieldTable.flatMap(\.headers).first { $0.oxmClass == oxmClass && $0.experimenter == experimenter && $0.number == number }?.name
            result.append((hex(Array(bytes[index..<start])) + payload, (name ?? "?") + (isMasked ? "_W" : "") + payload))
            index = end
        }
        return result
    }

    /// OVS remembers by which of several actions a field was set; here they are one. So the bytes may differ, but not what they mean.
    private func hasMergedForms(_ text: String) -> Bool {
        ["load:", "set_field:", "mod_tp_", "mod_nw_ttl", "mod_nw_ecn", "set_mpls_", "set_tunnel", "pop_queue", "tcp_flags=fin|syn|urg|ns", "erspan"].contains { text.contains($0) }
    }
}

extension OFAction {
    /// True for the actions whose text is compared here.
    fileprivate var hasSettledText: Bool {
        switch self {
        case .output, .outputField, .group, .setQueue, .popQueue, .resubmit, .note, .exit, .move: true
        case .decTTL: true
        default: false
        }
    }
}
