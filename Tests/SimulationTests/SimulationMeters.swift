import OpenFlow
@testable import OFProto

// What a controller does to meters, and what they let pass.
extension Simulation {
    /// A new meter under one of three numbers, if one is free.
    func addMeter(_ bridge: Int) {
        guard let meter = random.meter(for: state.bridges[bridge]) else { return }
        apply(MeterMod(.add, meter.config), bridge)
        state.bridges[bridge].meters.append(meter)
        fill(meter, bridge)
    }

    /// A meter gets another rate and a full bucket, or goes, and the rules that name it with it.
    func changeMeter(_ bridge: Int) {
        guard !state.bridges[bridge].meters.isEmpty else { return }
        let index = random.below(state.bridges[bridge].meters.count)
        var meter = state.bridges[bridge].meters[index]
        if random.chance(30) {
            apply(MeterMod(.delete, meter.config), bridge)
            state.bridges[bridge].meters.remove(at: index)
            for rule in state.bridges[bridge].rules where rule.actions.contains(.meter(meter.id)) { lives[rule.id] = nil }
            state.bridges[bridge].rules.removeAll { $0.actions.contains(.meter(meter.id)) }
            return noteState()
        }
        random.shape(&meter)
        apply(MeterMod(.modify, meter.config), bridge)
        state.bridges[bridge].meters[index] = meter
        fill(meter, bridge)
    }

    private func fill(_ meter: RefMeter, _ bridge: Int) {
        tokens[RefMeterName(bridge: state.bridges[bridge].name, meter: meter.id)] = RefTokens(meter, now: now)
        noteState()
    }

    private func apply(_ mod: MeterMod, _ bridge: Int) {
        do throws(OFError) {
            try ofproto.bridge(named: state.bridges[bridge].name)?.apply(mod, now: now)
        } catch { fail("\(error) for \(mod)") }
    }

    // MARK: Packets

    /// nil: it may, or may not.
    func admits(_ meter: RefMeterName, _ outcome: RefOutcome, of flight: Flight) -> Bool? {
        // What goes through the datapath once more does so when it pleases.
        guard isStrict, outcome.passes == 0 else { return nil }
        return tokens[meter]?.admits(behind: outcome.meterings.filter { $0.name == meter }, now: flight.injected)
    }

    /// A frame has taken from meters' buckets.
    func charge(_ meterings: [RefMetering], at time: Int64, isCertain: Bool) {
        for metering in meterings {
            if !metering.isAdmitted { tally.metered += 1 }
            if isCertain { tokens[metering.name]?.take(metering.isAdmitted, now: time) } else { tokens[metering.name]?.forget(now: now) }
        }
    }

    /// Nobody knows which meters a frame has been through.
    func forgetTokens() {
        for name in tokens.keys { tokens[name]?.forget(now: now) }
    }
}
