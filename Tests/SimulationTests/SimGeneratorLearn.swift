// Flows that packets teach.
extension SimGenerator {
    /// A learn action for a rule that matches this, and often a look at what has been learned.
    mutating func lesson(_ match: RefMatch, table: UInt8, tables: Int) -> [RefAction] {
        let learn = learn(match, tables: tables)
        guard learn.table > table, chance(60) else { return [.learn(learn)] }
        return chance(50) ? [.learn(learn), .resubmit(learn.table)] : [.resubmit(learn.table), .learn(learn)]
    }

    /// Its flows are of a family of their own, or of one that there is, where they may meet other content.
    private mutating func learn(_ match: RefMatch, tables: Int) -> RefLearn {
        var learn: RefLearn
        let isIPv4 = match.value(.dlType) == 0x0800
        let known = families.filter { !$0.readsIPv4 || isIPv4 && (!$0.readsPorts || match.value(.nwProto) == 6) }
        if !known.isEmpty, chance(40) {
            learn = one(known)
            learn.parts.removeAll { if case .match = $0.destination { false } else { true } }
        } else {
            var priority = UInt16(1 + 2 * below(1_000))
            while families.contains(where: { $0.priority == priority }) { priority += 2 }
            learn = RefLearn(table: UInt8(chance(20) ? 0 : 1 + below(tables - 1)), priority: priority, cookie: 0)
            learn.parts = matches(isIPv4: isIPv4, match.value(.nwProto))
            families.append(learn)
        }
        for _ in 0..<below(4) { learn.parts.append(action(isIPv4: isIPv4)) }
        learn.cookie = RefLearn.leastCookie + UInt64(below(3))
        learn.timeouts = RefTimeouts(idle: chance(25) ? UInt16(1 + below(10)) : 0, hard: chance(25) ? UInt16(1 + below(20)) : 0)
        if chance(15) { learn.fin = RefTimeouts(idle: UInt16(below(4)), hard: UInt16(1 + below(6))) }
        learn.tellsRemoval = chance(20)
        learn.deletesLearned = chance(30)
        learn.limit = chance(30) ? 1 + below(3) : 0
        learn.tellsResult = chance(learn.limit > 0 ? 60 : 15)
        return learn
    }

    /// What a family's flows match: fields of the packet, parts of them, and values.
    private mutating func matches(isIPv4: Bool, _ proto: UInt64?) -> [RefLearn.Part] {
        func field(_ from: RefRange, _ to: RefRange) -> RefLearn.Part { RefLearn.Part(source: .field(from), destination: .match(to)) }
        func value(_ value: UInt64, _ to: RefRange) -> RefLearn.Part { RefLearn.Part(source: .value(value), destination: .match(to)) }
        let macs = (source: RefRange(field: .dlSrc, count: 48), destination: RefRange(field: .dlDst, count: 48))
        let addresses = (source: RefRange(field: .nwSrc, count: 32), destination: RefRange(field: .nwDst, count: 32))
        let vid = RefRange(field: .vlanTCI, count: 12), type = RefRange(field: .dlType, count: 16), port = RefRange(field: .inPort, count: 16)
        let low = RefRange(field: .reg0, count: 16)
        switch below(isIPv4 ? 10 : 6) {
        case 0: return [field(vid, vid), field(macs.source, macs.destination)]
        case 1: return [field(macs.destination, macs.source)]
        case 2: return [field(port, port), field(macs.source, macs.source)]
        case 3: return [value(UInt64(1 + below(3)), RefRange(field: .dlSrc, count: 3)), field(RefRange(field: .dlDst, start: 40, count: 8), RefRange(field: .dlDst, start: 40, count: 8))]
        case 4: return [field(port, low), value(UInt64(below(2)), RefRange(field: .reg1, count: 1))]
        case 5: return [field(low, port)]
        case 6: return [value(0x0800, type), field(addresses.source, addresses.destination), field(addresses.destination, addresses.source)]
        case 7: return [value(0x0800, type), field(RefRange(field: .nwSrc, start: 8, count: 24), RefRange(field: .nwSrc, start: 8, count: 24))]
        default:
            guard proto == 6 else { return [value(0x0800, type), field(addresses.source, addresses.source)] }
            let ports = (source: RefRange(field: .tpSrc, count: 16), destination: RefRange(field: .tpDst, count: 16))
            return [value(0x0800, type), value(6, RefRange(field: .nwProto, count: 8)), field(ports.source, ports.destination), field(addresses.source, addresses.source)]
        }
    }

    /// What a flow does.
    private mutating func action(isIPv4: Bool) -> RefLearn.Part {
        func load(_ from: RefLearn.Source, _ to: RefRange) -> RefLearn.Part { RefLearn.Part(source: from, destination: .load(to)) }
        let port = RefRange(field: .inPort, count: 16), low = RefRange(field: .reg0, count: 16), mac = RefRange(field: .dlSrc, count: 48)
        switch below(isIPv4 ? 9 : 8) {
        case 0...2: return RefLearn.Part(source: .field(port), destination: .output)
        case 3: return RefLearn.Part(source: .field(low), destination: .output)
        case 4: return load(.field(port), low)
        case 5: return load(.value(UInt64(below(4))), RefRange(field: .reg0, start: below(2), count: 2))
        case 6: return load(.field(mac), RefRange(field: .dlDst, count: 48))
        case 7: return load(.value(self.mac()), mac)
        default: return load(.field(RefRange(field: .nwSrc, count: 32)), RefRange(field: .reg1, count: 32))
        }
    }
}

extension RefLearn {
    fileprivate var readsIPv4: Bool { reads([.nwSrc, .nwDst]) }
    fileprivate var readsPorts: Bool { reads([.tpSrc, .tpDst]) }

    private func reads(_ fields: Set<RefField>) -> Bool {
        parts.contains { if case .field(let range) = $0.source { fields.contains(range.field) } else { false } }
    }
}
