extension DPIFNetdev { 
    public func meterSet(_ meter: UInt32, _ config: DPMeterConfig) throws(DPIFError) {}
    public func meterStats(_ meter: UInt32) -> DPMeterStats? { nil }
    public func meterDelete(_ meter: UInt32) {}
}
