import Foundation
import NetDev

/// Processors for PMDs, each with its NUMA node: the machine's, or those that there seem to be in a test.
struct Processors: Sendable {
    /// Those that the process could use when it began, ascending.
    let allowed: [Int]
    /// NUMA nodes by core.
    let nodes: [Int: Int]
    private let isPretended: Bool

    /// The machine's.
    init() {
        allowed = Self.allowed()
        nodes = Dictionary(uniqueKeysWithValues: Set(allowed + Self.online()).map { ($0, Numa.node(ofCore: $0)) })
        isPretended = false
    }

    /// As many as there are nodes given, one of each.
    init(nodes given: [Int]) {
        allowed = Array(given.indices)
        nodes = Dictionary(uniqueKeysWithValues: given.enumerated().map { ($0.offset, $0.element) })
        isPretended = true
    }

    /// Where PMDs run if nothing is said: on one processor of each NUMA node.
    var onePerNode: [Int] {
        let groups = Dictionary(grouping: allowed) { nodes[$0] ?? 0 }.sorted { $0.key < $1.key }
        return groups.compactMap { isPretended ? $0.value.first : $0.value.last }
    }

    /// Where PMDs without threads seem to run: of processors that are only pretended those that there are, otherwise any.
    func dummyCores(_ wanted: [Int]) -> [Int] {
        wanted.isEmpty ? onePerNode : isPretended ? wanted.filter { nodes[$0] != nil } : wanted
    }

    /// Logs how many there are.
    func tell() {
        let groups = Dictionary(grouping: nodes) { $0.value }.sorted { $0.key < $1.key }
        for (node, cores) in groups { VLog.shared.log("ovs_numa", .information, "Discovered \(cores.count) CPU cores on NUMA node \(node)") }
        VLog.shared.log("ovs_numa", .information, "Discovered \(groups.count) NUMA nodes and \(nodes.count) CPU cores")
    }

    /// Those that run. A PMD may be bound to one outside of `allowed`: who starts the switch often keeps it off its PMDs' cores.
    static func online() -> [Int] {
        FileManager.default.contents(atPath: "/sys/devices/system/cpu/online")
            .map { list(String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)) } ?? allowed()
    }

    /// Those that this process may run on.
    static func allowed() -> [Int] {
        ProcFS.value("Cpus_allowed_list", in: "/proc/self/status").map { list(String($0)) } ?? [0]
    }

    /// "0-2,5" is 0, 1, 2, 5 (cpuset(7), "List format").
    static func list(_ text: String) -> [Int] {
        text.split(separator: ",").flatMap { part -> [Int] in
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first >= 0, first <= last, last <= Limits.core else { return [] }
            return Array(first...last)
        }
    }
}
