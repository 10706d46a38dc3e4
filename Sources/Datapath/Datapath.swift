/// # Datapath
///
/// The poll-mode datapath. One PMD thread a core polls receive queues, extracts keys, looks them up in the EMC,
/// the SMC and the dpcls, executes the megaflow's actions and sends. A packet without a megaflow goes up to the
/// ofproto thread on a ring, and comes back with the megaflow as a command on another.
///
/// Why this way: a PMD that translated its misses itself would stop forwarding meanwhile. Here a storm of new flows costs an installed
/// flow nothing but the copies onto the ring.
///
/// Threads: a PMD is the only writer of all that it works with (`PMD.swift` says what that is); the ofproto thread makes it, asks it for changes by
/// commands, and frees it. No lock, but for meters, policers and transmit queues that several PMDs share. Everything that `pmdTurn` reaches is `@_noLocks`: the compiler
/// refuses what could allocate, retain or block.
/// Memory: caches, slab and rings are made with the PMD, their sizes are in `Limits.swift`; hash tables that grow are made by the ofproto
/// thread. Packets are of NetDev's mempools.
/// Bounds: whatever is full drops the packet for a reason of `DropReason`, counted at the port.
///
/// Read in this order. A packet: `PMDLoop.swift`, `PMDLookup.swift` with `EMC.swift` and `SMC.swift`, `PMDExecute.swift`. Actions:
/// `DPAction.swift` (the values), `ActionProgram.swift` and its compiler (the form that a PMD reads), `ActionSink.swift`, `Execute.swift` and its siblings by
/// verb, `Meter.swift`. What is policed: `TokenBucket.swift`, `Marker.swift`, `EgressPolicer.swift`, `IngressPolicer.swift`, `PMDPolicing.swift`. A miss: `PMDPending.swift` with `PendingMisses.swift`, `PMDMessages.swift`, `PMDCommands.swift`, `PMDSubtables.swift` with `SubtableFilter.swift`, `DPFlow.swift`. The ofproto thread's side: `DPIF.swift`
/// (the boundary), `DPIFNetdev.swift` with Ports, Flows, Packets, Meters, Policing, PortNumbers, MainThread, Cores and Status, `PMDHandle.swift`, `ClassifierMirror.swift` with `MirroredPort.swift`,
/// `RxqScheduler.swift`. What one can see: `PMDStats.swift`, `LogHistogram.swift`, `PMDStatsText.swift`, `DPActionText.swift`.
