import Datapath
import Flow
import OpenFlow
import Wire

/// A bridge: ports, tables of rules and the MAC table.
///
/// Owner: the ofproto thread. Whatever changes what translation may answer is told to `OFProto`, which lets the
/// megaflows be checked.
public final class Bridge {
    public let name: String
    unowned let ofproto: OFProto
    /// In the order of their numbers.
    public private(set) var ports: [BridgePort] = []
    /// By OpenFlow number, up to the highest one in use; the local port stands apart.
    private var portsByNumber: ContiguousArray<BridgePort?> = []
    private var localPort: BridgePort?
    private var portsByName: [String: BridgePort] = [:]
    var tables = ContiguousArray<OpenFlowTable?>(repeating: nil, count: 255)
    /// What lookups see of the tables.
    var version: UInt64 = 1
    /// The change that a group's deletion is part of; nil: it is one of its own.
    var openChange: FlowChange?
    /// Rules that no packet sees any more and that are to be taken out; the first `reaped` have been.
    var reaping: [EndedRule] = []
    var reaped = 0
    var timers = RuleTimers()
    var knownActions = RuleActionsCache()
    /// Ports, each with one interface or with a bond's, in the order in which they came.
    public internal(set) var bundles: [PortBundle] = []
    var bundlesByID: [PortBundleID: PortBundle] = [:]
    private var nextBundle: UInt32 = 0
    /// Where packets of no port come in: those of controllers.
    private(set) lazy var nowhere = PortBundle("OFPP_NONE", id: newBundleID(), PortSettings(), bridge: self)
    public internal(set) var mirrors: [Mirror] = []
    public internal(set) var macTable: MACTable
    var lockEnds = LockEnds()
    var learning = Learning()
    /// When the links of bonds' interfaces were asked for, in milliseconds.
    var bondsAsked: Int64 = 0
    /// VLANs without learning.
    var floodVLANs = VLANSet([])
    /// NORMAL forwards frames to reserved addresses, too.
    public internal(set) var forwardsReserved = false
    var groups = GroupTable()
    /// Meters by their OpenFlow number.
    var meters: [UInt32: Meter] = [:]
    /// Connections to controllers and tools.
    public private(set) lazy var connections = ConnectionManager(bridge: self)
    /// Tells collectors of the bridge's connections, if it does.
    public var netFlow: NetFlowConfig? {
        didSet {
            guard netFlow != oldValue else { return }
            netFlowExporter = netFlow.map { NetFlowExporter($0, now: ofproto.clock) }
            ofproto.noteChange()
        }
    }
    private(set) var netFlowExporter: NetFlowExporter?
    /// The number that the configuration gives the bridge; nil: it is made of an address.
    public var configuredDatapathID: UInt64?
    /// What it says of itself: a description for people, and a serial number (OpenFlow 1.5.1, section 7.3.5.1, dp_desc and serial_num); nil: "None".
    public var datapathDescription: String?
    public var serialNumber: String?
    /// What is done with fragments (OFPT_SET_CONFIG).
    public private(set) var fragments = SwitchSettings.Fragments.normal
    /// Which tunnel options are fields.
    var tlvMappings = TLVMappings()
    /// Flows that name tun_metadataN, by N.
    var tunMetadataUsers = [Int](repeating: 0, count: Int(TLVMappings.fields))
    /// A packet without a flow goes to a controller, where the table says nothing else.
    private(set) var sendsMisses = false
    /// Distinguishes this bridge's stations from those of others in the tags of megaflows.
    let tagSeed: UInt64

    /// Names this bridge, as it has been made now, in what controllers keep of paused packets.
    let uuid: UInt128

    init(name: String, ofproto: OFProto, tagSeed: UInt64) {
        self.name = name
        self.ofproto = ofproto
        self.tagSeed = tagSeed
        var random = tagSeed
        uuid = UInt128(splitMix64(&random)) << 64 | UInt128(splitMix64(&random))
        macTable = MACTable(capacity: ofproto.limits.macTableSize, aging: ofproto.limits.macAging * 1_000)
    }

    // MARK: Ports

