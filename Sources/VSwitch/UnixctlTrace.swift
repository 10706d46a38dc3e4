import Datapath
import Flow
import Foundation
import OFProto
import OpenFlow
import Wire

/// `ofproto/trace` and `ofproto/trace-packet-out` (ovs-vswitchd(8), "OFPROTO COMMANDS"). The option `--why` is Needletail's own: behind the datapath
/// actions stands which table, action or bridge looked at which bits of the megaflow.
extension UnixctlCommand {
    static let traces = [
        UnixctlCommand("ofproto/trace", "{[dp_name] odp_flow | bridge br_flow} [OPTIONS...] [-generate|packet]", 1...Limits.traceArguments) {
            context, arguments throws(UnixctlError) in
            let asked = try TraceArguments(arguments)
            return .value(try asked.run(context, actions: nil))
        },
        UnixctlCommand("ofproto/trace-packet-out", "[-consistent] {[dp_name] odp_flow | bridge br_flow} [OPTIONS...] [-generate|packet] actions",
            2...Limits.traceArguments) { context, arguments throws(UnixctlError) in
            let asked = try TraceArguments(arguments.dropLast(), isPacketOut: true)
            return .value(try asked.run(context, actions: arguments.last))
        },
    ]
}

/// What a trace was asked to do.
private struct TraceArguments {
    private var words: [String] = []
    private var generates = false
    private var usesNames = false
    private var tellsReasons = false
    /// All actions must suit the packet, as OpenFlow 1.1 has it; otherwise those that do not, and could not do harm, do nothing.
    private var isConsistent = false

    init(_ arguments: some Sequence<String>, isPacketOut: Bool = false) throws(UnixctlError) {
        var waiting = Array(arguments)[...]
        while let word = waiting.popFirst() {
            switch word {
            case "-generate", "--generate": generates = true
            case "-consistent" where isPacketOut: isConsistent = true
            case "--names": usesNames = true
            case "--no-names": usesNames = false
            case "--why": tellsReasons = true
            case "--l7", "--l7-len", "--ct-next":
                guard let value = waiting.popFirst() else { throw UnixctlError("Missing argument for option \(word)") }
                try Self.check(word, value)
            case _ where word.hasPrefix("-"): throw UnixctlError("\(word): unknown option")
            default: words.append(word)
            }
        }
        guard words.count <= 3 else { throw UnixctlError("too many arguments") }
    }

    /// The payload of a packet that is made up changes nothing of its way, and neither does a state that no connection tracking asks for.
    private static func check(_ option: String, _ value: String) throws(UnixctlError) {
        switch option {
        case "--l7": guard hexBytes(value) != nil else { throw UnixctlError("Trailing garbage in packet data") }
        case "--l7-len":
            guard let length = Int(value) else { throw UnixctlError("\(value): invalid payload length") }
            guard (0...Limits.tracePayload).contains(length) else { throw UnixctlError("\(value): too much L7 data") }
        default: try checkState(value)
        }
    }

