import Flow
import Testing
import TestSupport
import Wire
@testable import Datapath
@testable import OFProto

/// A frame's tags, outermost first.
struct WireTag: Hashable, CustomStringConvertible {
    var vid: UInt16
    var priority: UInt16
    var etherType: UInt16 = EtherType.vlan8021Q
    var description: String { "\(String(etherType, radix: 16)):\(vid)p\(priority)" }
}

/// A frame to be traced: a datapath port and tags, and whether it is a gratuitous ARP or a UDP packet.
struct TracedFrame: Hashable, CustomStringConvertible {
    var port: UInt32
    var tags: [WireTag]
    var description: String { "p\(port) \(tags)" }

    static let source = EthernetAddress(0x0200_0000_0001), destination = EthernetAddress(0x0200_0000_0002)

    /// As `ofproto/trace` reads it; of two tags the second is an EtherType only where one is looked into.
    func text(vlanLimit: Int) -> String {
        let packet = "eth_type(0x0800),ipv4(src=10.0.0.1,dst=10.0.0.2,proto=17,tos=0,ttl=64,frag=no),udp(src=1,dst=2)"
        var text = packet
        if tags.count > vlanLimit { text = "eth_type(0x\(String(tags[vlanLimit].etherType, radix: 16)))" }
        for tag in tags.prefix(vlanLimit).reversed() {
            text = "eth_type(0x\(String(tag.etherType, radix: 16))),vlan(vid=\(tag.vid),pcp=\(tag.priority)),encap(\(text))"
        }
        return "in_port(\(port)),eth(src=\(Self.source),dst=\(Self.destination)),\(text)"
    }

    /// As extraction would make it.
    func key(vlanLimit: Int) -> FlowKey {
        func bytes(_ number: UInt64, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * (count - 1 - $0))) } }
        var frame = bytes(Self.destination.number, 6) + bytes(Self.source.number, 6)
        for tag in tags { frame += bytes(UInt64(tag.etherType), 2) + bytes(UInt64(tag.vid | tag.priority << 13), 2) }
        frame += [8, 0, 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 1, 0, 2, 0, 8, 0, 0]
        return FlowKey(frame: frame, inPort: port, vlanLimit: vlanLimit)
    }
}

/// What becomes of a frame: what leaves by each port, and which bits of the first tag the megaflow matches.
struct Traced: Equatable {
    /// "5 [8100:10p3]": a port, how much of the frame (0: all), and the tags; sorted.
    var outputs: [String] = []
    var matchesVID = false
    var matchesPriority = false
    var pushes = false

    private mutating func leave(_ port: UInt32, _ tags: [WireTag], cut: Int) { outputs.append("\(port)\(cut == 0 ? "" : "/\(cut)") \(tags)") }

    /// ovs-appctl's answer. The bridge's own port, which only the peer has, is left out.
    init?(_ answer: Substring, _ frame: TracedFrame, without own: UInt32) {
        let lines = answer.split(separator: "\n")
        guard let actions = lines.first(where: { $0.hasPrefix("Datapath actions: ") })?.dropFirst(18),
            let megaflow = lines.first(where: { $0.hasPrefix("Megaflow: ") }) else { return nil }
        var tags = frame.tags, cut = 0
        for action in split(actions) {
            if let port = UInt32(action) {
                if port != own { leave(port, tags, cut: cut) }
                cut = 0
            } else if action == "pop_vlan" {
                if !tags.isEmpty { tags.removeFirst() }
            } else if action.hasPrefix("push_vlan(") {
                tags.insert(tag(action), at: 0)
            } else if action.hasPrefix("trunc(") {
                cut = Int(action.dropFirst(6).dropLast()) ?? -1
            } else if action != "drop" {
                return nil
            }
        }
        outputs.sort()
        matchesVID = megaflow.contains("dl_vlan=")
        matchesPriority = megaflow.contains("dl_vlan_pcp=")
    }

