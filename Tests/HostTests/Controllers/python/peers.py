"""Two switches that are told the same by OS-Ken's encoders, and whose answers, read by OS-Ken's decoders, must be the same.

The first switch is the one under test, the second an ovs-vswitchd that is configured like it.
"""

import inspect
import json
import logging
import re
import socket
import struct
import time
import warnings

warnings.simplefilter("ignore")
from os_ken.exception import OFPUnknownVersion  # noqa: E402
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
# What a dummy device does not count.
UNCOUNTED = {"rx_dropped", "tx_dropped", "rx_errors", "tx_errors"}
# What OVS's dummy devices have besides: a queue 0.
QUEUES = {"OFPQueueStats", "OFPPacketQueue", "OFPQueueDesc"}
UNASKED = ("OFPPacketIn", "OFPFlowRemoved", "OFPPortStatus", "NXTPacketIn", "NXTFlowRemoved")
ORDERED = {"actions", "instructions", "buckets", "bands", "ids", "oxm_ids", "learn", "specs"}


class Lost(Exception):
    """A switch has closed its connection, or has not answered in time."""

    def __init__(self, path, why):
        super().__init__("%s: %s" % (path, why))
        self.path = path


class Peer(ofproto_protocol.ProtocolDesc):
    """A connection to a switch's management socket; to OS-Ken's classes it is a datapath."""

    def __init__(self, path, version, seconds=10):
        super().__init__(version)
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(seconds)
        self.socket.connect(path)
        self.unread = b""
        self.xid = 0
        self.id = None
        # The message that was received last, as it came.
        self.last = b""
        # What came unasked: when it comes is up to a switch.
        self.unasked = []
        self.socket.sendall(struct.pack("!BBHI", version, 0, 8, 0))
        version_of_hello, kind, _ = self.receive_bytes()
        assert kind == 0 and version_of_hello >= version, "no hello"

    def receive_bytes(self):
        while len(self.unread) < 8 or len(self.unread) < struct.unpack_from("!H", self.unread, 2)[0]:
            try:
                more = self.socket.recv(65536)
            except OSError as error:
                raise Lost(self.path, error) from error
            if not more:
                raise Lost(self.path, "the connection is closed")
            self.unread += more
        version, kind, length, _ = struct.unpack_from("!BBHI", self.unread)
        message, self.unread = self.unread[:length], self.unread[length:]
        return version, kind, message

    def receive(self):
        """The next message, but for questions whether this end lives. What OS-Ken cannot decode is None."""
        while True:
            version, kind, data = self.receive_bytes()
            self.last = data
            if kind == 2:
                self.socket.sendall(data[:1] + b"\3" + data[2:])
                continue
            if version > 3 and kind == 19 and data[8:10] == b"\0\x0c" and len(data) > 16 and data[18] > 0:
                # Of table features only those that come first are decoded: there are many, and OS-Ken is slow.
                continue
            try:
                return ofproto_parser.msg(self, version, kind, len(data), struct.unpack_from("!I", data, 4)[0], data)
            except OFPUnknownVersion as error:
                # OVS 3.1 takes the header of the message by which it refuses a flow monitor from memory that is something else's by then.
                raise Lost(self.path, error) from error

    def encode(self, *messages):
        """The bytes of messages, and the last one's number."""
        for message in messages:
            self.xid += 1
            # A message in another one has the number of that.
            for inner in (getattr(message, "message", None), getattr(message, "request", None)):
                if hasattr(inner, "set_xid"):
                    inner.set_xid(self.xid)
            message.set_xid(self.xid)
            message.serialize()
        return b"".join(bytes(message.buf) for message in messages), self.xid

    def send(self, *messages):
        """Nothing is sent if OS-Ken cannot encode one of them. Returns the last one's number."""
        data, number = self.encode(*messages)
        self.socket.sendall(data)
        return number

    def ask(self, *messages):
        """Sends messages and returns what comes until all are dealt with, as OS-Ken's JSON."""
        return self.answers(self.send(*messages, self.ofproto_parser.OFPBarrierRequest(self)))

    def answers(self, end):
        """What comes until the barrier with the number `end` is answered."""
        answers = []
        while True:
            answer = self.receive()
            if answer is None:
                # The order of groups in it is that of hash tables.
                answers.append({"undecoded": sorted("%02x" % byte for byte in untimed(self.last))})
            elif type(answer).__name__ in UNASKED:
                self.unasked.append(plain(json_of(answer)))
            elif type(answer).__name__ == "OFPBarrierReply" and answer.xid == end:
                return answers
            else:
                answers.append(json_of(answer))


def untimed(data):
    """A message of OpenFlow 1.5 without what its flows say of time: OXS_OF_DURATION and OXS_OF_IDLE_TIME."""
    return re.sub(rb"(\x80\x02[\x00\x02]\x08).{8}", lambda found: found[1], data, flags=re.DOTALL)


