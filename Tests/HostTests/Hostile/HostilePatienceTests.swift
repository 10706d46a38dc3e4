import Foundation
import TestSupport
import Testing

extension HostTests {
    /// Peers that take more than their share: of memory, of connections, of time.
    @Suite(.serialized) struct HostilePatienceTests {
        private static let ports = [PortText("pa", "type: patch, peer: pb"), PortText("pb", "type: patch, peer: pa")]
        private let bridge = [BridgeText("br0", ports)]

        @Test func manyOfEverything() async throws {
            try await Bed.with { bed in
                let vswitch = try await bed.start(bridge)
                try await vswitch.bear(Self.reconnects)
                try await vswitch.bear(Self.bundles)
                try await vswitch.bear(Self.monitors)
                try await vswitch.bear(Self.packetIns)
                #expect(try await vswitch.terminate() == 0)
            }
        }

        /// Clients that ask and never read, while 10,000 flows are there and come and go.
        @Test func whoDoesNotReadWaits() async throws {
            try await Bed.with { bed in
                let vswitch = try await bed.start(bridge)
                let flows = (0..<10_000).map { "table=1,priority=\($0 % 1000),ip,nw_dst=10.\($0 >> 16).\($0 >> 8 & 255).\($0 & 255),actions=drop\n" }
                let added = try await vswitch.ofctl([], "add-flows", ["-"], input: flows.joined(), seconds: 60)
                #expect(added.status == 0, "\(added.errors)")
                try await vswitch.bear(Self.unread + "\nsubprocess_ofctl()\n")
                #expect(try await vswitch.ofctl([], "del-flows", ["table=1"]).status == 0)
            }
        }

        @Test func silenceEndsAConnection() async throws {
            try await Bed.with { bed in
                let certificates = bed.folder + "/both"
                let made = try await command("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=both", "-keyout", certificates + ".key", "-out", certificates + ".crt"])
                try #require(made.status == 0, "\(made.errors)")
                let tcp = try await freePort(), ssl = try await freePort()
                let controllers = "[{ target: \"ptcp:\(tcp):127.0.0.1\", inactivity-probe: 5s }, \"pssl:\(ssl):127.0.0.1\"]"
                let text = "ssl: { private-key: \(certificates).key, certificate: \(certificates).crt, ca-cert: \(certificates).crt }\n"
                    + configuration([BridgeText("br0", Self.ports, settings: ["controllers: " + controllers])])
                let vswitch = try await bed.start(text: text)
                try await vswitch.bear(Self.silent, place: "tcp:\(tcp)")
                try await vswitch.bear(Self.halfOpen, place: "ssl:\(ssl)")
            }
        }

