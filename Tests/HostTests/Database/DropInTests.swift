import Foundation
import TestSupport
import Testing

extension HostTests {
    /// ovsdb-server and ovs-vsctl drive the switch.
    @Suite struct DropInTests {
        /// A switch with a bridge that has these hosts.
        private func start(_ bed: Bed, _ hosts: [Host]) async throws -> (vswitch: ManagedSwitch, bridge: String) {
            let vswitch = try await ManagedSwitch(bed, .needletail), bridge = bed.name("b")
            try await vswitch.vsctl("add-br", bridge, "--", "set", "bridge", bridge, "datapath_type=netdev")
            for host in hosts { try await vswitch.vsctl("add-port", bridge, host.port, "--", "set", "interface", host.port, "type=\(host.wiring.rawValue)") }
            for host in hosts { try await host.connect() }
            return (vswitch, bridge)
        }

        @Test func bridgesAndPortsComeAndGo() async throws {
            try await Bed.with { bed in
                let hosts = try await bed.hosts(2, .tap)
                let (vswitch, bridge) = try await start(bed, hosts)
                try await reached(hosts[0], hosts[1])
                #expect(try await vswitch.column("interface", hosts[0].port, "ofport") == "1")
                #expect(try await vswitch.column("interface", hosts[1].port, "ofport") == "2")
                #expect(try await vswitch.column("interface", bridge, "ofport") == "65534")
                #expect(try await vswitch.column("interface", bridge, "error") == "[]")
                let dpid = try await vswitch.column("bridge", bridge, "datapath_id"), address = try await vswitch.column("interface", bridge, "mac_in_use")
                #expect(dpid == "\"0000\(address.filter { $0 != ":" && $0 != "\"" })\"")
                #expect(try await vswitch.column("Open_vSwitch", ".", "cur_cfg") == vswitch.column("Open_vSwitch", ".", "next_cfg"))
                #expect(try await vswitch.ofctl("show", bridge).contains(" 1(\(hosts[0].port)): "))
                // A port's number is not given to the next one.
                try await vswitch.vsctl("del-port", bridge, hosts[1].port)
                try await vswitch.vsctl("add-port", bridge, bed.name("q"), "--", "set", "interface", bed.name("q"), "type=tap")
                #expect(try await vswitch.column("interface", bed.name("q"), "ofport") == "3")
                try await vswitch.vsctl("del-br", bridge)
                #expect(try await vswitch.ask("ofproto/list").output.isEmpty)
                #expect(try await vswitch.ask("dpif/show").output.isEmpty)
            }
        }

        @Test func portsHaveVLANs() async throws {
            try await Bed.with { bed in
                let hosts = try await bed.hosts(3, .tap)
                let (vswitch, _) = try await start(bed, hosts)
                try await vswitch.vsctl("set", "port", hosts[0].port, "tag=10", "--", "set", "port", hosts[1].port, "tag=10", "--", "set", "port", hosts[2].port, "tag=20")
                try await reached(hosts[0], hosts[1])
                #expect(try await hosts[0].run("ping", "-c", "2", "-W", "1", hosts[2].address4).status == 1)
                try await vswitch.vsctl("clear", "port", hosts[2].port, "tag", "--", "set", "port", hosts[2].port, "tag=10")
                try await reached(hosts[0], hosts[2])
            }
        }

        /// The switch forwards with what it has, and follows the next server.
        @Test func theServerIsKilledAndComesBack() async throws {
            try await Bed.with { bed in
                let hosts = try await bed.hosts(2, .tap)
                let (vswitch, bridge) = try await start(bed, hosts)
                try await vswitch.killServer()
                try await until("the switch has seen it") { vswitch.logged.contains { $0.hasPrefix("reconnect|INFO|") && ($0.hasSuffix("connection closed by peer") || $0.contains(": connection dropped (")) } }
                try await reached(hosts[0], hosts[1])
                try await vswitch.startServer()
                let port = bed.name("q")
                try await vswitch.vsctl("add-port", bridge, port, "--", "set", "interface", port, "type=tap")
                #expect(try await vswitch.column("interface", port, "ofport") == "3")
                // What was there was not touched.
                #expect(!vswitch.logged.contains { $0.contains("deleted interface") })
                try await reached(hosts[0], hosts[1])
            }
        }

