import Wire

/// What leaves by one value of a bond's hash.
public struct BondBucket {
    /// nil: it is chosen when a packet comes.
    public internal(set) var interface: BridgePort?
    /// Of the last intervals, of which each counts half as much as the next one.
    public internal(set) var bytes: UInt64 = 0
    /// The number of hashes.
    static let count = 256
}

/// Hashes are moved from an interface with much traffic to one with little (OVS's "Bonding" documentation, "Bond Packet Output").
extension Bond {
    /// The hash of a station of balance-slb: its address and VLAN. The same as OVS's, for people know it from `bond/hash`.
    public static func hash(_ address: EthernetAddress, vlan: UInt16, basis: UInt32) -> UInt8 {
        let number = address.number | UInt64(vlan) << 48
        let words = [UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32)]
        return UInt8(truncatingIfNeeded: FlowHash.words(words, basis: basis, last: 8))
    }

    /// Packets with this hash have left.
    func account(_ hash: UInt8, bytes: UInt64) {
        if !buckets.isEmpty { buckets[Int(hash)].bytes &+= bytes }
    }

    /// Moves a hash by hand. False: it was there.
    public func migrate(_ hash: UInt8, to interface: BridgePort) -> Bool {
        guard buckets[Int(hash)].interface !== interface else { return false }
        buckets[Int(hash)].interface = interface
        hasChanged = true
        if settings.mode == .balanceSLB { announced.insert(hash) }
        return true
    }

    /// Evens the loads out once an interval, and halves what was counted.
    func rebalance(now: Int64) {
        guard now >= nextRebalance else { return }
        nextRebalance = now + settings.rebalanceInterval
        let enabled = members.filter(\.isEnabled).map(\.interface)
        var loads = enabled.map { load(of: $0) }
        // Each round moves one hash.
        for _ in 0..<BondBucket.count where enabled.count > 1 {
            guard let from = loads.indices.max(by: { loads[$0] < loads[$1] }), let to = loads.indices.min(by: { loads[$0] < loads[$1] }),
                let hash = hashToMove(from: enabled[from], loads[from], loads[to]), migrate(hash, to: enabled[to]) else { break }
            loads[from] -= buckets[Int(hash)].bytes
            loads[to] += buckets[Int(hash)].bytes
        }
        for at in buckets.indices { buckets[at].bytes /= 2 }
    }

    func load(of interface: BridgePort) -> UInt64 { buckets.reduce(0) { $0 + ($1.interface === interface ? $1.bytes : 0) } }

    /// The hash whose move brings two loads nearest; nil: they differ by less than a 32nd or than 100 kB, or no move makes the difference smaller by a tenth.
    private func hashToMove(from interface: BridgePort, _ high: UInt64, _ low: UInt64) -> UInt8? {
        let excess = high - low
        guard excess >= OFProtoLimits.bondLeastExcess, excess >= low >> 5 else { return nil }
        let mine = buckets.indices.filter { buckets[$0].interface === interface && buckets[$0].bytes > 0 }
        guard mine.count > 1 else { return nil }
        func rest(_ at: Int) -> UInt64 {
            let moved = 2 * buckets[at].bytes
            return moved > excess ? moved - excess : excess - moved
        }
        guard let best = mine.min(by: { rest($0) < rest($1) }), rest(best) <= excess - excess / 10 else { return nil }
        return UInt8(best)
    }
}
