import Foundation

/// What others take from the poll-mode core, from the kernel's accounts (proc_stat(5)): a benchmark on a shared
/// machine should say how shared it was.
struct Disturbance {
    /// In the kernel's ticks since boot.
    private var stolen: Int
    private var total: Int
    private var idle: Int

    /// The accounts of `core` now; nil when the kernel does not keep them.
    init?(core: Int) {
        guard let stat = try? String(contentsOfFile: "/proc/stat", encoding: .utf8) else { return nil }
        self.init(core: core, stat: stat)
    }

    init?(core: Int, stat: String) {
        guard let line = stat.split(separator: "\n").first(where: { $0.hasPrefix("cpu\(core) ") }) else { return nil }
        // user nice system idle iowait irq softirq steal; guest time is in user time already.
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Int($0) }
        guard ticks.count == 8 else { return nil }
        stolen = ticks[7]
        idle = ticks[3] + ticks[4]
        total = ticks.reduce(0, +)
    }

    /// The share (0–1) of the time since `earlier` that the hypervisor gave to other machines.
    func stolenShare(since earlier: Disturbance) -> Double { share(stolen - earlier.stolen, earlier) }

    /// The share (0–1) of the time since `earlier` in which the core did anything.
    func busyShare(since earlier: Disturbance) -> Double { 1 - share(idle - earlier.idle, earlier) }

    private func share(_ ticks: Int, _ earlier: Disturbance) -> Double {
        total > earlier.total ? Double(ticks) / Double(total - earlier.total) : 0
    }

    /// Looks at `core` for half a second while nothing of ours runs; warns when somebody else uses it.
    static func warnIfBusy(core: Int) throws {
        guard let before = Disturbance(core: core) else { return }
        try wait(atMost: 0.5)
        guard let after = Disturbance(core: core) else { return }
        let busy = after.busyShare(since: before)
        if busy > 0.05 { warn(String(format: "core %d is %.0f %% busy with something else: the figures will be disturbed", core, busy * 100)) }
    }
}
