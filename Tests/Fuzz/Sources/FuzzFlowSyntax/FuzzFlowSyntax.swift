import Flow
import OpenFlow
import Wire

// Any bytes as a flow in ovs-ofctl's syntax: the parser answers, and what is printed of its answer is the same flow when it is
// read again.

private let numbers: [String: OFPort] = ["eth1": OFPort(1), "vm 2": OFPort(2), "3": OFPort(3)]
private func portName(_ port: OFPort) -> String? { numbers.first { $0.value == port }?.key }
private var syntax: FlowSyntax { FlowSyntax(ports: { numbers[$0] }) }

/// The flow as dump-flows prints it, read again. nil: it is refused, as ovs-ofctl refuses it, since it sets a field that the match does not promise, which only
/// OpenFlow 1.0's own action may do.
private func again(_ mod: FlowMod, _ style: ActionStyle) -> (text: String, mod: FlowMod)? {
    let text = mod.dumpText(FlowDumpStats(), style: style, names: portName)
    do throws(FlowSyntaxError) {
        return (text, try syntax.flow(text).mod)
    } catch {
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
        case .setTransportSource, .setTransportDestination, .decTTL, .decMPLSTTL, .stripVLAN, .popMPLS, .setVLANVID, .setVLANPCP: true
        case .clone(let inner), .writeActions(let inner): hasLenientForm(inner)
        default: false
        }
    }
}

/// True if some of these are printed as other actions that do the same: enqueue, mod_vlan_…, and mod_tp_… of any protocol, which OpenFlow 1.5
/// does not have, and output:CONTROLLER.
private func hasSynonyms(_ actions: [OFAction]) -> Bool {
    actions.contains { action in
        switch action {
        case .enqueue, .setVLANVID, .setVLANPCP, .setTransportSource, .setTransportDestination, .output(.controller, _): true
        case .clone(let inner), .writeActions(let inner): hasSynonyms(inner)
        default: false
        }
    }
}

private func check(_ request: FlowRequest) {
    _ = request.text(style: .openFlow10, names: portName)
    guard !request.command.isDelete else { return }
    for style in [ActionStyle.openFlow10, .openFlow15] {
        guard let (text, read) = again(request.mod, style) else { continue }
        guard let (textAgain, _) = again(read, style) else { preconditionFailure("read once only: \(text)") }
        precondition(text == textAgain, "another text: \(text): \(textAgain)")
        var expected = request.mod
        // OpenFlow 1.0 may need several actions for one.
        if style == .openFlow10 || hasSynonyms(expected.actions) { expected.actions = read.actions }
        precondition(read == expected, "another flow: \(text)")
    }
}

@_cdecl("LLVMFuzzerTestOneInput") public func fuzzFlowSyntax(_ data: UnsafeRawPointer, _ size: Int) -> CInt {
    // libFuzzer vouches for `size` bytes.
    let text = unsafe String(decoding: UnsafeRawBufferPointer(start: data, count: size), as: UTF8.self)
    do throws(FlowSyntaxError) {
        check(try syntax.flow(text))
    } catch {
        precondition((0...text.utf8.count).contains(error.offset), "offset \(error.offset)")
    }
    _ = try? syntax.match(text)
    _ = try? syntax.actions(text)
    return 0
}
