import CDPDK
import Logging
import Synchronization

/// What DPDK logs, as lines of the logger "dpdk": errors and warnings at level debug, the rest at trace. An operator is told what went wrong
/// once, by the error that names the port; what EAL and the drivers write about it is for those who look into it.
enum DPDKLog {
    private static let log = Logger(label: "dpdk")
    /// While somebody wants to know: the first error since then.
    private static let reason = Mutex<(wanted: Bool, text: String?)>((false, nil))

    /// Takes over DPDK's log. Before EAL starts: its first messages come from there.
    static func open() {
        // Without a stream of ours DPDK writes to standard error, as before.
        _ = unsafe nt_log_to { text, length, level in
            guard let text = unsafe text else { return }
            let bytes = unsafe UnsafeRawBufferPointer(start: text, count: length)
            DPDKLog.take(unsafe String(decoding: bytes, as: UTF8.self), level: level)
        }
    }

    /// - Parameter level: DPDK's, from 1 (emergency) to 8 (debug); 4 is an error, 5 a warning.
    private static func take(_ text: String, level: UInt32) {
        for line in text.split(whereSeparator: \.isNewline) {
            log.log(level: level <= RTE_LOG_WARNING ? .debug : .trace, "\(line)")
            guard level <= RTE_LOG_ERR else { continue }
            reason.withLock { if $0.wanted && $0.text == nil { $0.text = String(line) } }
        }
    }

    /// Does something, and returns what DPDK complained of first meanwhile; nil: of nothing, or its log is not taken over.
    static func firstError(of body: () -> Void) -> String? {
        reason.withLock { reason in reason = (true, nil) }
        body()
        return reason.withLock { reason in
            defer { reason = (false, nil) }
            return reason.text
        }
    }
}