        @Test func aSecondDaemonStandsAside() async throws {
            try await Bed.with { bed in
                let (vswitch, bridge) = try await start(bed, [])
                let second = try bed.spawn("env", ["OVS_RUNDIR=" + vswitch.folder, executable("needletaild"), vswitch.database, "--unixctl=\(vswitch.folder)/second"])
                func ask() async throws -> String { try await command("ovs-appctl", ["-T", "50", "-t", vswitch.folder + "/second", "ofproto/list"]).output }
                try await until("the second one has seen the first") { contents(second.errors).contains("disabling this process") }
                #expect(contents(second.errors).contains("|bridge|ERR|another ovs-vswitchd process is running, disabling this process (pid "))
                #expect(try await ask().isEmpty)
                try await vswitch.endDaemon()
                try await until("the second one has taken over") { try await ask() == bridge + "\n" }
                // Its work is done by the other one now.
                try await vswitch.vsctl("add-port", bridge, bed.name("q"), "--", "set", "interface", bed.name("q"), "type=tap")
                #expect(try await vswitch.column("interface", bed.name("q"), "ofport") == "1")
            }
        }

        /// Interfaces are the operator's: what he has given them outlasts the daemon, whichever it is.
        @Test func interfacesOutlastTheDaemon() async throws {
            try await Bed.with { bed in
                let bridge = bed.name("b"), inner = bed.name("i")
                func shown(_ name: String) async throws -> String? {
                    let result = try await command("ip", ["-o", "address", "show", "dev", name])
                    guard result.status == 0 else { return nil }
                    return "\(result.output.contains("inet 10.99.7.1/24")) \(contents("/sys/class/net/\(name)/flags").hasSuffix("3\n"))"
                }
                for kind in [ManagedSwitch.Kind.ovs, .needletail] {
                    let vswitch = try await ManagedSwitch(bed, kind)
                    func restarted() async throws {
                        try await vswitch.startDaemon()
                        try await vswitch.vsctl("set", "bridge", bridge, "external_ids:restarted=\(UInt32.random(in: 0 ... .max))")
                        #expect(try await vswitch.column("interface", bridge, "ofport") == "65534", "\(kind)")
                        #expect(try await vswitch.column("interface", bridge, "admin_state") == "up", "\(kind)")
                    }
                    try await vswitch.vsctl("add-br", bridge, "--", "set", "bridge", bridge, "datapath_type=netdev", "--", "add-port", bridge, inner, "--", "set", "interface", inner, "type=internal")
                    func both() async throws -> [String?] { [try await shown(bridge), try await shown(inner)] }
                    #expect(try await both() == ["false false", "false false"], "\(kind)")
                    #expect(try await vswitch.column("interface", inner, "admin_state") == "down", "\(kind)")
                    for words in ["address add 10.99.7.1/24 dev \(bridge)", "link set \(bridge) up"] {
                        #expect(try await command("ip", words.split(separator: " ").map(String.init)).status == 0)
                    }
                    #expect(try await vswitch.ask("exit").status == 0)
                    try await until("\(kind) has ended") { !vswitch.isRunning }
                    #expect(try await both() == ["true true", "false false"], "\(kind)")
                    try await restarted()
                    try await vswitch.endDaemon()
                    try await restarted()
                    try await vswitch.killDaemon()
                    #expect(try await shown(bridge) == "true true", "\(kind)")
                    try await restarted()
                    try await vswitch.vsctl("del-port", inner)
                    #expect(try await both() == ["true true", nil], "\(kind)")
                    #expect(try await vswitch.ask("exit", "--cleanup").status == 0)
                    try await until("\(kind) has ended") { !vswitch.isRunning }
                    #expect(try await shown(bridge) == nil, "\(kind)")
                }
            }
        }

