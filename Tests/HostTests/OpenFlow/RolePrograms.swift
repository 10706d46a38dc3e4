/// A program by which two controllers at a time change their roles on two switches, and compare what each of them hears.
///
/// Arguments: the two management sockets. It prints what differs, and in the end how much it has compared and how often a controller was told that it has lost its role.
enum RoleProgram {
    static let program = RawMessages.prelude + #"""
        def nxrole(v, r): return nx(v, 10, struct.pack("!I", r))
        def tell_all(v): return msg(v, 9, struct.pack("!HH", 0, 0xffff))
        def port_mod(v):
            common = struct.pack("!I4x6s2xII", 1, b"\0" * 6, 0, 0)
            return msg(v, 16, common + (struct.pack("!I4x", 0) if v < 5 else b""))
        def onfbundle(v, kind, id=1, flags=1): return onf(v, 2300, struct.pack("!IHH", id, kind, flags))
        def onfbadd(v, inner, id=1, flags=1): return onf(v, 2301, struct.pack("!IHH", id, 0, flags) + inner)
        def change_roles(v):
            """Who says what: two controllers take each other's place, and try what they may not do."""
            # Generations go on from one version to the next.
            first = 100 * v
            master, slave, equal, look = (lambda g: role(v, 2, first + g)), (lambda g: role(v, 3, first + g)), role(v, 1), role(v, 0)
            if v == 1: master, slave, equal, look = (lambda g: nxrole(v, 1)), (lambda g: nxrole(v, 2)), nxrole(v, 0), nxrole(v, 0)
            add = flow(v, flags=1) if v > 1 else msg(1, 14, struct.pack("!I2x6s6sHBxHBBxx4s4sHHQHHHHIHH", 0x3fffff, b"", b"", 0, 0, 0, 0, 0, b"", b"", 0, 0, 0, 0, 0, 0, 5, 0xffffffff, 0xffff, 1))
            wipe = flow(v, cmd=3, inport=0, out=0, table=255) if v > 1 else msg(1, 14, struct.pack("!I2x6s6sHBxHBBxx4s4sHHQHHHHIHH", 0x3fffff, b"", b"", 0, 0, 0, 0, 0, b"", b"", 0, 0, 0, 3, 0, 0, 5, 0xffffffff, 0xffff, 0))
            yield from [(0, tell_all(v)), (1, tell_all(v)), (0, look), (0, master(5)), (1, slave(5)), (1, add), (0, add), (0, wipe)]
            yield from [(1, master(6)), (0, look), (0, add), (0, wipe), (1, add), (1, wipe), (0, master(5)), (0, slave(4)), (0, look), (1, look)]
            # What a secondary may not and may do.
            if v > 2: yield from [(0, packet_out(v)), (0, msg(v, 15, struct.pack("!HBBI", 0, 0, 0, 5))), (0, port_mod(v)),
                (0, msg(v, 17, struct.pack("!BxxxI", 3, 0))), (0, msg(v, 7)), (0, barrier(v)), (0, mp(v, 2, b"\xff" + b"\0" * 3 + b"\xff" * 8 + b"\0" * 20 + b"\0\1\0\4" + b"\0" * 4))]
            yield from [(0, msg(v, 9, struct.pack("!HH", 1, 0xffff))), (0, msg(v, 7)), (1, msg(v, 7)), (1, msg(v, 9, struct.pack("!HH", 0, 0xffff)))]
            if v == 4: yield from [(0, msg(v, 29, struct.pack("!HHI", 0, 1, 5))), (0, onfbundle(v, 0)), (0, onfbadd(v, flow(v))), (0, onfbundle(v, 4)), (1, onfbundle(v, 0)), (1, onfbadd(v, flow(v))), (1, onfbundle(v, 4)), (1, wipe)]
            if v > 4: yield from [(0, bundle(v, 0)), (0, badd(v, flow(v))), (0, bundle(v, 2)), (0, bundle(v, 4)), (1, bundle(v, 0)), (1, badd(v, flow(v))), (0, master(7)), (1, bundle(v, 4)), (1, bundle(v, 6)), (1, master(8)), (1, bundle(v, 4)), (1, wipe)]
            # What a secondary is told: ports, until it asks for more.
            if v in (1, 3, 4): yield from [(0, nx(v, 19, struct.pack("!IIIIII", 3, 3, 7, 7, 15, 15)))] if v < 4 else [(0, msg(v, 28, struct.pack("!IIIIII", 3, 3, 7, 7, 15, 15)))]
            if v > 4: yield from [(0, msg(v, 28, b"".join(struct.pack("!HHI", k, 8, m) for k, m in ((0, 59), (1, 59), (2, 7), (3, 7), (4, 63), (5, 63)))))]
            yield from [(1, add), (1, wipe)]
            if v > 2: yield from [(1, packet_out(v, acts=struct.pack("!HHIHHI", 0, 16, 0xfffffffd, 0xffff, 0, 0)))]
            yield from [(0, equal), (0, add), (0, wipe), (1, look), (1, equal), (1, look)]

        class Pair:
            """Two connections to one switch, and what each has been told unasked."""
            def __init__(self, path, v): self.peers, self.told = [Peer(path, v) for _ in (0, 1)], [[], []]
            def say(self, who, message):
                """What each end hears of it; asking for an echo also gives the switch its time."""
                if message: self.peers[who].s.sendall(message)
                heard = []
                for each in (who, 1 - who):
                    messages = [masked(m) for m in self.peers[each].settle()]
                    heard.append([m for m in messages if not is_unasked(m)])
                    self.told[each] = sorted(self.told[each] + [m for m in messages if is_unasked(m)])
                return heard
        # Packet-in, flow-removed, port status, role status; the last one in OpenFlow 1.3 too.
        def is_unasked(m): return m[1] in (10, 11, 12, 30) or m[1] == 4 and m[8:12] == b"ONF\0" and m[12:16] == struct.pack("!I", 1911)

        def main():
            compared = statuses = 0
            for v in (1, 3, 4, 5, 6):
                theirs, ours = Pair(sys.argv[1], v), Pair(sys.argv[2], v)
                for index, (who, message) in enumerate(change_roles(v)):
                    a, b = ours.say(who, message), theirs.say(who, message)
                    # What is told unasked may come late.
                    for _ in range(1000):
                        if ours.told == theirs.told: break
                        select.select([], [], [], 0.02)
                        ours.say(0, b""), theirs.say(0, b"")
                    compared += 2
                    if a != b or ours.told != theirs.told:
                        print("version %d, step %d, %d says %s" % (v, index, who, message.hex()[:100]))
                        for side, x, pair in (("ours", a, ours), ("theirs", b, theirs)): print("  %s: %s, told %s" % (side, [[m.hex()[:120] for m in y] for y in x], [[m.hex()[:60] for m in y] for y in pair.told]))
                    statuses += sum(m[1] in (4, 30) for told in ours.told for m in told)
                    ours.told, theirs.told = [[], []], [[], []]
            print("%d compared, %d role statuses" % (compared, statuses))
        main()
        """#
}
