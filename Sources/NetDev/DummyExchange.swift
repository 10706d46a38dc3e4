import Wire

// What a dummy port does besides holding frames: captures, a wire to another process, and a host behind it that answers ARP.
extension DummyNetdev {
    /// A frame comes in: it is captured and waits in receive queue `queue`, below `rxQueueCount`. False if it was dropped.
    @discardableResult public func receive(_ frame: [UInt8], queue: Int = 0) -> Bool {
        captures.rx?.write(frame)
        return inject(frame, queue: queue)
    }

    /// Takes every frame that was sent: captures it, answers it if it asks for one of the port's addresses, and gives it to the wire. Frames longer than the
    /// MTU allows are dropped, as with OVS. Returns whether there were any.
    public func exchange() -> Bool {
        var hadFrames = false
        for queue in 0..<txQueueCount {
            // A ring's worth: what the answers lead to is the next turn's.
            for _ in 0..<Limits.dummyRing {
                guard let frame = takeSent(queue: queue) else { break }
                hadFrames = true
                captures.tx?.write(frame)
                if let answer = arpReply(to: frame) { receive(answer) }
                wire?(frame)
            }
        }
        return hadFrames
    }

    /// The reply to an ARP request (RFC 826) for one of the port's addresses; nil: the frame is something else.
    func arpReply(to frame: [UInt8]) -> [UInt8]? {
        // Ethernet and IPv4, addresses of 6 and 4 bytes, a request.
        guard frame.count >= 42, Array(frame[12..<22]) == [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1], ipv4Addresses.contains(Array(frame[38..<42])) else { return nil }
        let ours = ethernetAddress.bytes, theirs = Array(frame[22..<32])
        return Array(frame[6..<12]) + ours + [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 2] + ours + Array(frame[38..<42]) + theirs
    }
}

/// The capture files of a dummy port; both may be the same.
struct DummyCaptures {
    var rx: DummyCapture?
    var tx: DummyCapture?

    /// Options "pcap" (both directions), or "rxq_pcap" and "tx_pcap".
    init(_ options: [String: String]) throws(NetdevError) {
        if let path = options["pcap"] {
            rx = try DummyCapture(path)
            tx = rx
        } else {
            if let path = options["rxq_pcap"] { rx = try DummyCapture(path) }
            if let path = options["tx_pcap"] { tx = try DummyCapture(path) }
        }
    }
}
