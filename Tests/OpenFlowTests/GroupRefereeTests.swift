import Flow
import Testing
import TestSupport
@testable import OpenFlow

/// Groups and meters: what ovs-ofctl and ovs-vswitchd say of them is what is said here.
@Suite(.serialized) struct GroupRefereeTests {
    private let bridge = #"""
        ovs-vsctl --db=unix:"$dir/db.sock" -t 20 add-br br0 -- set bridge br0 datapath_type=dummy fail-mode=secure \
          protocols=OpenFlow10,OpenFlow11,OpenFlow13,OpenFlow15
        br="$dir/br0.mgmt"

        """#

    @Test func dumpedGroups() async throws {
        let script = bridge + #"""
            while IFS= read -r group; do
              ovs-ofctl -O OpenFlow15 del-groups $br
              ovs-ofctl -O OpenFlow15 add-group $br "$group" >/dev/null 2>&1
              for version in 15 13 10; do ovs-ofctl -O OpenFlow$version dump-groups $br 2>/dev/null | grep group_id= | tr -d '\n'; printf '\001'; done
              echo
            done
            """#
        let theirs = try await answers(script, agreedGroups)
        for (group, line) in zip(agreedGroups, theirs) {
            let forms = line.split(separator: "\u{1}", omittingEmptySubsequences: false).map(String.init)
            let mod = try GroupSyntax().mod(group)
            let description = GroupDescription(group: mod.group, kind: mod.kind, buckets: mod.buckets, selection: mod.selection)
            #expect(" " + description.text(version: .v15) == forms[0], "\(group)")
            #expect(" " + description.text(version: .v13) == forms[1], "\(group)")
            #expect(" " + description.text(version: .v10) == forms[2], "\(group)")
        }
    }

    @Test func groupCommands() async throws {
        let script = bridge + #"""
            while IFS= read -r command; do
              for version in 15 10; do
                echo "$command" | ovs-ofctl -O OpenFlow$version -vvconn:dbg add-groups $br - 2>&1 |
                  grep -A1 'sent.*GROUP_MOD' | tail -n 1 | tr -d '\n'; printf '\001'
              done
              echo
            done
            """#
        let theirs = try await answers(script, agreedGroupCommands)
        for (command, line) in zip(agreedGroupCommands, theirs) {
            let forms = line.split(separator: "\u{1}", omittingEmptySubsequences: false).map(String.init)
            let mod = try GroupSyntax().mod(command, command: nil)
            #expect(" " + mod.text(version: .v15) == forms[0], "\(command)")
            #expect(" " + mod.text(version: .v10) == forms[1], "\(command)")
            #expect(try GroupSyntax().mods("# a comment\n" + command + "\n # and one more\n\n") == [mod])
        }
    }

    @Test func refusals() async throws {
        try await compare(refusedGroups, #"ovs-ofctl -O OpenFlow15 add-group $br "$text""#) { text throws(FlowSyntaxError) in
            _ = try GroupSyntax().mod(text)
        }
        try await compare(refusedGroupCommands, #"echo "$text" | ovs-ofctl -O OpenFlow15 add-groups $br -"#) { text throws(FlowSyntaxError) in
            _ = try GroupSyntax().mod(text, command: nil)
        }
        try await compare(refusedMeters, #"ovs-ofctl -O OpenFlow13 add-meter $br "$text""#) { text throws(FlowSyntaxError) in
            _ = try MeterSyntax().mod(text)
        }
    }

    @Test func dumpedMeters() async throws {
        let script = bridge + #"""
            while IFS= read -r meter; do
              ovs-ofctl -O OpenFlow13 del-meters $br
              ovs-ofctl -O OpenFlow13 add-meter $br "$meter" >/dev/null 2>&1
              ovs-ofctl -O OpenFlow13 dump-meters $br | tail -n +2 | tr '\n' '\001'
              echo
            done
            """#
        let theirs = try await answers(script, agreedMeters)
        for (meter, line) in zip(agreedMeters, theirs) {
            let mod = try MeterSyntax().mod(meter)
            #expect(mod.config.text == line.replacing("\u{1}", with: "\n"), "\(meter)")
            #expect(try MeterSyntax().mod(mod.config.text) == mod, "\(meter)")
        }
    }

    @Test func tunnelOptionMappings() async throws {
        let mappings = "{class=0xffff,type=0x1,len=4}->tun_metadata0,{class=5,type=255,len=124}->tun_metadata63,{class= 1,type=010,len=8}->tun_metadata7"
        let result = try await besideDummySwitch(bridge + "ovs-ofctl add-tlv-map $br \"$(cat)\"; ovs-ofctl dump-tlv-map $br", input: mappings)
        let table = TLVTable(space: 256, fields: 64, mappings: try [TLVMapping](text: mappings).sorted { $0.index < $1.index })
        #expect(result.output.split(separator: "\n", maxSplits: 1).last.map(String.init) == table.text + "\n")
        #expect(try [TLVMapping](text: table.mappings.map(\.text).joined(separator: ",")) == table.mappings)
        for wrong in ["{class=1,type=4, len=8}->tun_metadata6", "{class=1,type=4,len=8}->tun_metadata6x", "x", ",", "{class=1}"] {
            #expect(throws: FlowSyntaxError.self, "\(wrong)") { try [TLVMapping](text: wrong) }
        }
    }

    /// The script's lines about each of `texts`.
    private func answers(_ script: String, _ texts: [String]) async throws -> [String] {
        let result = try await besideDummySwitch(script, input: texts.joined(separator: "\n") + "\n")
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.count == texts.count + 1, "\(result.errors)")
        return Array(lines.prefix(texts.count))
    }

    private func compare(_ texts: [String], _ command: String, _ read: (String) throws(FlowSyntaxError) -> Void) async throws {
        let script = bridge + "while IFS= read -r text; do \(command) 2>&1 | grep ^ovs-ofctl: | sed 's/^ovs-ofctl: //; s/^-:1: //' | tail -n 1 | tr -d '\\n'; echo; done"
        let theirs = try await answers(script, texts)
        for (text, complaint) in zip(texts, theirs) {
            do throws(FlowSyntaxError) {
                try read(text)
                Issue.record("accepted: \(text): \(complaint)")
            } catch {
                #expect(error.message == complaint, "\(text)")
            }
        }
    }
}
