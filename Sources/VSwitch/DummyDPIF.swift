import Datapath
import Flow
import NetDev
import OFProto
import OpenFlow
import Wire

/// The datapath for tests as OFProto sees it: ports get the classes that a dummy datapath has for them, and what is done is told in debug lines of the modules
/// `dpif` and `dpif_netdev`, in OVS's form.
///
/// Owner: who has the turn.
final class DummyDPIF: DPIF {
    private let netdev: DPIFNetdev
    private let wires: DummyWires
    private static let name = "dummy@ovs-dummy"
    /// Bytes of the packet whose miss led to a megaflow.
    private var missed: [DPFlowID: UInt64] = [:]

    init(_ netdev: DPIFNetdev, wires: DummyWires) {
        self.netdev = netdev
        self.wires = wires
    }

    // MARK: Ports

    func portAdd(_ request: DPPortRequest) throws(DPIFError) -> ODPPort {
        let port = try netdev.portAdd(Self.adjusted(request))
        if let device = netdev.netdev(port) as? DummyNetdev {
            do throws(DPIFError) { try wires.attach(device) } catch {
                try netdev.portDelete(port)
                throw error
            }
        }
        log(.dpif, "\(Self.name): added \(request.name) as port \(port.number)")
        return port
    }

    /// A bridge's own ports are dummies; only dummy-pmd has the queues that are asked for.
    private static func adjusted(_ request: DPPortRequest) -> DPPortRequest {
        var request = request
        if request.type == NetdevClass.internal.rawValue { request.type = NetdevClass.dummyInternal.rawValue }
        switch NetdevClass(rawValue: request.type) {
        case .dummyPMD: request.options["n_txq"] = request.options["n_txq"] ?? "1"
        case .dummy, .dummyInternal:
            request.rxQueues = nil
            request.options["n_rxq"] = nil
            request.options["n_txq"] = "1"
        default: break
        }
        return request
    }

    func portDelete(_ port: ODPPort) throws(DPIFError) {
        if let device = netdev.netdev(port) { wires.detach(device.name) }
        log(.dpif, "\(Self.name): port_del(\(port.number))")
        try netdev.portDelete(port)
    }

    func portChange(_ port: ODPPort, mtu: Int?, ethernetAddress: EthernetAddress?) throws(DPIFError) {
        try netdev.portChange(port, mtu: mtu, ethernetAddress: ethernetAddress)
    }

    func portSetEnabled(_ port: ODPPort, _ isEnabled: Bool) throws(DPIFError) { try netdev.portSetEnabled(port, isEnabled) }
    func portQuery(_ name: String) -> DPPortInfo? { netdev.portQuery(name) }
    func portDump() -> [DPPortInfo] { netdev.portDump() }
    func portStats(_ port: ODPPort) -> DPPortStats? { netdev.portStats(port) }
    func setEgressQoS(_ port: ODPPort, _ qos: DPEgressQoS?) throws(DPIFError) { try netdev.setEgressQoS(port, qos) }
    func setPolicing(_ port: ODPPort, _ policing: DPPolicing?) throws(DPIFError) { try netdev.setPolicing(port, policing) }
    func queueStats(_ port: ODPPort) -> [DPQueueStats] { netdev.queueStats(port) }

    // MARK: Flows

    func flowPut(_ flow: DPFlowPut, waiting: consuming DPPacket?) throws(DPIFError) -> DPFlowID {
        let id: DPFlowID
        if let packet = waiting {
            let length = packet.length
            id = try netdev.flowPut(flow, waiting: packet)
            missed[id] = UInt64(length)
        } else {
            id = try netdev.flowPut(flow, waiting: nil)
        }
        logFlow("flow_add", id) { "actions:\($0.actions.odpText())" }
        return id
    }

    func flowModify(_ id: DPFlowID, actions: [DPAction]) throws(DPIFError) {
        let old = netdev.flowGet(id)?.actions ?? []
        try netdev.flowModify(id, actions: actions)
        logFlow("flow_mod", id) { "old_actions:\(old.odpText()), actions:\($0.actions.odpText())" }
        if isLogged(.dpif), let flow = netdev.flowGet(id) {
            log(.dpif, "\(Self.name): put[modify] ufid:\(ufid(id)) \(verboseText(flow)), actions:\(actions.odpText())")
        }
    }

