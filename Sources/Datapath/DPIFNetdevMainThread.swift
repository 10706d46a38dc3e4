import NetDev

// Without threads one of the PMDs may be OVS's "main thread", which polls what no PMD does: ports of the classes dummy and dummy-internal.

extension DatapathSettings {
    /// Among `simulatedCores`: the main thread. OVS gives it this number, too.
    public static let mainThread = -1
}

extension NetdevClass {
    /// Where there is a main thread, it polls ports of other classes.
    var isPolledByPMDs: Bool { self == .dummyPMD || self == .dpdk || self == .vhostUserClient }
}

extension DPIFNetdev {
    /// The PMDs of all receive queues: for each the place in `pmds`.
    func assignment(of loads: [RxqLoad], to pmds: [PMDHandle]) -> [Int] {
        guard let main = pmds.firstIndex(where: { $0.core == DatapathSettings.mainThread }) else {
            return Datapath.assignQueues(loads, to: pmds.map(\.place), by: settings.rxqAssign, isolates: settings.rxqIsolate)
        }
        let others = pmds.indices.filter { $0 != main }
        let polled = loads.indices.filter { isPolledByPMD(loads[$0].port) }
        var assignment = [Int](repeating: main, count: loads.count)
        guard !others.isEmpty else { return assignment }
        let chosen = Datapath.assignQueues(polled.map { loads[$0] }, to: others.map { pmds[$0].place }, by: settings.rxqAssign, isolates: settings.rxqIsolate)
        for (place, choice) in zip(polled, chosen) { assignment[place] = others[choice] }
        return assignment
    }

    private func isPolledByPMD(_ port: UInt32) -> Bool {
        ports[port].flatMap { NetdevClass(rawValue: $0.request.type) }?.isPolledByPMDs ?? false
    }
}
