import Foundation

/// Reserves huge pages of the default size for the runs, and gives back what it added.
struct Hugepages {
    private static let setting = "/proc/sys/vm/nr_hugepages"
    private let before: Int
    private let raised: Bool

    /// Sees to it that `megabytes` of huge pages are free. Throws when they cannot be had.
    init(megabytes: Int) throws {
        let info = try String(contentsOfFile: "/proc/meminfo", encoding: .utf8)
        guard let size = number(after: "Hugepagesize:", in: info), let total = number(after: "HugePages_Total:", in: info),
              let free = number(after: "HugePages_Free:", in: info), size > 0
        else { throw BenchError("/proc/meminfo does not speak of huge pages") }
        before = total
        let missing = (megabytes * 1_024 + size - 1) / size - free
        raised = missing > 0
        guard raised else { return }
        try Data("\(total + missing)\n".utf8).write(to: URL(filePath: Self.setting))
        let now = try String(contentsOfFile: "/proc/meminfo", encoding: .utf8)
        if (number(after: "HugePages_Total:", in: now) ?? 0) < total + missing {
            giveBack()
            throw BenchError("the kernel has no \(missing) more huge pages of \(size) kB (vm.nr_hugepages)")
        }
    }

    /// Sets the reservation back to what it was.
    func giveBack() {
        guard raised else { return }
        do { try Data("\(before)\n".utf8).write(to: URL(filePath: Self.setting)) } catch { warn("vm.nr_hugepages stays raised: \(error)") }
    }
}

/// Writes a line to standard error.
func warn(_ line: String) { try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8)) }
