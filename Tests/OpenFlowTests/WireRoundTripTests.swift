import Flow
import Testing
import TestSupport
import Wire
@testable import OpenFlow

@Suite struct WireRoundTripTests {
    private static let matchable = Field.allCases.filter { !$0.row.headers.isEmpty }

    @Test func headersReadLikeTheManualPage() {
        #expect(Field.withHeader(oxmClass: 0, experimenter: 0, number: 2)?.field == .ethSrc)
        #expect(Field.withHeader(oxmClass: 0x8000, experimenter: 0, number: 0)?.bytes == 4)
        #expect(Field.withHeader(oxmClass: 0x8001, experimenter: 0, number: 7)?.field == .xreg7)
        #expect(Field.withHeader(oxmClass: 0xffff, experimenter: 0x4f4e_4600, number: 42)?.field == .tcpFlags)
        #expect(Field.withHeader(oxmClass: 0xffff, experimenter: 0x005a_d650, number: 10)?.field == .nshTTL)
        #expect(Field.withHeader(oxmClass: 0x1000, experimenter: 0, number: 2)?.field == .ndOptionsType)
        #expect(Field.withHeader(oxmClass: 1, experimenter: 0, number: 114)?.field == .xxreg3)
        #expect(Field.withHeader(oxmClass: 1, experimenter: 0, number: 40)?.field == .tunMetadata0)
        #expect(Field.withHeader(oxmClass: 1, experimenter: 0, number: 103)?.field == .tunMetadata63)
        #expect(Field.withHeader(oxmClass: 1, experimenter: 0, number: 127) == nil)
        // One field, a header by the version that is spoken.
        #expect(Field.tcpFlags.header(version: 0)?.oxmClass == 1)
        #expect(Field.tcpFlags.header(version: OFVersion.v13.rawValue)?.experimenter == 0x4f4e_4600)
        #expect(Field.tcpFlags.header(version: OFVersion.v15.rawValue)?.oxmClass == 0x8000)
        #expect(Field.tunID.header(version: OFVersion.v12.rawValue)?.oxmClass == 1)
        #expect(Field.tunTTL.header(version: 0) == nil)
    }

    @Test func noTwoFieldsShareAHeader() {
        let headers = fieldTable.flatMap(\.headers)
        #expect(Set(headers.map(\.name)).count == headers.count)
        #expect(Set(headers.map { [UInt64($0.oxmClass), UInt64($0.experimenter), UInt64($0.number)] }).count == headers.count)
        for row in fieldTable {
            for header in row.headers {
                let found = Field.withHeader(oxmClass: header.oxmClass, experimenter: header.experimenter, number: header.number)
                #expect(found?.field == row.field && found?.bytes == Int(header.bytes), "\(header.name)")
            }
        }
    }

    @Test func everyFieldInEveryForm() throws {
        var generator = WireGenerator(seed: 5)
        for field in Self.matchable {
            for _ in 0..<8 {
                let match = generator.match(on: field)
                var writer = ByteWriter()
                let length = match.encodeNXM(&writer)
                #expect(writer.count == (length + 7) / 8 * 8)
                var reader = ByteReader(writer.bytes)
                var cookie: (value: UInt64, mask: UInt64)?
                #expect(try Match.decodeNXM(&reader, length: length, cookie: &cookie) == match, "\(field)")
                #expect(cookie == nil)
                for version in [OFVersion.v12, .v13, .v14, .v15] {
                    // OXM has no field for what vlan_tci says beyond VID and PCP.
                    if field == .vlanTCI { continue }
                    var writer = ByteWriter()
                    match.encodeOXM(&writer, version)
                    var reader = ByteReader(writer.bytes)
                    #expect(try Match.decodeOXM(&reader) == match, "\(field) \(version)")
                    #expect(reader.isEmpty)
                }
            }
        }
    }

    @Test func fixedMatches() throws {
        var generator = WireGenerator(seed: 6)
        let common: [Field] = [.inPort, .ethSrc, .ethDst, .ethType, .vlanVID, .vlanPCP, .ipv4Src, .ipv4Dst, .nwProto, .nwTOS, .arpSPA, .arpOp,
            .tcpSrc, .udpDst, .icmpType]
        for field in common + [.sctpSrc, .mplsLabel, .mplsTC, .metadata] {
            for _ in 0..<20 {
                var match = generator.match(on: field)
                // The fixed matches mask addresses only, and OpenFlow 1.0 those of IPv4 by their length.
                if match.mask.value(of: field) != field.place.ones, field != .metadata { match.set(field, to: MaskedValue(value: generator.value(of: field), mask: field.widthMask)) }
                if match.key.l0.dlType.host == EtherType.ipv6 { continue }
                var writer = ByteWriter()
                match.encode11(&writer)
                var reader = ByteReader(writer.bytes)
                #expect(try Match.decode11(&reader) == match, "\(match)")
                guard common.contains(field) else { continue }
                writer = ByteWriter()
                match.encode10(&writer)
                reader = ByteReader(writer.bytes)
                #expect(try Match.decode10(&reader) == match, "\(match)")
                #expect(reader.isEmpty)
            }
        }
    }

