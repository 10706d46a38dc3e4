import Flow
import OpenFlow

/// A controller's wish to be told of changes of some flows (ovs-ofctl(8), "monitor"; OpenFlow 1.4, OFPMP_FLOW_MONITOR).
struct FlowMonitor {
    let request: FlowMonitorRequest
    let isExtended: Bool

    /// True if the rule is among those asked for.
    /// - Parameter former: what the rule did before it was changed.
    func covers(_ rule: Rule, former: [OFAction] = []) -> Bool {
        guard !rule.isHidden, request.table == 0xff || request.table == rule.table else { return false }
        let match = rule.match
        // The rule is as narrow as the request, or narrower, and agrees with it.
        guard request.match.mask.masked(by: match.mask) == request.match.mask,
            request.match.key.matches(match.key, under: request.match.mask) else { return false }
        var selection = FlowModSelection()
        selection.outPort = request.outPort
        selection.outGroup = request.outGroup
        return selection.includes(rule, cookie: 0, former: former)
    }
}

/// What a connection's monitors have to say still.
struct FlowMonitorState {
    /// Updates that go out when the message that causes them has been handled, or sooner when there are many.
    var updates: [FlowUpdate] = []
    private(set) var isPaused = false
    /// Flows that came or changed while paused: told on resumption, if they are there then.
    private var missed: [ObjectIdentifier: Missed] = [:]
    private var lastNumber: UInt64 = 0
    /// More of them than this are looked through for flows that have gone.
    private var purgeMark = FlowMonitorState.leastPurgeMark
    private static let leastPurgeMark = 1_024

    private struct Missed {
        let rule: Rule
        let event: FlowUpdate.Event
        let number: UInt64
    }

    mutating func pause() { isPaused = true }

    /// A flow changed while paused. Returns true if it is to be told all the same: the peer knows the flow that has gone.
    mutating func miss(_ rule: Rule, _ event: FlowUpdate.Event) -> Bool {
        let id = ObjectIdentifier(rule), former = missed[id]
        if event == .removed {
            missed[id] = nil
            return former?.event != .added
        }
        lastNumber += 1
        missed[id] = Missed(rule: rule, event: former?.event ?? event, number: former?.number ?? lastNumber)
        if missed.count > purgeMark {
            missed = missed.filter { $0.value.rule.isLive }
            purgeMark = max(Self.leastPurgeMark, 2 * missed.count)
        }
        return false
    }

    /// The end of the pause: what is to be told, in its order.
    mutating func resume() -> [(rule: Rule, event: FlowUpdate.Event)] {
        let told = missed.values.filter { $0.rule.isLive }.sorted { $0.number < $1.number }.map { ($0.rule, $0.event) }
        self = FlowMonitorState()
        return told
    }
}

extension OFConnection {
    /// Adds, changes or deletes monitors and tells the flows that there are, if that is wanted.
    func monitor(_ requests: [FlowMonitorRequest], _ header: OFHeader) throws(OFError) {
        var former: [(id: UInt32, monitor: FlowMonitor?)] = []
        do throws(OFError) {
            for request in requests {
                former.append((request.id, monitors[request.id]))
                try change(request, isExtended: header.form == .extended)
            }
        } catch {
            for (id, monitor) in former.reversed() { monitors[id] = monitor }
            throw error
        }
        let flows = initial(requests)
        begin(try MultipartDump(header, .flowMonitorReply, count: flows.count) { index, _, writer in
            let (rule, withActions) = flows[index]
            guard rule.isLive else { return nil }
            return writer.append(FlowUpdate.full(.initial, rule.monitored(withActions: withActions), reason: .idleTimeout))
        })
    }

    private func change(_ request: FlowMonitorRequest, isExtended: Bool) throws(OFError) {
        var request = request
        request.match = bridge.tlvMappings.placedLeniently(request.match)
        switch request.command {
        case .delete: try cancelMonitor(request.id)
        case .modify:
            guard monitors[request.id] != nil else { throw .mofcUnknownMonitor }
            monitors[request.id] = FlowMonitor(request: request, isExtended: isExtended)
        case .add:
            guard monitors[request.id] == nil else { throw .mofcMonitorExists }
            guard monitors.count < ControlLimits.monitors else { throw .mofcUnknown }
            monitors[request.id] = FlowMonitor(request: request, isExtended: isExtended)
        }
    }

