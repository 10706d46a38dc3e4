import Flow
import Wire

/// The Network Service Header of a push_nsh (RFC 8300, section 2).
public struct DPPushNSH: Hashable, Sendable {
    /// O and U bits.
    public var flags: UInt8 = 0
    /// 6 bits.
    public var ttl: UInt8 = 0
    /// What stands behind the header: 1 IPv4, 2 IPv6, 3 Ethernet, 4 NSH, 5 MPLS.
    public var nextProtocol: UInt8 = 0
    /// Service path identifier (24 bits) and service index (8 bits).
    public var path = BE32.zero
    public var metadata: Metadata

    /// What MD type 1 and 2 carry.
    public enum Metadata: Hashable, Sendable {
        case contexts(SIMD4<UInt32>)
        /// TLVs, padded to a multiple of 4 bytes.
        case options([UInt8])
    }

    public init(metadata: Metadata) { self.metadata = metadata }

    /// MD type 2's bytes at most: the length, 6 bits of words, counts the first 8 as well.
    public static let optionBytes = 63 * 4 - 8

    var metadataType: UInt8 {
        switch metadata {
        case .contexts: 1
        case .options: 2
        }
    }

    /// The header as it stands in a frame; its length is a multiple of 4.
    var bytes: [UInt8] {
        let rest: [UInt8]
        switch metadata {
        case .contexts(let contexts): rest = (0..<4).flatMap { bigEndian(contexts[$0]) }
        case .options(let options): rest = options
        }
        let words = UInt32(8 + rest.count) / 4
        let first = UInt32(flags & 3) << 28 | UInt32(ttl & 0x3f) << 22 | words << 16 | UInt32(metadataType) << 8 | UInt32(nextProtocol)
        return bigEndian(first) + bigEndian(path.host) + rest
    }
}

/// Bits of a Network Service Header that a set changes.
public struct DPSetNSH: Hashable, Sendable {
    public var flags: UInt8 = 0, ttl: UInt8 = 0, path = BE32.zero
    /// Host order.
    public var contexts = SIMD4<UInt32>.zero
    public init() {}

    /// The first eight bytes and the contexts as they stand in a frame, in three words.
    var words: (UInt64, UInt64, UInt64) {
        let first = UInt32(flags & 3) << 28 | UInt32(ttl & 0x3f) << 22
        func word(_ high: UInt32, _ low: UInt32) -> UInt64 { (UInt64(high) << 32 | UInt64(low)).bigEndian }
        return (word(first, path.host), word(contexts[0], contexts[1]), word(contexts[2], contexts[3]))
    }
}

private func bigEndian(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * UInt32($0))) } }

// MARK: Text

extension DPPushNSH {
    /// "push_nsh(flags=0,ttl=63,mdtype=1,np=3,spi=0x0,si=255,c1=0x0,c2=0x0,c3=0x0,c4=0x0)"
    var odpText: String {
        let host = path.host
        var text = "push_nsh(flags=\(flags),ttl=\(ttl),mdtype=\(metadataType),np=\(nextProtocol),spi=0x" + String(host >> 8, radix: 16) + ",si=\(host & 0xff)"
        switch metadata {
        case .contexts(let contexts): for at in 0..<4 { text += ",c\(at + 1)=0x" + String(contexts[at], radix: 16) }
        case .options(let options):
            // As OVS has it, there is something even if there is nothing.
            text += options.isEmpty ? ",md2=0" : ",md2=0x" + options.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
        return text + ")"
    }

    /// Reads what is within the parentheses of `odpText`; nil for anything else.
    init?(odp text: TextSlice) {
        var rest = text
        func number(_ name: String, upTo maximum: UInt128) -> UInt32? {
            guard rest.take(name + "=") else { return nil }
            return rest.takeNumber(upTo: maximum).map { UInt32(truncatingIfNeeded: $0) }
        }
        guard let flags = number("flags", upTo: 3), let ttl = number(",ttl", upTo: 63), let type = number(",mdtype", upTo: 2),
            let next = number(",np", upTo: 0xff), let spi = number(",spi", upTo: 0xff_ffff), let si = number(",si", upTo: 0xff)
        else { return nil }
        if type == 1 {
            var contexts = SIMD4<UInt32>.zero
            for at in 0..<4 {
                guard let context = number(",c\(at + 1)", upTo: 0xffff_ffff) else { return nil }
                contexts[at] = context
            }
            self.init(metadata: .contexts(contexts))
        } else if type == 2 {
            guard rest.take(",md2=0x") || rest.take(",md2=0"), let options = rest.takeHexBytes(), options.count % 4 == 0, options.count <= Self.optionBytes else { return nil }
            self.init(metadata: .options(options))
        } else {
            return nil
        }
        guard rest.isEmpty else { return nil }
        (self.flags, self.ttl, nextProtocol, path) = (UInt8(flags), UInt8(ttl), UInt8(next), BE32(spi << 8 | si))
    }
}

extension TextSlice {
    /// Takes all that is left as pairs of hexadecimal digits.
    fileprivate mutating func takeHexBytes() -> [UInt8]? {
        guard count % 2 == 0 else { return nil }
        var result: [UInt8] = []
        var at = start
        while at < end {
            guard let high = hexDigit(bytes[at]), let low = hexDigit(bytes[at + 1]) else { return nil }
            result.append(UInt8(high) << 4 | UInt8(low))
            at += 2
        }
        start = end
        return result
    }
}
