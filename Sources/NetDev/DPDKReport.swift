import CDPDK
import Glibc

/// What DPDK tells of itself, in its own words. Only while EAL runs.
public enum DPDKReport {
    /// Memory by heap; lcores; levels of the log; all mempools.
    case memory, lcores, log, mempools
    case mempool(Mempool)

    public var text: String {
        let bytes: UnsafeMutablePointer<CChar>? = switch self {
        case .memory: unsafe nt_report(NT_REPORT_MEMORY)
        case .lcores: unsafe nt_report(NT_REPORT_LCORES)
        case .log: unsafe nt_report(NT_REPORT_LOG)
        case .mempools: unsafe nt_report(NT_REPORT_MEMPOOLS)
        case .mempool(let pool): unsafe nt_report_mempool(pool.raw)
        }
        guard let bytes = unsafe bytes else { return "" }
        defer { unsafe free(bytes) }
        return unsafe String(cString: bytes)
    }

    /// The levels of DPDK's log, in the order of their numbers, which begin with 1.
    public static let levels = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"]

    /// Lets the parts of DPDK that match the pattern (fnmatch(3)) log what is at least at one of `levels`. False: DPDK refuses it.
    public static func setLogLevel(_ pattern: String, _ level: String) -> Bool {
        guard let index = levels.firstIndex(of: level) else { return false }
        // The pattern is copied.
        return unsafe nt_set_log_level(pattern, UInt32(index + 1)) == 0
    }
}
