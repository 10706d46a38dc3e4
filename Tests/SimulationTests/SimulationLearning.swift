import OpenFlow
@testable import OFProto

// Flows that packets teach. Which ones there are is read from the switch; each must be one that a packet since the last `settle` has taught.
extension Simulation {
    /// Flows that packets came to teach since the last `settle`.
    struct Learnings {
        struct Place: Hashable {
            var bridge: String
            var table: UInt8
            var priority: UInt16
            var match: RefMatch

            init(_ bridge: String, _ rule: RefRule) { (self.bridge, table, priority, match) = (bridge, rule.table, rule.priority, rule.match) }
        }
        struct Lesson {
            var flow: RefRule
            /// When it was certainly taught, the last time; nil: never for certain.
            var taught: Int64?
        }
        /// What may appear.
        fileprivate(set) var possible: [Place: Set<RefLearning>] = [:]
        /// What must be there.
        fileprivate(set) var wanted: [Place: Lesson] = [:]
        /// Places whose flows were taken away, or where it is not known what comes.
        fileprivate(set) var doubtful: Set<Place> = []
        /// How many states there were when frames on their way were last asked what they teach.
        fileprivate var asked: [UInt64: Int] = [:]
        /// A packet that the reference does not describe may have taught anything.
        var isOpen = false

        mutating func add(_ learning: RefLearning) {
            possible[Place(learning.bridge, learning.flow), default: []].insert(learning)
        }

        mutating func forget() { self = Learnings() }
    }

    /// A rule of the switch's as the reference knows it.
    struct Found {
        var mod: FlowMod
        var created: Int64
    }

    // MARK: What the switch has

    /// Compares a bridge's rules with those that were there, takes over which have gone and which were learned. Returns false if nothing has changed.
    func observeRules(_ index: Int) -> Bool {
        let name = state.bridges[index].name
        guard let real = ofproto.bridge(named: name), versionsSeen[name] != real.version || real.flowCount != state.bridges[index].rules.count else { return false }
        versionsSeen[name] = real.version
        let before = state.bridges[index]
        var left: Set<UInt64> = [], hasChanged = false
        for (mod, stats) in real.dumpFlows() {
            guard mod.cookie >= RefLearn.leastCookie else { left.insert(mod.cookie); continue }
            let found = Found(mod: mod, created: stats.created)
            if let rule = known(found, before) { left.insert(rule.id); continue }
            hasChanged = true
            if let id = adopt(found, index) { left.insert(id) }
        }
        let ended = (lastDeletedKeys[name] ?? []).subtracting(RefBridge(name: name, rules: state.bridges[index].rules.filter { left.contains($0.id) }).deletedKeys)
        for rule in state.bridges[index].rules where !left.contains(rule.id) {
            hasChanged = true
            drop(rule, name, isForsaken: rule.learnedKey.map(ended.contains) ?? false)
        }
        state.bridges[index].rules.removeAll { !left.contains($0.id) }
        for rule in state.bridges[index].rules where rule.learnedKey.map(ended.contains) ?? false {
            if let life = lives[rule.id], life.created < now { fail("rule \(rule.id) was to go with the last learn action of its kind: \(rule)") }
        }
        lastDeletedKeys[name] = state.bridges[index].deletedKeys
        return hasChanged
    }

    /// The rule stands in the state as it is.
    private func known(_ found: Found, _ bridge: RefBridge) -> RefRule? {
        bridge.rules.first { rule in
            isInPlace(rule, of: found.mod) && lives[rule.id]?.created == found.created && rule.learned?.cookie == found.mod.cookie
                && rule.flowMod.actions == found.mod.actions
        }
    }

    private func isInPlace(_ rule: RefRule, of mod: FlowMod) -> Bool {
        rule.learned != nil && rule.table == mod.table && rule.priority == mod.priority && rule.match.match == mod.match
    }

    /// A rule is gone.
    private func drop(_ rule: RefRule, _ bridge: String, isForsaken: Bool) {
        if let life = lives[rule.id], !isForsaken, !life.mayExpire(rule, at: now), !mayEnd(rule, life) {
            fail("rule \(rule.id) is gone early: \(rule), \(life) at \(now)")
        }
        lives[rule.id] = nil
        if rule.learned != nil { learnings.doubtful.insert(Learnings.Place(bridge, rule)) }
    }

