import OpenFlow

/// Messages that a controller wants carried out together (OpenFlow 1.4, section 6.9).
final class Bundle {
    let flags: BundleControl.Flags
    var isClosed = false
    var messages: [BundledMessage] = []
    /// What they take, in bytes.
    var size = 0
    var used: Int64

    init(flags: BundleControl.Flags, used: Int64) { (self.flags, self.used) = (flags, used) }
}

/// A message that waits for the commit of its bundle: the OFPT_BUNDLE_ADD_MESSAGE as it came, which has been understood once and is again when its turn comes.
/// What is understood of a message takes many times what its bytes do.
struct BundledMessage {
    let bytes: [UInt8]
    /// Where in it the message is that was added.
    let place: Range<Int>

    /// The message inside. Throws what cannot happen to bytes that were understood before, unless what they mean has changed.
    /// - Parameter forms: of the flow mods before in the bundle.
    func packet(_ forms: inout FlowModForms) throws(OFError) -> OFPacket {
        try BundleAdd.content(bytes, at: place, &forms).get()
    }
    /// The header that an error about it has; nil: it is not understood any more.
    var header: OFHeader? {
        var forms = FlowModForms()
        return try? packet(&forms).header
    }
    /// Bytes in memory, about.
    var size: Int { bytes.count + ControlLimits.bundleMessageRoom }
}

extension OFConnection {
    /// OFPT_BUNDLE_CONTROL.
    func control(_ control: BundleControl, _ header: OFHeader, now: Int64) throws(OFError) {
        switch control.kind {
        case .openRequest:
            guard bundles[control.id] == nil else {
                forget(control.id)
                throw .bfcBadID
            }
            guard bundles.count < ControlLimits.bundles else { throw .bfcOutOfBundles }
            bundles[control.id] = Bundle(flags: control.flags, used: now)
            answer(control, .openReply, header)
        case .closeRequest:
            let bundle = try bundle(control)
            guard !bundle.isClosed else {
                forget(control.id)
                throw .bfcBundleClosed
            }
            bundle.isClosed = true
            bundle.used = now
            answer(control, .closeReply, header)
        case .commitRequest:
            let bundle = try bundle(control)
            bundles[control.id] = nil
            // The job frees what the bundle takes.
            begin(BundleCommit(bundle, control, header, manager: manager))
        case .discardRequest:
            guard bundles[control.id] != nil else { throw .bfcBadID }
            forget(control.id)
            answer(control, .discardReply, header)
        case .openReply, .closeReply, .commitReply, .discardReply: throw .bfcBadType
        }
    }

    /// OFPT_BUNDLE_ADD_MESSAGE. A bundle that has not been opened is opened by its first message.
    /// - Parameter bytes: as it came, for error messages about it.
    func add(_ add: BundleAdd, _ bytes: [UInt8], now: Int64) throws(OFError) {
        let bundle: Bundle
        if let open = bundles[add.id] {
            bundle = open
        } else {
            guard bundles.count < ControlLimits.bundles else { throw .bfcOutOfBundles }
            bundle = Bundle(flags: add.flags, used: now)
            bundles[add.id] = bundle
        }
        guard !bundle.isClosed else {
            forget(add.id)
            throw .bfcBundleClosed
        }
        guard bundle.flags == add.flags else {
            forget(add.id)
            throw .bfcBadFlags
        }
        let packet: OFPacket
        switch add.content {
        case .message(let message): packet = message
        case .refused(let error): throw error
        }
        if case .flowMod(let request) = packet.message {
            try request.checkBuffer()
            if request.command == .add, request.mod.table == OpenFlowTable.internalTable { throw .brcEperm }
        }
        let message = BundledMessage(bytes: bytes, place: add.bytes.indices)
        guard manager.bundledBytes + message.size <= ControlLimits.bundleBytes else { throw .bfcMsgTooMany }
        manager.bundledBytes += message.size
        bundle.messages.append(message)
        bundle.size += message.size
        bundle.used = now
    }

    private func bundle(_ control: BundleControl) throws(OFError) -> Bundle {
        guard let bundle = bundles[control.id] else { throw .bfcBadID }
        guard bundle.flags == control.flags else {
            forget(control.id)
            throw .bfcBadFlags
        }
        return bundle
    }

    func answer(_ control: BundleControl, _ kind: BundleControl.Kind, _ header: OFHeader) {
        reply(.bundleControl(BundleControl(id: control.id, kind: kind, flags: [])), to: header)
    }

