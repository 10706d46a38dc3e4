import Flow
import Wire

// Any bytes as a frame: extraction reads nothing outside them (AddressSanitizer watches), does not trap, and keeps the
// promises of `extractFlow`.

/// Bits that no extraction writes by chance.
private let noise = Line(repeating: 0xa5a5_5a5a_c3c3_3c3c)

private func check(_ extract: (UnsafeMutablePointer<FlowKey>) -> FlowLines) -> FlowKey {
    var key = FlowKey()
    for index in 0..<FlowKey.lineCount { key[line: index] = noise }
    // A key of this function's own.
    let lines = unsafe withUnsafeMutablePointer(to: &key) { unsafe extract($0) }
    precondition(lines.contains(.l0) && lines.isSubset(of: [.l0, .l1, .l3, .nsh]), "lines \(lines.rawValue)")
    precondition(key.l0.inPort == 1 && key.l0.recircID == 0 && key.l0.ctMark == 0, "metadata")
    for index in 0..<FlowKey.lineCount where lines.rawValue & 1 << UInt16(index) == 0 {
        precondition(key[line: index] == noise, "line \(index) was written and not named")
        key[line: index] = .zero
    }
    return key
}

@_cdecl("LLVMFuzzerTestOneInput") public func fuzzExtract(_ data: UnsafeRawPointer, _ size: Int) -> CInt {
    // libFuzzer vouches for `size` bytes.
    let key = unsafe check { key in unsafe extractFlow(data, size, inPort: 1, into: key) }
    let again = unsafe check { key in unsafe extractFlow(data, size, inPort: 1, into: key) }
    precondition(key == again, "the same bytes gave another key")
    _ = unsafe check { key in unsafe extractFlow(data, size, inPort: 1, vlanLimit: 1, into: key) }
    if size >= 2 {
        let type = BE16(raw: unsafe data.loadUnaligned(as: UInt16.self))
        let bare = unsafe check { key in unsafe extractFlowL3(data + 2, size - 2, etherType: type, inPort: 1, into: key) }
        precondition(bare.l0.dlType == type && bare.l0.dlDst.isZero && bare.l0.vlanTCI == .zero)
    }
    return 0
}