    /// A learned flow is new, or other than before. Returns its number.
    private func adopt(_ found: Found, _ index: Int) -> UInt64? {
        let name = state.bridges[index].name
        var lessons = lessons(found.mod, name)
        if !isTaught(found, lessons, index) {
            learnFromFlights()
            lessons = self.lessons(found.mod, name)
        }
        guard isTaught(found, lessons, index), let content = lessons.first(where: { isContent($0, of: found.mod) }) else {
            if !learnings.isOpen { fail("\(name) has learned what no packet teaches: \(found.mod), but \(lessons)") }
            remove(found.mod, index)
            return nil
        }
        checkLimit(content, lessons, name)
        if let at = state.bridges[index].rules.firstIndex(where: { isInPlace($0, of: found.mod) && lives[$0.id]?.created == found.created }) {
            state.bridges[index].rules[at].actions = content.actions
            state.bridges[index].rules[at].learned?.cookie = found.mod.cookie
            let id = state.bridges[index].rules[at].id
            lives[id]?.modify(now)
            return id
        }
        var rule = content
        // Others have small numbers.
        rule.id = RefLearn.leastCookie + UInt64(tally.learned)
        rule.hard = found.mod.hardTimeout
        rule.idle = found.mod.idleTimeout
        rule.learned?.tellsRemoval = found.mod.flags.contains(.sendFlowRemoved)
        state.bridges[index].rules.append(rule)
        lives[rule.id] = RuleLife(bridge: name, modified: found.created, modifiedTo: found.created, created: found.created, usedFrom: found.created, usedTo: found.created)
        tally.learned += 1
        return rule.id
    }

    private func lessons(_ mod: FlowMod, _ bridge: String) -> [RefRule] {
        learnings.possible.flatMap { place, all in
            place.bridge == bridge && place.table == mod.table && place.priority == mod.priority && place.match.match == mod.match ? all.map(\.flow) : []
        }
    }

    private func isContent(_ flow: RefRule, of mod: FlowMod) -> Bool { flow.learned?.cookie == mod.cookie && flow.flowMod.actions == mod.actions }

    /// One lesson has its actions and cookie; timeouts are those of the lesson that came first, which may be another one, or of the rule that was there.
    private func isTaught(_ found: Found, _ lessons: [RefRule], _ index: Int) -> Bool {
        guard lessons.contains(where: { isContent($0, of: found.mod) }) else { return false }
        let before = state.bridges[index].rules.filter { isInPlace($0, of: found.mod) && lives[$0.id]?.created == found.created }
        // fin_timeout may have been at work already.
        return (lessons + before).contains { flow in
            let hasTimeouts = (flow.idle, flow.hard) == (found.mod.idleTimeout, found.mod.hardTimeout)
                || flow.actions.contains { if case .finTimeout = $0 { true } else { false } }
            return hasTimeouts && flow.flowMod.flags == found.mod.flags
        }
    }

    /// What nobody has described is taken away again.
    private func remove(_ mod: FlowMod, _ index: Int) {
        do throws(FlowModError) {
            try ofproto.bridge(named: state.bridges[index].name)?.apply(mod, command: .deleteStrict, now: now)
        } catch { fail("\(error)") }
    }

    /// Where all learn actions have a limit, no more flows are there than the highest one.
    private func checkLimit(_ flow: RefRule, _ lessons: [RefRule], _ bridge: String) {
        guard let key = flow.learnedKey, let real = ofproto.bridge(named: bridge) else { return }
        let limits = learnings.possible.filter { $0.key.bridge == bridge }.flatMap(\.value).filter { $0.flow.learnedKey == key }.map(\.limit)
        guard let most = limits.max(), !limits.contains(0) else { return }
        let count = real.dumpFlows().count { $0.0.table == key.table && $0.0.cookie == key.cookie }
        let before = state.bridges.first { $0.name == bridge }?.rules.count { $0.learnedKey == key } ?? 0
        tally.limited += 1
        if count > max(most, before) { fail("\(bridge) has learned \(count) flows of \(key), whose limit is \(most)") }
    }

