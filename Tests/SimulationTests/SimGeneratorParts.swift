import OFProto
import OpenFlow

// Meters, mirrors and hashes.
extension SimGenerator {
    /// A meter under a number that the bridge does not use; nil: there is none left.
    mutating func meter(for bridge: RefBridge) -> RefMeter? {
        let free = (1...3 as ClosedRange<UInt32>).filter { id in !bridge.meters.contains { $0.id == id } }
        guard !free.isEmpty else { return nil }
        var meter = RefMeter(id: one(free), rate: 1, burst: 1)
        shape(&meter)
        return meter
    }

    mutating func shape(_ meter: inout RefMeter) { (meter.rate, meter.burst) = (one([1, 20, 50, 1_000_000]), one([1, 2, 5])) }

    mutating func multipath() -> RefAction {
        .multipath(RefMultipath(
            fields: one(HashFields.allCases), algorithm: one([.moduloN, .hashThreshold, .highestRandomWeight, .iteratedHash]), links: UInt16(1 + below(3))))
    }

    /// Some of its members are ports of the bridge; a port stands there once.
    mutating func bundle(for bridge: RefBridge) -> RefAction {
        var members: [UInt16] = []
        for _ in 0..<1 + below(3) {
            let member = bridge.ports.isEmpty || chance(20) ? UInt16(1 + below(8)) : one(bridge.ports).number
            if !members.contains(member) { members.append(member) }
        }
        return .bundle(RefBundle(
            fields: one(HashFields.allCases), algorithm: one([.activeBackup, .highestRandomWeight]), members: members, isLoaded: chance(40)))
    }

    /// One mirror or two, or none.
    mutating func mirrors(for bridge: RefBridge) -> [RefMirror] {
        let names = bridge.ports.filter { $0.peer == nil }.map(\.bundle)
        guard !names.isEmpty else { return [] }
        return (0..<below(3)).map { number in
            var mirror = RefMirror(name: "m\(number)", output: chance(60) ? .port(one(names)) : .vlan(one([5, 10, 77])))
            mirror.selectsAll = chance(25)
            for _ in 0..<1 + below(2) {
                if chance(60) { mirror.sources.insert(one(bridge.ports).bundle) }
                if chance(60) { mirror.destinations.insert(one(bridge.ports).bundle) }
            }
            mirror.vlans = chance(65) ? [] : one([[0], [5], [0, 10]])
            mirror.snapLength = chance(70) ? 0 : one([14, 40, 64, 80])
            return mirror
        }
    }
}