    /// What translation says.
    init(_ actions: [DPAction], _ mask: FlowKey, _ frame: TracedFrame) {
        var tags = frame.tags, cut = 0
        for action in actions {
            switch action {
            case .output(let port):
                leave(port.number, tags, cut: cut)
                cut = 0
            case .popVLAN: tags.removeFirst()
            case .pushVLAN(let tpid, let tci):
                pushes = true
                tags.insert(WireTag(vid: tci.host & VLANTCI.vidMask, priority: (tci.host & VLANTCI.pcpMask) >> 13, etherType: tpid.host), at: 0)
            case .trunc(let length): cut = Int(length)
            default: Issue.record("\(frame): \(action)")
            }
        }
        outputs.sort()
        matchesVID = mask.l0.vlanTCI.host & VLANTCI.vidMask != 0
        matchesPriority = mask.l0.vlanTCI.host & VLANTCI.pcpMask != 0
    }
}

/// Actions are parted by commas outside of parentheses.
private func split(_ text: Substring) -> [Substring] {
    var depth = 0
    return text.split { character in
        depth += character == "(" ? 1 : character == ")" ? -1 : 0
        return character == "," && depth == 0
    }
}

private func tag(_ action: Substring) -> WireTag {
    var result = WireTag(vid: 0, priority: 0)
    for pair in action.dropFirst("push_vlan(".count).dropLast().split(separator: ",") {
        let parts = pair.split(separator: "=")
        guard parts.count == 2 else { continue }
        switch parts[0] {
        case "vid": result.vid = UInt16(parts[1]) ?? .max
        case "pcp": result.priority = UInt16(parts[1]) ?? .max
        case "tpid": result.etherType = UInt16(parts[1].dropFirst(2), radix: 16) ?? 0
        default: break
        }
    }
    return result
}

/// Starts an ovs-vswitchd with dummy devices, whose bridge br0 is made by `commands` of ovs-vsctl(8), and lets ovs-appctl(8) ask each of `questions`.
/// Returns the answers. Datapath numbers are given in the order in which ports were added, from 1.
func askPeer(_ commands: [String], _ questions: [String]) async throws -> [Substring] {
    let end = "=== end of the answer ==="
    let script = """
        F=$(mktemp -d)
        export OVS_RUNDIR=$F OVS_DBDIR=$F OVS_LOGDIR=$F OVS_SYSCONFDIR=$F
        finish() { for p in vs db; do kill $(cat $F/$p.pid); done; rm -rf $F; }
        trap finish EXIT
        exec 3>&1 >$F/out 2>&1
        ovsdb-tool create $F/conf.db /usr/share/openvswitch/vswitch.ovsschema
        ovsdb-server $F/conf.db --remote=punix:$F/db.sock --unixctl=$F/db.ctl --detach --pidfile=$F/db.pid --no-chdir
        ovs-vsctl --db=unix:$F/db.sock --no-wait -t 10 init
        ovs-vswitchd unix:$F/db.sock --enable-dummy=override --disable-system --unixctl=$F/ctl --detach --pidfile=$F/vs.pid --no-chdir
        vs() { ovs-vsctl --db=unix:$F/db.sock -t 20 "$@"; }
        vs add-br br0 -- set bridge br0 datapath_type=dummy
        \(commands.map { "vs " + $0 }.joined(separator: "\n"))
        while IFS= read -r question; do
            ovs-appctl -T 10 -t $F/ctl $question 2>&1 >&3
            echo '\(end)' >&3
        done
        """
    let result = try await command("bash", ["-c", script], input: questions.map { $0 + "\n" }.joined(), seconds: 400)
    var answers: [Substring] = [], rest = result.output[...]
    while let range = rest.firstRange(of: end + "\n") {
        answers.append(rest[..<range.lowerBound])
        rest = rest[range.upperBound...]
    }
    #expect(answers.count == questions.count, "\(result.errors)")
    return answers
}
