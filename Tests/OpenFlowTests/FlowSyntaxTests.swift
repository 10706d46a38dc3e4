import Flow
import Testing
import Wire
@testable import OpenFlow

@Suite struct FlowSyntaxTests {
    private func error(_ text: String) -> FlowSyntaxError? {
        do throws(FlowSyntaxError) {
            _ = try FlowSyntax().flow(text)
            return nil
        } catch {
            return error
        }
    }

    @Test func aFlowBecomesItsParts() throws {
        let request = try FlowSyntax(ports: { $0 == "eth1" ? OFPort(7) : nil }).flow(
            "table=2,priority=10,cookie=0xab,in_port=eth1,tcp,nw_src=10.1.2.3/8,tp_dst=80,send_flow_rem,actions=mod_vlan_vid:5,\"eth1\"")
        #expect(request.command == .add)
        #expect(request.mod.table == 2)
        #expect(request.mod.priority == 10)
        #expect(request.mod.cookie == 0xab)
        #expect(request.mod.flags == .sendFlowRemoved)
        #expect(request.mod.match.key.l0.inPort == 7)
        #expect(request.mod.match.key.l0.dlType == BE16(0x0800))
        #expect(request.mod.match.key.l0.nwSrc == BE32(0x0a00_0000))
        #expect(request.mod.match.mask.l0.nwSrc == BE32(0xff00_0000))
        #expect(request.mod.match.mask.l0.tpDst == .ones)
        #expect(request.mod.actions == [.setVLANVID(5), .output(OFPort(7), maxLength: 0)])
        #expect(request.text(names: { $0.number == 7 ? "eth1" : nil })
            == "ADD table:2 priority=10,tcp,in_port=eth1,nw_src=10.0.0.0/8,tp_dst=80 cookie:0xab send_flow_rem actions=mod_vlan_vid:5,output:eth1")
    }

    @Test func commandsOfAFlowFile() throws {
        let requests = try FlowSyntax().flows("""
            # comment
            add table=1,ip,actions=2
            modify_strict cookie=5/7,priority=3,ip,actions=3 # tail

            delete out_port=3,out_group=9
            delete_strict table=4,priority=5,ip,cookie=1/-1
            ip,actions=drop
            """)
        #expect(requests.map(\.command) == [.add, .modifyStrict, .delete, .deleteStrict, .add])
        #expect(requests[1].cookieMask == 7)
        #expect(requests[2].everyTable && requests[2].outPort == OFPort(3) && requests[2].outGroup == 9)
        #expect(!requests[3].everyTable && requests[3].mod.table == 4 && requests[3].cookieMask == .max)
        #expect(requests[4].mod.actions.isEmpty)
        #expect(requests[1].text() == "MOD_STRICT priority=3,ip cookie:0x5/0x7 actions=output:3")
    }

    @Test func errorsSayWhatAndWhere() {
        #expect(error("ip,nw_src=10.0.0.0/33,actions=1")
            == FlowSyntaxError("10.0.0.0/33: IPv4 network prefix bits not between 0 and 32, inclusive", at: 10))
        #expect(error("table=3,foo=1,actions=1") == FlowSyntaxError("unknown keyword foo", at: 8))
        #expect(error("ip")?.message == "must specify an action")
        #expect(error("actions=1,bogus")  == FlowSyntaxError("unknown action bogus", at: 10))
        #expect(error("actions=load:5->reg0[3]") == FlowSyntaxError("5->reg0[3]: value 0x5 does not fit into 1 bits", at: 13))
        #expect(error("actions=drop,1")?.message == "\"drop\" must not be accompanied by any other action or instruction")
        #expect(error("delete cookie=5,ip")?.message == "cannot set cookie")
        #expect(error("cookie=1/2,actions=1")?.message == "flow additions cannot use a cookie mask")
    }

    @Test func fieldsWithoutPrerequisitesAreNamed() throws {
        let request = try FlowSyntax().flow("tp_dst=80,nw_src=1.2.3.4,actions=1")
        #expect(request.mod.match == Match())
        #expect(Set(request.ignored) == [.tcpDst, .ipv4Src])
    }

    @Test func setFieldNamesTheFieldAndPutsValueAndMaskInPlace() throws {
        let actions = try FlowSyntax().actions("load:3->NXM_NX_REG2[8..15],mod_dl_dst:02:00:00:00:00:09")
        guard case .setField(let first, let bits) = actions[0], case .setField(let second, let number) = actions[1] else {
            Issue.record("not set_field: \(actions)")
            return
        }
        #expect(first == .reg2 && second == .ethDst)
        let register = Match(setting: first, to: bits), address = Match(setting: second, to: number)
        #expect(register.key.regs[2] == 0x300 && register.mask.regs[2] == 0xff00)
        #expect(register.mask.usedLines == .registers)
        #expect(address.key.l0.dlDst == EthernetAddress(0x0200_0000_0009) && address.mask.l0.dlDst == .broadcast)
    }

    @Test func whatIsPrintedIsReadAgain() throws {
        var generator = FlowGenerator(seed: 7)
        generator.hasEncapsulation = true
        for _ in 0..<1000 {
            let request = try FlowSyntax().flow(generator.flow())
            for style in [ActionStyle.openFlow10, .openFlow15] {
                let again = try FlowSyntax().flow("table=\(request.mod.table),priority=\(request.mod.priority),\(request.mod.match)"
                    + " actions=" + request.mod.actions.text(match: request.mod.match, style: style))
                #expect(again.mod.match == request.mod.match)
                if style == .openFlow15 { #expect(again.mod.actions == request.mod.actions) }
            }
        }
    }

    @Test func noBytesTrap() {
        var generator = FlowGenerator(seed: 3)
        for _ in 0..<2000 {
            var bytes = Array(generator.flow().utf8)
            for _ in 0..<generator.number(4) + 1 {
                let index = Int(generator.number(UInt64(bytes.count)))
                switch generator.number(3) {
                case 0: bytes[index] = UInt8(generator.number(256))
                case 1: bytes.remove(at: index)
                default: bytes.insert(Array("()[]:=,/->\"+.0x9"[...].utf8)[Int(generator.number(16))], at: index)
                }
                if bytes.isEmpty { break }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if let request = try? FlowSyntax().flow(text) { #expect(!request.text().isEmpty) }
        }
        let deep = "actions=" + String(repeating: "clone(", count: 10_000)
        #expect(error(deep)?.message == "Action nested too deeply")
    }

    @Test func dumpLines() throws {
        var stats = FlowDumpStats()
        stats.duration = 12_034
        stats.packets = 5
        stats.bytes = 300
        let mod = try FlowSyntax().flow("cookie=0x10,table=3,idle_timeout=7,priority=9,tcp,reset_counts,actions=NORMAL").mod
        #expect(mod.dumpText(stats) == " cookie=0x10, duration=12.034s, table=3, n_packets=5, n_bytes=300, idle_timeout=7, reset_counts priority=9,tcp actions=NORMAL")
        #expect(FlowMod().dumpText(FlowDumpStats()) == " cookie=0x0, duration=0.000s, table=0, n_packets=0, n_bytes=0, actions=drop")
    }
}

/// Monitors, lists of ports and actions that have no referee: what becomes of their texts.
@Suite struct SmallSyntaxTests {
    @Test func flowMonitors() throws {
        let all = try FlowSyntax().monitor("", id: 3)
        #expect(all == FlowMonitorRequest(id: 3, flags: [.initial, .add, .removed, .modify, .instructions, .onlyOwn], outPort: nil, outGroup: nil,
            table: 255, match: Match()))
        let some = try FlowSyntax(ports: { $0 == "eth1" ? OFPort(7) : nil }).monitor("!initial,!own,table=1,out_port=eth1,out_group=5,tcp,tp_dst=80", id: 0)
        #expect(some.flags == [.add, .removed, .modify, .instructions])
        #expect(some.table == 1 && some.outPort == OFPort(7) && some.outGroup == 5)
        #expect(some.match == (try FlowSyntax().match("tcp,tp_dst=80")))
        for (text, message) in [("foo", "foo: field foo missing value"), ("table=", "table=: field table missing value"), ("table=x", "unknown table \"x\""),
            ("!foo", "!foo: field !foo missing value"), ("command=4", "command=4: unknown keyword command")] {
            do throws(FlowSyntaxError) {
                _ = try FlowSyntax().monitor(text, id: 0)
                Issue.record("accepted: \(text)")
            } catch {
                #expect(error.message == message)
            }
        }
    }

    @Test func listsOfPorts() throws {
        let ports = try [OFPort](text: "1, LOCAL,eth1", ports: { $0 == "eth1" ? OFPort(7) : nil })
        #expect(ports == [OFPort(1), .local, OFPort(7)])
        #expect(ports.text(names: { $0.number == 7 ? "eth1" : nil }) == "1,LOCAL,eth1")
        #expect(throws: FlowSyntaxError("x is not a valid OpenFlow port", at: 2)) { try [OFPort](text: "1,x") }
    }

    @Test func actionsThatOneSideAloneHas() throws {
        // The switch takes them only where it is told to; ovs-ofctl refuses what it has made of them.
        #expect(try FlowSyntax().actions("debug_recirc,debug_slow").text() == "debug_recirc,debug_slow")
        #expect([OFAction.unrollTranslation(table: 3, cookie: 7)].text() == "unroll_xlate(table=3, cookie=7)")
        // The wire's form of a clause counts from 0.
        #expect(try FlowSyntax().actions("conjunction(9,1/2)") == [.conjunction(id: 9, clause: 0, clauses: 2)])
        // ct_state is a number where ovs-ofctl prints the names of bits that do not exist.
        #expect(try FlowSyntax().actions("learn(ct_state=0x20)").text() == "learn(table=1,ct_state=0x20)")
        #expect(try FlowSyntax().actions("learn(packet_type=(1,0x800))").text() == "learn(table=1,packet_type=(1,0x800))")
    }

    @Test func meterModifications() throws {
        #expect(try MeterSyntax().mod("meter=5", command: .delete).text == "DEL meter=5 bands=\n")
        #expect(try MeterSyntax().mod("meter=controller,kbps,band=type=dscp_remark,rate=5,prec_level=2", command: .modify).text
            == "MOD meter=controller kbps bands=\ntype=dscp_remark rate=5 prec_level=2\n")
        #expect(try MeterSyntax().meter("meter=all") == MeterNumber.all)
        #expect(MeterConfig(meter: 1, flags: [.kbps, MeterConfig.Flags(rawValue: 0x30)], bands: []).text == "meter=1 kbps flags:0x30 bands=\n")
        #expect(throws: FlowSyntaxError("field kbps missing value", at: 8)) { try MeterSyntax().meter("meter=1,kbps") }
    }

    @Test func partsOfLearn() throws {
        guard case .learn(let spec) = try FlowSyntax().actions("learn(table=9,NXM_OF_VLAN_TCI[0..11],reg1[4..7]=5,load:0x12345->reg2[0..19],output:in_port)")[0] else {
            Issue.record("not learn")
            return
        }
        let tag = FieldRange(field: .vlanTCI, start: 0, count: 12), bits = FieldRange(field: .reg1, start: 4, count: 4)
        #expect(spec.table == 9)
        #expect(spec.parts == [
            LearnSpec.Part(count: 12, source: .field(tag), destination: .match(tag)),
            LearnSpec.Part(count: 4, source: .immediate([0, 5]), destination: .match(bits)),
            LearnSpec.Part(count: 20, source: .immediate([0, 1, 0x23, 0x45]), destination: .load(FieldRange(field: .reg2, start: 0, count: 20))),
            LearnSpec.Part(count: 16, source: .field(FieldRange(.inPort)), destination: .output),
        ])
    }
}
