import OVSDB

// Any bytes as a stream of JSON-RPC: the decoder answers, wherever the bytes are cut, and what is written of its messages are the same
// messages when it is read again.

/// The messages up to the first error, and whether there was one.
private func decode(_ chunks: [[UInt8]]) -> (messages: [JSONRPCMessage], isWhole: Bool) {
    var decoder = JSONRPCDecoder(), messages: [JSONRPCMessage] = []
    do {
        for chunk in chunks { try decoder.decode(chunk) { messages.append($0) } }
        return (messages, true)
    } catch {
        return (messages, false)
    }
}

@_cdecl("LLVMFuzzerTestOneInput") public func fuzzJSONRPC(_ data: UnsafeRawPointer, _ size: Int) -> CInt {
    // libFuzzer vouches for `size` bytes.
    let bytes = unsafe Array(UnsafeRawBufferPointer(start: data, count: size))
    let whole = decode([bytes])
    let cut = Int(bytes.first ?? 0) % (bytes.count + 1)
    let parts = decode([Array(bytes[..<cut]), Array(bytes[cut...])])
    precondition(whole == parts, "cut at \(cut)")
    let written = whole.messages.map(\.bytes)
    let again = decode(written)
    precondition(again == (whole.messages, true), "written and then other: \(written)")
    precondition(again.messages.map(\.bytes) == written)

    // The values by themselves, without the messages' shapes.
    var parser = JSONParser()
    for byte in bytes {
        do throws(JSONError) {
            guard let value = try parser.take(byte) else { continue }
            var second = JSONParser(), read: JSON?
            for byte in value.bytes { read = try second.take(byte) ?? read }
            precondition(read == value, "written and then other: \(value)")
        } catch {
            break
        }
    }
    return 0
}
