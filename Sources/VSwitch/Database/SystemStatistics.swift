import Foundation

/// Column `statistics` of Open_vSwitch: what the machine is doing, after proc(5). What cannot be read is left out.
enum SystemStatistics {
    static func read() -> [String: String] {
        var statistics = ["cpu": "\(Processors.online().count)", "file_systems": fileSystems]
        if let load = contents("/proc/loadavg") { statistics["load_average"] = load.split(separator: " ").prefix(3).joined(separator: ",") }
        statistics["memory"] = memory
        statistics["process_ovs-vswitchd"] = process
        return statistics.filter { !$0.value.isEmpty }
    }

    private static func contents(_ path: String) -> String? { FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } }

    /// Kilobytes: all memory, what of it is in use, what of that are caches, room for swapping, what of that is in use.
    private static var memory: String {
        guard let text = contents("/proc/meminfo") else { return "" }
        func kilobytes(_ key: String) -> UInt64 { ProcFS.value(key, of: text)?.split(separator: " ").first.flatMap { UInt64($0) } ?? 0 }
        let total = kilobytes("MemTotal"), swap = kilobytes("SwapTotal")
        return [total, total - min(total, kilobytes("MemFree")), kilobytes("Buffers") + kilobytes("Cached"), swap, swap - min(swap, kilobytes("SwapFree"))]
            .map(String.init).joined(separator: ",")
    }

    /// Of this process: virtual and resident kilobytes, milliseconds of processor time, how often it has crashed, and twice for how many milliseconds it has run.
    private static var process: String {
        guard let stat = contents("/proc/self/stat"), let uptime = contents("/proc/uptime")?.split(separator: " ").first.flatMap({ Double($0) }) else { return "" }
        // Behind the name, which may have any characters; the first is the third field.
        let fields = stat.split(separator: ")").last?.split(separator: " ").map(String.init) ?? []
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]), let start = Double(fields[19]), ticks > 0 else { return "" }
        let ran = Int((uptime - start / ticks) * 1_000)
        let virtual = ProcFS.bytes("VmSize", in: "/proc/self/status") / 1_024
        return "\(virtual),\(ProcFS.residentBytes / 1_024),\(Int((user + system) / ticks * 1_000)),0,\(ran),\(ran)"
    }

    /// Of what is on disks: the place, all kilobytes, and those in use; one behind the other.
    private static var fileSystems: String {
        var seen: Set<Substring> = []
        return (contents("/proc/mounts") ?? "").split(separator: "\n").compactMap { line -> String? in
            let fields = line.split(separator: " ")
            guard fields.count > 3, fields[0].hasPrefix("/dev/"), seen.insert(fields[0]).inserted else { return nil }
            let sizes = try? FileManager.default.attributesOfFileSystem(forPath: String(fields[1]))
            guard let size = (sizes?[.systemSize] as? NSNumber)?.uint64Value, let free = (sizes?[.systemFreeSize] as? NSNumber)?.uint64Value else { return nil }
            return "\(fields[1]),\(size / 1_024),\((size - min(size, free)) / 1_024)"
        }.joined(separator: " ")
    }
}
