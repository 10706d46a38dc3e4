/// What is logged of the datapath's settings when they change, in OVS's words.
extension DatapathConfig {
    func logChanges(from old: DatapathConfig) {
        func tell(_ text: String) { VLog.shared.log("dpif_netdev", .information, text) }
        if rxqAssign != old.rxqAssign { tell("Rxq to PMD assignment mode changed to: '\(rxqAssign.rawValue)'.") }
        if rxqIsolate != old.rxqIsolate { tell("pmd-rxq-affinity \(rxqIsolate ? "isolates" : "does not isolate") PMD core") }
        let balance = autoLoadBalance, before = old.autoLoadBalance
        if balance.interval != before.interval { tell("PMD auto load balance interval set to \(balance.interval) mins") }
        if balance.improvementThreshold != before.improvementThreshold { tell("PMD auto load balance improvement threshold set to \(balance.improvementThreshold)%") }
        if balance.loadThreshold != before.loadThreshold { tell("PMD auto load balance load threshold set to \(balance.loadThreshold)%") }
        if balance.isOn, balance != before {
            tell("PMD auto load balance is enabled, interval \(balance.interval) mins, pmd load threshold \(balance.loadThreshold)%, "
                + "improvement threshold \(balance.improvementThreshold)%.")
        }
        if !balance.isOn, before.isOn { tell("PMD auto load balance is disabled.") }
        if maxSleep != old.maxSleep {
            tell("PMD max sleep request is \(maxSleep) usecs.")
            tell("PMD load based sleeps are \(maxSleep > 0 ? "enabled" : "disabled").")
        }
        if txFlushInterval != old.txFlushInterval { tell("Flushing interval for tx queues set to \(txFlushInterval) us") }
    }
}