        private static let reconnects = #"""
            for n in range(1000):
                s = connect(random.choice((1, 4, 5, 6)), hello=n % 4 > 0)
                if n % 4 == 1: s.sendall(message(5, 5))
                if n % 4 == 2: s.sendall(multipart(1, bytes(40)) * 5)
                s.close()
            # More than a listener takes at a time: those beyond are closed at once, the others work.
            many, refused = [], 0
            for n in range(300):
                s = connect(hello=False)
                try:
                    s.sendall(message(5, 0)); read(s); many.append(s)
                except (EOFError, BrokenPipeError, ConnectionResetError): refused += 1
            assert refused >= 44 and len(many) + refused == 300, (refused, len(many))
            for s in many[::20]: assert echo(s) == []
            """#

        private static let bundles = #"""
            many = [connect() for n in range(4)]
            for s in many:
                for n in range(1000): s.sendall(bundle(0, n))
                answers = echo(s)
                assert len([m for m in answers if m[1] == 33]) == 64
                assert {error(m) for m in answers if m[1] == 1} == {(17, 5)}
                for n in range(64): s.sendall(bundle_add(n, flow_mod(priority=n)) * 5)
                assert echo(s) == []
            """#

        private static let monitors = #"""
            def monitor(id): return struct.pack("!IIIHBB", id, 0xffffffff, 0xffffffff, 14, 255, 0) + struct.pack("!HHI", 1, 4, 0)
            many = [connect() for n in range(2)]
            for s in many:
                for n in range(1100): s.sendall(multipart(16, monitor(n), xid=n))
                answers = echo(s)
                assert len([m for m in answers if m[1] == 19]) == 1024, len(answers)
                assert {error(m) for m in answers if m[1] == 1} == {(16, 0)}
                if s is many[0]: s.sendall(multipart(16, monitor(0), xid=5)); assert error(echo(s)[0]) == (16, 1)
            # Changes of which some read nothing.
            t = connect()
            for n in range(2):
                for p in range(20): t.sendall(flow_mod(priority=p, cookie=n))
                t.sendall(flow_mod(command=3, table=255)); echo(t)
            """#

        /// A peer asks for packets and does not read them.
        private static let packetIns = #"""
            deaf, sender = connect(), connect()
            deaf.sendall(message(5, 9, struct.pack("!HH", 0, 1500))); echo(deaf)
            to_controller = struct.pack("!HHIH6x", 0, 16, 0xfffffffd, 1500)
            out = message(5, 13, struct.pack("!IIH6x", 0xffffffff, 0xfffffffd, 16) + to_controller + bytes(1000))
            for n in range(100):
                sender.sendall(out * 50); echo(sender)
            got = 0
            deaf.sendall(message(5, 2, b"end", 77))
            while True:
                m = read(deaf)
                if m[1] == 3: break
                assert m[1] == 10; got += 1
            assert 300 < got < 4900, got
            """#

        private static let unread = #"""
            import subprocess
            flows = struct.pack("!B3xII4xQQ", 255, 0xffffffff, 0xffffffff, 0, 0) + struct.pack("!HHI", 1, 4, 0)
            deaf = [connect() for n in range(8)]
            for s in deaf:
                s.setblocking(False)
                try:
                    for n in range(200): s.send(multipart(1, flows, xid=n))
                except BlockingIOError: pass
            # They hold up nobody.
            s = connect()
            for n in range(20):
                s.sendall(flow_mod(table=9, priority=n) + message(5, 20)); echo(s)
            def subprocess_ofctl():
                for n in range(2):
                    r = subprocess.run(["ovs-ofctl", "-O", "OpenFlow14", "dump-aggregate", sys.argv[1]], capture_output=True, timeout=60, text=True)
                    assert "flow_count=10021" in r.stdout, (r.stdout, r.stderr)
            # 20 of these, and the one that every standalone bridge has. One that has asked twice reads in the end, and has all of it.
            reader = connect()
            reader.sendall(multipart(1, flows) * 2)
            count = 0; ends = 0
            while ends < 2:
                m = read(reader); place = 16
                ends += not m[11] & 1
                while place < len(m):
                    place += m[place] << 8 | m[place + 1]; count += 1
            assert count == 20042, count
            """#

        private static let silent = #"""
            quiet, mute = connect(), connect(hello=False)
            quiet.settimeout(60); mute.settimeout(60)
            # Who answers probes may stay.
            live = connect(); live.settimeout(0.2)
            closed = []
            end = time.time() + 60
            while len(closed) < 2 and time.time() < end:
                try:
                    m = read(live)
                    if m[1] == 2: live.sendall(message(5, 3, m[8:], struct.unpack("!I", m[4:8])[0]))
                except TimeoutError: pass
                for s in (quiet, mute):
                    if s in closed or not select.select([s], [], [], 0)[0]: continue
                    if not s.recv(65536): closed.append(s)
            assert len(closed) == 2, closed
            # A probe may have come meanwhile.
            live.settimeout(60); assert all(m[1] == 2 for m in echo(live))
            """#

        private static let halfOpen = #"""
            many = [connect(hello=False) for n in range(300)]
            for n, s in enumerate(many):
                try:
                    # Nothing, the start of a handshake, none at all, OpenFlow in the clear.
                    s.sendall([b"", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", os.urandom(300), message(5, 0)][n % 4])
                except (BrokenPipeError, ConnectionResetError): pass
            # Those in the clear are ended, and so are those that were too many; then all have been seen.
            assert all(ended(s) for s in many[3::4])
            for s in many: s.close()
            """#
    }
}
