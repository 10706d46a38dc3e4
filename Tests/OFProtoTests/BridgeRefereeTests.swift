import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// NORMAL beside ovs-vswitchd's, by `ofproto/trace`.
@Suite struct BridgeRefereeTests {
    /// What ovs-vsctl is told of a port, and what we are.
    private static let ports: [(String, @Sendable (inout PortSettings) -> Void)] = [
        ("", { _ in }),
        ("trunks=10,20", { $0.trunks = [10, 20] }),
        ("tag=10", { $0.tag = 10 }),
        ("tag=20 other_config:priority-tags=if-nonzero", { ($0.tag, $0.priorityTags) = (20, .ifNonzero) }),
        ("vlan_mode=native-tagged tag=10", { ($0.vlanMode, $0.tag) = (.nativeTagged, 10) }),
        ("vlan_mode=native-untagged tag=10", { ($0.vlanMode, $0.tag) = (.nativeUntagged, 10) }),
        ("vlan_mode=native-untagged tag=10 trunks=20 other_config:priority-tags=always",
         { ($0.vlanMode, $0.tag, $0.trunks, $0.priorityTags) = (.nativeUntagged, 10, [20], .always) }),
        ("vlan_mode=dot1q-tunnel tag=10", { ($0.vlanMode, $0.tag) = (.dot1qTunnel, 10) }),
        ("vlan_mode=dot1q-tunnel tag=10 cvlans=20,30 other_config:qinq-ethtype=802.1q",
         { ($0.vlanMode, $0.tag, $0.customerVLANs, $0.tunnelEtherType) = (.dot1qTunnel, 10, [20, 30], EtherType.vlan8021Q) }),
        ("protected=true", { $0.isProtected = true }),
        ("tag=10 protected=true", { ($0.tag, $0.isProtected) = (10, true) }),
        ("other_config:priority-tags=if-nonzero", { $0.priorityTags = .ifNonzero }),
        ("other_config:priority-tags=always", { $0.priorityTags = .always }),
        ("tag=10 other_config:priority-tags=always", { ($0.tag, $0.priorityTags) = (10, .always) }),
    ]

    private static let tags: [[WireTag]] = [
        [], [WireTag(vid: 0, priority: 0)], [WireTag(vid: 0, priority: 5)], [WireTag(vid: 10, priority: 0)], [WireTag(vid: 10, priority: 3)],
        [WireTag(vid: 20, priority: 0)], [WireTag(vid: 30, priority: 3)], [WireTag(vid: 10, priority: 3, etherType: EtherType.vlan8021AD)],
        [WireTag(vid: 10, priority: 3), WireTag(vid: 20, priority: 4)], [WireTag(vid: 10, priority: 0), WireTag(vid: 0, priority: 0)],
        [WireTag(vid: 0, priority: 3), WireTag(vid: 20, priority: 4)], [WireTag(vid: 20, priority: 0), WireTag(vid: 10, priority: 0)],
    ]

    private func addPorts() -> [String] {
        Self.ports.enumerated().map { index, port in
            let name = "p\(index + 1)"
            return "add-port br0 \(name) -- set interface \(name) type=dummy" + (port.0.isEmpty ? "" : " -- set port \(name) \(port.0)")
        }
    }

    private func wire() throws -> TestSwitch {
        let net = try TestSwitch(ports: 0, normal: true)
        for (index, port) in Self.ports.enumerated() {
            var config = net.config("p\(index + 1)")
            port.1(&config.settings)
            try net.bridge.addPort(config)
        }
        return net
    }

    private func trace(_ net: TestSwitch, _ frame: TracedFrame) -> Traced {
        let translator = net.ofproto.translator
        translator.flow.key = frame.key(vlanLimit: net.dpif.vlanLimit)
        #expect(translator.translate(now: net.now, learns: false))
        return Traced(translator.actions, translator.wildcards.key, frame)
    }

