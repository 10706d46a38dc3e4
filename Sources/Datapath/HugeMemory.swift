import Glibc
import NetDev

/// Zeroed memory whose pages come into being when they are touched, as huge pages where the kernel can.
@safe struct HugeMemory: @unchecked Sendable {
    @unsafe let base: UnsafeMutableRawPointer
    let size: Int

    /// Nil when the address space or the process's limit does not allow it.
    /// - Parameter node: the NUMA node that its pages come from.
    init?(bytes: Int, node: Int) {
        let hugePage = 2 << 20
        size = (bytes + hugePage - 1) / hugePage * hugePage
        // One page more than needed, so that the start can be aligned to a huge page.
        let address = unsafe mmap(nil, size + hugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else { return nil }
        let number = UInt(bitPattern: address)
        let aligned = (number + UInt(hugePage) - 1) / UInt(hugePage) * UInt(hugePage)
        unsafe Self.unmap(address, Int(aligned - number))
        unsafe Self.unmap(address + Int(aligned - number) + size, hugePage - Int(aligned - number))
        unsafe base = address + Int(aligned - number)
        unsafe Numa.place(base, size, node: node)
        _ = unsafe madvise(base, size, Int32(MADV_HUGEPAGE))
    }

    private static func unmap(_ start: UnsafeMutableRawPointer, _ length: Int) {
        if length > 0 { _ = unsafe munmap(start, length) }
    }

    /// Gives the memory back. Nobody may use it again.
    func free() { _ = unsafe munmap(base, size) }
}
