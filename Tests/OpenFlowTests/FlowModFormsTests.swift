import Flow
import Testing
import TestSupport
import Wire
@testable import OpenFlow

/// Flow mods that are read by the forms of those before say what they say by themselves.
@Suite struct FlowModFormsTests {
    /// OpenFlow 1.0's has no form to share; the extension's, which it may use, has.
    @Test(arguments: [OFVersion.v10, .v12, .v13, .v15]) func formsChangeNothing(_ version: OFVersion) throws {
        var generator = FlowGenerator(seed: 5), random = SeededNumbers(seed: 9), forms = FlowModForms()
        var understood = 0, refused = 0, read = 0
        for _ in 0..<400 {
            let mod = try encoded(FlowSyntax().flow(generator.flow()), version)
            // Each comes as it is first and is damaged then, now and then twice in a row.
            for attempt in 0..<24 {
                let bytes = attempt == 0 ? mod : damaged(mod, &random)
                if let fields = fields(bytes), forms.match(fields) != nil { read += 1 }
                let plain = OFPacket.decode(bytes)
                #expect(OFPacket.decode(bytes, hasTableIDs: false, isFromController: false, &forms) == plain, "\(hex(bytes))")
                if case .success = plain { understood += 1 } else { refused += 1 }
            }
        }
        #expect(understood > 1000 && refused > 500 && read > 1000, "\(understood) understood, \(refused) refused, \(read) read by a form")
    }

    @Test func valuesAreReadByTheForm() throws {
        var forms = FlowModForms()
        for (text, isOfKnownForm) in [
            ("tcp,nw_src=10.0.0.1,tp_dst=80,in_port=1,dl_vlan=5 actions=output:1", false),
            ("tcp,nw_src=10.9.8.7,tp_dst=443,in_port=77,dl_vlan=4000 actions=output:1", true),
            ("tcp,nw_src=10.9.8.7,tp_dst=443,in_port=77,dl_vlan=4000 actions=output:2", true),
            ("udp,nw_src=10.9.8.7,tp_dst=443,in_port=77,dl_vlan=4000 actions=output:1", false),
            ("tcp,nw_src=10.9.8.0/24,tp_dst=443,in_port=77,dl_vlan=4000 actions=output:1", false),
            ("tcp,nw_src=10.1.1.1,tp_dst=1,in_port=2,vlan_tci=0 actions=output:1", false),
            ("tcp,nw_src=1.2.3.4,tp_dst=9,in_port=1,dl_vlan=0 actions=output:1", true),
        ] {
            let bytes = try encoded(FlowSyntax().flow(text), .v13), known = forms.match(try #require(fields(bytes)))
            #expect((known != nil) == isOfKnownForm, "\(text)")
            let packet = try OFPacket.decode(bytes, hasTableIDs: false, isFromController: true, &forms).get()
            #expect(packet == (try OFPacket.decode(bytes).get()), "\(text)")
            if let known, case .flowMod(let request) = packet.message { #expect(known.match == request.mod.match, "\(text)") }
        }
    }

    /// A goto_table that leads forward from one table does not from the next.
    @Test func actionsAreThoseOfTheTable() throws {
        var forms = FlowModForms()
        var bytes = try encoded(FlowSyntax().flow("table=3,ip actions=goto_table:5"), .v13)
        _ = try OFPacket.decode(bytes, hasTableIDs: false, isFromController: true, &forms).get()
        let tablePlace = 24
        #expect(bytes[tablePlace] == 3)
        bytes[tablePlace] = 5
        guard case .failure(let failure) = OFPacket.decode(bytes, hasTableIDs: false, isFromController: true, &forms) else {
            Issue.record("understood")
            return
        }
        #expect(failure.error == .bicBadTableID)
    }

    @Test func manyFormsAreForgotten() throws {
        var forms = FlowModForms()
        let few = try encoded(FlowSyntax().flow("ip,nw_dst=10.0.0.1 actions=output:1"), .v13)
        _ = OFPacket.decode(few, hasTableIDs: false, isFromController: true, &forms)
        for prefix in 1..<100 {
            for port in [1, 2, 3] + (prefix == 1 ? Array(4..<40) : []) {
                let bytes = try encoded(FlowSyntax().flow("ipv6,ipv6_dst=2001:db8::/\(prefix) actions=output:\(port)"), .v13)
                #expect(OFPacket.decode(bytes, hasTableIDs: false, isFromController: true, &forms) == OFPacket.decode(bytes))
            }
        }
        #expect(forms.match(try #require(fields(few))) == nil)
    }

    private func encoded(_ request: FlowRequest, _ version: OFVersion) -> [UInt8] {
        OFPacket(OFHeader(version, xid: 7, form: version == .v10 ? .extended : .standard), .flowMod(request)).encoded()
    }

    /// The match's fields in a flow mod; nil: they are cut off.
    private func fields(_ bytes: [UInt8]) -> ByteReader? {
        let isExtended = bytes[0] == OFVersion.v10.rawValue
        let start = isExtended ? 48 : 52
        let end = isExtended ? start + Int(bytes[40]) << 8 + Int(bytes[41]) : start - 4 + Int(bytes[50]) << 8 + Int(bytes[51])
        return start <= end && end <= bytes.count ? ByteReader(bytes, start, end) : nil
    }

    private func damaged(_ bytes: [UInt8], _ random: inout SeededNumbers) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.below(3) {
            let place = 8 + random.below(bytes.count - 8)
            switch random.below(3) {
            case 0: bytes[place] = UInt8(random.below(256))
            case 1: bytes[place] ^= 1 << UInt8(random.below(8))
            default: bytes[place] &+= 1
            }
        }
        return bytes
    }
}
