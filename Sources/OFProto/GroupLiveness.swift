import OpenFlow
import Wire

/// Which buckets are live (OpenFlow 1.5.1, section 6.7.2): those whose port or group is; a bucket that watches neither always is. A group
/// is live when one of its buckets is.
extension Bridge {
    /// The first live bucket.
    func firstLiveBucket(of group: Group) -> Bucket? { group.buckets.first(where: isLive) }

    func isLive(_ bucket: Bucket) -> Bool {
        if isLiveByItself(bucket) { return true }
        return bucket.spec.watchesGroup && reachesLiveBucket(from: bucket.spec.watchGroup)
    }

    private func isLiveByItself(_ bucket: Bucket) -> Bool {
        guard bucket.spec.hasLiveness else { return true }
        return bucket.spec.watchesPort && port(bucket.spec.watchPort)?.isLive == true
    }

    /// A group is live if the groups that it watches, and those watch, lead to a live bucket; groups that only watch each other are not.
    private func reachesLiveBucket(from start: UInt32) -> Bool {
        var seen: Set<UInt32> = [start], waiting = [start], left = OFProtoLimits.watchedBuckets
        while let id = waiting.popLast() {
            guard let group = groups[id] else { continue }
            for bucket in group.buckets {
                left -= 1
                guard left >= 0 else { return false }
                if isLiveByItself(bucket) { return true }
                if bucket.spec.watchesGroup, seen.insert(bucket.spec.watchGroup).inserted { waiting.append(bucket.spec.watchGroup) }
            }
        }
        return false
    }

    /// Asks the datapath for the links of the ports that buckets watch, or of all. A change lets the megaflows be checked, and controllers are told.
    func refreshLinks(ofAll: Bool = false) {
        for number in ofAll ? ports.map(\.number) : Array(groups.watchedPorts) {
            if let port = port(number) { refreshLink(port) }
        }
    }

    func refreshLink(_ port: BridgePort) {
        guard port.odpPort != nil, let info = ofproto.dpif.portQuery(port.name), info.linkUp != port.isLinkUp || info.isEnabled != port.isEnabled else { return }
        // Who turns a device on takes a controller's OFPPC_PORT_DOWN back.
        if info.isEnabled && !port.isEnabled { port.config.flags.remove(.down) }
        (port.isLinkUp, port.isEnabled) = (info.linkUp, info.isEnabled)
        ofproto.noteChange()
        connections.tell(PortStatus(.modify, portDescription(port)))
    }
}
