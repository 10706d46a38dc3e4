import Datapath
import Flow
import NetDev
import OpenFlow
import Wire
@testable import OFProto

/// A packet as it left: by which port, with which key.
struct Sent: Hashable {
    var port: ODPPort
    var key: FlowKey
}

extension Sent: CustomStringConvertible {
    var description: String {
        let line = key.l0
        func tag(_ tpid: BE16, _ tci: BE16) -> String { tci == .zero ? "-" : String(tpid.host, radix: 16) + "/" + String(tci.host, radix: 16) }
        return "\(port.number): \(line.dlSrc)>\(line.dlDst) type \(String(line.dlType.host, radix: 16))"
            + " tags \(tag(line.vlanTPID, line.vlanTCI)) \(tag(key.l3.innerVLANTPID, key.l3.innerVLANTCI))"
            + " nw \(line.nwProto) \(line.nwSrc.host)>\(line.nwDst.host) tos \(line.nwTOS) ttl \(line.nwTTL) frag \(line.nwFrag)"
            + " tp \(line.tpSrc.host)>\(line.tpDst.host)"
    }
}

/// What actions do to one packet, naively.
struct Outcome: Hashable {
    var sent: [Sent] = []
    var userdata: [UInt64] = []
    var meters: [UInt32] = []
    /// Packets that go through the datapath once more.
    var recirculated: [FlowKey] = []

    fileprivate mutating func add(_ other: Outcome) {
        sent += other.sent
        userdata += other.userdata
        meters += other.meters
        recirculated += other.recirculated
    }
}

/// A datapath in memory: a list of megaflows, looked through from its start; packets are keys.
final class MockDPIF: DPIF {
    struct Flow {
        var put: DPFlowPut
        var stats = DPFlowStats()
    }
    var clock: Int64 = 0
    var flows: [DPFlowID: Flow] = [:]
    var order: [DPFlowID] = []
    var retired: [(DPFlowID, DPFlowStats)] = []
    private var upcalls: [(reason: DPUpcall.Reason, key: FlowKey, bytes: [UInt8])] = []
    var ports: [ODPPort: DPPortRequest] = [:]
    var meters: [UInt32: DPMeterConfig] = [:]
    var qos: [ODPPort: DPEgressQoS] = [:]
    var policing: [ODPPort: DPPolicing] = [:]
    private var nextPort: UInt32 = 1
    private var nextSlot: UInt32 = 0
    /// All that left since the last look.
    var outcome = Outcome()
    var executed = 0
    var refusesFlows = false
    /// Names of ports without a link.
    var downLinks: Set<String> = []
    /// Devices that somebody has turned off, and those that nobody can.
    var disabled: Set<String> = [], stubborn: Set<String> = []
    var vlanLimit = 2
    var meterLimits = (meters: 4, bands: 2)
    var meterCounts: [UInt32: DPMeterStats] = [:]

    // MARK: The wire's side

    /// A packet arrives. Returns true if a megaflow took it.
    @discardableResult func receive(_ key: FlowKey, bytes: [UInt8] = [UInt8](repeating: 0, count: 60)) -> Bool {
        for id in order {
            guard let flow = flows[id], key.matches(flow.put.key, under: flow.put.mask) else { continue }
            count(id, bytes.count)
            carryOut(flow.put.actions, key, bytes)
            return true
        }
        upcalls.append((.miss, key, bytes))
        return false
    }

    func takeOutcome() -> Outcome {
        defer { outcome = Outcome() }
        return outcome
    }

    private func count(_ id: DPFlowID, _ length: Int) {
        flows[id]?.stats.packets += 1
        flows[id]?.stats.bytes += UInt64(length)
        flows[id]?.stats.used = clock
    }

    private func carryOut(_ actions: [DPAction], _ key: FlowKey, _ bytes: [UInt8]) {
        var result = interpret(actions, key)
        let again = result.recirculated
        result.recirculated = []
        outcome.add(result)
        for key in again { receive(key, bytes: bytes) }
        for userdata in result.userdata { upcalls.append((.action(userdata: userdata), key, bytes)) }
    }

    // MARK: DPIF

