import NetDev

/// A port's policer of what leaves, which all PMDs that send there share (ovs-vswitchd.conf.db(5), table QoS: egress-policer, trtcm-policer).
///
/// Writers: whoever holds the lock; PMDs charge packets, the ofproto thread reads. A changed policer is a new one, which takes over what has stayed the same.
/// Memory: made and freed by the ofproto thread, `retire` once no PMD has it any more.
@safe struct EgressPolicer {
    /// Of one queue, in ascending order of their numbers.
    struct Queue {
        var stats: DPQueueStats
        var marker: Marker
    }

    let lock = QueueLock()
    let hertz: UInt64
    private var port: Marker
    /// False: there is nothing but the port's marker.
    private let hasQueues: Bool
    private let queues: UnsafeMutableBufferPointer<Queue>

    /// - Parameters:
    ///   - former: the port's policer until now; queues and rates that stay keep their tokens.
    ///   - now: ticks of the clock of `hertz`; `time` is the same moment in milliseconds.
    static func make(_ qos: DPEgressQoS, keeping former: UnsafeMutablePointer<EgressPolicer>?, now: UInt64, time: Int64, hertz: UInt64)
        -> UnsafeMutablePointer<EgressPolicer> {
        let policer: UnsafeMutablePointer<EgressPolicer> = .allocate(capacity: 1)
        unsafe policer.initialize(to: EgressPolicer(qos, now: now, time: time, hertz: hertz))
        guard let former = unsafe former else { return unsafe policer }
        let lock = unsafe former.pointee.lock
        lock.acquire()
        unsafe policer.pointee.keepTokens(of: former.pointee)
        lock.release()
        return unsafe policer
    }

    private init(_ qos: DPEgressQoS, now: UInt64, time: Int64, hertz: UInt64) {
        self.hertz = hertz
        switch qos {
        case .egressPolicer(let cir, let cbs): (port, hasQueues) = (Marker(DPRates(cir: cir, cbs: cbs), now: now), false)
        case .trtcmPolicer(let rates, _): (port, hasQueues) = (Marker(rates, now: now), true)
        }
        let all = qos.queues.sorted { $0.key < $1.key }.map { Queue(stats: DPQueueStats(queue: $0.key, created: time), marker: Marker($0.value, now: now)) }
        unsafe queues = .allocate(capacity: all.count)
        _ = unsafe queues.initialize(from: all)
    }

    private mutating func keepTokens(of former: EgressPolicer) {
        guard hasQueues == former.hasQueues else { return }
        if port.rates == former.port.rates { port = former.port }
        for index in unsafe queues.indices {
            guard let same = unsafe former.index(of: queues[index].stats.queue, as: queues[index].marker.rates) else { continue }
            unsafe queues[index].marker = former.queues[same].marker
            unsafe queues[index].stats.created = former.queues[same].stats.created
        }
    }

    /// Takes over what queues that have stayed had counted, and frees the policer, which nobody uses any more.
    static func retire(_ former: UnsafeMutablePointer<EgressPolicer>, for successor: UnsafeMutablePointer<EgressPolicer>?) {
        if let successor = unsafe successor {
            let lock = unsafe successor.pointee.lock
            lock.acquire()
            unsafe successor.pointee.addCounts(of: former.pointee)
            lock.release()
        }
        unsafe former.pointee.queues.deallocate()
        unsafe former.pointee.lock.deallocate()
        unsafe former.deallocate()
    }

    private mutating func addCounts(of former: EgressPolicer) {
        guard hasQueues == former.hasQueues else { return }
        for index in unsafe queues.indices {
            guard let same = unsafe former.index(of: queues[index].stats.queue, as: queues[index].marker.rates) else { continue }
            let counts = unsafe former.queues[same].stats
            unsafe queues[index].stats.packets &+= counts.packets
            unsafe queues[index].stats.bytes &+= counts.bytes
            unsafe queues[index].stats.errors &+= counts.errors
        }
    }

    private func index(of queue: UInt32, as rates: DPRates) -> Int? {
        guard let index = find(queue), unsafe queues[index].marker.rates == rates else { return nil }
        return index
    }

    /// What went through the queues. By who holds the lock.
    var stats: [DPQueueStats] { unsafe queues.map(\.stats) }

    // A PMD's part, with the lock

    /// Charges a packet of `length` bytes, without its Ethernet header, that has this queue. False: drop it.
    @inline(__always) @_noLocks mutating func admits(_ length: UInt64, queue: UInt32, now: UInt64) -> Bool {
        var colour = Marker.Colour.green
        if hasQueues {
            // The default queue's number is 0, so it is the first one.
            guard let index = find(queue) ?? find(0) else { return false }
            // find's answer is an index.
            colour = unsafe queues[index].marker.mark(length, colour, now: now, hertz: hertz)
            if colour == .red {
                unsafe queues[index].stats.errors &+= 1
            } else {
                unsafe queues[index].stats.packets &+= 1
                unsafe queues[index].stats.bytes &+= length
            }
        }
        return port.mark(length, colour, now: now, hertz: hertz) != .red
    }

    /// The index of a queue, by halving.
    @inline(__always) @_noLocks private func find(_ queue: UInt32) -> Int? {
        var low = 0, high = unsafe queues.count
        while low < high {
            let middle = (low &+ high) / 2
            // low ≤ middle < high ≤ count
            let number = unsafe queues[middle].stats.queue
            if number == queue { return middle }
            if number < queue { low = middle &+ 1 } else { high = middle }
        }
        return nil
    }
}
