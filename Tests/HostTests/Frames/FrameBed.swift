import Foundation
import TestSupport
import Testing

/// A frame that comes in, and what must leave. Frames are expressions of scapy; see `frameProgram` for the names in them.
struct FrameStep: Encodable {
    var name: String
    /// The port's place in the bed, counted from 0.
    var at = 0
    var frame: String
    /// What leaves by each port, in this order.
    var out: [Int: [String]]
}

/// A running switch whose ports 0, 1, 2, … all end in one namespace, where scapy sends and decodes.
struct FrameBed {
    let vswitch: RunningSwitch
    private let hosts: [Host]
    /// The ports' names.
    let ports: [String]

    /// - Parameter settings: of the bridge; `PORT0`, `PORT1`, … in them are the ports' names.
    init(_ bed: Bed, ports count: Int = 3, settings: [String] = []) async throws {
        hosts = try await bed.hosts(count, .tap)
        ports = hosts.map(\.port)
        let names = ports
        let own = settings.map { text in names.enumerated().reduce(text) { $0.replacingOccurrences(of: "PORT\($1.offset)", with: $1.element) } }
        vswitch = try await bed.start([BridgeText("br0", hosts.map { PortText($0) }, settings: ["fail-mode: secure"] + own)])
        // The kernel is to say nothing of itself by the interfaces.
        _ = try await hosts[0].run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
        for host in hosts {
            try await ip("link", "set", host.interface, "netns", hosts[0].space)
            try await ip("-n", hosts[0].space, "link", "set", host.interface, "up")
        }
    }

    /// Adds what a file of ovs-ofctl's describes, by `command`. `PORT0`, … are the ports' names.
    func add(_ command: String, _ lines: [String], version: String = "OpenFlow15") async throws {
        let text = ports.enumerated().reduce(lines.joined(separator: "\n")) { $0.replacingOccurrences(of: "PORT\($1.offset)", with: $1.element) }
        let result = try await vswitch.ofctl(["-O", version], command, ["-"], input: text + "\n")
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    }

    /// Sends frames one by one and tells what left otherwise than it should.
    func play(_ steps: [FrameStep]) async throws -> [String] {
        let result = try await answer("steps", steps)
        return try JSONDecoder().decode([String].self, from: Data(result.utf8))
    }

    /// Sends frames by port 0, each of the expression's values for `n` in a range, and tells by which port each has left: -1 for none, -2 for several.
    func ways(_ frame: String, _ range: Range<Int>) async throws -> [Int] {
        let result = try await answer("ways", FrameSeries(frame: frame, from: range.lowerBound, to: range.upperBound))
        return try JSONDecoder().decode([Int].self, from: Data(result.utf8))
    }

    private func answer(_ mode: String, _ question: some Encodable) async throws -> String {
        let input = String(decoding: try JSONEncoder().encode(question), as: UTF8.self)
        let arguments = ["netns", "exec", hosts[0].space, "/usr/bin/python3", "-c", frameProgram, mode] + hosts.map(\.interface)
        let result = try await command("ip", arguments, input: input, seconds: 90)
        guard result.status == 0 else { throw BedFailure("the frames' program: \(result.errors)") }
        return result.output
    }
}

private struct FrameSeries: Encodable {
    var frame: String
    var from: Int
    var to: Int
}

/// Arguments: what to do, and the interfaces. A received frame's tag stands beside it (packet(7), PACKET_AUXDATA) and is put back.
/// In expressions, S is the step's own source address: 02:00:00:00:00:00 with the step's number in the last two bytes.
private let frameProgram = """
    import json, socket, struct, sys, time, select
    from scapy.all import *
    from scapy.contrib.mpls import MPLS
    from scapy.contrib.nsh import NSH

    A, B, C = '02:00:00:00:aa:01', '02:00:00:00:aa:02', '02:00:00:00:aa:03'
    load = b'needletail' * 8

    def eth(**k): return Ether(**{**dict(src=S, dst=B), **k})
    def ip4(**k): return IP(**{**dict(src='10.0.0.1', dst='10.0.0.2'), **k})
    def ip6(**k): return IPv6(**{**dict(src='fd00::1', dst='fd00::2'), **k})
    def udp(**k): return UDP(**{**dict(sport=1000, dport=2000), **k})/load
    def tcp(**k): return TCP(**{**dict(sport=1000, dport=2000, flags='PA'), **k})/load
    def mpls(**k): return MPLS(**{**dict(label=16, cos=0, s=1, ttl=64), **k})
    def nsh(**k): return NSH(**{**dict(ttl=63, mdtype=1, nextproto=3, spi=0, si=255), **k})
    def arp(**k): return ARP(**{**dict(op=1, hwsrc=A, psrc='10.0.0.1', hwdst='00:00:00:00:00:00', pdst='10.0.0.2'), **k})/Raw(bytes(30))
    def cut(frame, length): return Raw(bytes(frame)[:length])

    def opened(name):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3))
        sock.bind((name, 0))
        sock.setsockopt(263, 1, struct.pack('IHH8x', socket.if_nametoindex(name), 1, 0))  # promiscuous
        sock.setsockopt(263, 8, 1)  # PACKET_AUXDATA
        return sock

    sockets = [opened(name) for name in sys.argv[2:]]

    def receive(seconds):
        'What the interfaces receive in that time: pairs of place and frame.'
        heard = []
        for sock in select.select(sockets, [], [], seconds)[0]:
            frame, control, _, address = sock.recvmsg(65536, 256)
            if address[2] == 4:  # PACKET_OUTGOING
                continue
            for level, kind, data in control:
                status, _, _, _, _, tci, tpid = struct.unpack('IIIHHHH', data[:20])
                if status & 16:  # TP_STATUS_VLAN_VALID
                    frame = frame[:12] + struct.pack('!HH', tpid if status & 64 else 0x8100, tci) + frame[12:]
            heard.append((sockets.index(sock), frame))
        return heard

    def collect(count):
        'At least so many frames, if they come, and those that come at once with them.'
        heard, end = [], time.monotonic() + 30
        while len(heard) < count and time.monotonic() < end:
            heard += receive(0.05)
        for _ in range(10):
            heard += receive(0.004)
        return heard

    def told(frame): return Ether(frame).summary() + ' ' + frame.hex()

    def play(steps):
        global S
        wrong = []
        for number, step in enumerate(steps):
            S = '02:00:00:00:%02x:%02x' % (number >> 8, number & 255)
            wanted = {int(port): [bytes(eval(text)) for text in frames] for port, frames in step['out'].items()}
            sockets[step['at']].send(bytes(eval(step['frame'])))
            heard = {}
            for port, frame in collect(sum(map(len, wanted.values()))):
                heard.setdefault(port, []).append(frame)
            if heard != wanted:
                lines = ['%s: %s' % (step['name'], told(bytes(eval(step['frame']))))]
                lines += ['  left by %d: %s' % (port, told(frame)) for port in heard for frame in heard[port]]
                lines += ['  wanted by %d: %s' % (port, told(frame)) for port in wanted for frame in wanted[port]]
                wrong.append(chr(10).join(lines))
        return wrong

    def ways(series):
        global S
        S, found = A, []
        for n in range(series['from'], series['to']):
            sockets[0].send(bytes(eval(series['frame'], {**globals(), 'n': n})))
            heard = collect(1)
            found.append(heard[0][0] if len(heard) == 1 else -1 if not heard else -2)
        return found

    print(json.dumps({'steps': play, 'ways': ways}[sys.argv[1]](json.load(sys.stdin))))
    """
