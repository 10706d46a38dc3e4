/// A port's request with its options read and checked. Text in, numbers out.
struct NetdevSettings: Equatable {
    var mtu: Int
    var rxQueues: Int
    var txQueues: Int
    var rxDescriptors: Int
    var txDescriptors: Int

    /// - Throws: `invalid`, naming the interface, the option and its value.
    init(_ request: NetdevRequest) throws(NetdevError) {
        let defaults = NetdevSettings.defaults
        mtu = try Self.check(request.name, "mtu_request", request.shape.mtu ?? defaults.mtu, Limits.mtu)
        rxQueues = try Self.number(request, "n_rxq", request.shape.rxQueues, defaults.rxQueues, 1...Limits.queues)
        txQueues = try Self.number(request, "n_txq", request.shape.txQueues, defaults.txQueues, 1...Limits.queues)
        rxDescriptors = try Self.descriptors(request, "n_rxq_desc")
        txDescriptors = try Self.descriptors(request, "n_txq_desc")
    }

    private init(mtu: Int, queues: Int, descriptors: Int) {
        self.mtu = mtu
        rxQueues = queues
        txQueues = queues
        rxDescriptors = descriptors
        txDescriptors = descriptors
    }
    static let defaults = NetdevSettings(mtu: 1500, queues: 1, descriptors: Limits.defaultDescriptors)

    /// The settings with the changes of `shape`.
    func changed(_ name: String, by shape: NetdevShape) throws(NetdevError) -> NetdevSettings {
        var new = self
        if let mtu = shape.mtu { new.mtu = try Self.check(name, "mtu_request", mtu, Limits.mtu) }
        if let queues = shape.rxQueues { new.rxQueues = try Self.check(name, "n_rxq", queues, 1...Limits.queues) }
        if let queues = shape.txQueues { new.txQueues = try Self.check(name, "n_txq", queues, 1...Limits.queues) }
        return new
    }

    private static func number(
        _ request: NetdevRequest, _ option: String, _ wanted: Int?, _ fallback: Int, _ range: ClosedRange<Int>
    ) throws(NetdevError) -> Int {
        if let wanted { return try check(request.name, option, wanted, range) }
        guard let text = request.options[option] else { return fallback }
        guard let value = Int(text) else {
            throw NetdevError(.invalid, "\(request.name): '\(text)' is not a valid \(option)")
        }
        return try check(request.name, option, value, range)
    }

    private static func descriptors(_ request: NetdevRequest, _ option: String) throws(NetdevError) -> Int {
        let count = try number(request, option, nil, defaults.rxDescriptors, Limits.descriptors)
        // ovs-vswitchd.conf.db(5): a power of 2.
        guard count & (count - 1) == 0 else {
            throw NetdevError(.invalid, "\(request.name): \(option) \(count) is not a power of 2")
        }
        return count
    }

    private static func check(
        _ name: String, _ option: String, _ value: Int, _ range: ClosedRange<Int>
    ) throws(NetdevError) -> Int {
        guard range.contains(value) else {
            throw NetdevError(.invalid, "\(name): \(option) \(value) is out of range \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}