    /// The port with this OpenFlow number.
    public func port(_ number: OFPort) -> BridgePort? {
        if number == .local { return localPort }
        return Int(number.number) < portsByNumber.count ? portsByNumber[Int(number.number)] : nil
    }

    public func port(named name: String) -> BridgePort? { portsByName[name] }

    /// Opens a port. Throws `DPIFError`: what the datapath refuses, a name or a number in use.
    @discardableResult public func addPort(_ config: BridgePortConfig) throws(DPIFError) -> OFPort {
        guard port(named: config.name) == nil else { throw DPIFError(.exists, "port \(config.name) is already on bridge \(name)") }
        let number = try choose(config)
        let bundle = try takeBundle(config)
        let odpPort: ODPPort?
        do throws(DPIFError) { odpPort = config.isPatch ? nil : try open(config) } catch {
            dropIfEmpty(bundle)
            throw error
        }
        let port = BridgePort(config, number: number, odpPort: odpPort, bundle: bundle, now: ofproto.clock)
        if odpPort != nil, let info = ofproto.dpif.portQuery(config.name) { (port.isLinkUp, port.isEnabled) = (info.linkUp, info.isEnabled) }
        ports.insert(port, at: place(of: number))
        portsByName[port.name] = port
        enter(port, at: number)
        attach(port)
        ofproto.portAdded(port)
        connections.tell(PortStatus(.add, portDescription(port)))
        return number
    }

    /// Changes a port. Its device stays open if nothing is asked of it but another MTU or address; otherwise it is closed and opened again with the same number.
    public func changePort(_ config: BridgePortConfig) throws(DPIFError) {
        guard let port = port(named: config.name) else { throw DPIFError(.notFound, "no port \(config.name) on bridge \(name)") }
        let number = config.ofPort ?? port.number
        if config.device.isSameDevice(as: port.config.device) && number == port.number && config.bond == port.config.bond {
            var config = config
            let flags = config.flags
            // What a controller has switched stays, as long as the configuration does not ask for something else than before.
            if flags == port.configuredFlags { config.flags = port.config.flags }
            port.configuredFlags = flags
            guard config != port.config else { return }
            try police(port, config)
            if config == port.config { return }
            try change(port, mtu: config.device.mtu, ethernetAddress: config.device.ethernetAddress)
            port.config = config
            if config.bond == nil { change(port.bundle, config.settings) }
            ofproto.noteChange()
            connections.tell(PortStatus(.modify, portDescription(port)))
            return
        }
        try removePort(config.name)
        var again = config
        again.ofPort = number
        try addPort(again)
    }

    /// Gives a port's device another MTU or address; nil: it keeps its own.
    private func change(_ port: BridgePort, mtu: Int?, ethernetAddress: EthernetAddress?) throws(DPIFError) {
        if let odpPort = port.odpPort { try ofproto.dpif.portChange(odpPort, mtu: mtu, ethernetAddress: ethernetAddress) }
    }

    /// Gives a port another MTU, while it is open. A patch has none.
    public func setMTU(_ mtu: Int, of port: BridgePort) throws(DPIFError) { try change(port, mtu: mtu, ethernetAddress: nil) }

    /// Gives a port another address, while it is open. A patch keeps its own.
    public func setEthernetAddress(_ address: EthernetAddress, of port: BridgePort) throws(DPIFError) {
        try change(port, mtu: nil, ethernetAddress: address)
        connections.tell(PortStatus(.modify, portDescription(port)))
    }

    private func open(_ config: BridgePortConfig) throws(DPIFError) -> ODPPort {
        let port = try ofproto.dpif.portAdd(config.device)
        do throws(DPIFError) {
            try ofproto.dpif.setEgressQoS(port, config.qos)
            try ofproto.dpif.setPolicing(port, config.policing)
        } catch {
            try? ofproto.dpif.portDelete(port)
            throw error
        }
        return port
    }

    /// Changes how a port is policed, of which translation knows nothing.
    private func police(_ port: BridgePort, _ config: BridgePortConfig) throws(DPIFError) {
        guard let odpPort = port.odpPort else { return }
        try ofproto.dpif.setEgressQoS(odpPort, config.qos)
        port.config.qos = config.qos
        try ofproto.dpif.setPolicing(odpPort, config.policing)
        port.config.policing = config.policing
    }

