import OpenFlow

/// Messages that a controller wants carried out together (OpenFlow 1.4, section 6.9).
struct Bundle {
    var flags: BundleControl.Flags
    var isClosed = false
    var messages: [(packet: OFPacket, bytes: [UInt8])] = []
    var used: Int64
}

extension OFConnection {
    /// OFPT_BUNDLE_CONTROL.
    func control(_ control: BundleControl, _ header: OFHeader, now: Int64) throws(OFError) {
        switch control.kind {
        case .openRequest:
            guard bundles[control.id] == nil else {
                bundles[control.id] = nil
                throw .bfcBadID
            }
            guard bundles.count < ControlLimits.bundles else { throw .bfcOutOfBundles }
            bundles[control.id] = Bundle(flags: control.flags, used: now)
            answer(control, .openReply, header)
        case .closeRequest:
            var bundle = try bundle(control)
            guard !bundle.isClosed else {
                bundles[control.id] = nil
                throw .bfcBundleClosed
            }
            bundle.isClosed = true
            bundle.used = now
            bundles[control.id] = bundle
            answer(control, .closeReply, header)
        case .commitRequest:
            let bundle = try bundle(control)
            bundles[control.id] = nil
            begin(BundleCommit(bundle, control, header, bridge: bridge))
        case .discardRequest:
            _ = try bundle(control)
            bundles[control.id] = nil
            answer(control, .discardReply, header)
        case .openReply, .closeReply, .commitReply, .discardReply: throw .bfcBadType
        }
    }

    /// OFPT_BUNDLE_ADD_MESSAGE. A bundle that has not been opened is opened by its first message.
    /// - Parameter bytes: as it came, for error messages about it.
    func add(_ add: BundleAdd, _ bytes: [UInt8], now: Int64) throws(OFError) {
        if bundles[add.id] == nil {
            guard bundles.count < ControlLimits.bundles else { throw .bfcOutOfBundles }
            bundles[add.id] = Bundle(flags: add.flags, used: now)
        }
        guard let open = bundles[add.id] else { return }
        guard !open.isClosed else {
            bundles[add.id] = nil
            throw .bfcBundleClosed
        }
        guard open.flags == add.flags else {
            bundles[add.id] = nil
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
        guard open.messages.count < ControlLimits.bundleMessages else { throw .bfcMsgFailed }
        bundles[add.id]?.messages.append((packet, bytes))
        bundles[add.id]?.used = now
    }

    private func bundle(_ control: BundleControl) throws(OFError) -> Bundle {
        guard let bundle = bundles[control.id] else { throw .bfcBadID }
        guard bundle.flags == control.flags else {
            bundles[control.id] = nil
            throw .bfcBadFlags
        }
        return bundle
    }

    func answer(_ control: BundleControl, _ kind: BundleControl.Kind, _ header: OFHeader) {
        reply(.bundleControl(BundleControl(id: control.id, kind: kind, flags: [])), to: header)
    }

    /// Discards bundles that nobody has used for long.
    func expireBundles(now: Int64) {
        guard !bundles.isEmpty else { return }
        bundles = bundles.filter { $0.value.used + ControlLimits.bundleIdle > now }
    }

    func discardBundles() { bundles = [:] }
}

/// The commit of a bundle: its flow modifications are prepared in slices and take effect in one moment, or none does.
final class BundleCommit: ControllerJob {
    private let bundle: Bundle
    private let control: BundleControl
    private let header: OFHeader
    private let bridge: Bridge
    private var change: FlowChange?
    private var next = 0
    private var packetOuts: [PacketOut] = []
    /// What stands in for a change that is taken back.
    private let groups: GroupSnapshot
    private var ports: [(BridgePort, PortFlags)] = []

    init(_ bundle: Bundle, _ control: BundleControl, _ header: OFHeader, bridge: Bridge) {
        self.bundle = bundle
        self.control = control
        self.header = header
        self.bridge = bridge
        groups = GroupSnapshot(bridge.groups)
    }

    /// It waits for another change to be over.
    var isWaiting: Bool { change == nil && bridge.isReaping }

    func run(_ connection: OFConnection, budget: inout Int, now: Int64) -> Bool {
        let manager = connection.manager
        if change == nil {
            guard manager.mayChangeTables(connection) else { return false }
            manager.tableChanger = connection
            change = bridge.beginChange(staged: true)
        }
        budget -= 1
        let end = min(next + ControlLimits.elementsPerPart, bundle.messages.count)
        while next < end {
            do throws(OFError) {
                try prepare(bundle.messages[next].packet, connection, now: now)
            } catch {
                fail(error, connection, now: now)
                return true
            }
            next += 1
        }
        guard next == bundle.messages.count else { return false }
        finish(connection, now: now)
        return true
    }

    private func prepare(_ packet: OFPacket, _ connection: OFConnection, now: Int64) throws(OFError) {
        switch packet.message {
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
            if let port = bridge.port(mod.port) { ports.append((port, port.config.flags)) }
            try bridge.apply(mod)
        case .packetOut(let out):
            try connection.manager.check(out)
            packetOuts.append(out)
        default: throw .bfcMsgUnsup
        }
    }

    private func finish(_ connection: OFConnection, now: Int64) {
        connection.manager.tableChanger = nil
        if let change { bridge.commit(change, now: now) }
        for out in packetOuts { try? connection.manager.packetOut(out, now: now) }
        connection.answer(control, .commitReply, header)
    }

    /// Takes everything back, and tells which message failed, then that the commit did.
    private func fail(_ error: OFError, _ connection: OFConnection, now: Int64) {
        connection.manager.tableChanger = nil
        if let change { bridge.undo(change) }
        bridge.groups = groups.restored()
        for (port, flags) in ports.reversed() { bridge.setFlags(flags, of: port) }
        let failed = bundle.messages[next]
        connection.refuse(error, failed.packet.header, failed.bytes)
        connection.refuse(.bfcMsgFailed, header, OFPacket(header, .bundleControl(control)).encoded())
    }
}
