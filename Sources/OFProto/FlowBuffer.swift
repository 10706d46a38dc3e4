import Flow

/// A flow key or a mask in memory of its own, so that translation reads and writes single fields and lines
/// in place instead of copying 768 bytes about.
///
/// Owner: whoever made it; it is used by the ofproto thread only.
///
/// This is the only file of the module with unsafe constructs. They are sound because the memory is allocated
/// with a `FlowKey`'s size and alignment, lives as long as the object, and line indices are checked.
@safe public final class FlowBuffer {
    private let memory: UnsafeMutablePointer<FlowKey>

    public init() {
        unsafe memory = .allocate(capacity: 1)
        unsafe memory.initialize(to: FlowKey())
    }

    deinit { unsafe memory.deallocate() }

    /// The key itself, in place.
    public var key: FlowKey {
        @inline(__always) unsafeAddress { unsafe UnsafePointer(memory) }
        @inline(__always) unsafeMutableAddress { unsafe memory }
    }

    /// Line `index` (0–11).
    subscript(line index: Int) -> Line {
        @inline(__always) get {
            precondition(index >= 0 && index < FlowKey.lineCount)
            return unsafe UnsafeRawPointer(memory).load(fromByteOffset: index &* FlowKey.lineSize, as: Line.self)
        }
        @inline(__always) set {
            precondition(index >= 0 && index < FlowKey.lineCount)
            unsafe UnsafeMutableRawPointer(memory).storeBytes(of: newValue, toByteOffset: index &* FlowKey.lineSize, as: Line.self)
        }
    }

    /// Ones are added to line `index`.
    @inline(__always) func add(_ bits: Line, toLine index: Int) { self[line: index] = self[line: index] | bits }

    /// All twelve lines become zero.
    func clear() { for index in 0..<FlowKey.lineCount { self[line: index] = .zero } }

    /// All twelve lines become those of `other`.
    func copy(from other: FlowBuffer) { for index in 0..<FlowKey.lineCount { self[line: index] = other[line: index] } }

    /// The lines that hold any bit.
    var usedLines: FlowLines {
        var used: UInt16 = 0
        for index in 0..<FlowKey.lineCount where !linesEqual(self[line: index], .zero) { used |= 1 << UInt16(index) }
        return FlowLines(rawValue: used)
    }
}
