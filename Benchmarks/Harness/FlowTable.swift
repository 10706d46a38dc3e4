import Foundation

/// What a switch does with many flows: loads them as ovs-ofctl brings them, one by one and as a bundle; dumps them; keeps them; and answers others meanwhile.
///
/// Rates are of ovs-ofctl's whole run, from its start to its end: reading the file and writing the messages is part of it, and the same for both switches. The bundle is
/// also sent as bytes that were written before, which leaves the switch alone. Every load is checked: the switch must say that it has all the flows.
struct FlowTableRun {
    let target: any RunningSwitch
    let folder: URL
    let flows: Int

    func run() throws -> [Metric: Double] {
        let file = folder.appending(path: "flows"), bundle = folder.appending(path: "bundle")
        try Data(Self.text(flows).utf8).write(to: file)
        try Data(Self.bundle(try Self.requests(flows))).write(to: bundle)
        var values: [Metric: Double] = [:]
        try empty()
        let before = try target.residentBytes()

        values[.loadedFlows] = try rate { try ofctl(["add-flows", target.bridge, file.path]) }
        values[.bytesPerRule] = Double(try target.residentBytes() - before) / Double(flows)
        try expect(flows)
        values[.dumpedFlows] = try rate {
            let text = try ofctl(["--no-stats", "dump-flows", target.bridge])
            let lines = text.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
            guard lines == flows else { throw BenchError("dump-flows printed \(lines) flows, not \(flows)") }
        }
        try empty()
        values[.bundledFlows] = try rate { try ofctl(["--bundle", "add-flows", target.bridge, file.path]) }
        try expect(flows)
        try empty()
        let text = try OpenFlowClient.run(Self.replay, target.bridge, [bundle.path])
        guard let seconds = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) else { throw BenchError("not a number of seconds: \(text)") }
        values[.replayedFlows] = Double(flows) / seconds
        try expect(flows)
        try empty()

        // Once more, with somebody asking all the time.
        let words = OpenFlowClient.command(Self.echo, target.bridge)
        let asker = try Child("echo", words[0], Array(words.dropFirst()), folder: folder)
        defer { asker.stop() }
        _ = try asker.expect("ready")
        try ofctl(["add-flows", target.bridge, file.path])
        try ofctl(["--no-stats", "dump-flows", target.bridge])
        try empty()
        try ofctl(["--bundle", "add-flows", target.bridge, file.path])
        try ofctl(["--no-stats", "dump-flows", target.bridge])
        try asker.send("end")
        let status = try asker.finish(seconds: 60)
        guard status == 0, let p99 = decimal(after: "p99", in: asker.text) else { throw BenchError("echoes were not answered:\n\(asker.text)") }
        values[.echoP99] = p99
        return values
    }

    private func rate(_ body: () throws -> Void) throws -> Double {
        let start = ContinuousClock.now
        try body()
        return Double(flows) / ((ContinuousClock.now - start) / .seconds(1))
    }

    @discardableResult private func ofctl(_ arguments: [String]) throws -> String {
        try runProgram("taskset", ["-c", String(Harness.otherCore), "ovs-ofctl", "-O", "OpenFlow14"] + arguments, seconds: 120)
    }

    private func expect(_ count: Int) throws {
        let text = try ofctl(["dump-aggregate", target.bridge])
        guard number(after: "flow_count=", in: text) == count else { throw BenchError("\(count) flows were loaded, but the switch says: \(text)") }
    }

    private func empty() throws {
        try ofctl(["del-flows", target.bridge])
        try expect(0)
    }

    /// Sends a file's bytes behind a hello; prints the seconds until the bundle in them has been committed.
    private static let replay = #"""
        data = open(sys.argv[2], "rb").read()
        hello(5)
        start = time.monotonic()
        s.sendall(data)
        while True:
            message = read()
            # ONF_BUNDLE_CONTROL's counterpart of OpenFlow 1.4: OFPT_BUNDLE_CONTROL, OFPBCT_COMMIT_REPLY.
            if message[1] == 33 and struct.unpack("!H", message[12:14])[0] == 5: break
        print(time.monotonic() - start)
        """#

    /// Asks for an echo every millisecond until a line comes; prints the 99th percentile in milliseconds.
    private static let echo = #"""
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        def echo():
            s.sendall(struct.pack("!BBHI", 5, 2, 8, 1))
            answer = read()
            assert answer[1] == 3, answer
        hello(5)
        print("ready", flush=True)
        times = []
        while not select.select([sys.stdin], [], [], 0.001)[0]:
            start = time.monotonic(); echo(); times.append(time.monotonic() - start)
        times.sort()
        print("p99 %.3f of %d over" % (times[len(times) * 99 // 100] * 1000, len(times)), flush=True)
        """#
}