    func flowDelete(_ id: DPFlowID) {
        if isLogged(.dpif), let flow = netdev.flowGet(id) {
            let stats = shown(flow).stats, flags = stats.tcpFlags == 0 ? "" : ", flags:\(tcpFlagLetters(stats.tcpFlags))"
            let used = stats.used.map { LiveTable.fixed(Double(max(0, netdev.now - $0)) / 1000, 3) + "s" } ?? "never"
            log(.dpif, "\(Self.name): flow_del ufid:\(ufid(id)) \(verboseText(flow)), packets:\(stats.packets), bytes:\(stats.bytes), used:\(used)\(flags)")
        }
        netdev.flowDelete(id)
    }

    func flowStats(_ id: DPFlowID) -> DPFlowStats? { netdev.flowStats(id) }
    func flowFlush() { netdev.flowFlush() }
    func flowDump() -> [DPFlowDump] { netdev.flowDump() }
    var flowCount: Int { netdev.flowCount }

    /// Two lines: the megaflow as the datapath has it, and as a match.
    private func logFlow(_ event: String, _ id: DPFlowID, _ actions: (DPFlowDump) -> String) {
        guard isLogged(.netdev), let flow = netdev.flowGet(id) else { return }
        var options = ODPTextOptions()
        options.alwaysPacketType = true
        options.alwaysEthernet = false
        log(.netdev, "\(event): ufid:\(ufid(id)) mega_ufid:\(ufid(id)) \(flow.key.odpText(mask: flow.mask, options)), \(actions(flow))")
        var mask = flow.mask
        mask.l0.inPort = 0
        mask.l3.packetType = .ones
        log(.netdev, "flow match: \(Match(key: flow.key.masked(by: mask), mask: mask).text())")
    }

    /// A megaflow as OVS shows it: the packet whose miss led to it has not taken it.
    func shown(_ flow: DPFlowDump) -> DPFlowDump {
        guard let length = missed[flow.id], flow.stats.packets > 0 else { return flow }
        var flow = flow
        flow.stats.packets -= 1
        flow.stats.bytes -= min(length, flow.stats.bytes)
        if flow.stats.packets == 0 { flow.stats = DPFlowStats() }
        return flow
    }

    private func verboseText(_ flow: DPFlowDump) -> String {
        var options = ODPTextOptions()
        options.alwaysPacketType = true
        options.isMegaflow = true
        options.verbose = true
        return flow.key.odpText(mask: flow.mask, options)
    }

    // MARK: Packets

    func use(of actions: [DPAction]) -> ProgramUse? { netdev.use(of: actions) }

    func execute(_ packet: consuming DPPacket, key: FlowKey, actions: [DPAction], pmd: Int?) {
        // What an upcall leads to is the upcall's.
        if pmd == nil, isLogged(.dpif) {
            let frame = packet.bytes
            var metadata = "skb_priority(\(hex(key.l0.skbPriority))),skb_mark(\(hex(key.l0.pktMark)))"
            if ODPPort(key.l0.inPort) != .none { metadata += ",in_port(\(key.l0.inPort))" }
            log(.dpif, "\(Self.name): execute \(actions.odpText()) on packet \(packetText(frame))\n with metadata \(metadata) mtu 0")
        }
        netdev.execute(packet, key: key, actions: actions, pmd: pmd)
    }

    func makePacket(_ bytes: [UInt8]) -> DPPacket? { netdev.makePacket(bytes) }

    func receiveUpcalls(limit: Int, _ handle: (consuming DPUpcall) -> Void) -> Int {
        guard isLogged(.netdev) else { return netdev.receiveUpcalls(limit: limit, handle) }
        return netdev.receiveUpcalls(limit: limit) { upcall in
            let kind = upcall.reason == .miss ? "miss" : "action"
            log(.netdev, "ovs-dummy: \(kind) upcall:\n\(upcall.key.odpText(mask: Self.told(of: upcall.key), Self.everything))\n\(packetText(upcall.packet.bytes))")
            handle(upcall)
        }
    }

    func receiveRetired(_ handle: (DPFlowID, DPFlowStats) -> Void) {
        netdev.receiveRetired { id, stats in
            missed[id] = nil
            handle(id, stats)
        }
    }

    var vlanLimit: Int { netdev.vlanLimit }

    private static var everything: ODPTextOptions {
        var options = ODPTextOptions()
        options.alwaysPacketType = true
        options.isPacket = true
        return options
    }

