"""Two switches that are told the same by OS-Ken's encoders, and whose answers, read by OS-Ken's decoders, must be the same.

The first switch is the one under test, the second an ovs-vswitchd that is configured like it.
"""

import inspect
import json
import logging
import socket
import struct
import warnings

warnings.simplefilter("ignore")
from os_ken.ofproto import ofproto_parser, ofproto_protocol  # noqa: E402

# What OS-Ken cannot decode it logs only.
undecoded = []


class Undecoded(logging.Handler):
    def emit(self, record):
        undecoded.append(record.getMessage())


logging.getLogger("os_ken").addHandler(Undecoded())

# What differs between any two switches, or from one moment to the next.
VOLATILE = {"duration_sec", "duration_nsec", "duration", "hw_addr", "datapath_id", "curr", "advertised", "supported", "peer", "curr_speed",
            "max_speed", "auxiliary_id", "xid"}
ORDERED = {"actions", "instructions", "buckets", "bands", "ids", "oxm_ids", "learn", "specs"}


class Peer(ofproto_protocol.ProtocolDesc):
    """A connection to a switch's management socket; to OS-Ken's classes it is a datapath."""

    def __init__(self, path, version, seconds=10):
        super().__init__(version)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(seconds)
        self.socket.connect(path)
        self.unread = b""
        self.xid = 0
        self.id = None
        self.socket.sendall(struct.pack("!BBHI", version, 0, 8, 0))
        version_of_hello, kind, _ = self.receive_bytes()
        assert kind == 0 and version_of_hello >= version, "no hello"

    def receive_bytes(self):
        while len(self.unread) < 8 or len(self.unread) < struct.unpack_from("!H", self.unread, 2)[0]:
            more = self.socket.recv(65536)
            if not more:
                raise EOFError("the switch has closed the connection")
            self.unread += more
        version, kind, length, _ = struct.unpack_from("!BBHI", self.unread)
        message, self.unread = self.unread[:length], self.unread[length:]
        return version, kind, message

    def receive(self):
        """The next message, but for questions whether this end lives. What OS-Ken cannot decode is None."""
        while True:
            version, kind, data = self.receive_bytes()
            if kind == 2:
                self.socket.sendall(data[:1] + b"\3" + data[2:])
                continue
            return ofproto_parser.msg(self, version, kind, len(data), struct.unpack_from("!I", data, 4)[0], data)

    def send(self, *messages):
        """Nothing is sent if OS-Ken cannot encode one of them. Returns the last one's number."""
        for message in messages:
            self.xid += 1
            message.set_xid(self.xid)
            message.serialize()
        self.socket.sendall(b"".join(bytes(message.buf) for message in messages))
        return self.xid

    def ask(self, *messages):
        """Sends messages and returns what comes until all are dealt with, as OS-Ken's JSON."""
        end = self.send(*messages, self.ofproto_parser.OFPBarrierRequest(self))
        answers = []
        while True:
            answer = self.receive()
            if answer is None:
                answers.append({"undecoded": undecoded[-1] if undecoded else ""})
            elif type(answer).__name__ == "OFPBarrierReply" and answer.xid == end:
                return answers
            else:
                answers.append(answer.to_jsondict())


def build(kind, *arguments, **named):
    """An object of OS-Ken's with those of the arguments that this version has."""
    known = inspect.signature(kind.__init__).parameters
    return kind(*arguments, **{name: value for name, value in named.items() if name in known})


def plain(value, key=""):
    """Without what is volatile; lists whose order means nothing are sorted."""
    if isinstance(value, dict):
        if "max_len" in value and value.get("port") != 0xfffffffd:
            # Without a meaning unless the packet goes to a controller.
            value = {**value, "max_len": 0}
        return {name: plain(element, name) for name, element in value.items() if name not in VOLATILE}
    if isinstance(value, list):
        elements = [plain(element, key) for element in value]
        return elements if key in ORDERED else sorted(elements, key=lambda element: json.dumps(element, sort_keys=True))
    return value


class Comparison:
    """Counts what was compared, and keeps what was different."""

    def __init__(self, ours, theirs):
        self.peers = (ours, theirs)
        self.count = 0
        self.echoed = 0
        self.differences = []

    def same(self, name, make, change=None):
        """Asks both what `make(peer)` returns, a message or several. Returns our answers; `change` takes out what may differ."""
        self.count += 1
        before = len(undecoded)
        answers = []
        for peer in self.peers:
            messages = make(peer)
            answer = plain(peer.ask(*(messages if isinstance(messages, list) else [messages])))
            answers.append(change(answer) if change else answer)
        if answers[0] != answers[1]:
            self.differences.append("%s:\n  ours   %s\n  theirs %s" % (name, *(json.dumps(answer, sort_keys=True) for answer in answers)))
        if len(undecoded) > before and not any("undecoded" in answer for answer in answers[1]):
            self.differences.append("%s: %s" % (name, undecoded[-1]))
        return answers[0]

    def expect(self, name, holds, about=""):
        self.count += 1
        if not holds:
            self.differences.append("%s %s" % (name, about))


def is_error(answers):
    return any("OFPErrorMsg" in answer for answer in answers)


def bodies(answers):
    """The elements of multipart replies."""
    found = []
    for answer in answers:
        for reply in answer.values():
            body = reply.get("body") if isinstance(reply, dict) else None
            found += body if isinstance(body, list) else [] if body is None else [body]
    return found
