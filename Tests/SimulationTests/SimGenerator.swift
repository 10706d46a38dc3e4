import Flow
import OFProto
import OpenFlow

/// Random bridges, rules and frames over few distinct values, so that things meet. Everything follows from the seed.
struct SimGenerator {
    private var state: UInt64
    var lastRule: UInt64 = 0
    var lastFrame: UInt64 = 0
    /// Learn actions: flows of those that have the same priority differ in what they match, never in which fields.
    var families: [RefLearn] = []
    private var lastPort = 0
    var lastBucket: UInt32 = 0

    init(seed: UInt64) {
        // Hashed first: the generator's own states are multiples of a constant apart.
        var mixed = seed
        state = splitMix64(&mixed)
    }

    mutating func below(_ bound: Int) -> Int { Int(splitMix64(&state) % UInt64(bound)) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    mutating func one<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

    // MARK: Ports

    /// A port with a number that the bridge does not use.
    mutating func port(of bridge: RefBridge) -> RefPort {
        lastPort += 1
        var number = UInt16(1 + below(6))
        while bridge.port(number) != nil { number += 1 }
        var port = RefPort(name: "sim\(lastPort)", number: number)
        shape(&port)
        return port
    }

    /// Gives a port another part in VLANs and other flags.
    mutating func shape(_ port: inout RefPort) {
        port.mode = one([.trunk, .trunk, .access, .nativeTagged, .nativeUntagged, .dot1qTunnel])
        port.tag = port.mode == .trunk ? 0 : one([5, 10])
        port.trunks = ![.access, .dot1qTunnel].contains(port.mode) && chance(30) ? one([[0, 5], [5, 10], [10]]) : []
        port.customers = port.mode == .dot1qTunnel && chance(40) ? one([[0, 5], [5], [10]]) : []
        port.tunnelType = one([0x88a8, 0x8100])
        port.priorityTags = one([.never, .never, .ifNonzero, .always])
        port.isProtected = chance(15)
        port.flags = chance(85) ? [] : one([.down, .noReceive, .noReceiveSTP, .noFlood, .noForward])
    }

    // MARK: Values

    mutating func mac() -> UInt64 { 0x0200_0000_0000 | UInt64(1 + below(4)) }
    mutating func destination() -> UInt64 {
        chance(70) ? mac() : one([0xffff_ffff_ffff, 0x0100_5e00_0001, 0x0180_c200_0000, 0x0200_0000_00ff])
    }
    mutating func address() -> UInt64 { one([0x0a00_0001, 0x0a00_0002, 0x0a80_0001, 0xc0a8_0101]) }
    mutating func v6() -> UInt64 { UInt64(1 + below(3)) }
}
