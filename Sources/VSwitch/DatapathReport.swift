import Datapath
import OVSDB

/// A datapath as `dpctl/show` shows it.
struct DatapathReport: CommandValue {
    let name: String
    let lookups: (hits: UInt64, missed: UInt64, lost: UInt64)
    let flows: Int
    let ports: [DatapathPort]

    var text: String {
        "\(name):\n  lookups: hit:\(lookups.hits) missed:\(lookups.missed) lost:\(lookups.lost)\n  flows: \(flows)\n" + ports.map(\.text).joined()
    }
    var json: JSON {
        let lookups: JSON = ["hits": JSON(lookups.hits), "missed": JSON(lookups.missed), "lost": JSON(lookups.lost)]
        return ["lookups": lookups, "flows": JSON(flows), "ports": JSON(named: ports.map { ($0.info.name, $0.json) })]
    }
}

/// A port of the datapath.
struct DatapathPort: CommandValue {
    let info: DPPortInfo
    let device: DeviceReport
    /// nil: they were not asked for.
    let statistics: PortStatistics?

    /// What has no type of its own stands without one.
    var text: String { "  port \(info.port.number): \(info.name)\(info.type == "system" ? "" : " " + device.text)\n\(statistics?.text ?? "")" }
    var json: JSON {
        JSON(members: [
            "port-number": JSON(info.port.number), "type": JSON(device.type), "config": device.configuration, "statistics": statistics?.json,
        ])
    }
}

/// The class that opened a device, and its settings: "(dpdk: configured_rx_queues=1, mtu=1500)".
struct DeviceReport {
    let type: String
    var settings: [(name: String, value: String)] = []

    var text: String { "(\(type)\(settings.isEmpty ? "" : ": ")\(settings.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")))" }
    /// nil: there is none.
    var configuration: JSON? { settings.isEmpty ? nil : JSON(named: settings.map { ($0.name, Int($0.value).map { JSON($0) } ?? JSON($0.value)) }) }
}

/// A port's counters as `dpctl/show -s` shows them.
struct PortStatistics: CommandValue {
    let counters: DPPortStats
    /// What the device itself counts; nil: nobody does.
    var rxErrors: UInt64?
    var rxDropped: UInt64?
    var txErrors: UInt64?
    var txDropped: UInt64?

    var text: String {
        func number(_ value: UInt64?) -> String { value.map { "\($0)" } ?? "?" }
        return """
                RX packets:\(counters.rxPackets) errors:\(number(rxErrors)) dropped:\(number(rxDropped)) overruns:? frame:?
                TX packets:\(counters.txPackets) errors:\(number(txErrors)) dropped:\(number(txDropped)) aborted:? carrier:?
                collisions:?
                RX bytes:\(byteCount(counters.rxBytes))  TX bytes:\(byteCount(counters.txBytes))

            """
    }
    var json: JSON {
        func side(_ packets: UInt64, _ bytes: UInt64, _ errors: UInt64?, _ dropped: UInt64?) -> JSON {
            JSON(members: ["packets": JSON(packets), "bytes": JSON(bytes), "errors": errors.map { JSON($0) }, "dropped": dropped.map { JSON($0) }])
        }
        return ["rx": side(counters.rxPackets, counters.rxBytes, rxErrors, rxDropped), "tx": side(counters.txPackets, counters.txBytes, txErrors, txDropped)]
    }
}

/// "472", and from 1024 on "4096 (4.0 KiB)".
func byteCount(_ bytes: UInt64) -> String {
    let units = [(1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")]
    guard let (size, unit) = units.first(where: { bytes >= UInt64($0.0) }) else { return "\(bytes)" }
    return "\(bytes) (\(LiveTable.fixed(Double(bytes) / Double(size), 1)) \(unit))"
}
