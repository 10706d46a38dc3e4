import Wire

/// OpenFlow's numbers of the interfaces of all bridges, as ovs-vswitchd gives them: a requested number if it is free, else the next one after the
/// last that was given, round and round, so that flows which name a former port do not soon come to another one. A port keeps its number while it is there.
///
/// What differs from ovs-vswitchd: after a whole round the next free number is taken, where that one prefers numbers that were free for an hour.
public struct PortNumbers: Equatable, Sendable {
    /// What an interface asks for.
    struct Request: Equatable {
        let name: String
        /// 1–65279; nil: any.
        let number: OFPort?
    }

    /// One bridge's numbers.
    private struct Table: Equatable, Sendable {
        var numbers: [String: OFPort] = [:]
        /// The last number that was given without a request.
        var last: UInt16 = 0
        /// Interfaces whose devices were not there the last time. They wait until the others have got their numbers.
        var failed: Set<String> = []

        /// The next number that is free; nil: there is none.
        mutating func next(_ taken: Set<OFPort>) -> OFPort? {
            let count = OFPort.maximum.number - 1
            guard taken.count < Int(count) else { return nil }
            repeat { last = last >= count ? 1 : last + 1 } while taken.contains(OFPort(last))
            return OFPort(last)
        }
    }
    private var tables: [String: Table] = [:]

    public init() {}

    /// Forgets bridges that are not there any more.
    mutating func keep(_ bridges: Set<String>) { tables = tables.filter { bridges.contains($0.key) } }

    /// Gives each interface of a bridge its number; those that are not named are gone. An interface for which there is none is not in the result.
    ///
    /// A request takes a number from one that has it without having asked for it, which gets another one. Of several that ask for the same number
    /// the one that has it, else the first in the order of names gets it.
    mutating func assign(_ requests: [Request], on bridge: String) -> [String: OFPort] {
        var table = tables[bridge] ?? Table()
        let ordered = requests.sorted { ($0.number == nil ? 1 : 0, $0.name) < ($1.number == nil ? 1 : 0, $1.name) }
        var numbers: [String: OFPort] = [:]
        var taken: Set<OFPort> = []
        for request in ordered {
            if let number = request.number, table.numbers[request.name] == number {
                numbers[request.name] = number
                taken.insert(number)
            }
        }
        for request in ordered where numbers[request.name] == nil {
            if let number = request.number, taken.insert(number).inserted { numbers[request.name] = number }
        }
        for request in ordered where numbers[request.name] == nil {
            if let number = table.numbers[request.name], taken.insert(number).inserted { numbers[request.name] = number }
        }
        let rest = ordered.filter { numbers[$0.name] == nil }
        for request in rest.filter({ !table.failed.contains($0.name) }) + rest.filter({ table.failed.contains($0.name) }) {
            guard let number = table.next(taken) else { break }
            taken.insert(number)
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
        tables[bridge]?.failed.insert(interface)
        if tables[bridge]?.last == number.number { tables[bridge]?.last = number.number - 1 }
    }

    /// An interface's device is open.
    public mutating func noteSuccess(of interface: String, on bridge: String) { tables[bridge]?.failed.remove(interface) }
}