    func portAdd(_ request: DPPortRequest) throws(DPIFError) -> ODPPort {
        guard !ports.values.contains(where: { $0.name == request.name }) else { throw DPIFError(.exists, request.name) }
        let port = ODPPort(nextPort)
        nextPort += 1
        ports[port] = request
        return port
    }
    func portDelete(_ port: ODPPort) throws(DPIFError) {
        guard ports.removeValue(forKey: port) != nil else { throw DPIFError(.notFound, "\(port)") }
    }
    func portChange(_ port: ODPPort, mtu: Int?, ethernetAddress: EthernetAddress?) throws(DPIFError) {
        guard var request = ports[port] else { throw DPIFError(.notFound, "\(port)") }
        if let mtu { request.mtu = mtu }
        if let ethernetAddress { request.ethernetAddress = ethernetAddress }
        ports[port] = request
    }
    func portSetEnabled(_ port: ODPPort, _ isEnabled: Bool) throws(DPIFError) {
        guard let name = ports[port]?.name else { throw DPIFError(.notFound, "\(port)") }
        if stubborn.contains(name) { throw DPIFError(.device, name) }
        if isEnabled { disabled.remove(name) } else { disabled.insert(name) }
    }
    func portQuery(_ name: String) -> DPPortInfo? {
        guard let (port, request) = ports.first(where: { $0.value.name == name }) else { return nil }
        return DPPortInfo(
            port: port, name: name, type: request.type, ethernetAddress: request.ethernetAddress ?? .zero, mtu: request.mtu ?? 1500, linkUp: !downLinks.contains(name),
            isEnabled: !disabled.contains(name), linkSpeed: 0)
    }
    func portDump() -> [DPPortInfo] { [] }
    func portStats(_ port: ODPPort) -> DPPortStats? { ports[port] == nil ? nil : DPPortStats() }
    func setEgressQoS(_ port: ODPPort, _ qos: DPEgressQoS?) throws(DPIFError) {
        guard qos?.isValid ?? true else { throw DPIFError(.invalid, "no such QoS") }
        self.qos[port] = qos
    }
    func setPolicing(_ port: ODPPort, _ policing: DPPolicing?) throws(DPIFError) { self.policing[port] = policing }
    func queueStats(_ port: ODPPort) -> [DPQueueStats] {
        (qos[port]?.queues.keys.sorted() ?? []).map { DPQueueStats(queue: $0, packets: UInt64($0) + 1, bytes: 100, errors: 2, created: clock) }
    }

    func flowPut(_ flow: DPFlowPut, waiting: consuming DPPacket?) throws(DPIFError) -> DPFlowID {
        guard !refusesFlows else { throw DPIFError(.full, "no room") }
        let id = DPFlowID(pmd: flow.pmd, slot: nextSlot, generation: 0)
        nextSlot += 1
        flows[id] = Flow(put: flow)
        order.append(id)
        if let packet = waiting {
            let bytes = packet.bytes
            count(id, bytes.count)
            carryOut(flow.actions, flow.key, bytes)
        }
        return id
    }
    func flowModify(_ id: DPFlowID, actions: [DPAction]) throws(DPIFError) {
        guard flows[id] != nil else { throw DPIFError(.notFound, "\(id)") }
        flows[id]?.put.actions = actions
    }
    func flowDelete(_ id: DPFlowID) {
        guard let flow = flows.removeValue(forKey: id) else { return }
        order.removeAll { $0 == id }
        retired.append((id, flow.stats))
    }
    func flowStats(_ id: DPFlowID) -> DPFlowStats? { flows[id]?.stats }
    func flowFlush() {
        flows = [:]
        order = []
    }
    func flowDump() -> [DPFlowDump] {
        order.compactMap { id in
            flows[id].map { DPFlowDump(id: id, key: $0.put.key, mask: $0.put.mask, actions: $0.put.actions, stats: $0.stats) }
        }
    }
    var flowCount: Int { flows.count }

    func execute(_ packet: consuming DPPacket, key: FlowKey, actions: [DPAction], pmd: Int?) {
        executed += 1
        carryOut(actions, key, packet.bytes)
    }
    func use(of actions: [DPAction]) -> ProgramUse? { programUse(of: actions) }
    func makePacket(_ bytes: [UInt8]) -> DPPacket? { PacketPool.packet(bytes) }
    func receiveUpcalls(limit: Int, _ handle: (consuming DPUpcall) -> Void) -> Int {
        var handled = 0
        while handled < limit, !upcalls.isEmpty {
            let (reason, key, bytes) = upcalls.removeFirst()
            handled += 1
            guard let packet = PacketPool.packet(bytes) else { continue }
            handle(DPUpcall(pmd: 0, reason: reason, key: key, lines: key.usedLines, packet: packet))
        }
        return handled
    }
    func receiveRetired(_ handle: (DPFlowID, DPFlowStats) -> Void) {
        let all = retired
        retired = []
        for (id, stats) in all { handle(id, stats) }
    }
    func meterSet(_ meter: UInt32, _ config: DPMeterConfig) throws(DPIFError) { meters[meter] = config }
    func meterStats(_ meter: UInt32) -> DPMeterStats? { meters[meter] == nil ? nil : meterCounts[meter] ?? DPMeterStats() }
    func meterDelete(_ meter: UInt32) { meters[meter] = nil }
    func barrier() {}
}

