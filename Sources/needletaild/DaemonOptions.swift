import Foundation
import Stream
import VSwitch

/// What ovs-vswitchd(8)'s command line asks for, and what a switch from a file needs besides.
struct DaemonOptions {
    /// The configuration file of a switch without a database.
    var config: String?
    var checks = false
    /// Seconds.
    var runFor: Double?
    var warmUp = 0.0
    var report: String?

    /// Where the database is: OVSDB's active or passive connection method, ovsdb(7).
    var database = "unix:\(OVSFolder.run)/db.sock"
    private var privateKey: String?, certificate: String?, caCertificate: String?, bootstrapsCACertificate = false
    private var tlsSettings = TLSSettings()
    var detaches = false
    var monitors = false
    var changesFolder = true
    var pidfile: String?
    var overwritesPidfile = false
    var unixctl: String?
    var user: UserChange?
    var locksMemory = false
    /// The datapath is the one for tests.
    var dummy: DummyOptions? { dummyLevel.map { DummyOptions($0, numa: dummyNuma) } }
    private var dummyLevel: DummyLevel?, dummyNuma: String?
    /// What is to be printed instead of running a switch.
    var text: String?

    private static let table = [
        Option("help", short: "h"), Option("version", short: "V"), Option("mlockall"), Option("unixctl", .required),
        Option("detach"), Option("no-self-confinement"), Option("no-chdir"), Option("pidfile", .optional), Option("overwrite-pidfile"), Option("monitor"),
        Option("user", .required), Option("verbose", .optional, short: "v"), Option("log-file", .optional), Option("syslog-target", .required),
        Option("syslog-method", .required), Option("private-key", .required, short: "p"), Option("certificate", .required, short: "c"),
        Option("ca-cert", .required, short: "C"), Option("peer-ca-cert", .required), Option("bootstrap-ca-cert", .required), Option("ssl-protocols", .required),
        Option("ssl-ciphers", .required), Option("enable-dummy", .optional), Option("disable-system"), Option("disable-system-route"), Option("dpdk", .optional),
        Option("dummy-numa", .required), Option("config", .required), Option("check"), Option("run-for", .required), Option("warm-up", .required),
        Option("report", .required),
    ]
    /// What is for the database's switch alone: its keys, and the devices that its rows may name. A file names keys and devices itself.
    private static let forDatabase: Set<String> = [
        "disable-system", "disable-system-route", "no-self-confinement",
    ]

    /// Reads the command line, without the program's name. What it says about the log is done on the way, as its mistakes are told in their order.
    /// Throws `StartError` with OVS's sentence.
    init(_ arguments: [String], environment: [String: String]) throws(StartError) {
        let method = environment["OVS_SYSLOG_METHOD"] ?? ""
        try VLog.shared.setSyslog(method: method.isEmpty ? "libc" : method)
        // A command that succeeds is silent; what is said about the console below holds.
        if arguments.contains("--detach") { VLog.shared.set(.console, .warning) }
        var options = Getopt(arguments, Self.table)
        while let (name, value) = try options.next() {
            if try takeDaemon(name, value) { continue }
            if try takeLog(name, value) { continue }
            if try takeFile(name, value) { continue }
            if takeTLS(name, value ?? "") { continue }
            if try takeOther(name, value) { return }
        }
        guard options.operands.count <= 1 else { throw StartError(problems: ["at most one non-option argument accepted; use --help for usage"]) }
        if let method = options.operands.first { database = method }
    }

    private mutating func takeDaemon(_ name: String, _ value: String?) throws(StartError) -> Bool {
        switch name {
        case "detach": detaches = true
        case "monitor": monitors = true
        case "no-chdir": changesFolder = false
        case "pidfile": pidfile = OVSFolder.inRun(value ?? "\(Program.name).pid")
        case "overwrite-pidfile": overwritesPidfile = true
        case "user": user = try UserChange(value ?? "", pidfile: pidfile)
        case "mlockall": locksMemory = true
        case "unixctl": unixctl = value
        default: return false
        }
        return true
    }

    private func takeLog(_ name: String, _ value: String?) throws(StartError) -> Bool {
        switch name {
        case "verbose": if let value { try VLog.shared.set(value) } else { for each in VLog.Destination.allCases { VLog.shared.set(each, .debug) } }
        case "log-file": do { try VLog.shared.openFile(value) } catch { throw StartError(problems: []) }
        case "syslog-method": try VLog.shared.setSyslog(method: value ?? "")
        case "syslog-target": VLog.shared.setSyslog(target: value ?? "")
        default: return false
        }
        return true
    }

    private mutating func takeFile(_ name: String, _ value: String?) throws(StartError) -> Bool {
        switch name {
        case "config": config = value
        case "check": checks = true
        case "run-for": runFor = try Self.seconds(name, value)
        case "warm-up": warmUp = try Self.seconds(name, value)
        case "report": report = value
        default: return false
        }
        return true
    }

    /// What is wrong with a setting is told, and the setting stays as it was.
    private mutating func takeTLS(_ name: String, _ value: String) -> Bool {
        do throws(StreamError) {
            switch name {
            case "private-key": privateKey = value
            case "certificate": certificate = value
            case "ca-cert", "bootstrap-ca-cert": (caCertificate, bootstrapsCACertificate) = (value, name == "bootstrap-ca-cert")
            case "peer-ca-cert": try tlsSettings.setPeerCACertificate(value)
            case "ssl-protocols": try tlsSettings.setProtocols(value)
            case "ssl-ciphers": try tlsSettings.setCiphers(value)
            default: return false
            }
        } catch {
            VLog.shared.log("stream_ssl", .error, "\(error)")
        }
        return true
    }

    /// Returns true if nothing further is looked at.
    private mutating func takeOther(_ name: String, _ value: String?) throws(StartError) -> Bool {
        switch name {
        case "help": text = Self.help
        case "version": text = Program.versionLine
        case "dpdk": throw StartError(problems: ["Using --dpdk to configure DPDK is not supported."])
        case "enable-dummy":
            guard let level = DummyLevel(rawValue: value ?? "") else { throw StartError(problems: ["\(value ?? ""): unknown dummy level"]) }
            dummyLevel = level
        case "dummy-numa": dummyNuma = value
        default: precondition(Self.forDatabase.contains(name), "the option \(name) is in the table and nobody takes it")
        }
        return text != nil
    }

    /// Where the database is, and what is shown and trusted by TLS. Throws `StartError`.
    var databaseOptions: DatabaseOptions {
        get throws(StartError) {
            var files: TLSFiles?
            if let privateKey, let certificate, let caCertificate {
                files = TLSFiles(privateKey: privateKey, certificate: certificate, caCertificate: caCertificate, bootstrapCACertificate: bootstrapsCACertificate,
                    settings: tlsSettings)
            }
            return try DatabaseOptions(database, tls: files, tlsSettings: tlsSettings)
        }
    }

    private static func seconds(_ name: String, _ value: String?) throws(StartError) -> Double {
        guard let seconds = value.flatMap({ Double($0) }), seconds >= 0, seconds <= 1e6 else {
            throw StartError(problems: ["--\(name): a time in seconds is from 0 to 1000000"])
        }
        return seconds
    }

    /// Lets files be found after the process's folder has changed.
    mutating func makeAbsolute() {
        let folder = FileManager.default.currentDirectoryPath
        func absolute(_ path: String?) -> String? { path.map { $0.hasPrefix("/") ? $0 : "\(folder)/\($0)" } }
        config = absolute(config)
        report = absolute(report)
        privateKey = absolute(privateKey)
        certificate = absolute(certificate)
        caCertificate = absolute(caCertificate)
    }
}