    /// Closes a port and forgets the stations behind it.
    public func removePort(_ name: String) throws(DPIFError) {
        guard let port = portsByName.removeValue(forKey: name) else { throw DPIFError(.notFound, "no port \(name) on bridge \(self.name)") }
        connections.tell(PortStatus(.delete, portDescription(port)))
        ports.remove(at: place(of: port.number))
        enter(nil, at: port.number)
        detach(port)
        ofproto.portRemoved(port)
        if let odpPort = port.odpPort { try ofproto.dpif.portDelete(odpPort) }
    }

    /// Switches what a controller may switch at a port. Its device is turned on or off with it; one that refuses stays as it is.
    func setFlags(_ wanted: PortFlags, of port: BridgePort) {
        let shown = port.shownFlags
        guard wanted != shown else { return }
        var flags = wanted
        if wanted.contains(.down) == shown.contains(.down) || !turn(port, isOn: !wanted.contains(.down)) {
            flags = wanted.subtracting(.down).union(port.config.flags.intersection(.down))
        }
        guard flags != port.config.flags || port.shownFlags != shown else { return }
        port.config.flags = flags
        ofproto.noteChange()
        connections.tell(PortStatus(.modify, portDescription(port)))
    }

    /// Turns a port's device on or off; false if it refuses. A patch has none.
    private func turn(_ port: BridgePort, isOn: Bool) -> Bool {
        guard let odpPort = port.odpPort else { return true }
        do throws(DPIFError) { try ofproto.dpif.portSetEnabled(odpPort, isOn) } catch { return false }
        port.isEnabled = isOn
        return true
    }

    /// Switches a port off or on, as its device's administrator does.
    public func setPort(_ name: String, isDown: Bool) {
        guard let port = port(named: name) else { return }
        setFlags(isDown ? port.shownFlags.union(.down) : port.shownFlags.subtracting(.down), of: port)
    }

    func setFragments(_ fragments: SwitchSettings.Fragments) {
        guard fragments != self.fragments else { return }
        self.fragments = fragments
        ofproto.noteChange()
    }

    /// Controllers came or went.
    func controllersChanged() {
        let sends = connections.wantsMisses
        guard sends != sendsMisses else { return }
        sendsMisses = sends
        ofproto.noteChange()
    }

    /// What went in and out by a port. Patch ports are counted here, others by the datapath.
    public func portStats(_ port: BridgePort) -> DPPortStats {
        guard let odpPort = port.odpPort else { return port.patchStats }
        return ofproto.dpif.portStats(odpPort) ?? DPPortStats()
    }

    private func choose(_ config: BridgePortConfig) throws(DPIFError) -> OFPort {
        if let wanted = config.ofPort ?? (config.name == name ? .local : nil) {
            guard wanted == .local || (wanted.number > 0 && wanted < .maximum) else {
                throw DPIFError(.invalid, "port \(config.name): \(wanted.number) is not a port number (1–65279)")
            }
            if let holder = port(wanted) {
                throw DPIFError(.exists, "port \(config.name): number \(wanted.number) belongs to \(holder.name)")
            }
            return wanted
        }
        for number in 1..<OFPort.maximum.number where port(OFPort(number)) == nil { return OFPort(number) }
        throw DPIFError(.full, "bridge \(name) has no free port number")
    }

    /// The first place in `ports` whose number is not less.
    private func place(of number: OFPort) -> Int {
        var low = 0, high = ports.count
        while low < high {
            let middle = (low + high) / 2
            if ports[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func enter(_ port: BridgePort?, at number: OFPort) {
        if number == .local {
            localPort = port
            return
        }
        while portsByNumber.count <= Int(number.number) { portsByNumber.append(nil) }
        portsByNumber[Int(number.number)] = port
    }

    /// A number that no port of this bridge has had.
    func newBundleID() -> PortBundleID {
        nextBundle += 1
        return PortBundleID(number: nextBundle)
    }
}
