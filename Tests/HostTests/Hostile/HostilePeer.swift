import Foundation
import TestSupport
import Testing

/// What hostile peers need: a client of OpenFlow in Python that sends whatever it likes.
enum HostilePeer {
    static let prelude = #"""
        import os, random, select, socket, struct, sys, time
        def connect(version=5, hello=True):
            place = sys.argv[1]
            if place.startswith("unix:"):
                s = socket.socket(socket.AF_UNIX); s.connect(place[5:])
            else:
                s = socket.create_connection(("127.0.0.1", int(place.split(":")[1])))
            s.settimeout(60)
            if hello:
                s.sendall(message(version, 0))
                assert read(s)[1] == 0
            return s
        def message(version, kind, body=b"", xid=1):
            return struct.pack("!BBHI", version, kind, 8 + len(body), xid) + body
        def take(s, count):
            got = b""
            while len(got) < count:
                more = s.recv(count - len(got))
                if not more: raise EOFError
                got += more
            return got
        def read(s):
            head = take(s, 8)
            return head + take(s, struct.unpack("!H", head[2:4])[0] - 8)
        def echo(s, version=5):
            # Everything that came before has been dealt with.
            s.sendall(message(version, 2, b"end", 77))
            answers = []
            while True:
                m = read(s)
                if m[1] == 3 and m[4:8] == b"\0\0\0M": return answers
                answers.append(m)
        def error(m):
            assert m[1] == 1, m
            return struct.unpack("!HH", m[8:12])
        def ended(s):
            # True once the switch has closed the connection.
            try:
                while s.recv(65536): pass
                return True
            except ConnectionResetError: return True
            except (TimeoutError, BlockingIOError): return False
        def instruction(actions): return struct.pack("!HHI", 4, 8 + len(actions), 0) + actions
        def flow_mod(version=5, command=0, priority=1, table=0, actions=b"", match=b"", flags=0, xid=1, cookie=0, importance=0):
            length = 4 + len(match)
            match = struct.pack("!HH", 1, length) + match + bytes(-length % 8)
            body = struct.pack("!QQBBHHHIIIHH", cookie, 0, table, command, 0, 0, priority, 0xffffffff, 0xffffffff, 0xffffffff, flags, importance)
            return message(version, 14, body + match + (instruction(actions) if actions else b""), xid)
        def output(port): return struct.pack("!HHIH6x", 0, 16, port, 64)
        def nicira(subtype, body): return struct.pack("!HHIH", 0xffff, 10 + len(body), 0x2320, subtype) + body
        def clone(inner):
            return nicira(42, bytes(6) + inner)
        def multipart(kind, body=b"", more=False, xid=1, version=5): return message(version, 18, struct.pack("!HHI", kind, more, 0) + body, xid)
        def bundle(kind, id, flags=1, xid=1): return message(5, 33, struct.pack("!IHH", id, kind, flags), xid)
        def bundle_add(id, inner, flags=1, xid=1): return message(5, 34, struct.pack("!IHH", id, 0, flags) + inner, xid)

        """#
}

extension RunningSwitch {
    /// The least that others may expect: ovs-ofctl has its answers.
    func servesOthers() async throws {
        let show = try await ofctl(["-O", "OpenFlow13"], "show")
        #expect(show.status == 0 && show.output.contains("OFPT_GET_CONFIG_REPLY"), "\(show.errors)")
        let flows = try await ofctl(["-O", "OpenFlow13"], "dump-flows")
        #expect(flows.status == 0, "\(flows.errors)")
    }

    /// Lets a peer do what it wants, and looks whether the switch goes on as before: others are served, descriptors are closed, and no
    /// more than `growth` MiB of memory have been added.
    /// - Parameter place: where the peer connects to; nil: br0's management socket.
    func bear(_ script: String, place: String? = nil, growth: Int = 64, seconds: Int = 200) async throws {
        let descriptors = descriptors, memory = residentMemory
        let result = try await python(HostilePeer.prelude + script + "\nprint('done')", [place ?? target()], seconds: seconds)
        #expect(result.output == "done\n", "\(result.output) \(result.errors)")
        #expect(isRunning)
        try await servesOthers()
        try await until("the descriptors are closed") { self.descriptors <= descriptors }
        #expect(residentMemory <= memory + growth, "\(memory) MiB became \(residentMemory)")
    }
}
