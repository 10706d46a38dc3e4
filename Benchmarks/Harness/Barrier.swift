import Foundation

/// Flow modifications over many megaflows: how long is it until the barrier behind one is answered, and do packets still leave by what stood before it?
struct BarrierRun {
    let target: any RunningSwitch
    /// So many megaflows are there before it begins.
    let megaflows: Int

    /// Milliseconds of flow mods that concern all megaflows (a flow above the rule that they come from, which drops; and its deletion, after which they differ again) and of
    /// those that concern one.
    func run(rounds: Int) throws -> [Metric: Double] {
        guard try wait(atMost: 30, every: 0.1, until: { try target.megaflowCount() >= megaflows }) else {
            throw BenchError("only \(try target.megaflowCount()) of \(megaflows) megaflows were installed")
        }
        let text = try OpenFlowClient.run(Self.client, target.bridge, [String(rounds)])
        var times: [String: [Double]] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, let value = Double(words[1]) { times[String(words[0]), default: []].append(value) }
        }
        let all = (times["all", default: []] + times["back", default: []]).sorted()
        guard all.count == rounds * 2, let middle = median(times["all", default: []]), let back = median(times["back", default: []]),
            let one = median(times["one", default: []]), let stale = times["stale"]?.max(), let longest = all.last else { throw BenchError("not \(rounds) rounds:\n\(text.suffix(2_000))") }
        guard try target.megaflowCount() >= megaflows * 9 / 10 else { throw BenchError("the megaflows were gone at the end") }
        return [.barrierP50: middle, .barrierBackP50: back, .barrierP99: all[(all.count - 1) * 99 / 100], .barrierLongest: longest, .barrierOneP50: one,
            .barrierStale: stale]
    }

    /// Prints a word and a value a line: "all", "back" and "one" with milliseconds, "stale" with the packets that left by the second port within 20 ms after the barrier, though the
    /// flow before it drops everything. That the counter grows before and after is checked.
    private static let client = #"""
        def flow(command, priority, source, drops):
            # OpenFlow 1.0: in_port=1 and perhaps dl_src (all other fields wild).
            match = struct.pack("!IH6s", 0x3ffffe & ~(4 if source else 0), 1, source or bytes(6)) + bytes(28)
            actions = struct.pack("!HHHH", 0, 8, 2, 0) if command == 0 and not drops else b""
            body = match + struct.pack("!QHHHHIHH", 7, command, 0, 0, priority, 0xffffffff, 0xffff, 0) + actions
            return struct.pack("!BBHI", 1, 14, 8 + len(body), 2) + body
        number = 1000
        def timed(name, message):
            global number
            time.sleep(0.05)
            number += 1
            start = time.monotonic()
            s.sendall(message + struct.pack("!BBHI", 1, 18, 8, number))
            while True:
                reply = read()
                if reply[1] == 19 and struct.unpack("!I", reply[4:8])[0] == number: break
            print(name, "%.3f" % ((time.monotonic() - start) * 1000))
        def sent():
            s.sendall(struct.pack("!BBHIHHH6x", 1, 16, 20, 3, 4, 0, 2))
            while True:
                reply = read()
                if reply[1] == 17: return struct.unpack("!Q", reply[28:36])[0]
        def growth():
            before = sent()
            time.sleep(0.02)
            return sent() - before
        hello(1)
        station = b"\2\1" + struct.pack("!I", 5)
        for turn in range(int(sys.argv[2])):
            if growth() == 0: sys.exit("no packets leave")
            timed("all", flow(0, 50, None, True))
            print("stale", growth())
            timed("back", flow(4, 50, None, True))
            timed("one", flow(0, 60, station, False))
            timed("one", flow(4, 60, station, False))
        """#
}
