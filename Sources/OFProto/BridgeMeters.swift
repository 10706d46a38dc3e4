import Datapath

extension Bridge {
    /// Creates a meter, or changes it. Throws `DPIFError`: what the datapath refuses.
    public func setMeter(_ id: UInt32, _ config: DPMeterConfig) throws(DPIFError) {
        let inner = meters[id] ?? ofproto.newMeter()
        try ofproto.dpif.meterSet(inner, config)
        if meters[id] == nil {
            meters[id] = inner
            ofproto.noteChange()
        }
    }

    /// Deletes a meter and, as OpenFlow has it, all flows that use it.
    public func deleteMeter(_ id: UInt32, now: Int64) {
        guard let inner = meters.removeValue(forKey: id) else { return }
        for case let table? in tables {
            var users: [Rule] = []
            table.classifier.forEach { rule in
                if rule.actions.contains(.meter(id)) { users.append(rule) }
            }
            remove(users, reason: .meterDelete, now: now)
        }
        ofproto.noteChange()
        ofproto.dpif.meterDelete(inner)
    }

    public func meterStats(_ id: UInt32) -> DPMeterStats? { meters[id].flatMap(ofproto.dpif.meterStats) }
}