/// Carries out datapath actions on a key.
func interpret(_ actions: [DPAction], _ start: FlowKey) -> Outcome {
    var result = Outcome()
    var key = start
    for action in actions {
        switch action {
        case .output(let port):
            var sent = key
            sent.l0.inPort = 0
            result.sent.append(Sent(port: port, key: sent))
        case .userspace(let userdata, _): result.userdata.append(userdata)
        case .pushVLAN(let tpid, let tci):
            key.l3.innerVLANTPID = key.l0.vlanTPID
            key.l3.innerVLANTCI = key.l0.vlanTCI
            key.l0.vlanTPID = tpid
            key.l0.vlanTCI = BE16(tci.host | VLANTCI.present)
        case .popVLAN:
            key.l0.vlanTPID = key.l3.innerVLANTPID
            key.l0.vlanTCI = key.l3.innerVLANTCI
            key.l3.innerVLANTPID = .zero
            key.l3.innerVLANTCI = .zero
        case .pushMPLS(let lse, let type):
            key.l3.mplsLSE2 = key.l3.mplsLSE1
            key.l3.mplsLSE1 = key.l3.mplsLSE0
            key.l3.mplsLSE0 = lse
            key.l0.dlType = type
        case .popMPLS(let type):
            key.l3.mplsLSE0 = key.l3.mplsLSE1
            key.l3.mplsLSE1 = key.l3.mplsLSE2
            key.l3.mplsLSE2 = .zero
            key.l0.dlType = type
        case .set(let field): set(field, &key)
        case .clone(let nested), .sample(_, let nested):
            result.add(interpret(nested, key))
        case .meter(let meter): result.meters.append(meter)
        case .hash(_, let basis): key.l0.dpHash = connectionHash(key, basis)
        case .recirc(let id):
            var again = key
            again.l0.recircID = id.number
            result.recirculated.append(again)
        default: break
        }
    }
    return result
}

/// The same for both directions, and never 0.
private func connectionHash(_ key: FlowKey, _ basis: UInt32) -> UInt32 {
    let ends = [UInt64(key.l0.nwSrc.host) << 16 | UInt64(key.l0.tpSrc.host), UInt64(key.l0.nwDst.host) << 16 | UInt64(key.l0.tpDst.host)].sorted()
    var state = UInt64(basis)
    for word in ends { state = (splitMix64(&state) ^ word) &* 0x9E37_79B9_7F4A_7C15 }
    return max(UInt32(truncatingIfNeeded: splitMix64(&state) >> 32), 1)
}

private func mix<Value: HeaderValue>(_ old: inout Value, _ new: Value, _ mask: Value) {
    old = old.xor(old.and(mask)).or(new.and(mask))
}

private func set(_ field: DPSetField, _ key: inout FlowKey) {
    switch field {
    case .skbPriority(let value, let mask): mix(&key.l0.skbPriority, value, mask)
    case .pktMark(let value, let mask): mix(&key.l0.pktMark, value, mask)
    case .ethernet(let src, let dst, let srcMask, let dstMask):
        mix(&key.l0.dlSrc, src, srcMask)
        mix(&key.l0.dlDst, dst, dstMask)
    case .ipv4(let value, let mask):
        mix(&key.l0.nwSrc, value.src, mask.src)
        mix(&key.l0.nwDst, value.dst, mask.dst)
        mix(&key.l0.nwTOS, value.tos, mask.tos)
        mix(&key.l0.nwTTL, value.ttl, mask.ttl)
    case .ipv6(let value, let mask):
        mix(&key.l1.ipv6Src, value.src, mask.src)
        mix(&key.l1.ipv6Dst, value.dst, mask.dst)
        mix(&key.l1.ipv6Label, value.label, mask.label)
        mix(&key.l0.nwTOS, value.trafficClass, mask.trafficClass)
        mix(&key.l0.nwTTL, value.hopLimit, mask.hopLimit)
    case .tcp(let src, let dst, let srcMask, let dstMask), .udp(let src, let dst, let srcMask, let dstMask),
        .sctp(let src, let dst, let srcMask, let dstMask):
        mix(&key.l0.tpSrc, src, srcMask)
        mix(&key.l0.tpDst, dst, dstMask)
    case .icmp(let type, let code, let typeMask, let codeMask):
        mix(&key.l0.tpSrc, BE16(UInt16(type)), BE16(UInt16(typeMask)))
        mix(&key.l0.tpDst, BE16(UInt16(code)), BE16(UInt16(codeMask)))
    case .arp(let value, let mask):
        mix(&key.l0.nwProto, UInt8(value.opcode.host & 0xff), UInt8(mask.opcode.host & 0xff))
        mix(&key.l0.nwSrc, value.spa, mask.spa)
        mix(&key.l0.nwDst, value.tpa, mask.tpa)
        mix(&key.l1.arpSHA, value.sha, mask.sha)
        mix(&key.l1.arpTHA, value.tha, mask.tha)
    case .nd(let value, let mask):
        mix(&key.l1.ndTarget, value.target, mask.target)
        mix(&key.l1.arpSHA, value.sll, mask.sll)
        mix(&key.l1.arpTHA, value.tll, mask.tll)
    case .ndExtensions(let reserved, let type, let reservedMask, let typeMask):
        mix(&key.l3.ndReserved, reserved, reservedMask)
        mix(&key.l3.ndOptionsType, type, typeMask)
    case .mpls(let lse, let mask): mix(&key.l3.mplsLSE0, lse, mask)
    case .nsh(let value, let mask):
        mix(&key.l5.nshTTL, value.ttl, mask.ttl)
        mix(&key.l5.nshPathHeader, value.path, mask.path)
    }
}
