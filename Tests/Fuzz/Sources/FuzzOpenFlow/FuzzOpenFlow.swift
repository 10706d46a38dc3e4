import OpenFlow

// Any bytes as a stream of OpenFlow: messages are found wherever the bytes are cut, each is understood or refused with an error that its version can say,
// and what is understood is the same after it has been written and read again, and when flow mods are read by the forms of those before.
// The first byte picks the version: 0x80 and above leaves every message its own. The bits 0x40 stand for NXT_FLOW_MOD_TABLE_ID.

/// The messages up to the first impossible length, and whether there was one.
private func messages(_ chunks: [[UInt8]]) -> (messages: [[UInt8]], isWhole: Bool) {
    var framer = OFMessageFramer(), messages: [[UInt8]] = []
    do throws(OFError) {
        for chunk in chunks { try framer.decode(chunk) { messages.append($0) } }
        return (messages, true)
    } catch {
        precondition(error == .brcBadLen)
        return (messages, false)
    }
}

/// The error can be said to the peer, and says which message was meant.
private func check(_ failure: OFDecodeError, _ bytes: [UInt8]) {
    let reply = failure.reply(to: bytes), encoded = reply.encoded()
    precondition(reply.header.xid == failure.xid)
    guard case .success(let packet) = OFPacket.decode(encoded), case .error(let message) = packet.message else {
        preconditionFailure("no error message: \(failure)")
    }
    precondition(message.error?.encoding(failure.version) == failure.error.encoding(failure.version), "another error: \(failure)")
}

/// True if the message may have actions. They come back as others that do the same: wide fields are set in parts in the older versions.
private func hasActions(_ message: OFMessage) -> Bool {
    switch message {
    case .flowMod, .groupMod, .packetOut, .bundleAdd, .requestForward, .flowStatsReply, .groupDescReply, .flowMonitorReply: true
    default: false
    }
}

private func hasText(_ message: OFMessage) -> Bool {
    switch message {
    case .featuresReply, .portStatus, .portDescReply, .descReply, .tableStatsReply, .tableFeaturesRequest, .tableFeaturesReply, .groupMod, .groupDescReply,
        .bundleAdd, .requestForward: true
    default: false
    }
}

/// Reasons of later versions are told as what they are in this one.
private func hasLaterReason(_ packet: OFPacket) -> Bool {
    let isOld = packet.header.version < .v14
    return switch packet.message {
    case .packetIn(let told): isOld && told.reason.rawValue > 2
    case .flowRemoved(let told): isOld && told.reason == .meterDelete
    default: false
    }
}

/// A message of less than the longest length comes back as it was, and a longer one in parts.
private func check(_ packet: OFPacket, _ hasTableIDs: Bool) {
    let written = packet.encoded()
    let parts = messages([written])
    precondition(parts.isWhole)
    guard parts.messages.count == 1 else { return }
    guard case .success(let again) = OFPacket.decode(written, hasTableIDs: hasTableIDs) else {
        preconditionFailure("written and then refused: \(packet): \(OFPacket.decode(written, hasTableIDs: hasTableIDs)): \(written)")
    }
    // Nothing is done with errors that are not known.
    if case .error(let message) = packet.message, message.error == nil { return }
    // Text that is not UTF-8 is not kept as it was; the switch takes no text but names of selection methods.
    if hasText(packet.message), "\(packet)".contains("\u{fffd}") { return }
    // A hello is written in the latest of its versions.
    if case .hello = packet.message { return precondition(again.message == packet.message) }
    precondition(again == packet || hasActions(packet.message) || hasLaterReason(packet), "another message: \(packet): \(again)")
    precondition(again.encoded() == written, "other bytes: \(packet): \(again)")
}

@_cdecl("LLVMFuzzerTestOneInput") public func fuzzOpenFlow(_ data: UnsafeRawPointer, _ size: Int) -> CInt {
    // libFuzzer vouches for `size` bytes.
    let all = unsafe Array(UnsafeRawBufferPointer(start: data, count: size))
    guard let choice = all.first else { return 0 }
    let bytes = Array(all.dropFirst())
    let whole = messages([bytes])
    let cut = Int(bytes.first ?? 0) % (bytes.count + 1)
    let parts = messages([Array(bytes[..<cut]), Array(bytes[cut...])])
    precondition(whole == parts, "cut at \(cut)")
    var forms = FlowModForms()
    for var message in whole.messages {
        if choice < 0x80 { message[0] = OFVersion.allCases[Int(choice & 0x3f) % OFVersion.allCases.count].rawValue }
        let hasTableIDs = choice & 0x40 != 0
        let result = OFPacket.decode(message, hasTableIDs: hasTableIDs)
        precondition(OFPacket.decode(message, hasTableIDs: hasTableIDs, isFromController: false, &forms) == result, "another message by its form: \(result)")
        switch result {
        case .success(let packet): check(packet, hasTableIDs)
        case .failure(let failure): check(failure, message)
        }
    }
    return 0
}
