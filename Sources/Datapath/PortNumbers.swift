// Which number a new port of the datapath gets.

extension DatapathSettings {
    public enum PortNumbers: String, Hashable, Sendable {
        /// The next one that is not in use, round and round: megaflows and packets under way still name a port that has just been removed, and must not
        /// come to its number's next holder.
        case next
        /// The first digits in the port's name, counted from 100 if the name begins with "br"; if it has none, or there is a port of this number, the lowest one that is
        /// not in use. So OVS's dummy datapath numbers ports. Megaflows must be looked at before packets come to the next holder of a number.
        case byName
    }
}

extension DPIFNetdev {
    /// The number for a port of this name; nil: all are taken.
    func freePortNumber(for name: String) -> UInt32? {
        let numbers = 1..<UInt32(Limits.ports)
        switch settings.portNumbers {
        case .next: return numbers.first { $0 > lastPortNumber && ports[$0] == nil } ?? numbers.first { ports[$0] == nil }
        case .byName:
            if let number = Self.portNumber(in: name), numbers.contains(number), ports[number] == nil { return number }
            return numbers.first { ports[$0] == nil }
        }
    }

    /// The number that a name asks for; nil: none that fits 16 bits.
    static func portNumber(in name: String) -> UInt32? {
        let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) }
        let digits = name.utf8.drop { !isDigit($0) }.prefix(while: isDigit)
        return UInt16(String(decoding: digits, as: UTF8.self)).map { UInt32($0) + (name.hasPrefix("br") ? 100 : 0) }
    }
}
