import Datapath
import Flow
import OpenFlow
import Wire

/// What the datapath hands up: packets without a megaflow, and packets that a `userspace` action copied.
extension OFProto {
    /// Handles one upcall.
    func handle(_ upcall: consuming DPUpcall, now: Int64) {
        guard !waitsForFlows else {
            counters.tooEarly &+= 1
            return
        }
        switch upcall.reason {
        case .miss: handleMiss(upcall, now: now)
        case .action(let userdata): handleAction(userdata, upcall, now: now)
        }
    }

    private func handleMiss(_ upcall: consuming DPUpcall, now: Int64) {
        counters.misses &+= 1
        // A miss before this one has found a station elsewhere: what this packet leads to is not to go to where it was.
        if revalidation.pending.stations != 0 { revalidate(now: now) }
        translator.flow.key = upcall.key
        let length = UInt64(upcall.packet.length)
        guard translator.translate(now: now, learns: true) else {
            if let failure = translator.failure { counters.count(failure) }
            return
        }
        let pmd = upcall.pmd
        if !usesMegaflows { translator.wildcards.key.formUnion(.onlyLike(upcall.key)) }
        let put = DPFlowPut(pmd: pmd, key: upcall.key, mask: translator.wildcards.key, actions: translator.takeMegaflowActions())
        guard dpif.flowCount < flowLimit.current else {
            counters.executed &+= 1
            for credit in translator.takeCredits() { credit.push(packets: 1, bytes: length, used: now) }
            // Without actions too: the datapath counts the drop.
            dpif.execute(upcall.takePacket(), key: put.key, actions: translator.takeActions(), pmd: pmd)
            return
        }
        do throws(DPIFError) {
            let id = try dpif.flowPut(put, waiting: upcall.takePacket())
            counters.installed &+= 1
            let mask = translator.wildcards.maskLines
            let at = megaflows.insert(id, key: put.key, mask: mask, translator.outcome(mask, actions: put.actions), now: now)
            // The packet that waited is this translation's, whatever the megaflow is found to mean before the datapath has counted it: with a
            // learn action that may be at once.
            (megaflows.flows[at].packets, megaflows.flows[at].bytes) = (1, length)
            megaflows.outcome(at).push(packets: 1, bytes: length, used: now, tcpFlags: put.key.l0.tcpFlags.host)
        } catch {
            counters.refused &+= 1
        }
    }

    /// Does with one packet what its megaflow cannot. The megaflow has counted the packet, and learns from it.
    private func handleSlowPath(_ upcall: consuming DPUpcall, now: Int64) {
        counters.slowPath &+= 1
        let key = upcall.key, pmd = upcall.pmd
        translator.flow.key = key
        guard translator.translate(now: now, learns: false) else {
            if let failure = translator.failure { counters.count(failure) }
            return
        }
        // Without actions too: the datapath counts the drop.
        dpif.execute(upcall.takePacket(), key: key, actions: translator.takeActions(), pmd: pmd)
    }

    private func handleAction(_ userdata: UInt64, _ upcall: consuming DPUpcall, now: Int64) {
        let id = Userdata.id(userdata)
        switch Userdata.kind(userdata) {
        case .slowPath: handleSlowPath(upcall, now: now)
        case .controller:
            guard let context = controllers[id], let bridge = context.bridge else { return }
            counters.packetIns &+= 1
            context.used = max(context.used, now)
            let key = context.key
            let packet = PacketIn(
                bridge: bridge, bytes: upcall.packet.bytes,
                reason: PacketInMessage.Reason(rawValue: key.action.reason) ?? .action, table: key.table, cookie: key.cookie,
                metadata: PacketIn.metadata(upcall.key, key), controllerID: key.action.controllerID, userdata: key.action.userdata,
                continuation: key.continuation)
            controllerSink?(packet)
            bridge.connections.tell(packet, now: now)
        case .sample:
            guard let sample = samples[id], let sampleSink else { return }
            sampleSink(SampledPacket(sample: sample, bytes: upcall.packet.bytes, port: port(ODPPort(upcall.key.l0.inPort))))
        case nil: break
        }
    }
}

extension FlowMask {
    /// All that a packet has: its headers, and metadata also where they are zero.
    fileprivate static func onlyLike(_ key: FlowKey) -> FlowMask {
        var mask = describing(key)
        (mask.l0.skbPriority, mask.l0.pktMark, mask.l0.dpHash) = (.max, .max, .max)
        (mask.l0.ctState, mask.l0.ctZone, mask.l0.ctMark) = (.max, .max, .max)
        mask.l4.ctLabel = .ones
        return mask
    }
}
