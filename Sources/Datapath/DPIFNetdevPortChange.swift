import NetDev
import Wire

// What a port may change while it is open.

extension DPIFNetdev {
    public func portChange(_ port: ODPPort, mtu: Int?, ethernetAddress: EthernetAddress?) throws(DPIFError) {
        guard let netdev = ports[port.number]?.netdev else { throw DPIFError(.notFound, "no port \(port.number)") }
        do throws(NetdevError) {
            if let ethernetAddress, ethernetAddress != netdev.ethernetAddress { try netdev.setEthernetAddress(ethernetAddress) }
            if let mtu, mtu != netdev.mtu { try setMTU(mtu, port.number, netdev) }
        } catch {
            throw DPIFError(.device, error.description)
        }
    }

    public func portSetEnabled(_ port: ODPPort, _ isEnabled: Bool) throws(DPIFError) {
        guard let netdev = ports[port.number]?.netdev else { throw DPIFError(.notFound, "no port \(port.number)") }
        let wasPolled = netdev.isPolled
        do throws(NetdevError) { try netdev.setAdminState(isUp: isEnabled) } catch { throw DPIFError(.device, error.description) }
        if netdev.isPolled != wasPolled { pmds.forEach(sendQueues) }
    }

    /// Gives an open port another number. Megaflows that name the old one are to be looked at before another port gets it.
    public func portRenumber(_ port: ODPPort, to new: ODPPort) throws(DPIFError) {
        guard let record = ports[port.number] else { throw DPIFError(.notFound, "no port \(port.number)") }
        guard (1..<UInt32(Limits.ports)).contains(new.number) else { throw DPIFError(.invalid, "\(new.number) is no port number") }
        guard ports[new.number] == nil else { throw DPIFError(.exists, "there is a port \(new.number)") }
        let pollers = rest(port.number)
        formerCounters[Int(new.number)] = pmdCounters(Int(port.number))
        ports[new.number] = record
        ports[port.number] = nil
        portNumbers[record.request.name] = new.number
        resume(new.number, pollers, isNew: true)
    }

    /// A device takes another MTU only while it is stopped.
    private func setMTU(_ mtu: Int, _ number: UInt32, _ netdev: any Netdev) throws(NetdevError) {
        let pollers = rest(number)
        defer { resume(number, pollers) }
        netdev.stop()
        do throws(NetdevError) {
            try netdev.reconfigure(NetdevShape(mtu: mtu))
        } catch {
            try? netdev.start()
            throw error
        }
        try netdev.start()
    }

    /// No PMD polls the port or sends by it until `resume`. Returns who polled its queues.
    private func rest(_ number: UInt32) -> [Int?] {
        let pollers = ports[number]?.pollers ?? []
        ports[number]?.pollers = pollers.map { _ in nil }
        for handle in pmds {
            sendQueues(handle)
            sendClearPort(handle, number)
        }
        barrier()
        return pollers
    }

    private func resume(_ number: UInt32, _ pollers: [Int?], isNew: Bool = false) {
        ports[number]?.pollers = pollers
        guard let record = ports[number] else { return }
        for handle in pmds {
            sendPort(handle, number, record, isNew: isNew)
            sendQueues(handle)
        }
    }
}