def build(kind, *arguments, **named):
    """An object of OS-Ken's with those of the arguments that this version has."""
    known = inspect.signature(kind.__init__).parameters
    return kind(*arguments, **{name: value for name, value in named.items() if name in known})


def json_of(thing):
    """What OS-Ken makes of a message or of a part of one; of some addresses of OpenFlow 1.0 it makes nothing: they are shown as they are."""
    try:
        return thing.to_jsondict()
    except TypeError:
        return {type(thing).__name__: shown(vars(thing))}


def shown(value):
    if isinstance(value, dict):
        return {name: shown(element) for name, element in value.items() if name not in ("datapath", "buf", "msg_len", "version", "msg_type")}
    if isinstance(value, list):
        return [shown(element) for element in value]
    if isinstance(value, (int, str, type(None))):
        return value
    return value.hex() if isinstance(value, (bytes, bytearray)) else json_of(value)


def plain(value, key=""):
    """Without what is volatile; lists whose order means nothing are sorted."""
    if isinstance(value, dict):
        if "OXSTlv" in value and value["OXSTlv"].get("field") in ("duration", "idle_time"):
            return {}
        omitted = VOLATILE | UNCOUNTED if "rx_packets" in value else VOLATILE
        if "rx_packets" in value and "properties" in value:
            # OVS's dummy devices have statistics of their own besides.
            value = {**value, "length": 0, "properties": [element for element in value["properties"] if "OFPPortStatsPropEthernet" in element]}
        return {name: plain(element, name) for name, element in value.items() if name not in omitted}
    if isinstance(value, list):
        elements = [plain(element, key) for element in value
                    if not (isinstance(element, dict) and QUEUES & element.keys() and next(iter(element.values())).get("queue_id") == 0)]
        return elements if key in ORDERED else sorted(elements, key=lambda element: json.dumps(element, sort_keys=True))
    return value


class Comparison:
    """Counts what was compared, and keeps what was different."""

    def __init__(self, ours, theirs):
        self.peers = (ours, theirs)
        self.count = 0
        self.echoed = 0
        # Cases that OS-Ken itself cannot encode.
        self.unsent = 0
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
        self.note(name, answers, before)
        return answers[0]

    def all_same(self, cases, window=16):
        """As `same` for pairs of a name and what makes its messages, several on their way at a time."""
        for start in range(0, len(cases), window):
            ends = []
            data = [b"" for _ in self.peers]
            for name, make in cases[start:start + window]:
                number = self.peers[0].xid
                try:
                    encoded = [peer.encode(*make(peer), peer.ofproto_parser.OFPBarrierRequest(peer)) for peer in self.peers]
                except Exception:  # Whatever OS-Ken stumbles on.
                    self.unsent += 1
                    for peer in self.peers:
                        peer.xid = number
                    continue
                ends.append((name, [end for _, end in encoded]))
                data = [so_far + more for so_far, (more, _) in zip(data, encoded)]
            for peer, bytes_ in zip(self.peers, data):
                peer.socket.sendall(bytes_)
            for name, numbers in ends:
                self.count += 1
                before = len(undecoded)
                self.note(name, [plain(peer.answers(number)) for peer, number in zip(self.peers, numbers)], before)

    def unasked_same(self, name, seconds=2):
        """What came unasked until now must be the same, whatever its order."""
        self.count += 1
        end = time.monotonic() + seconds
        while len(self.peers[0].unasked) != len(self.peers[1].unasked) and time.monotonic() < end:
            for peer in self.peers:
                peer.ask()
        told = [sorted(json.dumps(message, sort_keys=True) for message in peer.unasked) for peer in self.peers]
        for peer in self.peers:
            peer.unasked = []
        only = [[message for message in mine if message not in theirs] for mine, theirs in (told, told[::-1])]
        self.expect(name, len(told[0]) == len(told[1]) and not any(only), "%d and %d, ours alone %s, theirs alone %s" % (len(told[0]), len(told[1]), *only))

    def note(self, name, answers, before):
        """Compares answers. `before`: what was not decoded before them."""
        if "monitor" in name.lower():
            # OVS 3.1 refuses flow monitors in messages whose codes and data are those of bytes behind the request's header.
            answers = [["refused" if is_error([answer]) else answer for answer in some] for some in answers]
        if answers[0] != answers[1]:
            self.differences.append("%s:\n  ours   %s\n  theirs %s" % (name, *(json.dumps(answer, sort_keys=True) for answer in answers)))
        if len(undecoded) > before and not any("undecoded" in answer for answer in answers[1]):
            self.differences.append("%s: %s" % (name, undecoded[-1]))

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
