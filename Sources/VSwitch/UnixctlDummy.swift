import Datapath
import Flow
import NetDev
import OVSDB
import Wire

extension UnixctlCommand {
    /// Ports of a switch for tests; the names and answers are those of an ovs-vswitchd with `--enable-dummy`.
    static let dummyPorts = [
        UnixctlCommand("netdev-dummy/receive", "name [--qid queue_id] packet|flow [--len packet_len]", 2...Int.max, receive),
        UnixctlCommand("netdev-dummy/set-admin-state", "[netdev] up|down", 1...2, setState),
        UnixctlCommand("netdev-dummy/conn-state", "[netdev]", 0...1, connectionState),
        UnixctlCommand("netdev-dummy/ip4addr", "[netdev] ipaddr/mask-prefix-len", 2...2, addIPv4),
        UnixctlCommand("netdev-dummy/ip6addr", "[netdev] ip6addr", 2...2, addIPv6),
        UnixctlCommand("dpif-dummy/change-port-number", "dp port new-number", 3...3, changePortNumber),
    ]

    /// Gives a port of the datapath another number there; bridges keep theirs.
    private static func changePortNumber(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        guard context.hasBridges, let dummy = context.dummy, arguments[0] == "ovs-\(dummy.type)" else { throw UnixctlError("unknown datapath or not a dummy") }
        guard let port = context.vswitch.ofproto.bridges.lazy.compactMap({ $0.port(named: arguments[1]) }).first, let former = port.odpPort else { throw UnixctlError("unknown port") }
        guard let number = UInt32(exactly: leadingInteger(arguments[2])), number > 0 else { throw UnixctlError("bad port number") }
        do throws(DPIFError) { try dummy.netdev.portRenumber(former, to: ODPPort(number)) } catch {
            throw UnixctlError(error.code == .exists ? "port number already in use" : "bad port number")
        }
        context.vswitch.ofproto.portRenumbered(port, to: ODPPort(number))
        return .text("")
    }

    /// Lets packets come in by a port: frames in hexadecimal digits, or flows in the datapath's syntax, of which frames are composed. Answers when they have been
    /// dealt with.
    private static func receive(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        guard let device = context.dummy?.device(arguments[0]) else { throw UnixctlError("no such dummy netdev") }
        var waiting = arguments.dropFirst()
        var queue = 0
        if waiting.first == "--qid", waiting.count > 1 {
            queue = Int(leadingInteger(waiting.dropFirst().first ?? ""))
            guard (0..<device.rxQueueCount).contains(queue) else { throw UnixctlError("bad rx queue id.") }
            waiting = waiting.dropFirst(2)
        }
        while let text = waiting.popFirst() {
            if let bytes = hexBytes(text), bytes.count >= 14 {
                device.receive(bytes, queue: queue)
                continue
            }
            var length: Int?
            if waiting.first == "--len" {
                guard waiting.count > 1 else { throw UnixctlError("--len: missing argument") }
                // OVS has 16 bits for it.
                length = Int(UInt16(truncatingIfNeeded: leadingInteger(waiting.dropFirst().first ?? "")))
                waiting = waiting.dropFirst(2)
            }
            device.receive(try compose(text, length, vlanLimit: context.netdev.vlanLimit), queue: queue)
        }
        return .parts { nil }
    }

    private static func compose(_ flow: String, _ length: Int?, vlanLimit: Int) throws(UnixctlError) -> [UInt8] {
        let parsed: (key: FlowKey, mask: FlowMask)
        do throws(ODPTextError) { parsed = try FlowKey.parseODP(flow) } catch { throw UnixctlError(error.message) }
        var key = parsed.key
        if vlanLimit < 2, key.l3.innerVLANTCI != .zero {
            // What is not looked into is a payload.
            key.l0.dlType = key.l3.innerVLANTPID
            key.l3.innerVLANTCI = .zero
        }
        // A flow without a type is of IEEE 802.2.
        if parsed.mask.l0.dlType == .zero { key.l0.dlType = BE16(EtherType.notEtherType) }
        guard let frame = key.composedFrame(length: length) else { throw UnixctlError("too small packet len") }
        return frame
    }

    /// A port, or all, gets a carrier or loses it; its OpenFlow port is switched on or off.
    private static func setState(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let isUp: Bool
        switch arguments.last?.lowercased() {
        case "up": isUp = true
        case "down": isUp = false
        default: throw UnixctlError("Invalid Admin State")
        }
        var devices = context.dummy?.devices ?? []
        if arguments.count > 1 { devices = [try device(arguments[0], context)] }
        for device in devices {
            device.link.up = isUp
            for bridge in context.vswitch.ofproto.bridges { bridge.setPort(device.name, isDown: !isUp) }
        }
        return .text("OK")
    }

    private static func device(_ name: String, _ context: UnixctlContext) throws(UnixctlError) -> DummyNetdev {
        guard let device = context.dummy?.device(name) else { throw UnixctlError("Unknown Dummy Interface") }
        return device
    }

    /// What became of the connections that wires make; those that wait for one are of no state.
    private static func connectionState(_ context: UnixctlContext, _ arguments: [String]) -> UnixctlReply {
        func answer(_ states: [(name: String, isConnected: Bool?)]) -> UnixctlReply {
            let words = states.map { ($0.name, $0.isConnected.map { $0 ? "connected" : "disconnected" } ?? "unknown") }
            return .value(PlainValue(words.map { "\($0): \($1)\n" }.joined(), JSON(named: words.map { ($0, JSON($1)) })))
        }
        if let name = arguments.first { return answer([(name, context.dummy?.isConnected(name))]) }
        return answer((context.dummy?.devices ?? []).compactMap { device in context.dummy?.isConnected(device.name).map { (device.name, $0) } })
    }

    private static func addIPv4(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let device = try device(arguments[0], context), text = arguments[1]
        var rest = TextSlice(text)
        guard let address = rest.takeIPv4() else { throw UnixctlError("\(text): invalid IP address") }
        try checkPrefix(rest, text, family: "IPv4", bits: 32, else: "\(text): invalid IP address")
        device.ipv4Addresses.insert((0..<4).map { UInt8(truncatingIfNeeded: address.host >> UInt32(24 - 8 * $0)) })
        return .text("OK")
    }

    /// An address that nothing asks for: neighbours' solicitations are not answered, as by OVS's dummies.
    private static func addIPv6(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        _ = try device(arguments[0], context)
        let text = arguments[1]
        var rest = TextSlice(text)
        guard rest.takeIPv6() != nil else { throw UnixctlError("\(text): invalid IPv6 address") }
        try checkPrefix(rest, text, family: "IPv6", bits: 128, else: "\(text): invalid IPv6 address")
        return .text("OK")
    }

    /// Nothing, or "/24".
    private static func checkPrefix(_ text: TextSlice, _ whole: String, family: String, bits: Int64, else message: String) throws(UnixctlError) {
        var rest = text
        guard !rest.isEmpty else { return }
        guard rest.take("/"), let length = rest.takeNumber(), rest.isEmpty else { throw UnixctlError(message) }
        guard length <= UInt128(bits) else { throw UnixctlError("\(whole): \(family) network prefix bits not between 0 and \(bits), inclusive") }
    }
}
