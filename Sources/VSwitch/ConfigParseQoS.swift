import Datapath
import Yams

/// How a port is policed: tables QoS and Queue, and ingress policing of table Interface (ovs-vswitchd.conf.db(5)).
extension ConfigParser {
    private static let rateKeys = ["cir", "cbs", "eir", "ebs"]

    /// The keys `qos` and `policing` of a port. False: it is another one.
    func police(_ key: String, _ value: Node, of port: inout PortConfig) throws(ConfigError) -> Bool {
        switch key {
        case "qos": try qos(value, of: &port)
        case "policing": port.policing = try policing(value)
        default: return false
        }
        return true
    }

    private func qos(_ node: Node, of port: inout PortConfig) throws(ConfigError) {
        let entries = try reader.entries(node, expected: "a mapping with the key type")
        guard let type = entries.first(where: { $0.key.value == "type" }) else { throw reader.error(node, expected: "the key type", found: "none") }
        let kind = try reader.choice(type.value, PolicerType.self)
        let keys = ["type"] + (kind == .egressPolicer ? ["cir", "cbs"] : Self.rateKeys + ["queues"])
        var rates = DPRates(), queues: [Queue] = []
        for entry in entries {
            guard keys.contains(entry.key.value) else { throw reader.unknown(entry.key, keys) }
            if entry.key.value == "queues" { queues = try self.queues(entry.value) } else { try set(entry, of: &rates) }
        }
        let wanted = Dictionary(queues.map { ($0.number, $0.rates ?? rates) }, uniquingKeysWith: { $1 })
        let qos: DPEgressQoS = kind == .egressPolicer
            ? .egressPolicer(cir: rates.cir, cbs: rates.cbs) : .trtcmPolicer(rates, queues: wanted.merging([0: rates]) { own, _ in own })
        guard qos.isValid else { throw reader.error(node, expected: "rates with burst sizes that are not 0", found: "a rate without one") }
        port.qos = qos
        for queue in queues { port.queueDSCP[queue.number] = queue.dscp }
    }

    private enum PolicerType: String, CaseIterable {
        case egressPolicer = "egress-policer", trtcmPolicer = "trtcm-policer"
    }

    private struct Queue {
        var number: UInt32
        /// nil: the port's.
        var rates: DPRates?
        var dscp: UInt8?
    }

    private func queues(_ node: Node) throws(ConfigError) -> [Queue] {
        var queues: [Queue] = []
        for entry in try reader.entries(node, expected: "a mapping of queues by number") {
            guard let number = UInt32(entry.key.value), !queues.contains(where: { $0.number == number }) else {
                throw reader.error(entry.key, expected: "a queue's number, each once", found: quote(entry.key.value))
            }
            guard queues.count < Limits.queues else { throw reader.error(entry.key, expected: "at most \(Limits.queues) queues", found: "one more") }
            var queue = Queue(number: number)
            for entry in try reader.entries(entry.value, expected: "a mapping of the queue's settings") {
                if entry.key.value == "dscp" {
                    queue.dscp = UInt8(try reader.integer(entry.value, in: 0...63))
                } else {
                    guard Self.rateKeys.contains(entry.key.value) else { throw reader.unknown(entry.key, Self.rateKeys + ["dscp"]) }
                    var rates = queue.rates ?? DPRates()
                    try set(entry, of: &rates)
                    queue.rates = rates
                }
            }
            queues.append(queue)
        }
        return queues
    }

    private func set(_ entry: ConfigReader.Entry, of rates: inout DPRates) throws(ConfigError) {
        func number() throws(ConfigError) -> UInt64 { UInt64(try reader.integer(entry.value, in: 0...Int.max)) }
        switch entry.key.value {
        case "cir": rates.cir = try number()
        case "cbs": rates.cbs = try number()
        case "eir": rates.eir = try number()
        case "ebs": rates.ebs = try number()
        default: break  // "type" has been read.
        }
    }

    private func policing(_ node: Node) throws(ConfigError) -> DPPolicing {
        var policing = DPPolicing()
        for entry in try reader.entries(node, expected: "a mapping with rate or kpkts-rate") {
            func number() throws(ConfigError) -> UInt32 { UInt32(try reader.integer(entry.value, in: 1...Int(UInt32.max))) }
            switch entry.key.value {
            case "rate": policing.rate = try number()
            case "burst": policing.burst = try number()
            case "kpkts-rate": policing.packetRate = try number()
            case "kpkts-burst": policing.packetBurst = try number()
            default: throw reader.unknown(entry.key, ["rate", "burst", "kpkts-rate", "kpkts-burst"])
            }
        }
        guard policing.rate != 0 || policing.packetRate != 0 else { throw reader.error(node, expected: "rate or kpkts-rate", found: "neither") }
        return policing
    }
}
