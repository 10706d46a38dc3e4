// Gratuitous ARP by bonds: how long it moves no station behind them.
extension Simulation {
    /// The station's gratuitous ARP came by a port that is no bond.
    struct Lock {
        /// Milliseconds that it lasts.
        static let duration: Int64 = 5_000
        var since: Int64
        /// The station was there all the time.
        var isCertain: Bool
        /// The switch has been told by its counters.
        var isCredited = false
    }

    /// What a packet that came at a time may have found: the station locked, or not.
    func locksOf(_ station: RefStation, at time: Int64) -> [Bool] {
        // In a wild run it was looked at later, and may have met what came meanwhile.
        let delay: Int64 = isStrict ? 0 : 500, all = locks[station] ?? []
        let must = all.contains { $0.isCertain && $0.isCredited && $0.since <= time && time + delay < $0.since + Lock.duration }
        let may = all.contains { $0.since <= time + delay && time <= $0.since + Lock.duration + delay + Self.lockSlack } || time <= undescribed + Lock.duration + delay
        return must ? [true] : may ? [true, false] : [false]
    }

    /// Where a station may have been when a frame came.
    func formerPlaces(of station: RefStation, _ flight: Flight) -> [String?] {
        if !isStrict { return placesOf(station, since: flight.injected - 500, heard: nil) }
        let move = moves.first { $0.station == station && $0.time >= flight.injected }
        var former = [move.map(\.before) ?? places[station]]
        // Counters may tell of it between this frame and its own counters.
        for event in recentlyHeard[station] ?? [] where !former.contains(event.port) { former.append(event.port) }
        return former
    }

    /// All counters are credited.
    func creditLocks() {
        for station in locks.keys {
            locks[station]?.removeAll { $0.since + 2 * Lock.duration < now }
            for at in (locks[station] ?? []).indices { locks[station]?[at].isCredited = true }
        }
    }

    /// The station was forgotten, and its lock with it.
    func openLocks(of station: RefStation) {
        for at in (locks[station] ?? []).indices { locks[station]?[at].isCertain = false }
    }

    /// A packet came by that the reference does not describe: of ARP, if it came as that.
    func noteUndescribed(_ flight: Flight) {
        metUndescribed = true
        if RefPacket(flight.bytes, inPort: 0)?.isARP ?? false { undescribed = now }
        // It may have ended a connection.
        for rule in state.bridges.flatMap(\.rules) {
            for case .finTimeout(let idle, let hard) in rule.actions { lives[rule.id]?.mayHave.shorten(RefTimeouts(idle: idle, hard: hard)) }
        }
    }

    /// How much longer megaflows may stay that say so (milliseconds).
    private static var lockSlack: Int64 { 100 }
}
