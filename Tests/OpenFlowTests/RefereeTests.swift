import Flow
import Testing
import TestSupport
import Wire
@testable import OpenFlow

/// What ovs-ofctl says of one flow.
enum Verdict: Equatable {
    case accepted(String)
    case refused

    /// What this module says of it.
    init(of flow: String, style: ActionStyle) {
        do throws(FlowSyntaxError) {
            self = .accepted(try FlowSyntax().flow(flow).text(style: style))
        } catch {
            self = .refused
        }
    }
}

/// Asks Debian's ovs-ofctl about each flow, in one shell.
func referee(_ flows: [String], _ arguments: String) async throws -> [Verdict] {
    let script = "while IFS= read -r flow; do ovs-ofctl \(arguments) parse-flow \"$flow\" 2>&1 | tr '\\n' '\\001'; echo; done"
    let result = try await command("bash", ["-c", script], input: flows.joined(separator: "\n") + "\n", seconds: 300)
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false).prefix(flows.count)
    return lines.map { line in
        for part in line.split(separator: "\u{1}") where part.hasPrefix("OFPT_FLOW_MOD") || part.hasPrefix("NXT_FLOW_MOD") {
            guard let end = part.firstIndex(where: { $0 == "A" || $0 == "*" }) else { continue }
            let text = part[end...].hasPrefix("ADD table:255 ") ? "ADD " + part[end...].dropFirst(14) : String(part[end...])
            return text.hasPrefix("*") ? .refused : .accepted(text)
        }
        return .refused
    }
}

/// How ovs-ofctl refuses a text that it has read, in words of no use.
private let laterRefusals = ["actions are invalid", "none of the usable flow formats", "no usable protocol"]

/// What ovs-ofctl complains of in each text, "" if of nothing, or if what it made of the text is refused later.
func complaints(_ texts: [String], _ command: String) async throws -> [String] {
    let script = "while IFS= read -r text; do \(command) \"$text\" 2>&1 | grep -a ^ovs-ofctl: | tail -n 1 | tr -d '\\n'; echo; done"
    let result = try await TestSupport.command("bash", ["-c", script], input: texts.joined(separator: "\n") + "\n", seconds: 300)
    return result.output.split(separator: "\n", omittingEmptySubsequences: false).prefix(texts.count).map { line in
        let text = line.dropFirst("ovs-ofctl: ".count)
        return laterRefusals.contains { text.hasPrefix($0) } ? "" : String(text)
    }
}

/// Debian's ovs-ofctl as the referee: both read the same flows, and must print the same or refuse the same.
@Suite(.serialized) struct RefereeTests {
    @Test func handWrittenFlowsInOpenFlow10() async throws {
        try await compare(agreedFlows + agreedInOpenFlow10, "-F NXM+table_id", .openFlow10)
    }

    @Test func handWrittenFlowsInOpenFlow15() async throws {
        try await compare(agreedFlows + agreedInOpenFlow15, "-O OpenFlow15", .openFlow15)
    }

    @Test func extensionsInOpenFlow10() async throws {
        try await compare(agreedExtensions + agreedExtensionsInOpenFlow10, "-F NXM+table_id", .openFlow10)
    }

    @Test func extensionsInOpenFlow15() async throws {
        try await compare(agreedExtensions + agreedExtensionsInOpenFlow15, "-O OpenFlow15", .openFlow15)
    }

    @Test func complaintsAreTheSame() async throws {
        let flows = agreedFlows + agreedExtensions + agreedExtensionsInOpenFlow15
        let theirs = try await complaints(flows, "ovs-ofctl -O OpenFlow15 parse-flow")
        #expect(theirs.count == flows.count)
        #expect(theirs.count { !$0.isEmpty } > 250)
        for (flow, complaint) in zip(flows, theirs) where !complaint.isEmpty && !complainedOfInOtherWords.contains(flow) {
            do throws(FlowSyntaxError) {
                _ = try FlowSyntax().flow(flow)
                Issue.record("accepted: \(flow): \(complaint)")
            } catch {
                #expect(error.message == complaint, "\(flow)")
            }
        }
    }

    private func compare(_ flows: [String], _ arguments: String, _ style: ActionStyle) async throws {
        let verdicts = try await referee(flows, arguments)
        #expect(verdicts.count == flows.count)
        for (flow, verdict) in zip(flows, verdicts) {
            #expect(Verdict(of: flow, style: style) == verdict, "\(flow)")
        }
    }

    @Test(arguments: [("NXM+table_id", ActionStyle.openFlow10), ("OXM-OpenFlow15", .openFlow15)])
    func randomFlows(_ format: String, _ style: ActionStyle) async throws {
        var generator = FlowGenerator(seed: 42)
        let flows = (0..<600).map { _ in generator.flow() }
        let version = style == .openFlow15 ? ["-O", "OpenFlow15"] : []
        let result = try await command("ovs-ofctl", version + ["-F", format, "parse-flows", "-"], input: flows.joined(separator: "\n") + "\n")
        #expect(result.status == 0, "\(result.errors)")
        let theirs = result.output.split(separator: "\n").filter { $0.contains("_FLOW_MOD") }
        #expect(theirs.count == flows.count)
        for (flow, line) in zip(flows, theirs) {
            let text = line.drop { $0 != "A" }
            let expected = text.hasPrefix("ADD table:255 ") ? "ADD " + text.dropFirst(14) : String(text)
            let request = try FlowSyntax().flow(flow)
            #expect(request.text(style: style) == expected, "\(flow)")
        }
    }
}
