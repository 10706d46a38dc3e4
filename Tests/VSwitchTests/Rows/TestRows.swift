import Foundation
import Testing
@testable import OVSDB
@testable import VSwitch

/// Rows of a database with the schema of Open vSwitch, made in memory.
struct TestRows {
    private static let types: Result<[String: [String: ColumnType]], any Error> = Result {
        var parser = JSONParser(), schema: JSON?
        for byte in try Data(contentsOf: URL(fileURLWithPath: "/usr/share/openvswitch/vswitch.ovsschema")) {
            if let value = try parser.take(byte) { schema = value }
        }
        return MonitorWish.everything.granted(by: try DatabaseSchema(try #require(schema)))
    }
    private var rows: [RowUUID: (table: String, columns: [String: Datum])] = [:]
    private var count: UInt64 = 0

    /// What rows without any setting ask of a datapath.
    static let plainDatapath: DatapathConfig = {
        var config = DatapathConfig()
        config.interfacesLast = true
        return config
    }()

    /// Adds a row, or gives one that is there other columns.
    @discardableResult mutating func add(_ table: String, _ columns: [String: Datum]) -> RowUUID {
        count += 1
        let uuid = RowUUID(high: 0, low: count)
        rows[uuid] = (table, columns)
        return uuid
    }

    subscript(row: RowUUID, column: String) -> Datum? {
        get { rows[row]?.columns[column] }
        set { rows[row]?.columns[column] = newValue }
    }

    /// A port with one interface of its name.
    @discardableResult mutating func port(
        _ name: String, _ type: String = "dummy", port: [String: Datum] = [:], interface: [String: Datum] = [:]
    ) -> RowUUID {
        let interface = add("Interface", ["name": .string(name), "type": .string(type)].merging(interface) { $1 })
        return add("Port", ["name": .string(name), "interfaces": .uuid(interface)].merging(port) { $1 })
    }

    /// A bridge of datapath type dummy.
    @discardableResult mutating func bridge(_ name: String, _ ports: [RowUUID] = [], _ columns: [String: Datum] = [:]) -> RowUUID {
        add("Bridge", ["name": .string(name), "datapath_type": .string("dummy"), "ports": .uuids(ports)].merging(columns) { $1 })
    }

    func replica() throws -> Replica {
        var replica = Replica()
        replica.setTables(try Self.types.get())
        try replica.apply(rows.map { RowUpdate(table: $1.table, uuid: $0, change: .insert($1.columns.mapValues(\.json))) })
        return replica
    }

    /// The configuration, and the problems as "module|LEVEL|text".
    func config(_ numbers: inout PortNumbers) throws -> RowsConfig {
        RowsConfig(try replica(), numbers: &numbers, runFolder: "/run/test") { ["dummy", "netdev"].contains($0) }
    }
    func config() throws -> RowsConfig {
        var numbers = PortNumbers()
        return try config(&numbers)
    }

    /// A database of one row Open_vSwitch with all bridges that were added.
    func rooted(_ columns: [String: Datum] = [:]) -> TestRows {
        var copy = self
        copy.add("Open_vSwitch", ["bridges": .uuids(rows.filter { $0.value.table == "Bridge" }.keys)].merging(columns) { $1 })
        return copy
    }
}

extension RowsConfig {
    /// The problems as they stand in a log: "module|LEVEL|text".
    var lines: [String] { problems.map { "\($0.module)|\($0.level.name)|\($0.text)" } }
    func port(_ name: String) -> PortConfig? { config.bridges.lazy.flatMap(\.ports).first { $0.name == name } }
}
