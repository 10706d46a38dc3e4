import CDaemon
import Foundation
import Synchronization

/// What the process is called.
public enum Program {
    /// The name by which it was started, without the folder: messages begin with it, and the files that OVS's tools look for have it. A link named
    /// ovs-vswitchd makes the daemon ovs-vswitchd for all of them.
    public static let name = CommandLine.arguments.first.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "needletaild"
    /// The process's part beside others of the program: "monitor"; "" for the only one, or the first.
    public static var part: String {
        get { parts.withLock { $0 } }
        set { parts.withLock { $0 = newValue } }
    }
    private static let parts = Mutex("")
    /// "needletaild (Needletail) 0.1.0": what scripts read has the version as its last word. As ovs-vswitchd that is the version of Open vSwitch whose commands
    /// and database it has, for ovs-ctl(8) takes it for that: "ovs-vswitchd (Needletail 0.1.0 as Open vSwitch) 3.1.0".
    public static var versionLine: String {
        name == "ovs-vswitchd" ? "\(name) (Needletail \(softwareVersion) as Open vSwitch) \(openVSwitchVersion)" : "\(name) (Needletail) \(softwareVersion)"
    }

    /// The part, or another thread's name; "" for the main thread of the only part.
    static var threadName: String {
        guard !Thread.isMainThread else { return part }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            unsafe nt_thread_name(start)
            return unsafe String(cString: start)
        }
    }
}

/// The folders of OVS's files: environment(7)'s variable, or Debian's place.
public enum OVSFolder {
    /// Sockets and pid files.
    public static var run: String { path("OVS_RUNDIR", "/var/run/openvswitch") }
    /// Log files.
    public static var log: String { path("OVS_LOGDIR", "/var/log/openvswitch") }

    private static func path(_ variable: String, _ standard: String) -> String {
        guard let folder = ProcessInfo.processInfo.environment[variable], !folder.isEmpty else { return standard }
        return folder
    }

    /// A file's path: as it is if it begins with "/", else in the folder for sockets and pid files.
    public static func inRun(_ file: String) -> String { file.hasPrefix("/") ? file : "\(run)/\(file)" }
}

/// What errno(3)'s number means; also of a negated one.
public func errorText(_ number: Int32) -> String { unsafe String(cString: strerror(abs(number))) }
