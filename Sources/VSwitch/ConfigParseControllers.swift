import OFProto
import OpenFlow
import Stream
import Yams

extension ConfigParser {
    /// The controllers of a bridge: targets, or mappings with a target.
    func controllers(_ node: Node) throws(ConfigError) -> [ControllerConfig] {
        var controllers: [ControllerConfig] = []
        for element in try reader.list(node, of: "controllers", atMost: Limits.controllers) {
            let controller = try controller(element)
            guard !controllers.contains(where: { $0.target == controller.target }) else {
                throw reader.error(element, expected: "each controller once", found: "\(controller.target) again")
            }
            controllers.append(controller)
        }
        return controllers
    }

    private static let controllerKeys = ["target", "max-backoff", "inactivity-probe", "rate-limit", "burst-limit"]

    private func controller(_ node: Node) throws(ConfigError) -> ControllerConfig {
        if case .scalar = node { return ControllerConfig(target: try target(node)) }
        let entries = try reader.entries(node, expected: "a controller such as tcp:192.0.2.1:6653")
        guard let place = entries.first(where: { $0.key.value == "target" }) else {
            throw reader.error(node, expected: "a controller with the key target")
        }
        var controller = ControllerConfig(target: try target(place.value))
        for entry in entries {
            let value = entry.value
            switch entry.key.value {
            case "target": break
            case "max-backoff":
                controller.maxBackoff = Int64(try reader.quantity(value, units: Self.milliseconds, in: 1_000...3_600_000, expected: "a time from 1s to 1h such as 8s"))
            case "inactivity-probe":
                controller.inactivityProbe = Int64(try reader.quantity(value, units: Self.milliseconds, in: 0...3_600_000, expected: "a time up to 1h such as 5s"))
            case "rate-limit": controller.packetIns.rate = try reader.integer(value, in: 100...1_000_000, what: "packets a second")
            case "burst-limit": controller.packetIns.burst = try reader.integer(value, in: 25...1_000_000, what: "packets")
            default: throw reader.unknown(entry.key, Self.controllerKeys)
            }
        }
        return controller
    }

    private func target(_ node: Node) throws(ConfigError) -> ConnectionMethod {
        let expected = "a controller such as tcp:192.0.2.1:6653"
        let text = try reader.string(node, expected: expected)
        do {
            return try ConnectionMethod(text, defaultPort: ControllerConfig.defaultPort)
        } catch {
            throw reader.error(node, expected: expected, found: error.description)
        }
    }

    /// The versions that controllers may speak, by their names in column Bridge.protocols.
    func protocols(_ node: Node) throws(ConfigError) -> OFVersions {
        var versions: OFVersions = []
        for element in try reader.list(node, of: "versions", atMost: OFVersion.allCases.count) {
            let expected = "one of " + OFVersion.allCases.map(\.name).joined(separator: ", ")
            guard let version = OFVersion(name: try reader.string(element, expected: expected)) else { throw reader.error(element, expected: expected) }
            versions.formUnion(OFVersions(version))
        }
        guard !versions.isEmpty else { throw reader.error(node, expected: "at least one version", found: "none") }
        return versions
    }

    /// 16 hexadecimal digits.
    func datapathID(_ node: Node) throws(ConfigError) -> UInt64 {
        let expected = "a datapath ID of 16 hexadecimal digits, not all zero"
        let text = try reader.string(node, expected: expected)
        guard text.utf8.count == 16, text.allSatisfy(\.isHexDigit), let number = UInt64(text, radix: 16), number != 0 else {
            throw reader.error(node, expected: expected)
        }
        return number
    }

    private static let tableKeys = ["name", "flow-limit", "overflow-policy", "groups"]
    private enum OverflowPolicy: String, CaseIterable { case refuse, evict }

    /// Settings of tables by number: those of Flow_Table (ovs-vswitchd.conf.db(5)).
    func tables(_ node: Node) throws(ConfigError) -> [UInt8: TableConfig] {
        var tables: [UInt8: TableConfig] = [:]
        for entry in try reader.entries(node, expected: "a mapping of tables by number") {
            guard let number = UInt8(entry.key.value), number < 254, tables[number] == nil else {
                throw reader.error(entry.key, expected: "a table from 0 to 253, once", found: quote(entry.key.value))
            }
            tables[number] = try table(entry.value)
        }
        return tables
    }

    private func table(_ node: Node) throws(ConfigError) -> TableConfig {
        var table = TableConfig()
        for entry in try reader.entries(node, expected: "a mapping of the table's settings") {
            switch entry.key.value {
            case "name": table.name = try reader.string(entry.value, expected: "a table's name")
            case "flow-limit": table.maximum = try reader.integer(entry.value, in: 0...Limits.flows, what: "flows")
            case "overflow-policy": table.evicts = try reader.choice(entry.value, OverflowPolicy.self) == .evict
            case "groups":
                for element in try reader.list(entry.value, of: "fields", atMost: 64) {
                    let text = try reader.string(element, expected: "a field such as NXM_OF_IN_PORT[]")
                    guard let range = FieldRange(text: text) else { throw reader.error(element, expected: "a field such as NXM_OF_IN_PORT[]") }
                    table.evictionFields.append(range)
                }
            default: throw reader.unknown(entry.key, Self.tableKeys)
            }
        }
        return table
    }

    private static let sslKeys = ["private-key", "certificate", "ca-cert", "bootstrap-ca-cert"]

    /// What the switch shows and trusts by TLS.
    func tls(_ node: Node) throws(ConfigError) -> TLSFiles {
        var paths: [String: String] = [:]
        var bootstraps = false
        for entry in try reader.entries(node, expected: "a mapping with private-key, certificate and ca-cert") {
            switch entry.key.value {
            case "private-key", "certificate", "ca-cert": 
                paths[entry.key.value] = resolvedPath(try reader.string(entry.value, expected: "a file's name"), folder: folder)
            case "bootstrap-ca-cert": bootstraps = try reader.bool(entry.value)
            default: throw reader.unknown(entry.key, Self.sslKeys)
            }
        }
        guard let key = paths["private-key"], let certificate = paths["certificate"], let authority = paths["ca-cert"] else {
            throw reader.error(node, expected: "the keys private-key, certificate and ca-cert")
        }
        return TLSFiles(privateKey: key, certificate: certificate, caCertificate: authority, bootstrapCACertificate: bootstraps)
    }
}
