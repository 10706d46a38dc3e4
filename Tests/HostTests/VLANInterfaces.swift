import Testing

extension Host {
    /// Gives the host an interface for the tagged frames of each VLAN, with an address. A program does what the kernel's 802.1Q
    /// driver would: kernels without it, and its tag offloads, are no concern of these tests then.
    func addVLANs(_ addresses: [Int: String]) async throws {
        let vlans = addresses.keys.sorted()
        let relay = try spawn("/usr/bin/python3", arguments: ["-u", "-c", relayProgram, interface] + vlans.map { "\($0)=\(vlanInterface($0))" })
        try await until("the VLAN interfaces are there") {
            guard relay.isRunning else { throw BedFailure("the relay has ended: \(contents(relay.errors))") }
            return contents(relay.output) == "ready\n"
        }
        for vlan in vlans {
            try await ip("-n", space, "link", "set", vlanInterface(vlan), "up")
            if let address = addresses[vlan] { try await add(address, to: vlanInterface(vlan)) }
        }
    }

    func vlanInterface(_ vlan: Int) -> String { bed.name("t\(vlan)") }
}

/// Arguments: an interface, and VLAN=NAME for each TAP to be made. Frames of a TAP leave by the interface with the VLAN's tag;
/// the interface's frames of the VLAN come to the TAP without it. The kernel tells a received frame's tag beside the frame
/// (packet(7), PACKET_AUXDATA: status, len, snaplen, mac, net, vlan_tci, vlan_tpid).
private let relayProgram = """
    import fcntl, os, select, socket, struct, sys
    trunk = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3))
    trunk.bind((sys.argv[1], 0))
    trunk.setsockopt(263, 1, struct.pack('IHH8x', socket.if_nametoindex(sys.argv[1]), 1, 0))  # promiscuous
    trunk.setsockopt(263, 8, 1)  # PACKET_AUXDATA
    taps = {}
    for pair in sys.argv[2:]:
        vlan, name = pair.split('=')
        tap = os.open('/dev/net/tun', os.O_RDWR)
        fcntl.ioctl(tap, 0x400454ca, struct.pack('16sH22x', name.encode(), 0x1002))  # TUNSETIFF, IFF_TAP | IFF_NO_PI
        taps[int(vlan)] = tap
    vlans = {tap: vlan for vlan, tap in taps.items()}
    print('ready')
    def relay(source):
        if source is not trunk:
            frame = os.read(source, 65536)
            trunk.send(frame[:12] + struct.pack('!HH', 0x8100, vlans[source]) + frame[12:])
            return
        frame, control, _, address = trunk.recvmsg(65536, 256)
        for level, kind, data in control:
            status, _, _, _, _, tci, _ = struct.unpack('IIIHHHH', data[:20])
            tap = taps.get(tci & 0xfff)
            if address[2] != 4 and status & 16 and tap is not None:  # not PACKET_OUTGOING; TP_STATUS_VLAN_VALID
                os.write(tap, frame)
    while True:
        for source in select.select([trunk, *vlans], [], [])[0]:
            try:
                relay(source)
            except OSError:
                pass  # an interface that is down loses the frame
    """
