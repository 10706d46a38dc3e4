import Foundation
import TestSupport

/// What ofproto/trace printed, in parts, without what two switches may differ in.
struct TraceParts {
    enum Part: CaseIterable { case flow, way, final, megaflow, actions, end }
    private(set) var parts: [Part: String] = [:]

    private static let beginnings: [(String, Part)] = [("Flow: ", .flow), ("Final flow: ", .final), ("Megaflow: ", .megaflow), ("Datapath actions: ", .actions)]

    /// - Parameter text: of a trace, or an error's.
    init(_ text: String) {
        let floods = ["flooding", "    FLOOD", "    ALL"].contains { text.contains($0) }
        let hasFailed = text.contains("Translation failed")
        // What the dummy datapath of OVS cannot do itself.
        let isBeyondOVS = ["set(arp(", "set(icmp(", "set(icmpv6(", "set(nd(", "set(nd_ext("].contains { text.contains($0) }
        var part = Part.flow
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if isBeyondOVS, line.hasPrefix("This flow is handled by the userspace slow path") || line == "  - Uses action(s) not supported by datapath." { continue }
            if let (_, found) = Self.beginnings.first(where: { line.hasPrefix($0.0) }) {
                part = found
            } else if part == .flow, line.isEmpty {
                part = .way
            } else if part == .actions {
                part = .end
            }
            var line = Self.withoutNumbers(line)
            if part == .actions, floods { line = Self.sorted(line) }
            // OVS has no time to tidy up a mask when it gives up.
            if part == .megaflow, hasFailed { line = line.replacingOccurrences(of: "vlan_tci=0x0000/0x1fff,", with: "") }
            parts[part, default: ""] += line + "\n"
        }
    }

    /// What goes up to the switch is numbered in each switch's own way, and so are what comes back and the datapath's meters.
    private static func withoutNumbers(_ line: String) -> String {
        line.replacingOccurrences(of: #"(?<=dont_send=\d,continuation=\d,)recirc_id=\d+"#, with: "recirc_id=ID", options: .regularExpression)
            .replacingOccurrences(of: #"(?<=\b)meter\(\d+\)"#, with: "meter(ID)", options: .regularExpression)
            .replacingOccurrences(of: #"recirc\(0x[0-9a-f]+\)"#, with: "recirc(ID)", options: .regularExpression)
    }

    /// Outputs that follow each other in the order of their names: in which order a bridge floods its ports is left to it.
    private static func sorted(_ line: String) -> String {
        var done: [String] = [], run: [String] = []
        for action in topLevel(line.dropFirst("Datapath actions: ".count)) {
            if action.contains("(") || action == "drop" {
                done += run.sorted() + [action]
                run = []
            } else {
                run.append(action)
            }
        }
        return "Datapath actions: " + (done + run.sorted()).joined(separator: ",")
    }

    /// Parts between commas that no parenthesis encloses.
    private static func topLevel(_ text: Substring) -> [String] {
        var parts = [""], depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts
    }

    /// The parts in which another trace differs. A megaflow may match less than the other one: what makes lookups look at fewer bits is not OVS's.
    func differences(from other: TraceParts) -> [Part] {
        Part.allCases.filter { part in
            guard parts[part] != other.parts[part] else { return false }
            guard part == .megaflow, let ours = parts[part], let theirs = other.parts[part] else { return true }
            return !MegaflowMask(ours).narrower(than: MegaflowMask(theirs)).isEmpty
        }
    }
}
