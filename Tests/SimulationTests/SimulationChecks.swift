import CDPDK
@testable import Datapath
import Flow
import Wire
@testable import OFProto

// What must be true.
extension Simulation {
    /// Lets the switch come to rest with all counters credited, then checks everything that holds then.
    func settle() {
        for _ in 0..<4 {
            quiesce()
            ofproto.wantSweep()
            quiesce()
        }
        checkOrder()
        checkFlights()
        expireStations()
        checkStations()
        creditLocks()
        noticeLinks(certainly: true)
        checkLinks()
        checkBonds()
        checkMirrors()
        checkLearnings()
        checkRules()
        checkConservation()
        forget()
    }

    // MARK: Frames

    /// Frames of one microflow left each port in the order in which they came in. Of several copies the first one counts: a burst goes
    /// through its actions one by one.
    private func checkOrder() {
        if hasChangedCores { return }
        struct Way: Hashable {
            var from: String
            var key: FlowKey
            var to: String
        }
        struct Departure: Hashable {
            var id: UInt64
            var port: String
        }
        var last: [Way: UInt64] = [:]
        var left: Set<Departure> = []
        for departure in departures {
            guard let flight = flights[departure.id], left.insert(Departure(id: departure.id, port: departure.port)).inserted else { continue }
            var key = FlowKey()
            _ = unsafe flight.bytes.withUnsafeBytes { unsafe extractFlow($0.baseAddress!, $0.count, inPort: 0, into: &key) }
            let former = last.updateValue(departure.id, forKey: Way(from: flight.port, key: key, to: departure.port)) ?? 0
            if former > departure.id, !mayBeOvertaken(flight) { fail("frame \(departure.id) left by \(departure.port) behind frame \(former) of its microflow") }
            tally.ordered += former == 0 ? 0 : 1
        }
    }

    /// By what some state says it has been through the datapath more often than by another one, which later frames met.
    private func mayBeOvertaken(_ flight: Flight) -> Bool {
        Set(outcomes(flight, since: flight.injected - 500).map { $0.passes + $0.returns }).count > 1
    }

    /// Every frame did what one of the states since half a second before it came in asks for.
    private func checkFlights() {
        var unexplained: [(id: UInt64, flight: Flight)] = []
        checkCuts()
        for (id, flight) in flights.sorted(by: { $0.key < $1.key }) where !checkFlight(id, flight, since: flight.injected - 500, reports: false) {
            unexplained.append((id, flight))
        }
        // On its way a frame may be overtaken by later ones that another PMD has received, and which moved stations.
        for (id, flight) in unexplained { checkFlight(id, flight, since: flight.injected - 500) }
        flights = [:]
    }

    /// What has been cut is what some state asks for, for some frame that came.
    private func checkCuts() {
        if cuts.isEmpty { return }
        var expected: Set<RefOutput> = []
        for flight in flights.values {
            let outcomes = outcomes(flight, since: flight.injected - 500)
            // Nobody knows what is cut of this one, nor of which frame it is.
            if outcomes.contains(where: { $0.isUndefined || $0.passes > 0 }) { return }
            expected.formUnion(outcomes.flatMap(\.cuts))
        }
        for cut in cuts where !expected.contains(cut) { fail("a frame that no mirror may have cut: \(cut.port) \(hex(cut.bytes))") }
    }

