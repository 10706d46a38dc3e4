import Foundation

/// Flow modifications over many megaflows: how long is it until the barrier behind one is answered?
struct BarrierRun {
    let target: any FlowTableTarget

    /// Milliseconds of each.
    func run(rounds: Int) throws -> [Metric: Double] {
        let text = try OpenFlowClient.run(Self.client, target.bridge, [String(rounds)])
        let times = text.split(separator: "\n").compactMap { Double($0) }.sorted()
        guard times.count == rounds, let longest = times.last else { throw BenchError("not \(rounds) times:\n\(text.suffix(2_000))") }
        return [.barrierP50: times[rounds / 2], .barrierP99: times[rounds * 99 / 100], .barrierLongest: longest]
    }

    /// Adds a flow above the rule that all megaflows come from, and deletes it again; prints milliseconds, a line each.
    private static let client = #"""
        def flow(command):
            # OpenFlow 1.0: in_port=1 (all other fields wild), priority 50, output to port 2.
            match = struct.pack("!IH", 0x3ffffe, 1) + bytes(34)
            actions = struct.pack("!HHHH", 0, 8, 2, 0)
            body = match + struct.pack("!QHHHHIHH", 7, command, 0, 0, 50, 0xffffffff, 0xffff, 0) + (actions if command == 0 else b"")
            return struct.pack("!BBHI", 1, 14, 8 + len(body), 2) + body
        hello(1)
        for turn in range(int(sys.argv[2])):
            time.sleep(0.05)
            start = time.monotonic()
            s.sendall(flow(0 if turn % 2 == 0 else 4) + struct.pack("!BBHI", 1, 18, 8, 1000 + turn))
            while True:
                message = read()
                if message[1] == 19 and struct.unpack("!I", message[4:8])[0] == 1000 + turn: break
            print("%.3f" % ((time.monotonic() - start) * 1000))
        """#
}
