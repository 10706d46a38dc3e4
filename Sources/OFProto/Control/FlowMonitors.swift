import Flow
import OpenFlow

/// A controller's wish to be told of changes of some flows (ovs-ofctl(8), "monitor"; OpenFlow 1.4, OFPMP_FLOW_MONITOR).
struct FlowMonitor {
    let request: FlowMonitorRequest
    let isExtended: Bool

    /// True if the rule is among those asked for.
    func covers(_ rule: Rule) -> Bool {
        guard !rule.isHidden, request.table == 0xff || request.table == rule.table else { return false }
        let match = rule.match
        // The rule is as narrow as the request, or narrower, and agrees with it.
        guard request.match.mask.masked(by: match.mask) == request.match.mask,
            request.match.key.matches(match.key, under: request.match.mask) else { return false }
        var selection = FlowModSelection()
        selection.outPort = request.outPort
        selection.outGroup = request.outGroup
        return selection.includes(rule, cookie: 0)
    }
}

/// What a connection's monitors have to say still.
struct FlowMonitorState {
    /// Updates that go out when the message that causes them has been handled.
    var updates: [FlowUpdate] = []
    var isPaused = false
    /// Changed while paused: told on resumption.
    var missed: [(rule: Rule, event: FlowUpdate.Event, reason: FlowRemovedMessage.Reason)] = []
}

extension OFConnection {
    /// Adds, changes or deletes monitors and tells the flows that there are, if that is wanted.
    func monitor(_ requests: [FlowMonitorRequest], _ header: OFHeader, now: Int64) throws(OFError) {
        if let pieces, pieces.xid != header.xid { self.pieces = nil }
        let all = (pieces?.monitors ?? []) + requests
        guard all.count <= ControlLimits.monitors else { throw .brcMultipartBufferOverflow }
        guard !header.more else { return pieces = (header.xid, [], all) }
        pieces = nil
        let former = monitors
        do throws(OFError) {
            for request in all { try change(request, isExtended: header.form == .extended) }
        } catch {
            monitors = former
            throw error
        }
        let flows = initial(all)
        begin(try MultipartDump(header, .flowMonitorReply, count: flows.count) { index, _, writer in
            let (rule, withActions) = flows[index]
            guard rule.isLive else { return nil }
            return writer.append(FlowUpdate.full(.initial, rule.monitored(withActions: withActions), reason: .delete))
        })
    }

    private func change(_ request: FlowMonitorRequest, isExtended: Bool) throws(OFError) {
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
        let covering = monitors.values.filter { $0.request.flags.contains(event.kind.flag) && $0.covers(event.rule) }
        guard !covering.isEmpty else { return }
        let (kind, reason) = event.kind.update
        if monitorState.isPaused || transport.backlog > ControlLimits.monitorBacklog {
            if !monitorState.isPaused {
                monitorState.isPaused = true
                sendMonitorUpdates()
                tellMonitors(.paused, isExtended: covering[0].isExtended)
            }
            // What comes and goes while paused is not told of.
            if kind == .removed, let index = monitorState.missed.firstIndex(where: { $0.rule === event.rule && $0.event == .added }) {
                monitorState.missed.remove(at: index)
            } else {
                monitorState.missed.append((event.rule, kind, reason))
            }
            return
        }
        let own = initiator === self
        if own, !covering.contains(where: { $0.request.flags.contains(.noAbbreviation) || $0.isExtended && $0.request.flags.contains(.onlyOwn) }),
            let xid = handling {
            if monitorState.updates.last != .abbreviated(xid: xid) { monitorState.updates.append(.abbreviated(xid: xid)) }
            return
        }
        let withActions = covering.contains { $0.request.flags.contains(.instructions) }
        monitorState.updates.append(.full(kind, event.rule.monitored(withActions: withActions), reason: reason))
    }

    /// Sends what has been noted, and goes on with what was paused once the peer has read.
    func sendMonitorUpdates() {
        guard !monitors.isEmpty || !monitorState.updates.isEmpty else { return }
        let isExtended = monitors.values.first?.isExtended ?? true
        if !monitorState.updates.isEmpty {
            let updates = monitorState.updates
            monitorState.updates = []
            tell(.flowMonitorReply(updates), form: isExtended ? .extended : .standard)
        }
        guard monitorState.isPaused, transport.backlog == 0 else { return }
        monitorState.isPaused = false
        let missed = monitorState.missed.map { FlowUpdate.full($0.event, $0.rule.monitored(withActions: true), reason: $0.reason) }
        monitorState.missed = []
        if !missed.isEmpty { tell(.flowMonitorReply(missed), form: isExtended ? .extended : .standard) }
        tellMonitors(.resumed, isExtended: isExtended)
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
