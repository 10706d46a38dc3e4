import Wire

/// OpenFlow's numbers of the interfaces of all bridges, as ovs-vswitchd gives them: a requested number if it is free, else the next one behind the
/// last that was given, round and round, which had not been in use before, so that flows which name a former port do not soon come to another one.
/// A port keeps its number while it is there.
///
/// What differs from ovs-vswitchd: numbers that were in use come again when there are no others, where that one takes them again after an hour, too.
public struct PortNumbers: Equatable, Sendable {
    /// What an interface asks for.
    struct Request: Equatable {
        let name: String
        /// 1–65279; nil: any.
        let number: OFPort?
    }

    /// One bridge's numbers.
    fileprivate struct Table: Equatable, Sendable {
        var numbers: [String: OFPort] = [:]
        /// The last number that was given without a request.
        var last: UInt16 = 0
        /// Numbers that were given.
        var used: Set<OFPort> = []
        /// Interfaces whose devices were not there the last time. They wait until the others have got their numbers.
        var failed: Set<String> = []

        /// The next number that is not taken; nil: there is none.
        mutating func next(_ taken: Set<OFPort>) -> OFPort? {
            let count = OFPort.maximum.number - 1
            guard taken.count < Int(count) else { return nil }
            if used.count >= Int(count) { used = taken }
            repeat { last = last >= count ? 1 : last + 1 } while taken.contains(OFPort(last)) || used.contains(OFPort(last))
            return OFPort(last)
        }
    }
    private var tables: [String: Table] = [:]

    public init() {}

    /// Forgets bridges that are not there any more.
    mutating func keep(_ bridges: Set<String>) { tables = tables.filter { bridges.contains($0.key) } }

    /// Gives each interface of a bridge its number; those that are not named are gone. An interface for which there is none is not in the result.
    ///
    /// A running interface that asks for another number gets it, and one that has this number without asking for it another one. A new interface
    /// that asks for a number in use has to wait until the next time. What else is to be decided goes by the order of names.
    mutating func assign(_ requests: [Request], on bridge: String) -> [String: OFPort] {
        var table = tables[bridge] ?? Table()
        let ordered = requests.sorted { ($0.number == nil ? 1 : 0, $0.name) < ($1.number == nil ? 1 : 0, $1.name) }
        var numbers = table.kept(ordered), taken = Set(numbers.values)
        let new = ordered.filter { numbers[$0.name] == nil }
        for request in new.filter({ !table.failed.contains($0.name) }) + new.filter({ table.failed.contains($0.name) }) {
            let wanted = request.number.flatMap { taken.contains($0) ? nil : $0 }
            guard let number = wanted ?? table.next(taken) else { continue }
            taken.insert(number)
            table.used.insert(number)
            numbers[request.name] = number
        }
        table.numbers = numbers
        table.failed.formIntersection(requests.map(\.name))
        tables[bridge] = table
        return numbers
    }

    /// An interface's device could not be opened. Its number is free again, and the next interface gets it.
    public mutating func noteFailure(of interface: String, on bridge: String) {
        guard let number = tables[bridge]?.numbers.removeValue(forKey: interface) else { return }
        tables[bridge]?.used.remove(number)
        tables[bridge]?.failed.insert(interface)
        if tables[bridge]?.last == number.number { tables[bridge]?.last = number.number - 1 }
    }

    /// An interface's device is open.
    public mutating func noteSuccess(of interface: String, on bridge: String) { tables[bridge]?.failed.remove(interface) }
}

extension PortNumbers.Table {
    /// The numbers that those of the interfaces keep that have some.
    fileprivate func kept(_ requests: [PortNumbers.Request]) -> [String: OFPort] {
        var kept: [String: OFPort] = [:], holders: [OFPort: PortNumbers.Request] = [:]
        for request in requests {
            guard let number = numbers[request.name] else { continue }
            kept[request.name] = number
            holders[number] = request
        }
        for request in requests {
            guard let wanted = request.number, let number = kept[request.name], number != wanted else { continue }
            if let holder = holders[wanted] {
                if holder.number == wanted { continue }
                kept[holder.name] = nil
                holders[wanted] = nil
            }
            kept[request.name] = nil
            holders[number] = nil
        }
        return kept
    }
}
