import OpenFlow

// Any bytes as a list of actions or of instructions: what is understood is the same after it has been written and read again.
// The first byte picks the version; with 0x80 they are instructions.

private typealias Actions = [OFAction]

/// True for what comes back as others that do the same: fields of more than 64 bits are set in parts in the older versions, the actions for
/// labels and tunnels are set_field's in the newer ones, ports are set without the protocol's name in the older versions, an empty action set is none, and so are a meter where there are none
/// and bits of a port's number that only OpenFlow 1.1's numbers have.
private func isSaidOtherwise(_ action: OFAction, _ version: OFVersion) -> Bool {
    switch action {
    case .worded(_, .setField(_, let value)) where value.mask == 0: true
    case .worded(.own, .setField(let field, _)): version >= .v12 && field != .mplsTTL && field != .nwTTL
    case .writeActions([]): true
    // Understood as OVS does, but OpenFlow 1.3 is the first to have it.
    case .meter: version < .v13
    case .setField(.tcpSrc, _), .setField(.tcpDst, _), .setField(.udpSrc, _), .setField(.udpDst, _), .setField(.sctpSrc, _), .setField(.sctpDst, _): version < .v12
    case .setField(_, let value): version < .v12 && value.mask > UInt128(UInt64.max)
    case .ct(let spec): spec.actions.contains { isSaidOtherwise($0, version) }
    case .clone(let inner), .writeActions(let inner): inner.contains { isSaidOtherwise($0, version) }
    default: false
    }
}

private func check(
    _ bytes: [UInt8], _ version: OFVersion, _ decode: (inout ByteReader, OFVersion) throws(OFError) -> Actions,
    _ encode: (Actions, inout ByteWriter, OFVersion) -> Void
) {
    var reader = ByteReader(bytes)
    guard let actions = try? decode(&reader, version) else { return }
    precondition(reader.isEmpty)
    var writer = ByteWriter()
    encode(actions, &writer, version)
    precondition(writer.count % 8 == 0, "\(actions) are \(writer.count) bytes")
    // No message has room for more.
    guard writer.count <= UInt16.max else { return }
    var second = ByteReader(writer.bytes)
    do throws(OFError) {
        let again = try decode(&second, version)
        precondition(again == actions || actions.contains { isSaidOtherwise($0, version) }, "others: \(actions): \(again)")
        var writerAgain = ByteWriter()
        encode(again, &writerAgain, version)
        precondition(writerAgain.bytes == writer.bytes, "other bytes: \(actions): \(again)")
    } catch {
        preconditionFailure("written and then refused: \(actions): \(error): \(writer.bytes)")
    }
}

@_cdecl("LLVMFuzzerTestOneInput") public func fuzzActions(_ data: UnsafeRawPointer, _ size: Int) -> CInt {
    // libFuzzer vouches for `size` bytes.
    let all = unsafe Array(UnsafeRawBufferPointer(start: data, count: size))
    guard let choice = all.first else { return 0 }
    let bytes = Array(all.dropFirst()), version = OFVersion.allCases[Int(choice & 0x7f) % OFVersion.allCases.count]
    if choice & 0x80 == 0 {
        check(bytes, version, { reader, version throws(OFError) in try Actions.decodeActions(&reader, version) }, { $0.encodeActions(&$1, $2) })
    } else {
        check(bytes, version, { reader, version throws(OFError) in try Actions.decodeInstructions(&reader, version) }, { $0.encodeInstructions(&$1, $2) })
    }
    return 0
}
