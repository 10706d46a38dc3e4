import Flow
import Wire
@testable import OpenFlow

/// Makes matches and actions that OVS accepts, from a seed.
struct WireGenerator {
    var random: SeededNumbers

    init(seed: UInt64) { random = SeededNumbers(seed: seed) }

    /// A value that OVS takes for `field`.
    mutating func value(of field: Field) -> UInt128 {
        switch field {
        case .inPort, .actsetOutput: UInt128(random.pick([1, 7, 0xfeff, 0xfff8, 0xfffe]))
        case .arpOp: UInt128(random.below(256))
        case .nshMDType: UInt128(1 + random.below(2))
        case .nshTTL: UInt128(random.below(64))
        case .packetType: UInt128(1 << 16 | 0x0800)
        case .vlanVID: UInt128(0x1000 | random.below(4096))
        default: random.number128() & field.place.ones
        }
    }

    /// A demand on a field tun_metadataN in as few bytes as it needs, of any length; `0`, and a mask of some bits or of none, among them.
    mutating func tunMetadata(_ field: Field) -> TunMetadata {
        let count = random.pick([0, 1, 2, 4, 16, 17, 124])
        let value = (0..<count).map { _ in UInt8(random.below(256)) }
        guard random.below(2) == 0 else { return TunMetadata(field, value: value).shortest }
        // A mask of ones from its first bit on is one that OVS takes for none.
        return TunMetadata(field, value: value, mask: value.indices.map { $0 == 0 ? UInt8(1 + random.below(254)) : UInt8(random.below(256)) }).shortest
    }

    /// A match on `field` with what it needs, in words of ovs-fields(7), and nothing else.
    mutating func match(on field: Field) -> Match {
        var match = Match()
        prerequisites(field.prerequisite, field, &match)
        if field.isTunMetadata {
            _ = match.add(tunMetadata(field))
            return match
        }
        var bits = MaskedValue(value: value(of: field), mask: field.widthMask)
        if field.isMaskable, random.below(2) == 0, field != .vlanVID { bits.mask = random.number128() & field.place.ones | 1 }
        bits.value &= bits.mask
        if match.isWild(field) { match.set(field, to: bits) }
        return match
    }

    private mutating func prerequisites(_ prerequisite: Prerequisite, _ field: Field, _ match: inout Match) {
        func ether(_ type: UInt16) { match.set(.ethType, to: UInt128(type)) }
        func proto(_ type: UInt16, _ number: UInt8) {
            ether(type)
            match.set(.nwProto, to: UInt128(number))
        }
        let ip = random.pick([EtherType.ipv4, EtherType.ipv6])
        switch prerequisite {
        case .none, .ethernet: break
        case .vlan: match.set(.vlanVID, to: 0x1005)
        case .ipv4: ether(EtherType.ipv4)
        case .ipv6: ether(EtherType.ipv6)
        case .ip: ether(ip)
        case .arp: ether(random.pick([EtherType.arp, EtherType.rarp]))
        case .mpls: ether(EtherType.mpls)
        case .nsh: ether(EtherType.nsh)
        case .conntrack:
            ether(field == .ctIPv6Src || field == .ctIPv6Dst ? EtherType.ipv6 : EtherType.ipv4)
            match.set(.ctState, to: MaskedValue(value: 0x22, mask: 0x22))
            match.set(.ctNWProto, to: 6)
        case .tcp: proto(ip, IPProtocol.tcp)
        case .udp: proto(ip, IPProtocol.udp)
        case .sctp: proto(ip, IPProtocol.sctp)
        case .icmpv4: proto(EtherType.ipv4, IPProtocol.icmp)
        case .icmpv6: proto(EtherType.ipv6, IPProtocol.icmpv6)
        case .nd, .ndSolicit, .ndAdvert:
            proto(EtherType.ipv6, IPProtocol.icmpv6)
            match.set(.icmpv6Type, to: prerequisite == .ndAdvert ? 136 : 135)
            match.set(.icmpv6Code, to: 0)
        }
    }

    // MARK: Actions

    mutating func register() -> FieldRange {
        let field = random.pick([Field.reg0, .reg7, .xreg2, .xxreg1, .metadata, .pktMark])
        let count = 1 + random.below(min(field.bits, 64))
        return FieldRange(field: field, start: random.below(field.bits - count + 1), count: count)
    }

    mutating func port() -> OFPort { OFPort(UInt16(1 + random.below(0xfe00))) }

    /// Whole values of fields that every packet has, so that the actions suit any match; of at most 64 bits, so that one load says them.
    private mutating func setField() -> OFAction {
        let field = random.pick([Field.ethSrc, .ethDst, .reg3, .xreg1, .metadata, .tunID, .tunSrc, .tunGBPID, .pktMark, .tunERSPANIndex])
        return .set(field, to: value(of: field))
    }

