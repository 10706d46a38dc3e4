/// The bounds of this module, in one place. What happens when one is reached stands beside it.
public enum Limits {
    /// Packets moved by one call of a queue's `burst`.
    public static let burst = 32
    /// Least and greatest MTU of a port (RFC 791 asks for 68). Beyond: `NetdevError.invalid`.
    public static let mtu = 68...9702
    /// Bytes that a frame may have on top of its MTU: the Ethernet header and two VLAN tags.
    public static let frameOverhead = 14 + 2 * 4
    /// Queues of one direction of a port. Beyond: `NetdevError.invalid`.
    public static let queues = 64
    /// Descriptors of a queue. Beyond: `NetdevError.invalid`.
    public static let descriptors = 32...8192
    /// Descriptors of a queue of a DPDK device, unless the configuration says otherwise (as OVS has it).
    public static let defaultDescriptors = 2048
    /// Slots of a kernel port's receive ring, and of each of its transmit rings. Full: the frame is dropped and counted.
    public static let kernelRing = 1024
    /// Slots of each ring of a dummy port.
    public static let dummyRing = 2048
    /// Bytes of a segmentation-offload frame read from a kernel interface (a virtio_net_hdr's frame, 64 KiB and its
    /// headers). Longer: dropped and counted.
    public static let largeFrame = 65_535 + 14 + 2 * 4
    /// The least memory in MB that makes hugepages worth using; with less free, EAL starts without them.
    public static let leastHugeMemory = 128
    /// Memory in MB when there are no hugepages, unless the options say otherwise.
    public static let defaultPlainMemory = 512
    /// Packets in the smallest mempool that a port is opened with. Less memory: `NetdevError.noMemory`.
    public static let leastMempool = 4096
    /// Packets that a thread keeps in its own cache of a mempool (DPDK's greatest is 512).
    public static let mempoolCache = 256
}
