import Flow
import OpenFlow
import Wire

/// fin_timeout (ovs-actions(7)): a flow is given less time once one of its connections ends.
extension Translator {
    func finTimeout(_ timeout: FinTimeout, bridge: Bridge) {
        guard isIP else { return }
        wildcards.key.l0.nwProto = .max
        guard flow.key.l0.nwProto == IPProtocol.tcp, let rule else { return }
        if learns { bridge.shorten(rule, timeout, tcpFlags: packetLine.tcpFlags.host) }
        credit(.finTimeout(rule, bridge, timeout))
    }
}

/// The most that is left of a flow's timeouts (seconds; 0: these stay).
struct FinTimeout: Hashable {
    var idle: UInt16
    var hard: UInt16
    /// FIN and RST (RFC 9293, section 3.1).
    static let tcpFlags: UInt16 = 0x001 | 0x004
}

extension Bridge {
    /// Shortens a rule's timeouts if any of the packets with these TCP flags ended a connection. Timeouts that are shorter already stay.
    func shorten(_ rule: Rule, _ timeout: FinTimeout, tcpFlags: UInt16) {
        guard tcpFlags & FinTimeout.tcpFlags != 0, rule.isLive, let table = tables[Int(rule.table)] else { return }
        func shorter(_ old: UInt16, _ new: UInt16) -> UInt16 { new != 0 && (old == 0 || old > new) ? new : old }
        let idle = shorter(rule.idleTimeout, timeout.idle), hard = shorter(rule.hardTimeout, timeout.hard)
        guard (idle, hard) != (rule.idleTimeout, rule.hardTimeout) else { return }
        table.eviction?.remove(rule)
        rule.idleTimeout = idle
        rule.hardTimeout = hard
        table.eviction?.insert(rule, rule.match)
        // A second entry; the one of the later deadline does no harm.
        if let expiry = rule.expiry { timers.add(rule, at: expiry.deadline) }
    }
}
