import OVSDB
import Stream
import Wire

/// What the rows of a database (ovs-vswitchd.conf.db(5)) ask for. Made by `RowsReader`; a passive value.
///
/// What is wrong with a row is told and left out, or has its default; everything else counts, as with ovs-vswitchd.
public struct RowsConfig: Equatable, Sendable {
    public var config = SwitchConfig()
    /// In the order in which rows were read. Each is told again with every reading while it lasts; it is for whoever logs to leave out what he has logged.
    public var problems: [RowProblem] = []
    /// Where results are written back.
    public var rows = RowNames()

    /// - Parameters:
    ///   - numbers: the numbers that ports have; they are brought up to date.
    ///   - runFolder: where the sockets of controllers may be; nil: "/var/run/openvswitch".
    ///   - mayWaitForFlows: other_config:flow-restore-wait counts, as it does from the start until it has once been false.
    ///   - tls: for controllers, if there is no row of table SSL.
    ///   - tlsSettings: how TLS is spoken with the files of such a row.
    ///   - supports: true for a type of datapath (`Bridge.datapath_type`) that there is.
    public init(
        _ replica: Replica, numbers: inout PortNumbers, runFolder: String? = nil, mayWaitForFlows: Bool = true, tls: TLSFiles? = nil,
        tlsSettings: TLSSettings = TLSSettings(), supports: (String) -> Bool
    ) {
        var reader = RowsReader(
            replica: replica, runFolder: runFolder ?? "/var/run/openvswitch", mayWaitForFlows: mayWaitForFlows, tls: tls, tlsSettings: tlsSettings)
        reader.read(&numbers, supports)
        self = reader.result
    }

    init() {}
}

/// A line for the log.
public struct RowProblem: Hashable, Sendable {
    public var level: LogLevel
    /// The module of ovs-vswitchd that says it: "bridge", "netdev", …
    public var module: String
    public var text: String
}

/// The rows that a configuration was made of, by the names in it.
public struct RowNames: Equatable, Sendable {
    /// What is named within a bridge.
    public struct InBridge: Hashable, Sendable {
        public var bridge: String, name: String
    }
    /// The row of Open_vSwitch; nil: there is none, and nothing is configured.
    public var openVSwitch: RowUUID?
    public var bridges: [String: RowUUID] = [:]
    /// Bonds and single interfaces, each with what ovs-vsctl calls a port.
    public var ports: [String: RowUUID] = [:]
    public var interfaces: [String: RowUUID] = [:]
    /// By the bridge and the target as `ConnectionMethod` prints it.
    public var controllers: [InBridge: RowUUID] = [:]
    public var mirrors: [InBridge: RowUUID] = [:]
    /// What is to stand in `Interface.error` of interfaces that are refused: their `ofport` is -1. By their names.
    public var errors: [String: String] = [:]
}

/// One reading of a replica.
struct RowsReader {
    let replica: Replica
    let runFolder: String
    let mayWaitForFlows: Bool
    let tls: TLSFiles?
    let tlsSettings: TLSSettings
    var result = RowsConfig()
    /// The bridge that has an interface, by the interface's name. Each bridge has one of its own name.
    var owners: [String: String] = [:]
    /// What holds for all ports of the class dpdkvhostuserclient.
    var vhostOptions: [String: String] = [:]
    /// There are interfaces of DPDK's types.
    var hasDPDK = false

    init(replica: Replica, runFolder: String, mayWaitForFlows: Bool, tls: TLSFiles?, tlsSettings: TLSSettings) {
        (self.replica, self.runFolder, self.mayWaitForFlows, self.tls, self.tlsSettings) = (replica, runFolder, mayWaitForFlows, tls, tlsSettings)
    }

    mutating func tell(_ level: LogLevel, _ module: String, _ text: String) {
        result.problems.append(RowProblem(level: level, module: module, text: text))
    }

    /// Tells of those settings that are there and change nothing.
    mutating func tellWithoutEffect(_ settings: RowSettings, _ keys: [String], _ subject: String, column: String = "other_config") {
        for key in keys where settings[key] != nil { tell(.information, "bridge", "\(subject): \(column):\(key) has no effect") }
    }

    mutating func read(_ numbers: inout PortNumbers, _ supports: (String) -> Bool) {
        guard let root = replica.rows("Open_vSwitch").first else { return numbers.keep([]) }
        result.rows.openVSwitch = root.uuid
        datapath(root)
        readTLS(root)
        let bridges = replica.referenced(by: root, "bridges").rows.sorted { ($0.string("name") ?? "") < ($1.string("name") ?? "") }
        for name in bridges.compactMap({ $0.string("name") }) { owners[name] = name }
        for row in bridges {
            guard let bridge = bridge(row, &numbers, supports) else { continue }
            result.rows.bridges[bridge.name] = row.uuid
            result.config.bridges.append(bridge)
        }
        numbers.keep(Set(result.config.bridges.map(\.name)))
    }
}
