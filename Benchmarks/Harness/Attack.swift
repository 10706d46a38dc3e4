import Foundation

/// Installed traffic alone and under attack, in turns, by one running switch and from one capture. A flow above all others, which is there and then is not, makes the hostile packets
/// harmless: everything is one megaflow then. What a shared machine gives changes from second to second, so that only windows that are close to each other are compared.
struct AttackRun {
    let target: any RunningSwitch
    let hostile: Traffic.Hostile

    /// Every frame of `Case.attack` belongs to it. Its mask has as many fields as that of the installed traffic.
    private static let truce = "priority=50,in_port=1,tcp,nw_dst=20.0.0.1"
    /// Seconds of a window.
    private static let window = 0.25

    /// - Parameter seconds: of the windows under attack, together.
    func run(seconds: Double) throws -> (values: [Metric: Double], note: String) {
        var attacked: [Counters] = [], alone = [try aloneWindow()]
        for _ in 0..<max(1, Int(seconds / Self.window)) {
            attacked.append(try attackedWindow())
            alone.append(try aloneWindow())
        }
        let share = 1 - 1 / Double(Traffic.Hostile.share)
        // A rate is kept of the mean of those before and after.
        let kept = attacked.indices.map { 200 * share * attacked[$0].packetsPerSecond / (alone[$0].packetsPerSecond + alone[$0 + 1].packetsPerSecond) }
        guard let last = attacked.last, let keptMedian = median(kept), let rate = median(alone.map(\.packetsPerSecond)), let cycles = median(alone.map(\.cyclesPerPacket)),
            let attackedRate = median(attacked.map(\.packetsPerSecond)) else { throw BenchError("no windows") }
        var values: [Metric: Double] = [.packetsPerSecond: rate, .cyclesPerPacket: cycles, .attackedPackets: attackedRate * share, .kept: keptMedian,
            .megaflows: Double(last.megaflows)]
        values[.masks] = last.masks.map(Double.init)
        return (values, last.hitText)
    }

    private func aloneWindow() throws -> Counters {
        try runProgram("ovs-ofctl", ["add-flow", target.bridge, Self.truce + ",actions=output:2"])
        return try settledWindow(megaflows: 1, arriving: 1)
    }

    private func attackedWindow() throws -> Counters {
        try runProgram("ovs-ofctl", ["--strict", "del-flows", target.bridge, Self.truce])
        return try settledWindow(megaflows: hostile.masks + 1, arriving: 1 - 1 / Double(Traffic.Hostile.share))
    }

    /// Counts once there are so many megaflows; what is not hostile must have arrived, give or take packets in flight.
    private func settledWindow(megaflows: Int, arriving share: Double) throws -> Counters {
        // What the flow mod concerns is revalidated, but of thousands of masks OVS was seen to keep more than a hundred for half a minute.
        try target.control("revalidator/purge")
        guard try wait(atMost: 30, every: 0.05, until: { try target.megaflowCount() == megaflows }) else {
            throw BenchError("\(try target.megaflowCount()) megaflows, not \(megaflows)")
        }
        try wait(atMost: 0.2)
        let counters = try target.window(seconds: Self.window)
        guard Double(counters.sent) >= Double(counters.received) * share - Double(max(8_192, counters.received / 1_000)) else {
            throw BenchError("of \(counters.received) packets only \(counters.sent) were sent on")
        }
        return counters
    }
}
