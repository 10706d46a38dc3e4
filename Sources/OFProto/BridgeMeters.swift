import Datapath
import OpenFlow

extension Bridge {
    /// Carries out a meter modification (OpenFlow 1.5.1, section 7.3.4.5; ovs-ofctl(8), "Meter Table Commands"). Beside ordinary numbers
    /// there are the virtual meters `MeterNumber.controller`, which packets to the controller pass through, and `.slowpath` for
    /// those that take the slow path. Deleting a meter deletes the flows that name it. A change fills the buckets and begins the statistics anew.
    /// Throws `OFError`, one of the mmfc…; nothing is changed then.
    public func apply(_ mod: MeterMod, now: Int64) throws(OFError) {
        switch mod.command {
        case .add: try addMeter(mod.config, now: now)
        case .modify: try modifyMeter(mod.config)
        case .delete: deleteMeters(mod.config.meter, now: now)
        }
    }

    /// Configurations of one meter, or of all: nil and `MeterNumber.all`. By rising number. Throws `mmfcUnknownMeter`.
    public func meterConfigs(_ id: UInt32? = nil) throws(OFError) -> [MeterConfig] { try chosenMeters(id).map(\.config) }

    /// Counters, likewise.
    public func meterStats(_ id: UInt32? = nil, now: Int64) throws(OFError) -> [MeterStatistics] {
        try chosenMeters(id).map { meter in
            let counted = ofproto.dpif.meterStats(meter.datapathID) ?? DPMeterStats()
            return MeterStatistics(
                meter: meter.config.meter, flows: UInt32(clamping: meter.users.count), packets: counted.packets, bytes: counted.bytes,
                duration: nanoseconds(from: meter.created, to: now),
                bands: meter.config.bands.indices.map { index in
                    GroupStatistics.Counter(
                        packets: index < counted.bandPackets.count ? counted.bandPackets[index] : 0,
                        bytes: index < counted.bandBytes.count ? counted.bandBytes[index] : 0)
                })
        }
    }

    /// What the datapath can do. Bands: drop alone.
    public var meterFeatures: MeterFeatures {
        let limits = ofproto.dpif.meterLimits
        return MeterFeatures(
            maximumMeters: UInt32(clamping: limits.meters), bandKinds: 1 << UInt32(MeterBand.Kind.drop.rawValue),
            capabilities: UInt32(([.kbps, .pktps, .burst, .stats] as MeterConfig.Flags).rawValue),
            maximumBands: UInt8(clamping: limits.bands), maximumColor: 0)
    }

    // MARK: Commands

    private func addMeter(_ config: MeterConfig, now: Int64) throws(OFError) {
        try checkSize(config)
        guard meters[config.meter] == nil else { throw .mmfcMeterExists }
        try checkContent(config)
        guard let number = ofproto.meterNumbers.take() else { throw .mmfcOutOfMeters }
        do throws(OFError) {
            try install(config, as: number)
        } catch {
            ofproto.meterNumbers.giveBack(number)
            throw error
        }
        meters[config.meter] = Meter(normal(config), datapathID: number, now: now)
        ofproto.noteChange()
    }

    private func modifyMeter(_ config: MeterConfig) throws(OFError) {
        try checkSize(config)
        guard let meter = meters[config.meter] else { throw .mmfcUnknownMeter }
        try checkContent(config)
        try install(config, as: meter.datapathID)
        meter.config = normal(config)
    }

    /// None to delete is no error.
    private func deleteMeters(_ id: UInt32, now: Int64) {
        let doomed = id == MeterNumber.all ? meters.values.sorted { $0.config.meter < $1.config.meter } : [meters[id]].compactMap { $0 }
        for meter in doomed {
            for rule in meter.users.all { remove(rule, reason: .meterDelete, now: now) }
            meters[meter.config.meter] = nil
            ofproto.dpif.meterDelete(meter.datapathID)
            ofproto.meterNumbers.giveBack(meter.datapathID)
        }
        if !doomed.isEmpty { ofproto.noteChange() }
    }

    /// What is wrong whatever meters there are.
    private func checkSize(_ config: MeterConfig) throws(OFError) {
        let isVirtual = config.meter == MeterNumber.controller || config.meter == MeterNumber.slowpath
        guard isVirtual || (1...MeterNumber.maximum).contains(config.meter) else { throw .mmfcInvalidMeter }
        guard config.bands.count <= ofproto.dpif.meterLimits.bands else { throw .mmfcOutOfBands }
    }

    private func checkContent(_ config: MeterConfig) throws(OFError) {
        guard config.flags.contains(.kbps) != config.flags.contains(.pktps),
            config.flags.isSubset(of: [.kbps, .pktps, .burst, .stats]) else { throw .mmfcBadFlags }
        guard !config.bands.isEmpty else { throw .mmfcOutOfBands }
        for band in config.bands {
            guard band.kind == .drop else { throw .mmfcBadBand }
            guard band.rate != 0 else { throw .mmfcBadRate }
        }
    }

    /// A burst that is not given is one second's worth.
    private func normal(_ config: MeterConfig) -> MeterConfig {
        var config = config
        for index in config.bands.indices where config.bands[index].burst == 0 { config.bands[index].burst = config.bands[index].rate }
        return config
    }

    private func install(_ config: MeterConfig, as number: UInt32) throws(OFError) {
        let bands = normal(config).bands.map { DPMeterConfig.Band(rate: $0.rate, burst: $0.burst) }
        do throws(DPIFError) {
            try ofproto.dpif.meterSet(number, DPMeterConfig(packetsPerSecond: config.flags.contains(.pktps), bands: bands))
        } catch {
            switch error.code {
            case .full, .noMemory: throw .mmfcOutOfMeters
            default: throw .mmfcUnknown
            }
        }
    }

    private func chosenMeters(_ id: UInt32?) throws(OFError) -> [Meter] {
        guard let id, id != MeterNumber.all else { return meters.values.sorted { $0.config.meter < $1.config.meter } }
        guard let meter = meters[id] else { throw .mmfcUnknownMeter }
        return [meter]
    }
}
