import Flow
import OpenFlow
import Wire

// Any bytes as a match in each of its forms: what is understood is the same after it has been written and read again, and is written in the
// same bytes then. The first byte picks the form.

private typealias Cookie = (value: UInt64, mask: UInt64)

/// Fields of the extension: their bytes fill the input.
private func checkNXM(_ bytes: [UInt8], strict: Bool) {
    var reader = ByteReader(bytes), cookie: Cookie?
    guard let match = try? Match.decodeNXM(&reader, length: bytes.count, strict: strict, cookie: &cookie) else { return }
    precondition(reader.isEmpty)
    var writer = ByteWriter()
    let length = match.encodeNXM(&writer, cookie: cookie)
    // Without prerequisites there are fields that no match can say of packets of their kind.
    guard strict, !match.leavesOutConnection else { return }
    var second = ByteReader(writer.bytes), secondCookie: Cookie?
    do throws(OFError) {
        let again = try Match.decodeNXM(&second, length: length, cookie: &secondCookie)
        precondition(again == match, "another match: \(match): \(again)")
    } catch {
        preconditionFailure("written and then refused: \(match): \(error)")
    }
    var writerAgain = ByteWriter()
    match.encodeNXM(&writerAgain, cookie: secondCookie)
    precondition(writerAgain.bytes == writer.bytes)
}

extension Match {
    /// A connection's protocol 0 is not written, as OVS does not write it, and neither are its ports.
    fileprivate var leavesOutConnection: Bool { key.l0.ctNWProto == 0 && !(isWild(.ctNWProto) && isWild(.ctTPSrc) && isWild(.ctTPDst)) }

    /// It asks for the priority of a tag that it does not say is there.
    fileprivate var asksPriorityWithoutTag: Bool { key.l0.vlanTCI.host & VLANTCI.present == 0 && !isWild(.vlanPCP) }
}

/// A form that says by itself where it ends. `encode` and `decode` are of the same form. The priority of a tag that a match does not say is there
/// cannot be told in OXM.
private func check(
    _ bytes: [UInt8], _ decode: (inout ByteReader) throws(OFError) -> Match, _ encode: (Match, inout ByteWriter) -> Void
) {
    var reader = ByteReader(bytes)
    guard let match = try? decode(&reader) else { return }
    var writer = ByteWriter()
    encode(match, &writer)
    guard !match.leavesOutConnection, !match.asksPriorityWithoutTag else { return }
    var second = ByteReader(writer.bytes)
    do throws(OFError) {
        let again = try decode(&second)
        precondition(again == match, "another match: \(match): \(again)")
        precondition(second.isEmpty)
    } catch {
        preconditionFailure("written and then refused: \(match): \(error)")
    }
}

@_cdecl("LLVMFuzzerTestOneInput") public func fuzzMatch(_ data: UnsafeRawPointer, _ size: Int) -> CInt {
    // libFuzzer vouches for `size` bytes.
    let all = unsafe Array(UnsafeRawBufferPointer(start: data, count: size))
    guard let form = all.first else { return 0 }
    let bytes = Array(all.dropFirst())
    switch form % 8 {
    case 0: checkNXM(bytes, strict: true)
    case 1: checkNXM(bytes, strict: false)
    case 2: check(bytes, { reader throws(OFError) in try Match.decode10(&reader) }, { $0.encode10(&$1) })
    // The other types are those of later versions.
    case 3: if bytes.starts(with: [0, 0]) { check(bytes, { reader throws(OFError) in try Match.decode11(&reader) }, { $0.encode11(&$1) }) }
    default:
        let version = OFVersion.allCases[2 + Int(form % 4)]
        check(bytes, { reader throws(OFError) in try Match.decodeOXM(&reader) }, { $0.encodeOXM(&$1, version) })
    }
    return 0
}
