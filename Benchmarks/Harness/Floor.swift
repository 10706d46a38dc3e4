import Foundation

/// testpmd's io forwarding: receives and sends, looks at nothing. No switch can cost less.
struct Floor: Subject {
    let name = "testpmd io"
    let isSwitch = false
    let transmitQueues = 1

    func run(_ setUp: SetUp, warmUp: Double, seconds: Double) throws -> Counters {
        // Its standard output is a file, which it would fill block by block.
        let testpmd = try Child("testpmd", "stdbuf", [
            "-oL", "dpdk-testpmd", "-l", "\(Harness.otherCore),\(Harness.pmdCore)", "--in-memory", "-m", String(setUp.memory),
        ] + setUp.ports.pciArguments + setUp.ports.virtualDevices + [
            "--", "-i", "--forward-mode=io", "--nb-cores=1", "--total-num-mbufs=300000",
        ], folder: setUp.folder)
        defer { testpmd.stop() }
        _ = try testpmd.expect("testpmd> ")
        try testpmd.send("start")
        try wait(atMost: warmUp)
        // testpmd reports the rate since the last “show” by its own clock, and forward statistics since the last “clear”.
        try testpmd.send("clear fwd stats all")
        try testpmd.send("show port stats 0")
        _ = try testpmd.expect("Rx-pps")
        try wait(atMost: seconds)
        let mark = testpmd.text.count
        try testpmd.send("show port stats 0")
        let rate = try testpmd.expect("Tx-bps", from: mark)
        try testpmd.send("stop")
        let final = try testpmd.expect("Done.", from: mark)
        try testpmd.send("quit")
        _ = try testpmd.finish(seconds: 20)
        guard let perSecond = number(after: "Rx-pps:", in: rate), perSecond > 0, let all = final.range(of: "Accumulated"),
              let received = number(after: "RX-packets:", in: String(final[all.upperBound...])),
              let sent = number(after: "TX-packets:", in: String(final[all.upperBound...])),
              let dropped = number(after: "TX-dropped:", in: String(final[all.upperBound...]))
        else { throw BenchError("testpmd's statistics are not understood:\n\(final)") }
        let counters = Counters(seconds: Double(received) / Double(perSecond), received: received, sent: sent, dropped: dropped,
            cyclesPerPacket: TSC.hertz / Double(perSecond))
        // testpmd reads the ports one after the other, and the last time while it still forwards.
        try counters.check(name, slack: max(512, received / 10_000))
        return counters
    }

    func serve(_ setUp: SetUp, _ body: (any RunningSwitch) throws -> Void) throws { throw BenchError("testpmd is not a switch") }

    func setUpRate(_ setUp: SetUp, flows: Int) throws -> (rate: Double, installed: Int) { throw BenchError("testpmd is not a switch") }
}
