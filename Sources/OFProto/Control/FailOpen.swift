import OpenFlow

/// What a bridge does whose controllers are not there (fail_mode of ovs-vswitchd.conf.db(5)): a standalone one forwards as any other after a while,
/// by a hidden rule above all flows.
struct FailOpen {
    var isEnabled = false
    var hasControllers = false
    /// Milliseconds without a connected controller until the bridge forwards by itself.
    var delay = ControlLimits.failOpen
    /// Since when no controller is connected; nil: one is.
    var since: Int64?
    var rule: Rule?
    /// Above all priorities that OpenFlow has.
    static let priority: Int32 = 0xf0f0f0
}

extension ConnectionManager {
    /// What the configuration says of the bridge's controllers.
    /// - Parameter probe: milliseconds, the longest inactivity probe of a controller: without one for three times as long, a bridge that fails open
    ///   forwards by itself (fail_mode of ovs-vswitchd.conf.db(5)). 0: nobody is probed, and a time of our own holds.
    public func configure(versions: OFVersions, hasControllers: Bool, failsOpen: Bool, probe: Int64) {
        allowedVersions = versions
        failOpen.delay = probe > 0 ? 3 * probe : ControlLimits.failOpen
        failOpen.hasControllers = hasControllers
        failOpen.isEnabled = failsOpen && hasControllers
        noteControllers()
    }

    private var isConnected: Bool { connections.contains { $0.kind == .primary && $0.version != nil } }

    /// Begins to forward without controllers, or ends it.
    func runFailOpen(now: Int64) {
        guard failOpen.isEnabled, !isConnected else {
            failOpen.since = nil
            if let rule = failOpen.rule { bridge.remove(rule, reason: .delete, now: now) }
            return failOpen.rule = nil
        }
        let since = failOpen.since ?? now
        failOpen.since = since
        guard failOpen.rule == nil, now >= since + failOpen.delay else { return }
        var mod = FlowMod()
        mod.actions = [.output(.normal, maxLength: 0)]
        failOpen.rule = bridge.addHidden(mod, priority: FailOpen.priority, now: now)
    }

    /// When `run` must be called at the latest if nothing comes.
    var nextDeadline: Int64? {
        var deadlines = connections.compactMap(\.nextDeadline)
        if failOpen.isEnabled, failOpen.rule == nil, let since = failOpen.since { deadlines.append(since + failOpen.delay) }
        return deadlines.min()
    }
}
