/// # NetDev
///
/// Ports as the datapath sees them: something with receive queues that hand over mbufs and transmit queues
/// that take them. A port has a class: `dpdk` (any DPDK device, by PCI address or vdev), `dpdkvhostuserclient`,
/// `system` (an existing kernel interface), `internal` and `tap` (a kernel interface made here), `dummy`
/// (in memory). EAL is started here, and the mempools are sized here.
///
/// Threads: ports are made, changed and removed by the ofproto thread; a queue is used by one PMD at a time.
/// DPDK devices are polled by the PMD itself; kernel interfaces are served by one I/O thread that sleeps in
/// epoll and exchanges mbufs with the PMDs over rings, so that a PMD never makes a system call.
/// Memory: every mbuf comes from a mempool of this module; `Mempools.swift` shows the sum behind its size.
///
/// Read in this order: `Mbuf.swift`, `Queues.swift` (what a PMD calls), `Netdev.swift` (the class seam), then a class.
