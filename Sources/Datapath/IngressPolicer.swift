import NetDev

/// A port's policer of what comes in, which all PMDs that poll its queues share (ovs-vswitchd.conf.db(5), Interface, "Ingress Policing").
///
/// Writers: PMDs that hold the lock. Memory: made and freed by the ofproto thread, once no PMD has it any more.
@safe struct IngressPolicer {
    let lock = QueueLock()
    let hertz: UInt64
    /// When the buckets were last filled, in ticks.
    private var filled: UInt64
    /// Of bytes without Ethernet headers, and of packets; with the rate 0 there is no limit.
    private var bytes: TokenBucket
    private var packets: TokenBucket

    /// Kilobits, and thousands of packets, that a bucket holds if nothing is said.
    private static let defaultBurst: UInt32 = 8_000
    private static let defaultPacketBurst: UInt32 = 16

    init(_ policing: DPPolicing, now: UInt64, hertz: UInt64) {
        self.hertz = hertz
        filled = now
        func bucket(_ rate: UInt32, _ burst: UInt32, _ fallback: UInt32, unit: UInt64) -> TokenBucket {
            TokenBucket(rate: UInt64(rate) * unit, burst: UInt64(burst == 0 ? fallback : burst) * unit)
        }
        bytes = bucket(policing.rate, policing.burst, Self.defaultBurst, unit: 1_000 / 8)
        packets = bucket(policing.packetRate, policing.packetBurst, Self.defaultPacketBurst, unit: 1_000)
    }

    /// Adds what the time since the last call has brought.
    @inline(__always) @_noLocks mutating func fill(now: UInt64) {
        guard now > filled else { return }
        let elapsed = now &- filled
        filled = now
        bytes.fill(elapsed, hertz: hertz)
        packets.fill(elapsed, hertz: hertz)
    }

    /// Charges a packet of `length` bytes, without its Ethernet header. False: drop it.
    @inline(__always) @_noLocks mutating func admits(_ length: UInt64) -> Bool {
        (bytes.rate == 0 || bytes.take(length)) && (packets.rate == 0 || packets.take(1))
    }
}
