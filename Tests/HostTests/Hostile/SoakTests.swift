import TestSupport
import Testing

extension HostTests {
    /// What comes and goes leaves nothing behind.
    @Suite(.serialized) struct SoakTests {
        /// MiB that a round may add to what the first two left: memory of the allocator's that is free but not given back. What a round holds at its peak is
        /// several times as much, and rounds that lost one byte in ten of it would add more.
        private static let margin = 24
        private static let rounds = 4

        @Test func memoryComesBack() async throws {
            try await Bed.with { bed in
                let vswitch = try await bed.start([BridgeText("br0", [PortText("pa", "type: patch, peer: pb"), PortText("pb", "type: patch, peer: pa")])])
                var memory: [Int] = []
                let descriptors = vswitch.descriptors
                for round in 0..<Self.rounds {
                    let result = try await python(HostilePeer.prelude + Self.round + "\nprint('done')", [vswitch.target(), "\(round)"], seconds: 90)
                    #expect(result.output == "done\n", "\(result.errors)")
                    try await until("the descriptors are closed") { vswitch.descriptors <= descriptors }
                    memory.append(vswitch.residentMemory)
                }
                #expect(memory[Self.rounds - 1] <= memory[1] + Self.margin, "\(memory)")
                try await vswitch.servesOthers()
            }
        }

        /// 4,000 changes of flows: 1,000 added, replaced, changed, and deleted one by one or at once, beside a monitor, in bundles and not; groups come and
        /// go along; all is dumped.
        private static let round = #"""
            s, watcher = connect(), connect()
            watcher.sendall(multipart(16, struct.pack("!IIIHBB", 1, 0xffffffff, 0xffffffff, 0x1f, 255, 0) + struct.pack("!HHI", 1, 4, 0))); echo(watcher)
            def match(n): return struct.pack("!HBBH", 0x8000, 5 << 1, 2, 0x800) + struct.pack("!HBBI", 0x8000, 12 << 1, 4, n)
            def mods(command, count=1000, **more):
                for start in range(0, count, 500):
                    yield b"".join(flow_mod(command=command, match=match(n), priority=n % 7, **more) for n in range(start, start + 500))
            def group(command, n): return message(5, 15, struct.pack("!HBxI", command, 0, n) + (struct.pack("!HHIII", 32, 0, 0xffffffff, 0xffffffff, 0) + output(1) if command < 2 else b""))
            def run(parts, expected=0):
                for part in parts:
                    s.sendall(part); answers = echo(s)
                    assert len(answers) == expected, answers
                    echo(watcher)
            run(group(0, n) for n in range(1, 50))
            run(mods(0, actions=output(1)))
            run(mods(0, actions=struct.pack("!HHI", 22, 8, 3)))
            run(mods(2, actions=output(2)))
            flows = struct.pack("!B3xII4xQQ", 255, 0xffffffff, 0xffffffff, 0, 0) + struct.pack("!HHI", 1, 4, 0)
            s.sendall(multipart(1, flows)); assert len(echo(s)) > 1
            s.sendall(bundle(0, 1))
            for n in range(0, 800): s.sendall(bundle_add(1, flow_mod(command=4, match=match(n), priority=n % 7)))
            s.sendall(bundle(4, 1)); assert [m[1] for m in echo(s)] == [33, 33]
            run([group(2, n) for n in range(1, 50)])
            s.sendall(bundle(0, 2) + bundle_add(2, flow_mod(command=3, table=255)) + bundle(4, 2) + message(5, 20))
            assert [m[1] for m in echo(s)] == [33, 33, 21]
            s.sendall(multipart(1, flows)); assert [len(m) for m in echo(s)] == [16]
            echo(watcher)
            """#
    }
}