    /// `since`: the time from which on states count. Returns false if none explains the frame.
    @discardableResult func checkFlight(_ id: UInt64, _ flight: Flight, since: Int64, reports: Bool = true) -> Bool {
        flights[id] = nil
        let outcomes = outcomes(flight, since: since)
        let actual = flight.outputs.sorted()
        if outcomes.contains(where: \.isUndefined) {
            learnings.isOpen = true
            noteUndescribed(flight)
            passOver(flight, outcomes)
            return true
        }
        let removed = Set(outcomes.flatMap(\.outputs).map(\.port)).filter { state.find($0) == nil }
        let fits = outcomes.filter { outcome in
            let kept = (isStrict ? outcome.outputs + outcome.cuts : outcome.outputs).filter { !removed.contains($0.port) }.sorted()
            return kept == actual.filter { !removed.contains($0.port) }
        }
        // Each way through the datapath goes by the state that is in force then.
        if fits.isEmpty, !isStrict, outcomes.count > 1, outcomes.contains(where: { $0.passes + $0.returns > 0 }) {
            passOver(flight, outcomes)
            return true
        }
        // Between two looks at the switch a flow may have had another content.
        if fits.isEmpty, !isStrict, meetsFlowsThatChange(outcomes) {
            noteUndescribed(flight)
            passOver(flight, outcomes)
            return true
        }
        guard let first = fits.first else {
            if reports { report(id, flight, outcomes) }
            return false
        }
        tally.detours += first.detours
        tally.claims += first.claims
        // Copies for ports that are no more were lost.
        let lost = fits.map { (least: $0.outputs.count - actual.count + $0.ends.lowerBound, most: $0.outputs.count + $0.cuts.count - actual.count + $0.ends.upperBound) }
        // Each copy that has been through the datapath again may have ended there.
        let least = max(0, lost.map(\.least).min() ?? 0), most = max(least, lost.map(\.most).max() ?? 0) + (fits.map { $0.passes + $0.returns }.max() ?? 0)
        charge(first.meterings, at: flight.injected, isCertain: isStrict && fits.allSatisfy { $0.meterings == first.meterings && $0.passes == 0 })
        if fits.allSatisfy({ $0.choices == first.choices }) { remember(first.choices, of: flight) }
        tally.ends = tally.ends.lowerBound + least...tally.ends.upperBound + most
        // A megaflow may do what the old rules say and be credited to the new ones already.
        credit(flight, outcomes, isCertain: outcomes.allSatisfy {
            $0.hits == first.hits && $0.heard == first.heard && $0.locked == first.locked && $0.learnings == first.learnings && $0.copies == first.copies
        })
        return true
    }

    /// Nothing is expected of a frame, which may have done any of this.
    private func passOver(_ flight: Flight, _ outcomes: [RefOutcome]) {
        tally.undefined += 1
        tally.ends = tally.ends.lowerBound...tally.ends.upperBound + 40
        credit(flight, outcomes, isCertain: false)
        forgetTokens()
    }

    /// What the states since `since` ask for, each combination of states and stations' places once.
    func outcomes(_ flight: Flight, since: Int64) -> [RefOutcome] {
        var result: [RefOutcome] = []
        var gone = false
        // Too many possibilities to say anything.
        var budget = 256
        for state in statesMet(by: flight, since: since) {
            if meetsOneState(flight, since: since), !result.isEmpty, result.allSatisfy({ $0.passes == 0 && !$0.isUndefined }) { break }
            // Each lookup of a station may have met any of its places; a counter with one digit a lookup runs through them.
            var digits: [Int] = []
            for attempt in 1...128 where budget > 0 {
                budget -= 1
                var counts: [Int] = []
                func one<Value>(_ values: [Value]) -> Value {
                    counts.append(values.count)
                    if digits.count < counts.count { digits.append(0) }
                    return values[min(digits[counts.count - 1], values.count - 1)]
                }
                let oracle = RefOracle { station, heard in
                    one(self.placesOf(station, since: since, heard: heard))
                } former: { station in
                    one(self.formerPlaces(of: station, flight))
                } isLocked: { station in
                    one(self.locksOf(station, at: flight.injected))
                } choose: { choice, candidates in
                    self.remembered(choice, of: flight) ?? one(candidates)
                } admits: { meter, soFar in
                    self.admits(meter, soFar, of: flight) ?? one([true, false])
                }
                let outcome = RefInterpreter.evaluate(flight.bytes, at: flight.port, state, oracle)
                guard let outcome else {
                    gone = true
                    break
                }
                result.append(outcome)
                if attempt == 128 || budget == 0 { result[result.count - 1].isUndefined = true }
                // The last lookup that has another place to try takes it; those behind it begin anew.
                guard let turned = counts.indices.last(where: { digits[$0] + 1 < counts[$0] }) else { break }
                digits = Array(digits[..<turned]) + [digits[turned] + 1]
            }
        }
        // A frame whose port is in no bridge any more ends.
        if gone { result.append(RefOutcome()) }
        return result
    }

    /// A frame that is still under way may have ended a connection of the rule's.
    func mayEnd(_ rule: RefRule, _ life: RuleLife) -> Bool {
        var life = life
        for flight in flights.values {
            for outcome in outcomes(flight, since: flight.injected - (isStrict ? 0 : 500)) {
                // Nobody knows which rules it came to.
                if outcome.isUndefined { return true }
                if let timeouts = outcome.fins[rule.id] { life.mayHave.shorten(timeouts) }
            }
        }
        return life.mayExpire(rule, at: now)
    }

