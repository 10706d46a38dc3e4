/// # The benchmark harness
///
/// Runs the same traffic and the same OpenFlow rules through three programs, one after the other: testpmd's io
/// forwarding (the *floor*: what receiving and sending cost without a switch), Debian's OVS-DPDK (the *peer*), and
/// needletail (*us*). A case is a kind of traffic and a set of rules; a round runs a case on every subject; rounds are
/// interleaved, the order of subjects rotates, and what is reported is the median over the rounds and the ratio of
/// medians. `Benchmarks/README.md` says what the cases are and how to read the figures.
///
/// Where things run: the poll-mode thread under test has core 1 for itself; everything else (the harness, the
/// subject's other threads, OVS's database, a generator or prober process) shares core 0.
///
/// Honesty: every run is checked. What a subject says it received must be what it says it sent plus what it says it
/// dropped; a run that does not add up ends the benchmark with an error, and so does a run in which the
/// rules did not have the effect that the case is about (the number of megaflows or of masks is wrong).
///
/// Read in this order: `Cases.swift` and `Traffic.swift` (what is sent), `Subject.swift` (the seam), `Floor.swift`,
/// `Peer.swift`, `Us.swift`, then `Measure.swift` and `Latency.swift` (the kinds of measurement), `MegaflowCases.swift`, `Barrier.swift`, `Results.swift`, `Plot.swift`.
/// `Child.swift`, `Hugepages.swift` and `Disturbance.swift` are the plumbing, `Bench.swift` is the command line.
enum Harness {
    /// Where the poll-mode thread runs.
    static let pmdCore = 1
    /// Where everything else runs.
    static let otherCore = 0
}
