import Datapath
import OVSDB

/// Tables QoS and Queue, and the policing of table Interface.
extension RowsReader {
    /// What a port's QoS asks of one of its interfaces. What the interface cannot do is told and left out; packets have their queues' DSCP in any case.
    mutating func qos(_ row: Row, _ port: inout PortConfig) {
        guard let type = row.string("type"), !type.isEmpty else { return }
        var queues: [(number: UInt32, row: Row)] = []
        for (number, uuid) in row.uuidMap("queues").sorted(by: { $0.key < $1.key }) {
            guard let number = UInt32(exactly: number), let queue = replica.row("Queue", uuid) else { continue }
            queues.append((number, queue))
            if let dscp = queue.int("dscp"), (0...63).contains(dscp) { port.queueDSCP[number] = UInt8(dscp) }
        }
        switch port.kind {
        case .dpdk, .dpdkvhostuserclient: port.qos = egressQoS(row, type, queues, port)
        case .system, .internal, .tap:
            if type != QoSType.noop.rawValue { tell(.warning, "netdev_linux", failure(type, port, "Operation not supported")) }
        case .patch, .dummy, .dummyInternal, .dummyPMD: tell(.information, "netdev", failure(type, port, "Operation not supported"))
        }
    }

    private func failure(_ type: String, _ port: PortConfig, _ reason: String) -> String { "Failed to set QoS type \(type) on port \(port.name): \(reason)" }

    private mutating func egressQoS(_ row: Row, _ type: String, _ queues: [(number: UInt32, row: Row)], _ port: PortConfig) -> DPEgressQoS? {
        let rates = DPRates(RowSettings(row))
        let qos: DPEgressQoS
        switch QoSType(rawValue: type) {
        case .egressPolicer: qos = .egressPolicer(cir: rates.cir, cbs: rates.cbs)
        case .trtcmPolicer: qos = .trtcmPolicer(rates, queues: rates.isMarker ? policed(queues, rates, port) : [:])
        case .noop, nil:
            tell(.error, "netdev_dpdk", failure(type, port, "Operation not supported"))
            return nil
        }
        guard qos.isValid else {
            tell(.error, "netdev_dpdk", failure(type, port, "Invalid argument"))
            return nil
        }
        return qos
    }

    /// The queues of a port that can be, the default queue among them: if nothing is said of it, it has the port's rates.
    private mutating func policed(_ queues: [(number: UInt32, row: Row)], _ rates: DPRates, _ port: PortConfig) -> [UInt32: DPRates] {
        var result: [UInt32: DPRates] = [0: rates]
        for (number, row) in queues where number != 0 || !row.map("other_config").isEmpty {
            let own = DPRates(RowSettings(row))
            result[number] = own.isMarker ? own : nil
            if !own.isMarker { tell(.error, "netdev_dpdk", "Failed to set QoS queue \(number) on port \(port.name): Invalid argument") }
        }
        return result
    }

    /// The columns ingress_policing_*; nil: what comes in is not policed.
    func policing(_ row: Row) -> DPPolicing? {
        func number(_ column: String) -> UInt32 { UInt32(clamping: row.int(column) ?? 0) }
        let policing = DPPolicing(
            rate: number("ingress_policing_rate"), burst: number("ingress_policing_burst"), packetRate: number("ingress_policing_kpkts_rate"),
            packetBurst: number("ingress_policing_kpkts_burst"))
        return policing.rate == 0 && policing.packetRate == 0 ? nil : policing
    }
}

/// The types of QoS that there are (QoS.type).
enum QoSType: String {
    case egressPolicer = "egress-policer"
    case trtcmPolicer = "trtcm-policer"
    /// Nothing is done.
    case noop = "linux-noop"
}

extension DPRates {
    /// What cannot be read is 0.
    fileprivate init(_ settings: RowSettings) {
        func number(_ key: String) -> UInt64 { UInt64(settings.long(key) ?? 0) }
        self.init(cir: number("cir"), cbs: number("cbs"), eir: number("eir"), ebs: number("ebs"))
    }
}
