import CNUMA

/// NUMA nodes of cores, and memory placed on them. A machine without NUMA is one node, 0.
public enum Numa {
    /// The node of a core; 0 when the kernel does not tell.
    public static func node(ofCore core: Int) -> Int {
        numa_available() < 0 ? 0 : max(0, Int(numa_node_of_cpu(Int32(clamping: core))))
    }

    /// Lets pages of this memory come from a node when they are first touched.
    /// - Parameters:
    ///   - memory: whole pages that nobody has touched yet.
    ///   - size: in bytes.
    @unsafe public static func place(_ memory: UnsafeMutableRawPointer, _ size: Int, node: Int) {
        // The range is the caller's own mapping.
        if numa_available() >= 0 && numa_max_node() > 0 { unsafe numa_tonode_memory(memory, size, Int32(clamping: node)) }
    }
}