    /// Discards a bundle.
    private func forget(_ id: UInt32) {
        if let bundle = bundles.removeValue(forKey: id) { manager.bundledBytes -= bundle.size }
    }

    /// Discards bundles that nobody has used for long.
    func expireBundles(now: Int64) {
        for (id, bundle) in bundles where bundle.used + manager.bridge.ofproto.limits.bundleIdle <= now { forget(id) }
    }

    func discardBundles() {
        for id in Array(bundles.keys) { forget(id) }
    }
}

/// The commit of a bundle: its flow modifications are prepared in slices and take effect in one moment, or none does.
final class BundleCommit: ControllerJob {
    private let bundle: Bundle
    private let control: BundleControl
    private let header: OFHeader
    private let manager: ConnectionManager
    private var bridge: Bridge { manager.bridge }
    private var change: FlowChange?
    private var hasBegun = false
    private var isOver = false
    private var next = 0
    private var forms = FlowModForms()
    private var packetOuts: [PacketOut] = []
    /// What stands in for a change that is taken back.
    private let groups: GroupSnapshot
    private var ports: [(BridgePort, PortFlags)] = []

    init(_ bundle: Bundle, _ control: BundleControl, _ header: OFHeader, manager: ConnectionManager) {
        self.bundle = bundle
        self.control = control
        self.header = header
        self.manager = manager
        groups = GroupSnapshot(manager.bridge.groups)
    }

    /// It waits for another change to be over.
    var isWaiting: Bool { !hasBegun && bridge.isReaping }

    func run(_ connection: OFConnection, budget: inout Int, now: Int64) -> Bool {
        if !hasBegun {
            guard manager.mayChangeTables(connection) else { return false }
            manager.tableChanger = connection
            change = bridge.beginChange(staged: true)
            hasBegun = true
        }
        budget -= 1
        let end = min(next + ControlLimits.elementsPerPart, bundle.messages.count)
        while next < end, !isOver {
            do throws(OFError) {
                try prepare(bundle.messages[next].packet(&forms).message, connection, now: now)
            } catch {
                fail(error, connection, now: now)
                return true
            }
            next += 1
        }
        guard !isOver else { return true }
        guard next == bundle.messages.count else { return false }
        finish(connection, now: now)
        return true
    }

    func cancel() {
        guard !isOver else { return }
        if hasBegun { takeBack() } else { end() }
    }

    /// The tables are free for the next one.
    private func end() {
        isOver = true
        if hasBegun { manager.tableChanger = nil }
        manager.bundledBytes -= bundle.size
    }

    private func prepare(_ message: OFMessage, _ connection: OFConnection, now: Int64) throws(OFError) {
        switch message {
        case .flowMod(let request):
            guard var change else { return }
            // The change has one owner at a time.
            self.change = nil
            defer { self.change = change }
            do throws(FlowModError) {
                try bridge.stage(
                    request.tableMod, command: request.command, selection: request.selection, into: &change, now: now)
            } catch {
                throw error.error
            }
        case .groupMod(let mod):
            bridge.openChange = change
            change = nil
            defer {
                change = bridge.openChange
                bridge.openChange = nil
            }
            try bridge.apply(mod, now: now)
        case .portMod(let mod):
            if let port = bridge.port(mod.port) { ports.append((port, port.shownFlags)) }
            try bridge.apply(mod)
        case .packetOut(let out):
            try manager.check(out)
            packetOuts.append(out)
        default: throw .bfcMsgUnsup
        }
    }

    private func finish(_ connection: OFConnection, now: Int64) {
        end()
        if let change { bridge.commit(change, now: now) }
        for out in packetOuts { try? manager.packetOut(out, now: now) }
        connection.answer(control, .commitReply, header)
    }

    /// Takes everything back, and tells which message failed, then that the commit did.
    private func fail(_ error: OFError, _ connection: OFConnection, now: Int64) {
        takeBack()
        let failed = bundle.messages[next]
        connection.refuse(error, failed.header ?? header, failed.bytes)
        connection.refuse(.bfcMsgFailed, header, OFPacket(header, .bundleControl(control)).encoded())
    }

    private func takeBack() {
        end()
        if let change { bridge.undo(change) }
        bridge.groups = groups.restored()
        for (port, flags) in ports.reversed() { bridge.setFlags(flags, of: port) }
    }
}
