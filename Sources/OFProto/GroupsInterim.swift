import OpenFlow
struct GroupSnapshot {}
extension Bridge {
    var groupSnapshot: GroupSnapshot { GroupSnapshot() }
    func restore(_ s: GroupSnapshot) {}
    func apply(_ mod: GroupMod, version: OFVersion, now: Int64) throws(OFError) {}
    func apply(_ mod: MeterMod, now: Int64) throws(OFError) {}
    func groupStats(_ g: UInt32, now: Int64) -> [GroupStatistics] { [] }
    func groupDescriptions(_ g: UInt32) -> [GroupDescription] { [] }
    var groupFeatures: GroupFeatures { GroupFeatures(kinds: 0, capabilities: 0, maximums: [0,0,0,0], actions: [0,0,0,0]) }
    func meterStats(_ m: UInt32, now: Int64) throws(OFError) -> [MeterStatistics] { [] }
    func meterConfigs(_ m: UInt32) throws(OFError) -> [MeterConfig] { [] }
    var meterFeatures: MeterFeatures { MeterFeatures(maximumMeters: 0, bandKinds: 0, capabilities: 0, maximumBands: 0, maximumColor: 0) }
}
