import Glibc
@testable import Flow

/// A place for frames that ends where an unreadable page begins: the first byte read past a frame's end is a fault.
@safe final class GuardedMemory {
    private let base: UnsafeMutableRawPointer
    private let size = 16384
    private let page = 4096

    init?() {
        // Anonymous memory of this object's own, given back by deinit.
        let mapped = unsafe mmap(nil, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { return nil }
        unsafe base = mapped
        guard unsafe mprotect(mapped + size, page, PROT_NONE) == 0 else { return nil }
    }
    deinit { unsafe munmap(base, size + page) }

    /// Calls `body` with a copy of `bytes` that ends at the guard page.
    func with<Result>(_ bytes: some Collection<UInt8>, _ body: (UnsafeRawPointer, Int) -> Result) -> Result {
        precondition(bytes.count <= size)
        let start = unsafe base + (size - bytes.count)
        for (index, byte) in bytes.enumerated() { unsafe start.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
        return unsafe body(UnsafeRawPointer(start), bytes.count)
    }
}

/// What an extraction left behind.
struct Extracted: Equatable {
    /// The lines that it named, the others zero.
    var key: FlowKey
    var lines: FlowLines
    /// True if a line that it did not name has changed.
    var strayed: Bool
}

/// Runs an extraction on a key full of other bits and looks at all that it wrote.
func extracted(_ extract: (UnsafeMutablePointer<FlowKey>) -> FlowLines) -> Extracted {
    let noise = Line(repeating: 0xa5a5_5a5a_c3c3_3c3c)
    var key = FlowKey()
    for index in 0..<FlowKey.lineCount { key[line: index] = noise }
    // A key of this function's own.
    let lines = unsafe withUnsafeMutablePointer(to: &key) { unsafe extract($0) }
    var strayed = false
    for index in 0..<FlowKey.lineCount where lines.rawValue & 1 << UInt16(index) == 0 {
        strayed = strayed || key[line: index] != noise
        key[line: index] = .zero
    }
    return Extracted(key: key, lines: lines, strayed: strayed)
}

/// Extracts `bytes`, which stand in front of the guard page.
func extracted(_ bytes: some Collection<UInt8>, in memory: GuardedMemory, inPort: UInt32 = 7, vlanLimit: Int = 2) -> Extracted {
    unsafe memory.with(bytes) { frame, length in
        unsafe extracted { key in unsafe extractFlow(frame, length, inPort: inPort, vlanLimit: vlanLimit, into: key) }
    }
}

/// Bytes written as hexadecimal digits; blanks do not count.
func hexBytes(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    var rest = Substring(text.filter { !$0.isWhitespace })
    while let byte = UInt8(rest.prefix(2), radix: 16) {
        result.append(byte)
        rest = rest.dropFirst(2)
    }
    return result
}
