@testable import OFProto

/// What is known of a link of a bond's interface: the switch looks at links from time to time, and acts when one has stayed as it is for the bond's delay.
struct LinkWatch {
    /// Milliseconds between two looks at most.
    static let interval: Int64 = 100

    private(set) var isUp: Bool
    /// When it became so.
    private(set) var changed: Int64
    /// The switch has looked since then.
    private var isNoticed = true
    private(set) var wait: Wait?

    /// The interface is to be enabled or disabled.
    struct Wait {
        /// When the switch may have begun to wait.
        var from: Int64
        /// By when it has; nil: it may not know yet.
        var by: Int64?
        /// Milliseconds, as the bond may have had them then.
        var delays: ClosedRange<Int64>
    }

    init(isUp: Bool, changed: Int64) { (self.isUp, self.changed) = (isUp, changed) }

    /// The link goes down or comes up.
    mutating func change(isEnabled: Bool, _ delay: Int64, now: Int64) {
        isUp.toggle()
        (changed, isNoticed) = (now, false)
        wait?.by = nil
        if isUp != isEnabled, wait == nil { wait = Wait(from: now, delays: delay...delay) }
        change(delay: delay)
    }

    /// The bond has another delay.
    mutating func change(delay: Int64) {
        guard let delays = wait?.delays else { return }
        wait?.delays = min(delays.lowerBound, delay)...max(delays.upperBound, delay)
    }

    /// The switch has had a turn. A link that is back ends the wait.
    mutating func notice(isEnabled: Bool, now: Int64, certainly: Bool) {
        guard !isNoticed, certainly || now >= changed + Self.interval else { return }
        isNoticed = true
        if isUp == isEnabled { wait = nil } else { wait?.by = now }
    }

    func mayAct(now: Int64) -> Bool { wait.map { $0.from + $0.delays.lowerBound <= now } ?? false }
    func mustAct(now: Int64) -> Bool { wait.map { wait in wait.by.map { $0 + wait.delays.upperBound <= now } ?? false } ?? false }

    /// The interface was enabled or disabled, with or without the link as it is.
    mutating func act(isEnabled: Bool, _ delay: Int64) {
        wait = isUp == isEnabled ? nil : Wait(from: changed, delays: delay...delay)
    }
}

// Which interfaces of bonds are enabled is read from the switch; each change must have had its time.
extension Simulation {
    /// The link of a bond's interface goes down or comes up, often while the switch waits for it to stay.
    func flapMember(_ bridge: Int) {
        let members = state.bridges[bridge].ports.indices.filter { state.bridges[bridge].ports[$0].bond != nil }
        guard !members.isEmpty else { return }
        let waiting = members.filter { links[state.bridges[bridge].ports[$0].name]?.wait != nil }
        flapLink(bridge, random.one(waiting.isEmpty || random.chance(50) ? members : waiting))
    }

    /// The switch has had a turn, or several and a sweep.
    func noticeLinks(certainly: Bool = false) {
        for port in state.bridges.flatMap(\.ports) {
            let isWaiting = links[port.name]?.wait != nil
            links[port.name]?.notice(isEnabled: port.isEnabled, now: now, certainly: certainly)
            if isWaiting, links[port.name]?.wait == nil { tally.givenUp += 1 }
        }
    }

    /// Returns false if the same interfaces are enabled as before.
    func observeMembers(of bond: RefBond, _ found: Bond, _ index: Int) -> Bool {
        let enabled = Set(found.members.filter(\.isEnabled).map(\.interface.name))
        var hasChanged = false
        for at in state.bridges[index].ports.indices where state.bridges[index].ports[at].bond == bond.name {
            let port = state.bridges[index].ports[at], isEnabled = enabled.contains(port.name)
            guard isEnabled != port.isEnabled else { continue }
            // Without another one it need not wait.
            let isAlone = isEnabled && port.isLinkUp && enabled.count == 1
            if !isAlone, !(links[port.name]?.mayAct(now: now) ?? false) {
                fail("\(port.name) is \(isEnabled ? "enabled" : "disabled") before its time: \(bond), \(links[port.name].debugDescription) at \(now)")
            }
            tally.enabled += 1
            links[port.name]?.act(isEnabled: isEnabled, bond.delay(isUp: !isEnabled))
            state.bridges[index].ports[at].isEnabled = isEnabled
            bondHistory.flapped.insert(port.name)
            hasChanged = true
        }
        return hasChanged
    }

    /// The time of no interface is over.
    func checkLinks() {
        for port in state.bridges.flatMap(\.ports) {
            guard let link = links[port.name], link.mustAct(now: now) else { continue }
            fail("\(port.name) is still \(port.isEnabled ? "enabled" : "disabled"): \(link) at \(now)")
        }
    }
}
