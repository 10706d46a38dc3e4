import OpenFlow
import Wire

extension OFConnection {
    /// Says hello with the highest version that may be spoken.
    func sendHello() {
        let versions = manager.allowedVersions
        guard let highest = versions.highest else { return close() }
        send(OFPacket(OFHeader(highest, xid: 0), .hello(Hello(versions: versions))))
    }

    /// The peer's hello: from here on the highest version that both speak is spoken.
    func greet(_ packet: OFPacket) {
        guard case .hello(let hello) = packet.message else { return close() }
        let common = manager.allowedVersions.intersection(hello.versions)
        guard let version = common.highest else {
            return failHello("We support \(manager.allowedVersions.text), you support \(hello.versions.text), no common versions.")
        }
        self.version = version
        async = .standard(for: version)
        manager.noteControllers()
    }

    /// No version is common: says so, and ends.
    func failHello(_ reason: String) {
        send(OFPacket(OFHeader(.v10, xid: 0), .error(ErrorMessage(.hfcIncompatible, data: Array(reason.utf8)))))
        close()
    }

    // MARK: What it wants to be told

    /// The form of messages about flows.
    var flowForm: MessageForm { version == .v10 && flowFormat == .nxm ? .extended : .standard }

    /// True if an asynchronous message of this kind and reason is for this connection. Who only serves itself (ovs-ofctl) gets none before it has asked for
    /// packets by a miss_send_len.
    func wants(_ kind: AsyncConfig.Kind, reason: UInt8) -> Bool {
        guard version != nil, !isClosed, self.kind != .snoop, reason < 32 else { return false }
        if self.kind == .service && missSendLength == 0 { return false }
        let masks = async[kind]
        return (role == .secondary ? masks.secondary : masks.primary) >> UInt32(reason) & 1 != 0
    }

    func wants(_ packet: PacketIn) -> Bool {
        packet.controllerID == controllerID && wants(.packetIn, reason: packet.reason.wire(in: version ?? .v10).rawValue)
    }

    func tell(_ packet: PacketIn, now: Int64) {
        guard let version else { return }
        guard transport.backlog <= ControlLimits.packetInBacklog, packetIns.admit(now: now) else {
            counters.packetInsDropped &+= 1
            return
        }
        counters.packetIns &+= 1
        tell(.packetIn(packet.message(version)), form: packetInFormat.form)
    }
}

extension PacketInFormat {
    var form: MessageForm {
        switch self {
        case .standard: .standard
        case .nxt: .extended
        case .nxt2: .extended2
        }
    }
}

extension PacketInMessage.Reason {
    /// As a version says it: the table-miss flow's packets are "no match" from OpenFlow 1.3 on; reasons that came with 1.4 are "action" before.
    func wire(in version: OFVersion) -> PacketInMessage.Reason {
        switch self {
        case .implicitMiss: .noMatch
        case .explicitMiss: version >= .v13 ? .noMatch : .action
        case .actionSet, .group, .packetOut: version >= .v14 ? self : .action
        default: self
        }
    }
}

extension AsyncConfig {
    /// What a connection is told before it says what it wants.
    static func standard(for version: OFVersion) -> AsyncConfig {
        var config = AsyncConfig.none
        config[.packetIn].primary = version >= .v14 ? 0b111011 : 0b000011
        config[.portStatus] = (primary: 0b111, secondary: 0b111)
        config[.flowRemoved].primary = version >= .v14 ? 0b111111 : version == .v13 ? 0b001111 : 0b000111
        config.namedPrimary = Set(Kind.allCases)
        config.namedSecondary = Set(Kind.allCases)
        return config
    }
}

extension OFVersions {
    /// "version 0x01", "version 0x04 and earlier", "versions 0x01, 0x04"
    fileprivate var text: String {
        let numbers = (1..<UInt32(32)).filter { rawValue >> $0 & 1 != 0 }
        let names = numbers.map { "0x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        guard names.count > 1, let last = names.last else { return "version " + (names.first ?? "none") }
        return numbers.last == UInt32(numbers.count) ? "version \(last) and earlier" : "versions " + names.joined(separator: ", ")
    }
}