    /// The frames that leave are the same, and the megaflow matches the VLAN where OVS's does. The priority has to be matched where it decides whether a frame of VLAN 0
    /// has a tag, which OVS passes over, and where a tag is pushed; of a tag that only comes off it need not be, where OVS does.
    private func compare(_ net: TestSwitch, _ frames: [TracedFrame], _ answers: [Substring], own: UInt32) throws {
        for (frame, answer) in zip(frames, answers) {
            let theirs = try #require(Traced(answer, frame, without: own), "\(frame): \(answer)"), ours = trace(net, frame)
            #expect(ours.outputs == theirs.outputs, "\(frame)")
            guard !frame.tags.isEmpty else { continue }
            #expect(ours.matchesVID == theirs.matchesVID, "\(frame)")
            if ours.pushes { #expect(ours.matchesPriority || !theirs.matchesPriority, "\(frame)") }
            if ours.matchesPriority, !theirs.matchesPriority { #expect(frame.tags[0].vid == 0 || ours.pushes, "\(frame)") }
        }
    }

    @Test(arguments: [1, 2]) func aFrameOfUnknownDestination(vlanLimit: Int) async throws {
        let net = try wire()
        net.dpif.vlanLimit = vlanLimit
        let frames = (1...UInt32(Self.ports.count)).flatMap { port in Self.tags.map { TracedFrame(port: port, tags: $0) } }
        let answers = try await askPeer(
            ["set open . other_config:vlan-limit=\(vlanLimit)"] + addPorts(), frames.map { "ofproto/trace ovs-dummy \($0.text(vlanLimit: vlanLimit))" })
        try compare(net, frames, answers, own: 100)
    }

    /// Each port in turn has the station, in VLANs 10 and 20.
    @Test func aFrameOfAKnownDestination() async throws {
        let frames = (1...UInt32(Self.ports.count)).flatMap { port in Self.tags.prefix(7).map { TracedFrame(port: port, tags: $0) } }
        var questions: [String] = []
        for target in 1...Self.ports.count {
            for vlan in [0, 10, 20] { questions.append("fdb/add br0 p\(target) \(vlan) \(TracedFrame.destination)") }
            questions += frames.map { "ofproto/trace ovs-dummy \($0.text(vlanLimit: 1))" }
        }
        let answers = try await askPeer(addPorts(), questions)
        for target in 1...Self.ports.count {
            let net = try wire()
            net.dpif.vlanLimit = 1
            for vlan: UInt16 in [0, 10, 20] { net.bridge.addStaticMAC(TracedFrame.destination, vlan: vlan, port: OFPort(UInt16(target))) }
            let first = (target - 1) * (frames.count + 3) + 3
            try compare(net, frames, Array(answers[first..<first + frames.count]), own: 100)
        }
    }

    /// What a mirror selects and where it sends: as ovs-vsctl makes it, and as we do. Ports are p1 …, without VLANs, but p3 of VLAN 10 and p5 of VLAN 99.
    private static let mirrors: [(String, [MirrorSettings])] = [
        ("--id=@o get port p4 -- --id=@m create mirror name=m select-all=true output-port=@o -- set bridge br0 mirrors=@m", [mirror { $0.selectsAll = true }]),
        ("--id=@o get port p4 -- --id=@s get port p1 -- --id=@m create mirror name=m select-src-port=@s output-port=@o -- set bridge br0 mirrors=@m",
         [mirror { $0.sources = ["p1"] }]),
        ("--id=@o get port p4 -- --id=@s get port p3 -- --id=@m create mirror name=m select-dst-port=@s output-port=@o snaplen=100 -- set bridge br0 mirrors=@m",
         [mirror { ($0.destinations, $0.snapLength) = (["p3"], 100) }]),
        ("--id=@o get port p4 -- --id=@m create mirror name=m select-all=true select-vlan=10 output-port=@o -- set bridge br0 mirrors=@m",
         [mirror { ($0.selectsAll, $0.vlans) = (true, [10]) }]),
        ("--id=@m create mirror name=m select-all=true output-vlan=99 -- set bridge br0 mirrors=@m", [mirror { ($0.selectsAll, $0.output) = (true, .vlan(99)) }]),
        ("--id=@m create mirror name=m select-all=true select-vlan=10 output-vlan=99 -- set bridge br0 mirrors=@m",
         [mirror { ($0.selectsAll, $0.vlans, $0.output) = (true, [10], .vlan(99)) }]),
    ]

    private static func mirror(_ fill: (inout MirrorSettings) -> Void) -> MirrorSettings {
        var settings = MirrorSettings("m")
        settings.output = .port("p4")
        fill(&settings)
        return settings
    }

    @Test(arguments: mirrors.indices) func mirrorsCopyTheSame(_ index: Int) async throws {
        let tags: [UInt16: UInt16] = [3: 10, 5: 99]
        let net = try TestSwitch(ports: 0, normal: true)
        net.dpif.vlanLimit = 1
        var commands: [String] = []
        for number in UInt16(1)...6 {
            var config = net.config("p\(number)")
            config.settings.tag = tags[number]
            try net.bridge.addPort(config)
            commands.append("add-port br0 p\(number) \(tags[number].map { "tag=\($0)" } ?? "") -- set interface p\(number) type=dummy")
        }
        try net.bridge.configureMirrors(Self.mirrors[index].1)
        let frames = (1...UInt32(6)).flatMap { port in Self.tags.prefix(7).map { TracedFrame(port: port, tags: $0) } }
        let answers = try await askPeer(commands + ["-- " + Self.mirrors[index].0], frames.map { "ofproto/trace ovs-dummy \($0.text(vlanLimit: 1))" })
        for (frame, answer) in zip(frames, answers) {
            let theirs = try #require(Traced(answer, frame, without: 100), "\(frame): \(answer)")
            #expect(trace(net, frame).outputs == theirs.outputs, "\(frame)")
        }
    }
}
