/// # NetDev
///
/// Ports as the datapath sees them: something with receive queues that hand over mbufs and transmit queues
/// that take them. A port has a class: `dpdk` (any DPDK device, by PCI address or vdev), `dpdkvhostuserclient`,
/// `system` (an existing kernel interface), `internal` and `tap` (a kernel interface made here), `dummy`,
/// `dummy-internal` and `dummy-pmd` (in memory). EAL is started here, and the mempools are sized here.
///
/// Threads: ports are made, changed and removed by the ofproto thread; a queue is used by one PMD at a time.
/// DPDK devices are polled by the PMD itself; kernel interfaces are served by one I/O thread that sleeps in
/// epoll and exchanges mbufs with the PMDs over rings, so that a PMD makes no system call but one: the kick that
/// wakes the I/O thread, once a burst and only if it sleeps.
/// Memory: every mbuf comes from a mempool of this module; `Mempools.swift` shows the sum behind its size.
/// Bounds: `Limits.swift`. Errors: `NetdevError`, one line that names the interface and the reason; frames that
/// are lost are counted.
///
/// Read in this order: `Mbuf.swift`, `Queues.swift`, `QueueLock.swift`, `Waker.swift` (what a PMD calls), `Netdev.swift` (the class
/// seam), `NetdevRuntime.swift` (opening a port), then a class: `DPDKDevice.swift` and `DPDKNetdev.swift`; `VhostUser.swift`;
/// `KernelNetdev.swift`, `KernelIO.swift`, `KernelPort.swift`, `SoftwareOffload.swift`; `DummyNetdev.swift`, `DummyExchange.swift`, `DummyCapture.swift`. And what they stand
/// on: `EALPlan.swift`, `EAL.swift`, `DPDKLog.swift`, `Mempools.swift`.