    private func connection(_ flight: Flight, _ choice: RefChoice) -> ConnectionChoice {
        choice.subject.isOfStation ? ConnectionChoice(port: "", connection: [], choice: choice)
            : ConnectionChoice(port: flight.port, connection: renumber(flight.bytes, 0), choice: choice)
    }

    /// A connection keeps its bucket; while things change on a frame's way, nobody knows since when.
    private func remembered(_ choice: RefChoice, of flight: Flight) -> UInt32? { isStrict ? choices[connection(flight, choice)] : nil }

    private func remember(_ made: [RefChoice: UInt32], of flight: Flight) {
        guard isStrict else { return }
        for (choice, bucket) in made {
            if choices.updateValue(bucket, forKey: connection(flight, choice)) != nil { tally.keptChoices += 1 }
        }
    }

    func placesOf(_ station: RefStation, since: Int64, heard: String?) -> [String?] {
        var places = candidates(station, since: since)
        for event in recentlyHeard[station] ?? [] where event.time >= since && !places.contains(event.port) { places.append(event.port) }
        if let heard, !places.contains(heard) { places.append(heard) }
        return places
    }

    private func report(_ id: UInt64, _ flight: Flight, _ outcomes: [RefOutcome]) {
        var text = "frame \(id) \(hex(flight.bytes)) at \(flight.port) from \(flight.injected), now \(now)\n  left:"
        for output in flight.outputs { text += "\n    \(output.port) \(hex(output.bytes))" }
        for outcome in outcomes.prefix(6) {
            text += "\n  expected:"
            for output in outcome.outputs { text += "\n    \(output.port) \(hex(output.bytes))" }
            text += " rules \(outcome.hits.keys.sorted()) meters \(outcome.meterings)"
        }
        for bridge in state.bridges {
            text += "\n  \(bridge.name): \(bridge.ports.map { "\($0.name)=\($0.number)\($0.flags.isEmpty ? "" : "!")\($0.mode)\($0.tag) \($0.priorityTags)" })"
            for mirror in bridge.mirrors { text += "\n    \(mirror)" }
            for group in bridge.groups { text += "\n    \(group)" }
            for rule in bridge.rules where outcomes.contains(where: { $0.hits[rule.id] != nil }) { text += "\n    \(rule)" }
        }
        fail(text)
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    // MARK: Credits

    /// Notes whom a frame credits: in every outcome, or in some.
    private func credit(_ flight: Flight, _ outcomes: [RefOutcome], isCertain: Bool) {
        for outcome in outcomes {
            for (rule, count) in outcome.hits {
                guard var life = lives[rule] else { continue }
                life.usedTo = isStrict ? flight.injected : now
                if isCertain {
                    life.usedFrom = max(life.usedFrom, flight.injected)
                    life.packets += count
                    life.bytes += count * UInt64(flight.bytes.count)
                    if outcome.passes > 0 { life.isExactInBytes = false }
                } else {
                    life.isExact = false
                }
                lives[rule] = life
            }
            for (rule, timeouts) in outcome.fins {
                lives[rule]?.mayHave.shorten(timeouts)
                if isCertain && isStrict { lives[rule]?.has.shorten(timeouts) }
            }
            count(outcome, flight.bytes.count, isCertain: isCertain)
            teach(outcome, at: flight.injected, isCertain: isCertain)
            for station in outcome.locked { locks[station, default: []].append(Lock(since: flight.injected, isCertain: isCertain)) }
            for (station, port) in outcome.heard {
                recentlyHeard[station, default: []].append(Heard(time: flight.injected, port: port, isCertain: isCertain))
            }
            if isCertain { break }
        }
    }

    // MARK: Stations

    /// By the last packets heard: where each station must be.
    private func expireStations() {
        for (station, events) in recentlyHeard {
            guard let last = events.filter(\.isCertain).map(\.time).max() else {
                if events.contains(where: { $0.port == places[station] }) || stations[station] == nil { adopt(station) }
                continue
            }
            let ambiguity: Int64 = isStrict ? 0 : 1_000
            let allowed = Set(events.filter { $0.time >= last - ambiguity }.map(\.port))
            guard state.bridges.contains(where: { $0.name == station.bridge }) else { continue }
            if let place = places[station] {
                if !allowed.contains(place), !metUndescribed { fail("\(station) is at port \(place), but was last heard at \(allowed) at \(last)") }
                stations[station] = StationLife(port: place, heardFrom: last, heardTo: now)
                if isStrict { stations[station]?.heardTo = last }
            } else {
                let mayBeGone = !isStrict || last + 300_000 <= now
                if !mayBeGone { fail("\(station) was heard at \(allowed) and is not known") }
                stations[station] = nil
            }
        }
        recentlyHeard = [:]
        for (station, life) in stations where life.heardTo + 300_000 <= now { stations[station] = nil }
    }

    private func adopt(_ station: RefStation) {
        stations[station] = places[station].map { StationLife(port: $0, heardFrom: now - 2_000, heardTo: now) }
    }

    private func checkStations() {
        let isSure = isStrict && !metUndescribed
        for (station, place) in places {
            if let life = stations[station] {
                if life.port != place, !metUndescribed { fail("\(station) is at port \(place), not at \(life.port)") }
            } else if isSure {
                fail("\(station) is at port \(place), but must be forgotten")
            }
            if !isSure { adopt(station) }
        }
        for (station, life) in stations where places[station] == nil {
            if isStrict && life.heardFrom + 300_000 > now { fail("\(station) was at port \(life.port) and is forgotten") }
            stations[station] = nil
        }
    }

    // MARK: Rules

    private func checkRules() {
        for bridge in state.bridges {
            guard let real = ofproto.bridge(named: bridge.name) else { fail("\(bridge.name) is gone"); continue }
            for (mod, stats) in real.dumpFlows() {
                guard let rule = bridge.rules.first(where: { $0.isFound(as: mod) }), let life = lives[rule.id] else {
                    fail("an unknown rule \(mod.cookie)")
                    continue
                }
                if life.mustExpire(rule, at: now) { fail("rule \(rule.id) stays for too long: \(rule), \(life) at \(now)") }
                let isCounted = stats.packets == life.packets && (stats.bytes == life.bytes || !life.isExactInBytes)
                if life.isExact && !isCounted && !metUndescribed {
                    fail("rule \(rule.id) counts \(stats.packets) packets, \(stats.bytes) bytes, not \(life.packets), \(life.bytes): \(rule)")
                }
                lives[rule.id]?.packets = stats.packets
                lives[rule.id]?.bytes = stats.bytes
                lives[rule.id]?.isExact = true
                lives[rule.id]?.isExactInBytes = true
            }
        }
    }

    // MARK: Conservation

    func checkPort(_ name: String, _ stats: DPPortStats) {
        let rx = tally.rx[name, default: 0], tx = tally.tx[name, default: 0]
        if stats.rxPackets != rx || stats.txPackets != tx {
            fail("\(name) counts \(stats.rxPackets) received and \(stats.txPackets) sent, not \(rx) and \(tx)")
        }
    }

    /// What was dropped at a port that need not be open any more.
    func dropsOf(_ port: UInt32) -> UInt64 {
        let counters = dpif.pmdCounters(Int(port))
        return DropReason.allCases.reduce(0) { $0 + counters.drops[Int($1.rawValue)] }
    }

    /// What came in has left, or is counted as dropped.
    private func checkConservation() {
        var drops = tally.dropsBefore
        for info in dpif.portDump() {
            guard let stats = dpif.portStats(info.port) else { continue }
            checkPort(info.name, stats)
            drops += stats.drops.reduce(0) { $0 + $1.packets }
        }
        drops += ghosts.reduce(0) { $0 + dropsOf($1) } + dropsOf(UInt32(Limits.ports))
        let ended = Int(drops + ofproto.counters.unknownPort + ofproto.counters.refused)
        if !tally.ends.contains(ended) { fail("\(ended) packets ended in the switch, not \(tally.ends)") }
        tally.ends = ended...ended
    }
}

/// A frame of a station came in.
struct Heard {
    var time: Int64
    var port: String
    var isCertain: Bool
}

extension RefOutput: Comparable {
    static func < (a: RefOutput, b: RefOutput) -> Bool {
        a.port != b.port ? a.port < b.port : a.bytes.lexicographicallyPrecedes(b.bytes)
    }
}
