import Wire

/// Bitwise arithmetic of header fields.
protocol HeaderValue: Equatable {
    func and(_ other: Self) -> Self
    func or(_ other: Self) -> Self
    func xor(_ other: Self) -> Self
}

extension UInt8: HeaderValue {}
extension UInt32: HeaderValue {}
extension HeaderValue where Self: FixedWidthInteger {
    func and(_ other: Self) -> Self { self & other }
    func or(_ other: Self) -> Self { self | other }
    func xor(_ other: Self) -> Self { self ^ other }
}
extension BE16: HeaderValue {
    func and(_ other: BE16) -> BE16 { BE16(raw: raw & other.raw) }
    func or(_ other: BE16) -> BE16 { BE16(raw: raw | other.raw) }
    func xor(_ other: BE16) -> BE16 { BE16(raw: raw ^ other.raw) }
}
extension BE32: HeaderValue {
    func and(_ other: BE32) -> BE32 { BE32(raw: raw & other.raw) }
    func or(_ other: BE32) -> BE32 { BE32(raw: raw | other.raw) }
    func xor(_ other: BE32) -> BE32 { BE32(raw: raw ^ other.raw) }
}
extension BE128: HeaderValue {
    func and(_ other: BE128) -> BE128 { BE128(raw0: raw0 & other.raw0, raw1: raw1 & other.raw1) }
    func or(_ other: BE128) -> BE128 { BE128(raw0: raw0 | other.raw0, raw1: raw1 | other.raw1) }
    func xor(_ other: BE128) -> BE128 { BE128(raw0: raw0 ^ other.raw0, raw1: raw1 ^ other.raw1) }
}
extension EthernetAddress: HeaderValue {
    func and(_ other: EthernetAddress) -> EthernetAddress {
        EthernetAddress(raw0: raw0 & other.raw0, raw1: raw1 & other.raw1, raw2: raw2 & other.raw2)
    }
    func or(_ other: EthernetAddress) -> EthernetAddress {
        EthernetAddress(raw0: raw0 | other.raw0, raw1: raw1 | other.raw1, raw2: raw2 | other.raw2)
    }
    func xor(_ other: EthernetAddress) -> EthernetAddress {
        EthernetAddress(raw0: raw0 ^ other.raw0, raw1: raw1 ^ other.raw1, raw2: raw2 ^ other.raw2)
    }
}
