/// The time of a datapath for tests: real time until it is stopped; either way it can be moved on.
struct DummyClock {
    private let start = ContinuousClock.now
    /// What has been added to real time, in microseconds.
    private var warped: Int64 = 0
    /// The time at which it stands; nil: it goes.
    private var stopped: Int64?

    /// Microseconds since the clock was made; never less than before.
    var microseconds: Int64 { stopped ?? warped + elapsed }

    private var elapsed: Int64 {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }

    mutating func stop() { stopped = microseconds }

    mutating func warp(milliseconds: Int64) {
        if let stopped { self.stopped = stopped + milliseconds * 1_000 } else { warped += milliseconds * 1_000 }
    }
}