    @Test func cookies() throws {
        for cookie in [(value: UInt64(5), mask: UInt64.max), (value: 5, mask: 0xff)] {
            var match = Match()
            match.set(.inPort, to: 7)
            var writer = ByteWriter()
            let length = match.encodeNXM(&writer, cookie: cookie)
            var reader = ByteReader(writer.bytes), found: (value: UInt64, mask: UInt64)?
            #expect(try Match.decodeNXM(&reader, length: length, cookie: &found) == match)
            #expect(found?.value == cookie.value && found?.mask == cookie.mask)
            reader = ByteReader(writer.bytes)
            #expect(throws: OFError.bmcBadField) { try Match.decodeNXM(&reader, length: length) }
        }
    }

    @Test(arguments: OFVersion.allCases) func everyAction(_ version: OFVersion) throws {
        var generator = WireGenerator(seed: UInt64(version.rawValue))
        var tcp = Match()
        tcp.set(.ethType, to: UInt128(EtherType.ipv4))
        tcp.set(.nwProto, to: UInt128(IPProtocol.tcp))
        for _ in 0..<40 {
            for action in generator.everyAction() + generator.tcpActions() + [.meter(5), .decNSHTTL, .encap(packetType: PacketType.nsh, [.nshMDType(2)]),
                .encap(packetType: 0, []), .decap(packetType: PacketType.nextProtocol), .pushVLAN(etherType: 0x88a8), .stripVLAN, .pushMPLS(etherType: 0x8847),
                .popMPLS(etherType: 0x0800), .decMPLSTTL, .setTransportSource(7), .conjunction(id: 5, clause: 1, clauses: 3)] {
                var writer = ByteWriter()
                [action].encodeActions(&writer, version)
                #expect(writer.count % 8 == 0)
                if writer.count == 0 {
                    #expect(isUnknown(action, version), "\(action)")
                    continue
                }
                var reader = ByteReader(writer.bytes)
                var decoded = try [OFAction].decodeActions(&reader, version)
                // OpenFlow 1.0's action on a port does not say of which protocol it is; the match does.
                if case .setField = action { try decoded.check(match: tcp, table: 0, version: .v10, maximumPort: .maximum) }
                #expect(decoded.unworded == [action].unworded, "\(version) \(decoded) \(action)")
                #expect(reader.isEmpty)
            }
        }
    }

