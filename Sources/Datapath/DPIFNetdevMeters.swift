import CDPDK

extension DPIFNetdev {
    public func meterSet(_ meter: UInt32, _ config: DPMeterConfig) throws(DPIFError) {
        try meters.set(meter, config, now: cycles)
    }

    public func meterStats(_ meter: UInt32) -> DPMeterStats? { meters.stats(meter) }

    public func meterDelete(_ meter: UInt32) { meters.delete(meter) }

    public var meterLimits: (meters: Int, bands: Int) { (meters.capacity, MeterTable.maxBands) }
}
