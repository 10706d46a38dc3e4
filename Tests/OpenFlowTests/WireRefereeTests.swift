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

    /// OVS remembers by which of several actions a field was set; here they are one. So the bytes may differ, but not what they mean.
    private func hasMergedForms(_ text: String) -> Bool {
        ["load:", "set_field:", "mod_tp_", "mod_nw_ttl", "mod_nw_ecn", "set_mpls_", "set_tunnel", "pop_queue", "tcp_flags=fin|syn|urg|ns", "erspan"].contains { text.contains($0) }
    }
}