        /// A bridge is named by a device of its own.
        @Test func aRestartKeepsTheAddress() async throws {
            try await Bed.with { bed in
                let (vswitch, bridge) = try await start(bed, [])
                let device = try await pair(bed, "00:16:3e:00:00:05")
                let own = try await vswitch.column("bridge", bridge, "datapath_id")
                try await vswitch.vsctl("add-port", bridge, device)
                func isNamedByDevice() async throws -> Bool {
                    let address = try await vswitch.column("interface", bridge, "mac_in_use"), number = try await vswitch.column("bridge", bridge, "datapath_id")
                    return address == "\"00:16:3e:00:00:05\"" && number == "\"000000163e000005\""
                }
                #expect(try await isNamedByDevice())
                #expect(try await command("ip", ["-o", "link", "show", bridge]).output.contains("link/ether 00:16:3e:00:00:05"))
                try await vswitch.killDaemon()
                try await vswitch.startDaemon()
                try await until("the bridge is there again") { try await vswitch.ask("ofproto/list").output == bridge + "\n" }
                try await vswitch.vsctl("set", "bridge", bridge, "other_config:dp-desc=again")
                #expect(try await isNamedByDevice())
                try await vswitch.vsctl("set", "bridge", bridge, "other_config:hwaddr=\"02:00:00:00:00:09\"")
                #expect(try await vswitch.column("interface", bridge, "mac_in_use") == "\"02:00:00:00:00:09\"")
                try await vswitch.vsctl("remove", "bridge", bridge, "other_config", "hwaddr", "--", "del-port", device)
                // An administrator's address, which no other start has.
                let last = try await vswitch.column("bridge", bridge, "datapath_id")
                #expect(last != own && last != "\"000000163e000005\"")
                // The interface of the kernel was there all the time.
                #expect(!vswitch.logged.contains { $0.contains("deleted interface \(bridge)") })
            }
        }

        /// A pair of virtual Ethernet devices, of which the first has this address.
        private func pair(_ bed: Bed, _ address: String) async throws -> String {
            let device = bed.name("v")
            try await ip("link", "add", device, "address", address, "type", "veth", "peer", "name", bed.name("w"))
            return device
        }

        /// A port whose device is not there has an error, and nothing else is lost.
        @Test func whatCannotBeIsTold() async throws {
            try await Bed.with { bed in
                let hosts = try await bed.hosts(2, .tap)
                let (vswitch, bridge) = try await start(bed, hosts)
                let result = try await vswitch.tryVsctl(["add-port", bridge, "nowhere"])
                #expect(result.status == 0)
                #expect(result.errors.contains("ovs-vsctl: Error detected while setting up 'nowhere': could not open network device nowhere ("))
                #expect(try await vswitch.column("interface", "nowhere", "ofport") == "-1")
                #expect(try await vswitch.column("interface", "nowhere", "error").hasPrefix("\"could not open network device nowhere ("))
                try await reached(hosts[0], hosts[1])
                try await vswitch.vsctl("del-port", "nowhere")
                // A bridge for the kernel, where there is no datapath for it.
                _ = try await vswitch.tryVsctl(["add-br", bed.name("k")])
                #expect(try await vswitch.column("bridge", bed.name("k"), "datapath_id") == "[]")
                #expect(try await vswitch.ask("ofproto/list").output == bridge + "\n")
                try await reached(hosts[0], hosts[1])
            }
        }

        private func reached(_ from: Host, _ to: Host) async throws {
            try await until("\(to.address4) is reached") { try await from.run("ping", "-c", "1", "-W", "2", to.address4).status == 0 }
        }
    }
}