    @Test func wideFieldsAreLoadedInParts() throws {
        let value = UInt128(0x1234_5678_9abc_def0) << 64 | 0xfedc_ba98_7654_3210
        for version in OFVersion.allCases {
            var writer = ByteWriter()
            [OFAction.set(.xxreg2, to: value)].encodeActions(&writer, version)
            var reader = ByteReader(writer.bytes)
            let low = MaskedValue(value: value & UInt128(UInt64.max), mask: UInt128(UInt64.max))
            let high = MaskedValue(value: (value >> 64) << 64, mask: UInt128.max << 64)
            #expect(try [OFAction].decodeActions(&reader, version).unworded
                == (version < .v12 ? [.set(.xxreg2, to: low), .set(.xxreg2, to: high)] : [.set(.xxreg2, to: value)]))
        }
    }

    /// What a version cannot say.
    private func isUnknown(_ action: OFAction, _ version: OFVersion) -> Bool {
        switch action {
        case .meter: version < .v15
        case .encap, .decap, .decNSHTTL: version < .v13
        case .pushVLAN: version == .v10
        default: false
        }
    }

    @Test func enqueueAfterOpenFlow10() throws {
        for version in OFVersion.allCases {
            var writer = ByteWriter()
            [OFAction.enqueue(OFPort(3), queue: 7)].encodeActions(&writer, version)
            var reader = ByteReader(writer.bytes)
            #expect(try [OFAction].decodeActions(&reader, version).unworded.unworded
                == (version == .v10 ? [.enqueue(OFPort(3), queue: 7)] : [.setQueue(7), .output(OFPort(3), maxLength: 0), .popQueue]))
        }
    }

    @Test func instructionsComeInOneOrder() throws {
        let actions: [OFAction] = [.meter(3), .output(OFPort(1), maxLength: 0), .clearActions, .writeActions([.group(7)]),
            .writeMetadata(value: 5, mask: 0xff), .gotoTable(9)]
        for version in [OFVersion.v13, .v14, .v15] {
            var writer = ByteWriter()
            actions.encodeInstructions(&writer, version)
            var reader = ByteReader(writer.bytes)
            #expect(try [OFAction].decodeInstructions(&reader, version) == actions)
        }
        var writer = ByteWriter()
        actions.encodeInstructions(&writer, .v12)
        var reader = ByteReader(writer.bytes)
        #expect(try [OFAction].decodeInstructions(&reader, .v12) == Array(actions.dropFirst()))
    }

    @Test func whatOneCannotSetOutsideConntrack() throws {
        for actions: [OFAction] in [[.set(.ctMark, to: 5)], [.nat(NATSpec())]] {
            var writer = ByteWriter()
            actions.encodeActions(&writer, .v13)
            var reader = ByteReader(writer.bytes)
            #expect(throws: OFError.bacBadSetArgument) { try [OFAction].decodeActions(&reader, .v13) }
        }
    }

    @Test func nestingIsBounded() throws {
        var action = OFAction.exit
        for _ in 0..<Limits.actionNesting - 1 { action = .clone([action]) }
        var writer = ByteWriter()
        [action].encodeActions(&writer, .v13)
        var reader = ByteReader(writer.bytes)
        #expect(try [OFAction].decodeActions(&reader, .v13) == [action])
        writer = ByteWriter()
        [OFAction.clone([action])].encodeActions(&writer, .v13)
        reader = ByteReader(writer.bytes)
        #expect(throws: OFError.bacTooMany) { try [OFAction].decodeActions(&reader, .v13) }
    }

    @Test func theMatchTellsWhatAnActionMeans() throws {
        var tagged = Match()
        tagged.set(.vlanVID, to: 0x1005)
        tagged.set(.ethType, to: UInt128(EtherType.ipv6))
        tagged.set(.nwProto, to: UInt128(IPProtocol.udp))
        var actions: [OFAction] = [.setVLANVID(7), .setTransportSource(80), .stripVLAN, .setVLANPCP(3)]
        try actions.check(match: tagged, table: 0, version: .v13, maximumPort: .maximum)
        #expect(actions == [.set(.vlanVID, to: 0x1007), .set(.udpSrc, to: 80), .stripVLAN, .setVLANPCP(3)])
        let any = Match()
        var inconsistent: [OFAction] = [.decTTL([])]
        #expect(throws: OFError.bacMatchInconsistent) { try inconsistent.check(match: any, table: 0, version: .v13, maximumPort: .maximum) }
        try inconsistent.check(match: any, table: 0, version: .v10, maximumPort: .maximum)
        var far: [OFAction] = [.output(OFPort(500), maxLength: 0)]
        #expect(throws: OFError.bacBadOutPort) { try far.check(match: any, table: 0, version: .v13, maximumPort: OFPort(255)) }
    }

    @Test func noBytesTrap() {
        var generator = WireGenerator(seed: 9)
        var refused = 0
        for round in 0..<400 {
            var writer = ByteWriter()
            let version = OFVersion.allCases[round % 6]
            (generator.everyAction() + generator.tcpActions()).encodeActions(&writer, version)
            var bytes = writer.bytes
            for _ in 0..<1 + generator.random.below(4) { bytes[generator.random.below(bytes.count)] = UInt8(generator.random.below(256)) }
            bytes.removeLast(generator.random.below(20))
            var reader = ByteReader(bytes)
            if (try? [OFAction].decodeActions(&reader, version)) == nil { refused += 1 }
            reader = ByteReader(bytes)
            if (try? [OFAction].decodeInstructions(&reader, version)) == nil { refused += 1 }
            reader = ByteReader(bytes)
            if (try? Match.decodeNXM(&reader, length: min(bytes.count, 200), strict: false)) == nil { refused += 1 }
        }
        #expect(refused > 400)
    }
}

extension [OFAction] {
    /// What the actions say, whatever their forms.
    fileprivate var unworded: [OFAction] {
        map { action in
            switch action.meaning {
            case .clone(let list): return .clone(list.unworded)
            case .writeActions(let list): return .writeActions(list.unworded)
            case .ct(var spec):
                spec.actions = spec.actions.unworded
                return .ct(spec)
            case .setField(let field, let value): return .set(field, to: value)
            case let other: return other
            }
        }
    }
}
