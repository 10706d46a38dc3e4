import Foundation
import TestSupport
import Testing

extension HostTests {
    /// OFPPC_PORT_DOWN is the device's own state, as with ovs-vswitchd: who sets it turns the device off, and who turns the device off sets it.
    @Suite(.serialized) struct PortDownTests {
        @Test(arguments: [ManagedSwitch.Kind.needletail, .ovs]) func devicesOfTheKernelAreTurnedOffAndOn(kind: ManagedSwitch.Kind) async throws {
            try await Bed.with { bed in
                let bridge = bed.name("b"), tap = bed.name("t"), inner = bed.name("i"), device = bed.name("v"), all = [bridge, tap, inner, device]
                for words in ["add \(device) type veth peer name \(bed.name("w"))", "set \(bed.name("w")) up"] {
                    #expect(try await command("ip", ["link"] + words.split(separator: " ").map(String.init)).status == 0)
                }
                let vswitch = try await ManagedSwitch(bed, kind)
                try await vswitch.vsctl(words: "add-br \(bridge) -- set bridge \(bridge) datapath_type=netdev -- add-port \(bridge) \(tap) -- set interface \(tap) type=tap"
                    + " -- add-port \(bridge) \(inner) -- set interface \(inner) type=internal -- add-port \(bridge) \(device)")
                /// By name: is it off for controllers, for the database and for the kernel?
                func states() async throws -> [String: [Bool]] {
                    var states: [String: [Bool]] = [:], name = ""
                    for line in lines(try await vswitch.ofctl("dump-ports-desc", bridge)) {
                        if let title = line.firstMatch(of: /\(([^()]+)\): addr/) { name = String(title.1) }
                        if line.contains("config:") { states[name] = [line.contains("PORT_DOWN")] }
                        if line.contains("state:") { states[name]?.append(line.contains("LINK_DOWN")) }
                    }
                    for name in all {
                        for column in ["admin_state", "link_state"] { states[name]?.append(try await vswitch.column("interface", name, column) == "down") }
                        states[name]?.append(Int(contents("/sys/class/net/\(name)/flags").trimmingCharacters(in: .newlines).dropFirst(2), radix: 16).map { $0 & 1 == 0 } ?? true)
                    }
                    return states
                }
                /// The database is written every few seconds.
                func expect(off: [String], _ step: String) async throws {
                    let wanted = Dictionary(uniqueKeysWithValues: all.map { ($0, Array(repeating: off.contains($0), count: 5)) })
                    try await until("\(kind), \(step): \(wanted)") { try await states() == wanted }
                }
                func turn(_ names: [String], _ state: String, byKernel: Bool) async throws {
                    for name in names {
                        if byKernel { #expect(try await command("ip", ["link", "set", name, state]).status == 0) } else { try await vswitch.ofctl("mod-port", bridge, name, state) }
                    }
                }
                try await turn([device], "down", byKernel: true)
                try await expect(off: all, "new")
                try await turn([tap, inner, device], "up", byKernel: true)
                try await expect(off: [bridge], "set up")
                try await turn(all, "down", byKernel: false)
                try await expect(off: all, "turned off")
                try await turn([inner], "up", byKernel: true)
                try await expect(off: [bridge, tap, device], "set up again")
                try await turn(all, "up", byKernel: false)
                try await expect(off: [], "turned on")
                try await turn([inner, device], "down", byKernel: true)
                try await expect(off: [inner, device], "set down")
                // Another bit leaves the device alone.
                try await vswitch.ofctl("mod-port", bridge, inner, "no-flood")
                try await expect(off: [inner, device], "not flooded")
            }
        }

        @Test(arguments: [ManagedSwitch.Kind.needletail, .ovs]) func aDPDKDeviceThatIsOffReceivesNothing(kind: ManagedSwitch.Kind) async throws {
            try await Bed.with { bed in
                let vswitch = try await ManagedSwitch(bed, kind, hasDPDK: true), bridge = bed.name("b")
                try await vswitch.vsctl("set", "Open_vSwitch", ".", "other_config:dpdk-init=true")
                try await vswitch.vsctl(words: "add-br \(bridge) -- set bridge \(bridge) datapath_type=netdev -- add-port \(bridge) d0"
                    + " -- set interface d0 type=dpdk options:dpdk-devargs=net_null0 -- add-port \(bridge) d1 -- set interface d1 type=dpdk options:dpdk-devargs=net_null1,no-rx=1")
                func received() async throws -> Int {
                    let text = try await vswitch.ofctl("dump-ports", bridge, "d0")
                    return text.firstMatch(of: /rx pkts=(\d+)/).flatMap { Int($0.1) } ?? -1
                }
                func expect(isOff: Bool, _ step: String) async throws {
                    let state = isOff ? "down" : "up"
                    try await until("\(kind), \(step)") {
                        let told = try await vswitch.ofctl("dump-ports-desc", bridge, "d0")
                        let row = [try await vswitch.column("interface", "d0", "admin_state"), try await vswitch.column("interface", "d0", "link_state")]
                        return told.contains("PORT_DOWN") == isOff && told.contains("LINK_DOWN") == isOff && row == [state, state]
                    }
                    if isOff {
                        // The device has packets without end.
                        try await until("\(kind), \(step): nothing comes any more") {
                            let before = try await received()
                            try await Task.sleep(for: .milliseconds(300))
                            return try await received() == before && before > 0
                        }
                    } else {
                        let before = try await received()
                        try await until("\(kind), \(step): packets come") { try await received() > before }
                    }
                }
                try await expect(isOff: false, "new")
                try await vswitch.ofctl("mod-port", bridge, "d0", "down")
                try await expect(isOff: true, "turned off")
                // Its queues stay unpolled when they are shared out again.
                try await vswitch.vsctl("add-port", bridge, "d2", "--", "set", "interface", "d2", "type=dpdk", "options:dpdk-devargs=net_null2,no-rx=1")
                try await expect(isOff: true, "beside a new port")
                try await vswitch.ofctl("mod-port", bridge, "d0", "up")
                try await expect(isOff: false, "turned on")
                #expect(try await vswitch.ask("netdev-dpdk/set-admin-state", "d0", "down").output == "OK\n")
                try await expect(isOff: true, "off by its administrator")
                #expect(try await vswitch.ask("netdev-dpdk/set-admin-state", "up").output == "OK\n")
                try await expect(isOff: false, "all on")
            }
        }

        /// The database says nothing of flags, so it takes none away.
        @Test(arguments: [ManagedSwitch.Kind.needletail, .ovs]) func flagsOutlastChangesOfTheRow(kind: ManagedSwitch.Kind) async throws {
            try await Bed.with { bed in
                let vswitch = try await ManagedSwitch(bed, kind), bridge = bed.name("b"), tap = bed.name("t")
                try await vswitch.vsctl(words: "add-br \(bridge) -- set bridge \(bridge) datapath_type=netdev -- add-port \(bridge) \(tap) -- set interface \(tap) type=tap")
                for bit in ["up", "no-flood", "no-packet-in"] { try await vswitch.ofctl("mod-port", bridge, tap, bit) }
                func flags() async throws -> [String] {
                    lines(try await vswitch.ofctl("show", bridge)).filter { $0.contains("config:") }.map { $0.trimmingCharacters(in: .whitespaces) }
                }
                let before = try await flags()
                #expect(before.contains { $0.contains("NO_PACKET_IN") })
                try await vswitch.vsctl("set", "port", tap, "tag=5", "--", "set", "interface", tap, "mtu_request=1400")
                #expect(try await flags() == before, "\(kind)")
            }
        }
    }
}
