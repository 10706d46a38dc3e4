import CDPDK
import Wire

/// A network interface of the kernel, by name. Settings that fail throw `device` with the kernel's reason.
///
/// The `unsafe` below are texts and six-byte arrays that C reads or writes during the call.
struct KernelInterface {
    let name: String

    func setMTU(_ mtu: Int) throws(NetdevError) { try check("MTU \(mtu)", unsafe nt_if_set_mtu(name, Int32(mtu))) }

    func setAdminState(isUp: Bool) throws(NetdevError) { try check("being set \(isUp ? "up" : "down")", unsafe nt_if_set_up(name, isUp)) }

    func setEthernetAddress(_ address: EthernetAddress) throws(NetdevError) {
        let bytes = (0..<6).map { UInt8(truncatingIfNeeded: address.number >> (40 - 8 * UInt64($0))) }
        try check("the address \(address)", unsafe nt_if_set_address(name, bytes))
    }

    private func check(_ what: String, _ status: Int32) throws(NetdevError) {
        guard status == 0 else { throw NetdevError(.device, "\(name): the interface refuses \(what): \(errorText(status))") }
    }

    /// Zero when there is no such interface.
    var ethernetAddress: EthernetAddress {
        var bytes = [UInt8](repeating: 0, count: 6)
        guard unsafe nt_if_get_address(name, &bytes) == 0 else { return .zero }
        return EthernetAddress(bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// Nil when there is no such interface.
    var mtu: Int? {
        let mtu = unsafe nt_if_get_mtu(name)
        return mtu > 0 ? Int(mtu) : nil
    }

    /// How often it has got or lost its carrier since it was made.
    var carrierChanges: UInt32 {
        var state = nt_if_state()
        return unsafe nt_if_state(name, &state) == 0 ? state.carrier_changes : 0
    }

    var isUp: Bool { unsafe nt_if_is_up(name) == 1 }

    var link: NetdevLink { unsafe NetdevLink(up: nt_if_running(name) == 1, speed: Int(nt_if_speed(name))) }
}
