import Wire

/// Policers of ports. A change is a new policer, which every PMD is given; the old one is freed when none has it any more.
extension DPIFNetdev {
    public func setEgressQoS(_ port: ODPPort, _ qos: DPEgressQoS?) throws(DPIFError) {
        guard let record = ports[port.number] else { throw DPIFError(.notFound, "no port \(port.number)") }
        guard record.qos != qos else { return }
        guard qos?.isValid ?? true else { throw DPIFError(.invalid, "\(record.request.name): there is no such QoS") }
        let former = unsafe record.egress
        let policer = unsafe qos.map { unsafe EgressPolicer.make($0, keeping: former, now: cycles, time: now, hertz: hertz) }
        ports[port.number]?.qos = qos
        unsafe ports[port.number]?.egress = policer
        sendPort(port.number)
        if let former = unsafe former { unsafe EgressPolicer.retire(former, for: policer) }
    }

    public func setPolicing(_ port: ODPPort, _ policing: DPPolicing?) throws(DPIFError) {
        guard let record = ports[port.number] else { throw DPIFError(.notFound, "no port \(port.number)") }
        guard record.policing != policing else { return }
        let former = unsafe record.ingress
        ports[port.number]?.policing = policing
        unsafe ports[port.number]?.ingress = policing.map { policing in
            let policer: UnsafeMutablePointer<IngressPolicer> = .allocate(capacity: 1)
            unsafe policer.initialize(to: IngressPolicer(policing, now: cycles, hertz: hertz))
            return unsafe policer
        }
        sendPort(port.number)
        unsafe free(former)
    }

    /// Every PMD has the port as it is now when this returns.
    private func sendPort(_ number: UInt32) {
        guard let record = ports[number] else { return }
        for handle in pmds { sendPort(handle, number, record) }
        barrier()
    }

    public func queueStats(_ port: ODPPort) -> [DPQueueStats] {
        guard let policer = unsafe ports[port.number]?.egress else { return [] }
        let lock = unsafe policer.pointee.lock
        lock.acquire()
        defer { lock.release() }
        return unsafe policer.pointee.stats
    }

    /// Frees the policers of a port that no PMD knows any more.
    func freePolicers(_ record: PortRecord) {
        if let policer = unsafe record.egress { unsafe EgressPolicer.retire(policer, for: nil) }
        unsafe free(record.ingress)
    }

    private func free(_ policer: UnsafeMutablePointer<IngressPolicer>?) {
        guard let policer = unsafe policer else { return }
        unsafe policer.pointee.lock.deallocate()
        unsafe policer.deallocate()
    }
}
