import TestSupport
import Testing

extension HostTests {
    /// Peers whose messages are not what they should be.
    @Suite(.serialized) struct HostileMessageTests {
        private let bridge = [BridgeText("br0", [PortText("pa", "type: patch, peer: pb"), PortText("pb", "type: patch, peer: pa")])]

        @Test func badMessagesHarmNobody() async throws {
            try await Bed.with { bed in
                let vswitch = try await bed.start(bridge)
                for script in [Self.truncated, Self.lengths, Self.nested, Self.contradictory, Self.slow, Self.noise, Self.endless] {
                    try await vswitch.bear(script)
                }
                #expect(try await vswitch.ofctl(["-O", "OpenFlow14"], "dump-flows").output.split(separator: "\n").count <= 1)
                #expect(try await vswitch.terminate() == 0)
            }
        }

        /// Whole messages, cut at every length: with a header that says so each is an error or whole but shorter, with one that does not the rest
        /// never comes.
        private static let truncated = #"""
            inner = flow_mod(actions=output(1) + clone(output(2)), match=struct.pack("!HBBI", 0x8000, 0, 4, 1))
            group = message(5, 15, struct.pack("!HBxI", 0, 0, 1) + struct.pack("!HHIII", 32, 0, 0xffffffff, 0xffffffff, 0) + output(1))
            packet_out = message(5, 13, struct.pack("!IIH6x", 0xffffffff, 0xfffffffd, 16) + output(1) + bytes(60))
            for whole in [inner, group, packet_out, bundle_add(1, inner), message(5, 29, bytes(8) + struct.pack("!HHIII", 1, 16, 1, 1, 0)), multipart(16, bytes(24))]:
                s = connect()
                for length in range(8, len(whole)):
                    s.sendall(whole[:2] + struct.pack("!H", length) + whole[4:length])
                answers = echo(s)
                assert answers and all(m[1] in (1, 19, 34) for m in answers), answers
                s.close()
                for length in range(1, len(whole), 5):
                    s = connect(); s.sendall(whole[:length]); s.close()
            s = connect(); s.sendall(flow_mod(command=3)); echo(s)
            """#

        /// Lengths that cannot be, and the longest one that can.
        private static let lengths = #"""
            for length in range(8):
                s = connect(); s.sendall(struct.pack("!BBHI", 5, 2, length, 1)); assert ended(s)
            for version in (1, 4, 6):
                for kind in range(version % 3, 36, 3):
                    s = connect(version); s.sendall(struct.pack("!BBHI", version, kind, 65535, 1) + bytes(65527))
                    s.sendall(message(version, 2, b"", 5))
                    while True:
                        try: m = read(s)
                        except EOFError: break
                        if m[1] == 3 and m[4:8] == b"\0\0\0\5": break
                    s.close()
            # Before the hello nothing else is understood.
            for first in (flow_mod(), b"\0" * 8, message(5, 1, bytes(4)), b"GET / HTTP/1.0\r\n\r\n"):
                s = connect(hello=False); s.sendall(first); s.settimeout(20); s.shutdown(socket.SHUT_WR); assert ended(s)
            s = connect(); s.sendall(message(6, 2)); assert read(s)[1] == 3
            """#

        /// Lists within lists, bundles within bundles, to the end of a message and of all bounds.
        private static let nested = #"""
            actions = output(1)
            s = connect(); refused = 0
            for depth in range(3000):
                actions = clone(actions)
                if 20 < depth and depth % 1000: continue
                s.sendall(flow_mod(actions=actions, xid=5))
                for m in echo(s):
                    assert error(m) == (2, 7), m
                    refused += 1
            assert refused > 10, refused
            # Actions that are many rather than deep.
            s.sendall(flow_mod(actions=output(1) * 4000)); echo(s)
            s.sendall(flow_mod(actions=nicira(22, bytes(6)) * 3000)); echo(s)
            inner = flow_mod()
            for depth in range(2000):
                inner = bundle_add(3, inner)
                if depth < 20 or depth % 500 == 0: s.sendall(inner)
            assert any(m[1] == 1 and error(m) == (17, 10) for m in echo(s))
            # write_actions within write_actions, and instructions in instructions.
            inner = output(1)
            for depth in range(20): inner = struct.pack("!HHI", 3 + depth % 2, 8 + len(inner), 0) + inner
            body = flow_mod()[8:48] + struct.pack("!HHI", 1, 4, 0)
            s.sendall(message(5, 14, body + inner)); assert error(echo(s)[0])[0] in (2, 3)
            s.sendall(flow_mod(command=3)); echo(s)
            """#

        /// What one says and takes back, and what one cannot mean.
        private static let contradictory = #"""
            a, b = connect(), connect()
            a.sendall(flow_mod(command=3, table=255)); echo(a)
            lost = []
            def role(s, role, generation):
                s.sendall(message(5, 24, struct.pack("!I4xQ", role, generation)))
                answers = echo(s)
                # Who was primary until another one came has been told so.
                lost.extend(m for m in answers if m[1] == 30)
                return [m for m in answers if m[1] != 30][0]
            assert role(a, 2, 5)[1] == 25 and role(b, 2, 5)[1] == 25
            assert error(role(a, 2, 4)) == (11, 0)
            assert error(role(a, 99, 6)) == (11, 2)
            for n in range(200): assert role((a, b)[n % 2], 2, 6 + n)[1] == 25
            assert len(lost) == 200, len(lost)
            a.sendall(flow_mod()); first = echo(a)
            assert error([m for m in first if m[1] == 1][0]) == (1, 10), first
            s = connect()
            def once(*messages):
                for m in messages: s.sendall(m)
                return [error(m) if m[1] == 1 else m[1] for m in echo(s)]
            assert once(bundle(2, 1)) == [(17, 2)]
            assert once(bundle(4, 1)) == [(17, 2)]
            assert once(bundle(0, 1), bundle(0, 1)) == [33, (17, 2)]
            assert once(bundle(0, 1), bundle(2, 1), bundle(2, 1)) == [33, 33, (17, 4)]
            assert once(bundle(0, 1), bundle(2, 1), bundle_add(1, flow_mod())) == [33, 33, (17, 4)]
            assert once(bundle(0, 1), bundle(4, 1, flags=3)) == [33, (17, 7)]
            assert once(bundle_add(2, flow_mod()), bundle_add(2, flow_mod(), flags=2)) == [(17, 7)]
            assert once(bundle_add(2, flow_mod(xid=9))) == [(17, 9)]
            assert once(bundle_add(2, flow_mod(version=4))) == [(0xffff, 22)]
            assert once(bundle_add(2, flow_mod(actions=struct.pack("!HHI", 77, 8, 0)))) == [(2, 0)]
            assert once(bundle(9, 2)) == [(17, 6)] and once(bundle(1, 2)) == [(17, 6)]
            # A bundle whose last message is refused leaves nothing behind.
            s.sendall(bundle(0, 7))
            for n in range(2000): s.sendall(bundle_add(7, flow_mod(priority=n)))
            s.sendall(bundle_add(7, flow_mod(actions=struct.pack("!HHI", 22, 8, 12345))))
            s.sendall(bundle(4, 7))
            answers = echo(s)
            assert [error(m) for m in answers if m[1] == 1] == [(2, 9), (17, 13)], answers
            s.sendall(multipart(2, struct.pack("!B3xII4xQQ", 255, 0xffffffff, 0xffffffff, 0, 0) + struct.pack("!HHI", 1, 4, 0)))
            assert echo(s)[0][-8:-4] == bytes(4)
            # And one whose owner goes away while it is being committed does not either.
            for n in range(3):
                t = connect(); t.sendall(bundle(0, 7))
                for p in range(3000): t.sendall(bundle_add(7, flow_mod(priority=p)))
                t.sendall(bundle(4, 7))
                # The switch gets on with it for some turns.
                for k in range(n): echo(s)
                t.close()
            s.sendall(message(5, 20)); echo(s)
            s.sendall(flow_mod(command=3) + message(5, 20)); echo(s)
            """#

        private static let slow = #"""
            s = connect()
            for byte in flow_mod(actions=output(1)) + flow_mod(command=3): s.send(bytes([byte]))
            assert echo(s) == []
            many = [connect() for n in range(100)]
            stream = multipart(13) + message(5, 20)
            for n in range(len(stream)):
                for t in many: t.send(stream[n:n + 1])
            for t in many:
                assert read(t)[1] == 19 and read(t)[1] == 21
            """#

        private static let noise = #"""
            random.seed(5)
            for n in range(150):
                s = connect(hello=n % 3 > 0, version=random.choice((1, 4, 5, 6)))
                try:
                    if n % 3 == 2:
                        for k in range(100): s.sendall(message(5, random.randrange(40), random.randbytes(random.choice((0, 4, 8, 16, 24, 40, 48, 64, 100)))))
                    else: s.sendall(random.randbytes(random.randrange(1, 40000)))
                except (BrokenPipeError, ConnectionResetError): pass
                s.close()
            s = connect(); s.sendall(flow_mod(command=3, table=255)); echo(s)
            """#

        /// Requests in pieces: too many of them, and one that does not come.
        private static let endless = #"""
            # A piece that is late ends a request, too: a machine may hold the sender up.
            for _ in range(5):
                s = connect()
                s.sendall(multipart(12)); feature = echo(s)[0][16:]
                feature = feature[:feature[0] << 8 | feature[1]]
                for n in range(1100): s.sendall(multipart(12, feature, more=True))
                errors = [error(m) for m in echo(s)]
                if (1, 14) not in errors: break
            assert errors == [(1, 13)], errors
            monitor = struct.pack("!IIIHBB", 0, 0xffffffff, 0xffffffff, 7, 255, 0) + struct.pack("!HHI", 1, 4, 0)
            for n in range(200): s.sendall(multipart(16, monitor * 20, more=True))
            assert (1, 13) in [error(m) for m in echo(s)]
            # Each request waits for its own next piece.
            for n in range(100, 200): s.sendall(multipart(12, feature, more=True, xid=n))
            late = echo(s)
            while len({m[4:8] for m in late if m[4:8] != struct.pack("!I", 1)}) < 100: late.append(read(s))
            assert {error(m) for m in late} == {(1, 14)}, late
            assert {m[4:8] for m in late} - {struct.pack("!I", 1)} == {struct.pack("!I", n) for n in range(100, 200)}, late
            """#
    }
}
