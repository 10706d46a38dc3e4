/// A `dpdkvhostuserclient` port is a net_vhost device that connects to the socket which a virtual machine's monitor serves,
/// and connects again whenever that goes away.
enum VhostUser {
    /// Options that are "1" where a guest may have them: vhost-iommu-support and vhost-postcopy-support of ovs-vswitchd.conf.db(5).
    private static let support = ["iommu-support", "postcopy-support"]

    /// The device's arguments. Throws `invalid` when `vhost-server-path` is missing or cannot stand in devargs.
    static func devargs(_ request: NetdevRequest, _ settings: NetdevSettings) throws(NetdevError) -> String {
        guard let path = request.options["vhost-server-path"], !path.isEmpty else {
            throw NetdevError(.invalid, "\(request.name): 'vhost-server-path' is missing")
        }
        // 108 bytes are a Unix socket's address (unix(7)); commas and the like would end the value in devargs.
        let allowed = path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !",=[]()\"'".utf8.contains($0) }
        guard path.utf8.count < 108, allowed else {
            throw NetdevError(.invalid, "\(request.name): '\(path)' is not a valid vhost-server-path")
        }
        return "net_vhost_\(identifier(request.name)),iface=\(path),client=1,queues=\(settings.rxQueues)"
            + support.filter { request.options[$0] == "1" }.map { ",\($0)=1" }.joined()
    }

    /// A guest enables as many queue pairs as it likes, the first one always: with no more transmit queues than the receive
    /// queues that were asked for, none stays unserved unless the guest has fewer than configured.
    static func adjusted(_ settings: NetdevSettings) -> NetdevSettings {
        var adjusted = settings
        adjusted.txQueues = settings.rxQueues
        return adjusted
    }

    /// The interface's name in the letters that a vdev's name may have; others as their number.
    private static func identifier(_ name: String) -> String {
        name.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: String(UnicodeScalar(byte))
            default: "_\(byte)_"
            }
        }.joined()
    }
}