    /// The flows that new monitors want to hear of at once, each once.
    private func initial(_ requests: [FlowMonitorRequest]) -> [(Rule, withActions: Bool)] {
        let wanting = requests.filter { $0.command != .delete && $0.flags.contains(.initial) }.compactMap { monitors[$0.id] }
        guard !wanting.isEmpty else { return [] }
        return bridge.rules(within: FlowModSelection.everything).compactMap { rule in
            let covering = wanting.filter { $0.covers(rule) }
            return covering.isEmpty ? nil : (rule, covering.contains { $0.request.flags.contains(.instructions) })
        }
    }

    func cancelMonitor(_ id: UInt32) throws(OFError) {
        guard monitors.removeValue(forKey: id) != nil else { throw .mofcUnknownMonitor }
    }

    /// A flow changed; `initiator` is the connection whose message did it.
    func note(_ event: FlowEvent, by initiator: OFConnection?) {
        let covering = monitors.values.filter { $0.request.flags.contains(event.kind.flag) && $0.covers(event.rule, former: event.former) }
        guard !covering.isEmpty else { return }
        let (kind, reason) = event.kind.update
        if !monitorState.isPaused, transport.backlog > ControlLimits.monitorBacklog {
            sendMonitorUpdates()
            monitorState.pause()
            tellMonitors(.paused, isExtended: covering[0].isExtended)
        }
        if monitorState.isPaused, !monitorState.miss(event.rule, kind) { return }
        let own = initiator === self
        if own, !covering.contains(where: { $0.request.flags.contains(.noAbbreviation) || $0.isExtended && $0.request.flags.contains(.onlyOwn) }),
            let xid = handling {
            if monitorState.updates.last != .abbreviated(xid: xid) { monitorState.updates.append(.abbreviated(xid: xid)) }
            return
        }
        let withActions = covering.contains { $0.request.flags.contains(.instructions) }
        monitorState.updates.append(.full(kind, event.rule.monitored(withActions: withActions), reason: reason))
        if monitorState.updates.count >= ControlLimits.updatesAtOnce { sendMonitorUpdates() }
    }

    /// Sends what has been noted, and goes on with what was paused once the peer has read.
    func sendMonitorUpdates() {
        guard !monitors.isEmpty || !monitorState.updates.isEmpty else { return }
        let isExtended = monitors.values.first?.isExtended ?? true
        if !monitorState.updates.isEmpty {
            let updates = monitorState.updates
            monitorState.updates = []
            tellMonitors(updates, isExtended: isExtended)
        }
        guard monitorState.isPaused, transport.backlog == 0 else { return }
        let missed = monitorState.resume()
        for start in stride(from: 0, to: missed.count, by: ControlLimits.updatesAtOnce) {
            let part = missed[start..<min(start + ControlLimits.updatesAtOnce, missed.count)]
            tellMonitors(part.map { FlowUpdate.full($0.event, $0.rule.monitored(withActions: true), reason: .idleTimeout) }, isExtended: isExtended)
        }
        tellMonitors(.resumed, isExtended: isExtended)
    }

    private func tellMonitors(_ updates: [FlowUpdate], isExtended: Bool) {
        tell(.flowMonitorReply(updates), form: isExtended ? .extended : .standard)
    }

    private func tellMonitors(_ update: FlowUpdate, isExtended: Bool) {
        if isExtended {
            tell(update == .paused ? .flowMonitorPaused : .flowMonitorResumed, form: .extended)
        } else {
            tell(.flowMonitorReply([update]))
        }
    }
}

extension Rule {
    /// The flow as updates say it.
    func monitored(withActions: Bool) -> FlowMod {
        var mod = flowMod
        if !withActions { mod.actions = [] }
        return mod
    }
}

extension FlowEvent.Kind {
    var flag: FlowMonitorRequest.Flags {
        switch self {
        case .added: .add
        case .modified: .modify
        case .removed: .removed
        }
    }

    var update: (FlowUpdate.Event, FlowRemovedMessage.Reason) {
        switch self {
        case .added: (.added, .idleTimeout)
        case .modified: (.modified, .idleTimeout)
        case .removed(let reason): (.removed, reason)
        }
    }
}
