import Datapath
import Flow
import OpenFlow
import Wire
@testable import OFProto

/// One bridge over the mock, with the ports p1 … pN, whose OpenFlow and datapath numbers are equal.
final class TestSwitch {
    let dpif = MockDPIF()
    let ofproto: OFProto
    let bridge: Bridge
    var now: Int64 = 1_000

    init(ports: Int = 4, normal: Bool = false, seed: UInt64 = 1, limits: OFProtoLimits = OFProtoLimits()) throws {
        ofproto = OFProto(dpif: dpif, seed: seed, limits: limits)
        bridge = try ofproto.addBridge("br0")
        dpif.clock = now
        for index in 0..<ports { try bridge.addPort(config("p\(index + 1)")) }
        if normal { try add(priority: 0, Match(), [.output(.normal, maxLength: 0)]) }
    }

    func config(_ name: String) -> BridgePortConfig { BridgePortConfig(DPPortRequest(name: name, type: "dummy")) }

    func add(table: UInt8 = 0, priority: UInt16 = 100, _ match: Match, _ actions: [OFAction], fill: (inout FlowMod) -> Void = { _ in }) throws {
        var mod = FlowMod()
        mod.table = table
        mod.priority = priority
        mod.match = match
        mod.actions = actions
        fill(&mod)
        try bridge.apply(mod, command: .add, now: now)
    }

    /// A meter of so many packets a second.
    func addMeter(_ id: UInt32, rate: UInt32 = 100) throws {
        let config = MeterConfig(meter: id, flags: .pktps, bands: [MeterBand(.drop, rate: rate, burst: 0)])
        try bridge.apply(MeterMod(.add, config), now: now)
    }

    /// Turns until nothing is left to do at once.
    func settle() {
        for _ in 0..<100_000 where !ofproto.run(now: now) { return }
    }

    /// A packet arrives and is dealt with. Returns what left.
    @discardableResult func send(_ key: FlowKey) -> Outcome {
        dpif.receive(key)
        settle()
        return dpif.takeOutcome()
    }

    /// Time passes in steps of 100 ms.
    func pass(milliseconds: Int64) {
        let end = now + milliseconds
        while now < end {
            now = min(end, now + 100)
            dpif.clock = now
            settle()
        }
    }

    /// The ports that a packet would leave by.
    func ports(_ key: FlowKey) -> [UInt32] { send(key).sent.map(\.port.number) }
}

/// An untagged IPv4 packet from one station to another.
func ipv4(_ port: UInt32, from source: UInt64 = 0x0200_0000_0001, to destination: UInt64 = 0x0200_0000_0002, vlan: UInt16? = nil) -> FlowKey {
    var key = FlowKey()
    key.l0.inPort = port
    key.l0.dlSrc = EthernetAddress(source)
    key.l0.dlDst = EthernetAddress(destination)
    key.l0.dlType = BE16(EtherType.ipv4)
    key.l0.nwSrc = BE32(0x0a00_0001)
    key.l0.nwDst = BE32(0x0a00_0002)
    key.l0.nwProto = IPProtocol.udp
    key.l0.nwTTL = 64
    key.l0.tpSrc = BE16(1000)
    key.l0.tpDst = BE16(2000)
    if let vlan {
        key.l0.vlanTPID = BE16(EtherType.vlan8021Q)
        key.l0.vlanTCI = BE16(vlan | VLANTCI.present)
    }
    return key
}
