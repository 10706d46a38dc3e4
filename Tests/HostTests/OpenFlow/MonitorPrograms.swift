/// A program that watches the flows of switches and does not read what it is told until there is too much of it.
///
/// Arguments: management sockets. For each, and each kind of monitor, it prints how many flows it knows of in the end; it fails if that is not what
/// the tables hold, or if a pause is not told in its order.
enum MonitorProgram {
    static let program = RawMessages.prelude + #"""
        def note(size): return struct.pack("!HHIH", 0xffff, size, 0x2320, 8) + b"\7" * (size - 10)
        def apply(actions): return struct.pack("!HHI", 4, 8 + len(actions), 0) + actions
        class Monitor:
            """A connection that watches all flows, and what it is told: (event, priority), each also in `flows`."""
            ADDED, REMOVED, MODIFIED, ABBREVIATED, PAUSED, RESUMED = "added", "removed", "modified", "abbreviated", "paused", "resumed"
            def __init__(self, path, v):
                self.v, self.peer, self.events = v, Peer(path, v), []
                if v == 5: self.peer.s.sendall(mp(v, 16, struct.pack("!IIIHBB", 1, 0xffffffff, 0xffffffff, 2 | 4 | 8 | 16, 0xff, 0) + b"\0\1\0\4" + b"\0" * 4))
                else: self.peer.s.sendall(nxmp(v, 2, struct.pack("!IHHHB", 1, 2 | 4 | 8 | 16, 0xffff, 0, 0xff) + b"\0" * 5))
                self.peer.settle()
            def read(self):
                """Takes one message."""
                m = self.peer.read()
                if m[1] == 4: self.events.append(({22: self.PAUSED, 23: self.RESUMED}[struct.unpack("!I", m[12:16])[0]], None))
                if m[1] != 19: return
                at = 16 if self.v == 5 else 24
                while at < len(m):
                    length, event = struct.unpack("!HH", m[at:at + 4])
                    names = [None, self.ADDED, self.REMOVED, self.MODIFIED, self.ABBREVIATED, self.PAUSED, self.RESUMED] if self.v == 5 else [self.ADDED, self.REMOVED, self.MODIFIED, self.ABBREVIATED]
                    priority = None if event >= (4 if self.v == 5 else 3) else struct.unpack("!H", m[at + 10:at + 12] if self.v == 5 else m[at + 6:at + 8])[0]
                    self.events.append((names[event], priority))
                    at += length
            def kinds(self):
                """The events, equal ones that follow each other once."""
                kinds = [e for e, _ in self.events]
                return [e for i, e in enumerate(kinds) if i == 0 or kinds[i - 1] != e]

        def overflow(path, v):
            """More is told than the monitor's connection holds while it does not read. Returns what it was told."""
            writer, monitor = Peer(path, v), Monitor(path, v)
            def change(*messages):
                for m in messages: writer.s.sendall(m)
                assert not [m for m in writer.settle() if m[1] == 1]
            big = apply(note(2048))
            for start in range(1000, 4000, 100): change(*[flow(v, prio=p, insts=big) for p in range(start, start + 100)])
            # Flows that it has heard of, those that it has not, and new ones.
            change(*[flow(v, cmd=4, prio=p, out=0) for p in range(1000, 1100)])
            change(*[flow(v, cmd=2, prio=p, out=3) for p in range(1100, 1150)])
            change(*[flow(v, prio=p) for p in range(5000, 5100)])
            change(*[flow(v, cmd=4, prio=p, out=0) for p in range(5050, 5100)])
            change(*[flow(v, cmd=2, prio=p, out=3) for p in range(5000, 5010)])
            while Monitor.RESUMED not in (e for e, _ in monitor.events): monitor.read()
            change(flow(v, prio=6000))
            while (Monitor.ADDED, 6000) not in monitor.events: monitor.read()
            known = set()
            for event, priority in monitor.events:
                if event == Monitor.ADDED: known.add(priority)
                if event == Monitor.REMOVED: known.remove(priority)
                # OVS says "modified" also of a flow that has come and then changed while the monitor was paused.
                if event == Monitor.MODIFIED: known.add(priority)
            assert known == set(range(1100, 4000)) | set(range(5000, 5050)) | {6000}, len(known)
            # Told before the pause, in it, at its end, and after it.
            kinds = monitor.kinds()
            rest = set(kinds[3:-2])
            assert kinds[:3] == [Monitor.ADDED, Monitor.PAUSED, Monitor.REMOVED] and rest == {Monitor.ADDED, Monitor.MODIFIED} and kinds[-2:] == [Monitor.RESUMED, Monitor.ADDED], kinds
            # A flow that it knew before the pause is told once at the end of it, if it has changed.
            before = monitor.events.index((Monitor.PAUSED, None))
            known_before = [p for _, p in monitor.events[:before]]
            changed = [p for e, p in monitor.events[before:] if e == Monitor.MODIFIED and p in known_before]
            assert changed == [p for p in known_before if 1100 <= p < 1150], changed
            change(flow(v, cmd=3, inport=0, out=0, table=255))
            return len(known)

        for v in (3, 5):
            for path in sys.argv[1:]: print("version %d: %d flows" % (v, overflow(path, v)))
        """#
}
