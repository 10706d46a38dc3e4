import Glibc
import NetDev

// PMDs come and go while packets flow: pmd-cpu-mask of ovs-vswitchd.conf.db(5).
//
// A PMD that is to go gives its receive queues to others and then drains: the upcalls on its ring are still answered, and it
// carries the answers out. When nothing is outstanding its megaflows are removed, in slices, and their last counters told
// as those of any other; then its thread ends, and what it counted is added to what former PMDs have counted.

extension DatapathSettings {
    /// The PMDs' cores, or the names of those without threads.
    var pmdCores: [Int] { cores.isEmpty ? simulatedCores : cores }

    /// Where a PMD of that core is.
    func place(_ core: Int) -> PMDPlace { PMDPlace(core: core, node: cores.isEmpty ? simulatedNodes[core] ?? 0 : Numa.node(ofCore: core)) }

    /// Throws if there cannot be a PMD on each of the cores.
    func checkCores() throws(DPIFError) {
        guard (1...Limits.pmds).contains(pmdCores.count), Set(pmdCores).count == pmdCores.count else {
            throw DPIFError(.invalid, "PMD cores: 1 to \(Limits.pmds), each once; found \(pmdCores)")
        }
        let count = sysconf(Int32(_SC_NPROCESSORS_CONF))
        if let core = cores.first(where: { !(0..<count).contains($0) }) {
            throw DPIFError(.invalid, "PMD cores: there is no core \(core); the machine has 0 to \(count - 1)")
        }
    }
}

extension DPIFNetdev {
    /// The PMDs that poll queues.
    var activePMDs: [PMDHandle] { pmds.filter { !$0.isDraining } }

    func pmd(_ number: Int) -> PMDHandle? {
        for at in pmds.indices where pmds[at].number == number { return pmds[at] }
        return nil
    }

    /// What mempools of ports opened now have to hold.
    var demand: MempoolDemand { netdevs.options.demand.covering(pmds: pmds.count, waiting: Limits.waitingPackets) }

    /// Starts PMDs that know no port and poll nothing yet. After an error there is none.
    func startPMDs(on cores: [Int]) throws(DPIFError) -> [PMDHandle] {
        var started: [PMDHandle] = []
        do throws(DPIFError) {
            for core in cores {
                let handle = try unsafe PMDHandle(number: nextNumber, place: settings.place(core), hasThread: !settings.cores.isEmpty, pool: pool.raw,
                    seed: settings.seed, waker: waker, meters: meters, clock: clock)
                nextNumber += 1
                handle.virtualNow = virtualCycles
                started.append(handle)
                try handle.start()
            }
        } catch {
            for handle in started { handle.stop() }
            for handle in started { handle.free() }
            throw error
        }
        return started
    }

    /// Makes the settings' cores the ones with active PMDs: those that are there stay, or stop draining; `started` are the others.
    /// The queues are still to be assigned.
    func replacePMDs(with started: [PMDHandle]) {
        let all = pmds + started
        let active = settings.pmdCores.compactMap { core in all.first { $0.core == core } }
        for handle in all { handle.isDraining = !active.contains { $0 === handle } }
        pmds = active + all.filter(\.isDraining)
        sendPorts()
    }

    /// Brings each draining PMD as far as it can go without waiting.
    func advanceDraining() {
        for handle in pmds where handle.isDraining && handle.isQuiet() {
            if handle.mirror.count > 0 {
                for slot in handle.usedSlots(atMost: Limits.drainSlice) { remove(handle, slot) }
            } else if handle.retired.isEmpty {
                end(handle)
            }
        }
    }

    /// Ends a PMD in which no packet and no megaflow is left.
    private func end(_ handle: PMDHandle) {
        handle.stop()
        pmds.removeAll { $0 === handle }
        for place in formerCounters.indices { unsafe formerCounters[place].add(handle.pmd.pointee.ports[place].counters.pointee) }
        unsafe formerStats[handle.core, default: PMDStats()].add(handle.pmd.pointee.stats.pointee)
        handle.free()
        sendPorts()
    }
}

extension PortCounters {
    mutating func add(_ other: PortCounters) {
        rxPackets &+= other.rxPackets
        rxBytes &+= other.rxBytes
        txPackets &+= other.txPackets
        txBytes &+= other.txBytes
        for reason in drops.indices { drops[reason] &+= other.drops[reason] }
    }
}
