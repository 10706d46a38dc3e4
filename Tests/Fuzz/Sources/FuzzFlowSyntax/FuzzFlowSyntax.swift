import Flow
import OpenFlow
import Wire

// Any bytes as a flow, a group, a meter and more in ovs-ofctl's syntax: the parser answers, and what is printed of its answer is the same when it is
// read again.

private let numbers: [String: OFPort] = ["eth1": OFPort(1), "vm 2": OFPort(2), "3": OFPort(3)]
private func portName(_ port: OFPort) -> String? { numbers.first { $0.value == port }?.key }
private var syntax: FlowSyntax { FlowSyntax(ports: { numbers[$0] }) }
private var groups: GroupSyntax { GroupSyntax(ports: { numbers[$0] }) }

/// The flow as dump-flows prints it, read again. nil: it is refused, as ovs-ofctl refuses it, since it sets a field that the match does not promise, which only
/// OpenFlow 1.0's own action may do, or since a bundle's members are cut at blanks even within a name in quotes, or since the fields of GTP-U are printed by other names than are read.
private func again(_ mod: FlowMod, _ style: ActionStyle) -> (text: String, mod: FlowMod)? {
    let text = mod.dumpText(FlowDumpStats(), style: style, names: portName)
    if !mod.match.isWild(.tunGTPUFlags) || !mod.match.isWild(.tunGTPUMessageType) { return nil }
    do throws(FlowSyntaxError) {
        return (text, try syntax.flow(text).mod)
    } catch {
        if error.message.hasSuffix("\"vm: bad port number") { return nil }
        if error.message.hasSuffix("(OFPBAC_MATCH_INCONSISTENT)"), hasLenientForm(mod.actions) { return nil }
        preconditionFailure("printed and then refused: \(text): \(error)")
    }
}

/// True if some of these are actions that OpenFlow 1.0 takes whatever the match says.
private func hasLenientForm(_ actions: [OFAction]) -> Bool {
    actions.contains { action in
        switch action {
        case .setField(let field, _):
            [.ipv4Src, .ipv4Dst, .ipDSCP, .tcpSrc, .tcpDst, .udpSrc, .udpDst, .sctpSrc, .sctpDst, .mplsLabel, .mplsTC, .mplsTTL].contains(field)
        case .setTransportSource, .setTransportDestination, .decTTL, .decMPLSTTL, .stripVLAN, .popMPLS, .setVLANVID, .setVLANPCP, .finTimeout: true
        case .clone(let inner), .writeActions(let inner): hasLenientForm(inner)
        default: false
        }
    }
}

/// True if some of these are printed as other actions that do the same: enqueue, mod_vlan_…, and mod_tp_… of any protocol, which OpenFlow 1.5
/// does not have, and output:CONTROLLER; or if the text leaves something out: the ct of a resubmit without a table, flags of a nat without addresses.
private func hasSynonyms(_ actions: [OFAction]) -> Bool {
    actions.contains { action in
        switch action {
        case .enqueue, .setVLANVID, .setVLANPCP, .setTransportSource, .setTransportDestination, .output(.controller, _): true
        case .resubmit(_, table: nil, ct: true): true
        case .ct(let spec): hasSynonyms(spec.actions)
        case .nat(let spec): spec.addresses == .none && !spec.flags.isEmpty
        case .clone(let inner), .writeActions(let inner): hasSynonyms(inner)
        default: false
        }
    }
}

/// True for what ovs-ofctl prints without the zeroes in front, or as a 0 that it does not read.
private func losesZeroes(_ property: EncapProperty) -> Bool {
    if case .nshTLV(_, _, let value) = property { value.first.map { $0 < 0x10 } ?? true } else { false }
}

private func check(_ request: FlowRequest) {
    _ = request.text(style: .openFlow10, names: portName)
    guard !request.command.isDelete else { return }
    for style in [ActionStyle.openFlow10, .openFlow15] {
        if losesZeroes(request.mod.actions) { continue }
        guard let (text, read) = again(request.mod, style) else { continue }
        guard let (textAgain, _) = again(read, style) else { preconditionFailure("read once only: \(text)") }
        precondition(text == textAgain, "another text: \(text): \(textAgain)")
        var expected = request.mod
        // OpenFlow 1.0 may need several actions for one.
        if style == .openFlow10 || hasSynonyms(expected.actions) { expected.actions = read.actions }
        // A mask of ones up to the number's own length is not told, as by OVS.
        if expected.match.tunMetadata.contains(where: { $0.mask?.allSatisfy { $0 == .max } ?? false }) { expected.match.tunMetadata = read.match.tunMetadata }
        precondition(read == expected, "another flow: \(text)")
    }
}

private func losesZeroes(_ actions: [OFAction]) -> Bool {
    actions.contains { action in
        switch action {
        case .encap(_, let properties): properties.contains(where: losesZeroes)
        case .clone(let inner), .writeActions(let inner): losesZeroes(inner)
        default: false
        }
    }
}

/// Groups whose text is another group's: ovs-ofctl takes parts of a bucket for its own that are a name's or an action's.
private func isAmbiguous(_ mod: GroupMod) -> Bool {
    !["", "hash", "dp_hash"].contains(mod.selection.method) || mod.buckets.contains { bucket in
        losesZeroes(bucket.actions) || bucket.actions.contains { $0.kind == .checkPacketLarger }
    }
}

private func check(_ mod: GroupMod) {
    _ = mod.text(version: .v10, names: portName)
    guard mod.command == .add, !isAmbiguous(mod) else { return }
    let text = GroupDescription(group: mod.group, kind: mod.kind, buckets: mod.buckets, selection: mod.selection).text(names: portName)
    do throws(FlowSyntaxError) {
        let read = try groups.mod(text)
        let textAgain = GroupDescription(group: read.group, kind: read.kind, buckets: read.buckets, selection: read.selection).text(names: portName)
        precondition(text == textAgain, "another text: \(text): \(textAgain)")
    } catch {
        preconditionFailure("printed and then refused: \(text): \(error)")
    }
}

private func check(_ mod: MeterMod) {
    do throws(FlowSyntaxError) {
        let read = try MeterSyntax().mod(mod.config.text)
        precondition(read == mod, "another meter: \(mod.config.text)")
    } catch {
        preconditionFailure("printed and then refused: \(mod.config.text): \(error)")
    }
}

private func check(_ mappings: [TLVMapping]) {
    let text = mappings.map(\.text).joined(separator: ",")
    precondition((try? [TLVMapping](text: text)) == mappings, "other mappings: \(text)")
}

@_cdecl("LLVMFuzzerTestOneInput") public func fuzzFlowSyntax(_ data: UnsafeRawPointer, _ size: Int) -> CInt {
    // libFuzzer vouches for `size` bytes.
    let text = unsafe String(decoding: UnsafeRawBufferPointer(start: data, count: size), as: UTF8.self)
    do throws(FlowSyntaxError) {
        check(try syntax.flow(text))
    } catch {
        precondition((0...text.utf8.count).contains(error.offset), "offset \(error.offset)")
    }
    if let mod = try? groups.mod(text, command: nil) { check(mod) }
    _ = try? groups.mods(text)
    if let mod = try? MeterSyntax().mod(text) { check(mod) }
    if let mappings = try? [TLVMapping](text: text) { check(mappings) }
    _ = try? syntax.monitor(text, id: 0)
    _ = try? syntax.match(text)
    _ = try? syntax.actions(text)
    return 0
}