    /// One action of each kind that a list can hold, with random arguments.
    mutating func everyAction() -> [OFAction] {
        let range = register(), other = FieldRange(field: .xxreg3, start: 5, count: range.count)
        let wide = FieldRange(field: .xxreg0, start: random.below(64), count: 16 + random.below(49))
        var learn = LearnSpec()
        learn.idleTimeout = UInt16(random.below(65536))
        learn.flags = random.pick([[], .sendFlowRemoved, [.sendFlowRemoved, .deleteLearned]])
        learn.table = UInt8(random.below(255))
        learn.parts = [
            LearnSpec.Part(count: 16, source: .immediate([8, 0]), destination: .match(FieldRange(.ethType))),
            LearnSpec.Part(count: range.count, source: .field(range), destination: .load(other)),
            LearnSpec.Part(count: 16, source: .field(FieldRange(.inPort)), destination: .output),
        ]
        var limited = learn
        limited.limit = UInt32(1 + random.below(100))
        limited.flags.insert(.writeResult)
        limited.result = FieldRange(field: .reg4, start: random.below(32), count: 1)
        return [
            .output(port(), maxLength: 0), .output(.controller, maxLength: UInt16(random.below(65536))), .output(port(), maxLength: UInt16(14 + random.below(1000))),
            .outputField(range), .outputField(FieldRange(.tunERSPANIndex)),
            .controller(ControllerSpec(maxLength: 128, reason: 2, id: UInt16(random.below(65536)))),
            .controller(ControllerSpec(userdata: (0..<random.below(20)).map { UInt8($0) }, pause: true, meter: UInt32(1 + random.below(9)))),
            setField(), setField(), .setTunMetadata(tunMetadata(random.pick([.tunMetadata0, .tunMetadata63]))), .deleteField(.tunMetadata9),
            .move(from: range, to: other), .move(from: FieldRange(.tunMetadata1), to: FieldRange(.tunMetadata2)),
            .push(FieldRange(field: .tunMetadata5, start: random.below(500), count: 1 + random.below(492))), .setQueue(UInt32(random.below(99))), .popQueue, .group(UInt32(random.below(99))),
            .resubmit(port: port(), table: nil, ct: false), .resubmit(port: nil, table: UInt8(random.below(255)), ct: false),
            .clone([.output(port(), maxLength: 0), setField(), .clone([.exit])]),
            .sample(SampleSpec(probability: UInt16(1 + random.below(65535)), collectorSet: 1, observationDomain: 2, observationPoint: 3)),
            .sample(SampleSpec(probability: 7, samplingPort: port())), .sample(SampleSpec(probability: 7, samplingPort: port(), direction: .egress)),
            .note((0..<6 + 8 * random.below(4)).map { UInt8($0) }), .exit, .push(range), .pop(range),
            .bundle(BundleSpec(fields: random.pick(HashFields.allCases), basis: 7, algorithm: .activeBackup, members: [port(), .none])),
            .bundle(BundleSpec(fields: .nwSrc, basis: 7, algorithm: .highestRandomWeight, members: [port(), port(), port()], destination: wide)),
            .multipath(MultipathSpec(fields: random.pick(HashFields.allCases), basis: 50, algorithm: .iteratedHash,
                maximumLink: 3, argument: UInt32(random.below(9)), destination: wide)),
            .learn(learn), .learn(limited), .ctClear, .checkPacketLarger(UInt16(random.below(65536)), FieldRange(field: .reg1, start: random.below(32), count: 1)),
        ]
    }

    /// Actions that want a match on IPv4 and TCP.
    mutating func tcpActions() -> [OFAction] {
        var ct = ConntrackSpec()
        ct.commit = true
        ct.force = random.below(2) == 0
        ct.table = random.pick([nil, 5])
        ct.helper = 21
        ct.zone = random.pick([.immediate(UInt16(random.below(65536))), .field(FieldRange(field: .reg5, start: random.below(17), count: 16))])
        var nat = NATSpec()
        nat.flags = random.pick([.source, [.destination, .random], [.source, .persistent, .hash]])
        nat.addresses = random.pick([.ipv4(BE32(0x0a00_0001), last: nil), .ipv4(BE32(0x0a00_0001), last: BE32(0x0a00_0009))])
        nat.firstPort = 80
        nat.lastPort = random.pick([nil, 90])
        ct.actions = [.nat(nat), .set(.ctMark, to: UInt128(random.below(99))), .set(.ctLabel, to: MaskedValue(value: 5, mask: 0xff))]
        return [
            .ct(ct), .ct(ConntrackSpec()), .decTTL([]), .decTTL([1, 2, UInt16(random.below(65536))]), .finTimeout(idle: UInt16(random.below(9)), hard: 7),
            .set(.ipv4Src, to: value(of: .ipv4Src)), .set(.nwTOS, to: UInt128(random.below(64) * 4)), .set(.nwECN, to: 2), .set(.nwTTL, to: 9),
            .set(.tcpDst, to: UInt128(random.below(65536))),
        ]
    }
}