    /// The states that may explain a frame, the one in which it came first.
    func statesMet(by flight: Flight, since: Int64) -> [RefState] {
        guard meetsOneState(flight, since: since) else { return states(since: since) }
        return versions[(flight.version - 1)...].map(\.state)
    }

    /// Seen through by itself, a frame meets the state in which it came, unless it comes back from the datapath.
    func meetsOneState(_ flight: Flight, since: Int64) -> Bool {
        isStrict && since == flight.injected && flight.version > 0 && flight.version <= versions.count
    }

    /// Some state lets the frame look into a table where a place was taught more than one content, or whose flows went with their learn action.
    func meetsFlowsThatChange(_ outcomes: [RefOutcome]) -> Bool {
        let changing = learnings.possible.filter { $0.value.count > 1 || learnings.doubtful.contains($0.key) }.keys
        return changing.contains { place in outcomes.contains { $0.lookups[place.bridge]?[place.table] != nil } }
    }

    // MARK: What packets teach

    /// What frames on the way may teach by now.
    private func learnFromFlights() {
        for (id, flight) in flights where learnings.asked[id] != versions.count {
            learnings.asked[id] = versions.count
            for outcome in outcomes(flight, since: flight.injected - (isStrict ? 0 : 500)) {
                if outcome.isUndefined { learnings.isOpen = true }
                for learning in outcome.learnings { learnings.add(learning) }
            }
        }
    }

    /// A frame has taught, in every outcome or in some.
    func teach(_ outcome: RefOutcome, at time: Int64, isCertain: Bool) {
        for learning in outcome.learnings {
            learnings.add(learning)
            let place = Learnings.Place(learning.bridge, learning.flow)
            for bridge in state.bridges where bridge.name == learning.bridge {
                for rule in bridge.rules where rule.isInPlace(of: learning.flow) { lives[rule.id]?.refresh(at: isStrict ? time : now) }
            }
            let content = learning.flow.content
            if !isCertain || !isStrict || learning.limit > 0 { learnings.doubtful.insert(place) }
            if let other = learnings.wanted[place]?.flow.content, other != content { learnings.doubtful.insert(place) }
            learnings.wanted[place] = Learnings.Lesson(flow: learning.flow, taught: time)
        }
    }

    /// An operator has taken a flow away, so that it need not be there.
    func noteEnd(of rule: RefRule, _ bridge: String) { learnings.doubtful.insert(Learnings.Place(bridge, rule)) }

    /// All that was taught is there, and as fresh as its last packet.
    func checkLearnings() {
        for (place, lesson) in learnings.wanted where !metUndescribed {
            guard let bridge = state.bridges.first(where: { $0.name == place.bridge }), let taught = lesson.taught else { continue }
            let rule = bridge.rules.first { $0.isInPlace(of: lesson.flow) }
            if let rule, learnings.doubtful.contains(place) { lives[rule.id]?.modifiedTo = now }
            guard !learnings.doubtful.contains(place) else { continue }
            guard let rule else {
                let most = [lesson.flow.idle, lesson.flow.hard].filter { $0 > 0 }.min()
                if most.map({ taught + Int64($0) * 1_000 > now }) ?? true { fail("\(place.bridge) has not learned \(lesson.flow)") }
                continue
            }
            tally.lessons += 1
            if rule.content != lesson.flow.content { fail("\(place.bridge) has learned \(rule), not \(lesson.flow)") }
            lives[rule.id]?.confirm(taught)
        }
        learnings.forget()
    }
}

extension RefRule {
    /// The switch's rule is this one.
    func isFound(as mod: FlowMod) -> Bool {
        guard let learned else { return id == mod.cookie }
        return learned.cookie == mod.cookie && table == mod.table && priority == mod.priority && match.match == mod.match
    }

    fileprivate struct Content: Hashable {
        var cookie: UInt64?
        var actions: [RefAction]
    }
    /// What a learn action changes of a flow that is there.
    fileprivate var content: Content { Content(cookie: learned?.cookie, actions: actions) }
}