    /// A state that connection tracking could give a packet (ovs-fields(7), ct_state).
    private static func checkState(_ text: String) throws(UnixctlError) {
        let names = FlagNames.conntrack
        var state: UInt32 = 0
        for flag in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
            guard let bit = names.bit(named: String(flag)) else { throw UnixctlError("\(flag): unknown connection tracking state flag") }
            state |= bit
        }
        func has(_ flags: String...) -> Bool { flags.allSatisfy { state & (names.bit(named: $0) ?? 0) != 0 } }
        func fail(_ why: String) -> UnixctlError { UnixctlError("\(names.text(state)): invalid connection state: \(why)") }
        if state != 0, !has("trk") { throw fail("If \"trk\" is unset, no other flags are set") }
        if has("inv"), ["new", "est", "rel", "rpl", "snat", "dnat"].contains(where: { has($0) }) { throw fail("when \"inv\" is set, only \"trk\" may also be set") }
        if has("new", "est") { throw fail("\"new\" and \"est\" are mutually exclusive") }
        if has("new", "rpl") { throw fail("\"new\" and \"rpy\" are mutually exclusive") }
    }

    func run(_ context: UnixctlContext, actions: String?) throws(UnixctlError) -> TraceReport {
        var request = try request(context)
        request.hasPacket = request.hasPacket || generates
        request.usesNames = usesNames
        request.tellsReasons = tellsReasons
        if let actions { request.actions = try parse(actions, request) }
        do throws(FlowModError) {
            return try context.vswitch.ofproto.trace(request, now: context.vswitch.datapath.now)
        } catch {
            throw UnixctlError("Bad actions: \(error.error.name)")
        }
    }

    /// A packet-out's actions.
    private func parse(_ text: String, _ request: TraceRequest) throws(UnixctlError) -> [OFAction] {
        let bridge = request.bridge, packet = Match(key: request.key, mask: .everyBit)
        var actions: [OFAction]
        do throws(FlowSyntaxError) {
            actions = try FlowSyntax(ports: { bridge.port(named: $0)?.number }).actions(text, match: packet)
        } catch {
            // The name of OpenFlow's error, where there is one, ends the message.
            guard let begin = error.message.range(of: "(OFP", options: .backwards), error.message.hasSuffix(")") else { throw UnixctlError(error.message) }
            throw UnixctlError("Bad actions: \(error.message[error.message.index(after: begin.lowerBound)...].dropLast())")
        }
        for action in actions {
            switch action {
            case .gotoTable, .writeMetadata, .writeActions, .clearActions: throw UnixctlError("\(action.kind.name) instruction not allowed here")
            default: continue
            }
        }
        guard isConsistent else { return actions }
        do throws(OFError) {
            try actions.check(match: packet, table: .max, version: .v13, maximumPort: .maximum)
        } catch {
            throw UnixctlError("Bad actions: \(error.name)")
        }
        return actions
    }

    // MARK: The packet

    /// The packet and its bridge. The last of three words is a packet's bytes, of two it may be.
    private func request(_ context: UnixctlContext) throws(UnixctlError) -> TraceRequest {
        var words = words
        var frame: [UInt8]?
        if words.count == 3, let last = words.popLast() {
            frame = try Self.bytes(last)
        } else if words.count == 2, let bytes = hexBytes(words[1]), !bytes.isEmpty {
            frame = try Self.bytes(words.removeLast())
        }
        guard let flow = words.last else { throw UnixctlError("must specify a flow") }
        var request = try Self.request(flow, of: words.count == 2 ? words[0] : nil, context)
        if let frame {
            // Bytes, or bytes that are made up.
            guard !generates else { throw UnixctlError("Syntax error") }
            var key = FlowKey(frame: frame, inPort: request.key.l0.inPort, vlanLimit: context.vswitch.ofproto.dpif.vlanLimit)
            let given = request.key.l0
            (key.l0.skbPriority, key.l0.pktMark, key.l0.recircID, key.l0.dpHash) = (given.skbPriority, given.pktMark, given.recircID, given.dpHash)
            (key.l0.ctState, key.l0.ctZone, key.l0.ctMark, key.l0.ctNWProto) = (given.ctState, given.ctZone, given.ctMark, given.ctNWProto)
            for line in 0..<FlowKey.datapathLineCount where FlowLines.carried.contains(FlowLines(rawValue: 1 << UInt16(line))) {
                key[line: line] = request.key[line: line]
            }
            request.key = key
            request.hasPacket = true
        }
        return request
    }

    private static func request(_ flow: String, of place: String?, _ context: UnixctlContext) throws(UnixctlError) -> TraceRequest {
        let ofproto = context.vswitch.ofproto
        let parsed: (key: FlowKey, mask: FlowMask)
        // Only of a datapath that there is names of ports are known.
        let isDatapath = place.map(context.datapathNames.contains) ?? true
        do throws(ODPTextError) {
            let ports = Dictionary(uniqueKeysWithValues: ofproto.dpif.portDump().map { ($0.name, $0.port) })
            parsed = try FlowKey.parseODP(flow, ports: { isDatapath ? ports[$0] : nil })
        } catch {
            guard let place else { throw UnixctlError("\(error.message) (or the bridge name was omitted)") }
            return try request(flow, of: place, ofproto)
        }
        guard isDatapath else { throw UnixctlError("Cannot find the datapath") }
        let number = parsed.mask.l0.inPort == 0 ? ODPPort.none : ODPPort(parsed.key.l0.inPort)
        guard let port = ofproto.port(number) else { throw UnixctlError("no OpenFlow port for datapath port \(number.number)") }
        var key = parsed.key
        key.l0.inPort = UInt32(port.number.number)
        guard key.l0.recircID == 0 || ofproto.knows(recirculation: key.l0.recircID) else {
            throw UnixctlError("no recirculation data for recirc_id 0x\(String(key.l0.recircID, radix: 16))")
        }
        // A frame of IEEE 802.2 has none.
        if parsed.mask.l0.dlType == .zero { key.l0.dlType = BE16(EtherType.notEtherType) }
        return TraceRequest(bridge: port.bridge, key: key)
    }

    /// A flow in ovs-ofctl's syntax.
    private static func request(_ flow: String, of name: String, _ ofproto: OFProto) throws(UnixctlError) -> TraceRequest {
        guard let bridge = ofproto.bridge(named: name) else { throw UnixctlError("\(name): unknown bridge") }
        do throws(FlowSyntaxError) {
            return TraceRequest(bridge: bridge, key: try FlowSyntax(ports: { bridge.port(named: $0)?.number }).packet(flow))
        } catch {
            throw UnixctlError("Bad openflow flow syntax: \(flow): \(error.message)")
        }
    }

    private static func bytes(_ text: String) throws(UnixctlError) -> [UInt8] {
        guard let bytes = hexBytes(text) else { throw UnixctlError("Trailing garbage in packet data") }
        guard bytes.count >= 14 else { throw UnixctlError("Packet data too short for Ethernet") }
        return bytes
    }
}

/// Pairs of hexadecimal digits, with blanks or without; nil: something else.
func hexBytes(_ text: String) -> [UInt8]? {
    let digits = text.utf8.filter { $0 != 0x20 }.map { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count % 2 == 0, !digits.contains(nil) else { return nil }
    let values = digits.compactMap { $0 }
    return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
}
