import CDPDK
import Synchronization

/// A DPDK device that a port has taken for itself.
struct DPDKDevice {
    let port: UInt16
    /// EAL did not know it before.
    let attached: Bool

    /// DPDK ports that a netdev of this process has, and the netdev's name.
    private static let taken = Mutex<[UInt16: String]>([:])

    /// Finds the device that `devargs` names ("0000:01:00.0", "class=eth,mac=…", "net_null0,…"), or brings it in.
    /// - Throws: `invalid` when no bus or driver takes the text, `busy` when another port has the device.
    static func take(_ devargs: String, for name: String) throws(NetdevError) -> DPDKDevice {
        guard !devargs.isEmpty, !devargs.utf8.contains(0) else { throw NetdevError(.invalid, "\(name): 'dpdk-devargs' is missing") }
        let result = taken.withLock { taken in
            Result { () throws(NetdevError) -> DPDKDevice in
                let device = try find(devargs, for: name)
                if let other = taken[device.port] {
                    throw NetdevError(.busy, "\(name): '\(devargs)' is already in use by '\(other)'")
                }
                taken[device.port] = name
                return device
            }
        }
        return try result.get()
    }

    /// The device is not needed after all, or no more.
    func giveBack() {
        if attached { _ = nt_port_detach(port) }
        Self.taken.withLock { _ = $0.removeValue(forKey: port) }
    }

    private static func find(_ devargs: String, for name: String) throws(NetdevError) -> DPDKDevice {
        // Only the device's own name: its further arguments are not a filter, but for the choice among a device's ports.
        let isFilter = devargs.hasPrefix("class=") || devargs.contains("representor=")
        let filter = isFilter ? devargs : String(devargs.prefix { $0 != "," })
        if let port = lookUp(filter) { return DPDKDevice(port: port, attached: false) }
        guard !devargs.hasPrefix("class=") else {
            throw NetdevError(.notFound, "\(name): '\(devargs)' names no device")
        }
        var status: Int32 = 0
        let complaint = DPDKLog.firstError { status = unsafe rte_dev_probe(devargs) }
        guard status == 0 else {
            // What the driver says is more than the number that is left of it.
            throw NetdevError(.invalid, "\(name): '\(devargs)' is not a valid devargs: \(complaint ?? errorText(status))")
        }
        guard let port = lookUp(filter) else {
            throw NetdevError(.notFound, "\(name): '\(devargs)' was attached but is no Ethernet device")
        }
        return DPDKDevice(port: port, attached: true)
    }

    private static func lookUp(_ filter: String) -> UInt16? {
        var port: UInt16 = 0
        // C copies what it needs of the text.
        return unsafe nt_port_find(filter, &port) == 0 ? port : nil
    }
}