    /// A mask of all that is told of a packet: its headers, and metadata also where it is zero.
    private static func told(of key: FlowKey) -> FlowMask {
        var mask = FlowMask.describing(key)
        mask[line: 0] = FlowMask.everyBit[line: 0]
        mask.l0.ctNWProto = 0
        mask.l4.ctLabel = .ones
        if key.l0.dlType.host == EtherType.arp { mask[line: 1] = FlowMask.everyBit[line: 1] }
        return mask
    }

    /// A frame as OpenFlow sees it, with its transport header's checksum: "tcp,vlan_tci=0x0000,…,tcp_flags=ack tcp_csum:b77d".
    private func packetText(_ frame: [UInt8]) -> String {
        let key = FlowKey(frame: frame, inPort: 0, vlanLimit: netdev.vlanLimit)
        var mask = FlowMask.describing(key)
        mask.l0.inPort = 0
        return Match(key: key, mask: mask).text() + checksumText(frame, key)
    }

    /// " tcp_csum:b77d"; "" for a packet without one.
    private func checksumText(_ frame: [UInt8], _ key: FlowKey) -> String {
        let isIPv6 = key.l0.dlType.host == EtherType.ipv6
        guard key.l0.dlType.host == EtherType.ipv4 || isIPv6, key.l0.nwFrag & FragmentBits.later == 0 else { return "" }
        let place: (name: String, offset: Int)? = switch key.l0.nwProto {
        case IPProtocol.tcp: ("tcp", 16)
        case IPProtocol.udp: ("udp", 6)
        case IPProtocol.sctp: ("sctp", 8)
        case IPProtocol.icmp where !isIPv6: ("icmp", 2)
        case IPProtocol.icmpv6 where isIPv6: ("icmp6", 2)
        default: nil
        }
        guard let place, let transport = FrameLayout(frame)?.transport else { return "" }
        let size = place.name == "sctp" ? 4 : 2
        guard transport + place.offset + size <= frame.count else { return "" }
        let value = frame[(transport + place.offset)..<(transport + place.offset + size)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return " \(place.name)_csum:\(String(value, radix: 16))"
    }

    // MARK: Meters

    func meterSet(_ meter: UInt32, _ config: DPMeterConfig) throws(DPIFError) { try netdev.meterSet(meter, config) }
    func meterStats(_ meter: UInt32) -> DPMeterStats? { netdev.meterStats(meter) }
    func meterDelete(_ meter: UInt32) { netdev.meterDelete(meter) }
    var meterLimits: (meters: Int, bands: Int) { netdev.meterLimits }
    func barrier() { netdev.barrier() }

    // MARK: The log

    private enum Module: String { case dpif, netdev = "dpif_netdev" }
    private func isLogged(_ module: Module) -> Bool { VLog.shared.isLogged(module.rawValue, .debug) }
    private func log(_ module: Module, _ text: @autoclosure () -> String) {
        if isLogged(module) { VLog.shared.log(module.rawValue, .debug, text()) }
    }
    private func hex(_ number: UInt32) -> String { number == 0 ? "0" : "0x" + String(number, radix: 16) }
}

/// Where an IP packet's transport header begins in a frame with tags and extension headers.
private struct FrameLayout {
    let transport: Int

    init?(_ frame: [UInt8]) {
        func word(_ at: Int) -> Int? { at + 1 < frame.count ? Int(frame[at]) << 8 | Int(frame[at + 1]) : nil }
        var at = 12
        while let type = word(at), [Int(EtherType.vlan8021Q), Int(EtherType.vlan8021AD)].contains(type) { at += 4 }
        guard let type = word(at), at + 2 < frame.count else { return nil }
        at += 2
        if type == EtherType.ipv4 {
            transport = at + Int(frame[at] & 0xf) * 4
            return
        }
        guard type == EtherType.ipv6, at + 40 <= frame.count else { return nil }
        var next = frame[at + 6]
        at += 40
        while [IPProtocol.hopByHop, IPProtocol.routing, IPProtocol.fragment, IPProtocol.destinationOptions].contains(next), at + 8 <= frame.count {
            let length = next == IPProtocol.fragment ? 8 : (Int(frame[at + 1]) + 1) * 8
            next = frame[at]
            at += length
        }
        transport = at
    }
}
