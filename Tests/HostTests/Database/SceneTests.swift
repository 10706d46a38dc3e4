import Foundation
import TestSupport
import Testing

extension HostTests {
    /// The same commands for our switch and OVS's, each with a database of its own, lead to the same rows.
    @Suite(.serialized) struct SceneTests {
        private func both(_ bed: Bed, _ arguments: [String] = ["--enable-dummy=override"]) async throws -> (ours: ManagedSwitch, theirs: ManagedSwitch) {
            (try await ManagedSwitch(bed, .needletail, arguments), try await ManagedSwitch(bed, .ovs, arguments + ["--disable-system"]))
        }

        @Test(arguments: Scene.all) func aSceneEndsAsWithOVS(_ scene: Scene) async throws {
            try await Bed.with { bed in
                let (ours, theirs) = try await both(bed)
                for step in scene.steps {
                    let words = step.split(separator: " ").map(String.init)
                    let results = [try await ours.tryVsctl(words), try await theirs.tryVsctl(words)]
                    #expect(results[0].status == results[1].status, "\(step): \(results[0].errors)\(results[1].errors)")
                    #expect(mistakes(results[0]) == mistakes(results[1]), "\(step)")
                    try await same(step, ours, theirs)
                }
            }
        }

        /// What ovs-vsctl says went wrong, without where logs are.
        private func mistakes(_ result: CommandResult) -> [String] { lines(result.errors).filter { $0.contains("Error detected") } }

        /// What changes by itself may be told a while later.
        private func same(_ step: String, _ ours: ManagedSwitch, _ theirs: ManagedSwitch) async throws {
            var pictures: [SwitchPicture] = []
            // What differs to the end is told below.
            try? await until("\(step): the same") {
                pictures = [try await SwitchPicture(ours), try await SwitchPicture(theirs)]
                return pictures[0] == pictures[1]
            }
            try #require(pictures.count == 2, "\(step)")
            let difference = Set(pictures[0].lines).symmetricDifference(pictures[1].lines)
            let told = difference.sorted().map { (pictures[0].lines.contains($0) ? "ours: " : "OVS's: ") + $0 }
            #expect(pictures[0] == pictures[1], "\(step):\n\(told.joined(separator: "\n"))")
        }

        /// The kinds' keys, with frames that are counted.
        @Test func countersAreOVSs() async throws {
            try await Bed.with { bed in
                let (ours, theirs) = try await both(bed)
                for vswitch in [ours, theirs] {
                    try await vswitch.vsctl(words: "add-br br0 -- set bridge br0 datapath_type=dummy -- add-port br0 p1 -- set interface p1 type=dummy -- add-port br0 p2 -- set interface p2 type=dummy-pmd options:n_rxq=2"
                        + " -- add-port br0 pa -- set interface pa type=patch options:peer=pb -- add-br br1 -- set bridge br1 datapath_type=dummy -- add-port br1 pb -- set interface pb type=patch options:peer=pa"
                        + " -- --id=@p get port p2 -- --id=@m create mirror name=m select_all=true output_port=@p -- set bridge br0 mirrors=@m")
                    for _ in 0..<3 { #expect(try await vswitch.ask("netdev-dummy/receive", "p1", "505400000002505400000001080045000000").status == 0) }
                }
                let wanted = ["Interface": ["name", "statistics"], "Mirror": ["name", "statistics"]]
                try await until("the counters are OVS's") {
                    let pictures = [try await SwitchPicture(ours, wanted), try await SwitchPicture(theirs, wanted)]
                    return pictures[0] == pictures[1] && pictures[0].description.contains("rx_packets")
                        && pictures[0].lines.contains { $0.contains("name=p1 ") && $0.range(of: #"rx_packets\W+3\b"#, options: .regularExpression) != nil }
                }
            }
        }

        /// Interfaces of the kernel.
        @Test func kernelInterfacesAreToldAsByOVS() async throws {
            try await Bed.with { bed in
                let (ours, theirs) = try await both(bed, [])
                var pictures: [SwitchPicture] = []
                let wanted = ["Interface": ["name", "type", "error", "admin_state", "link_state", "link_speed", "duplex", "mtu", "mac_in_use?", "status", "statistics#"]]
                // One after the other, since they use the same names.
                for vswitch in [ours, theirs] {
                    let bridge = bed.name("b"), tap = bed.name("t"), veth = bed.name("v"), peer = bed.name("w")
                    _ = try await command("ip", ["link", "add", veth, "type", "veth", "peer", "name", peer])
                    for name in [veth, peer] { _ = try await command("ip", ["link", "set", name, "up"]) }
                    _ = try await vswitch.tryVsctl(("add-br \(bridge) -- set bridge \(bridge) datapath_type=netdev -- add-port \(bridge) \(tap) -- set interface \(tap) type=tap -- add-port \(bridge) \(veth)"
                        + " -- add-port \(bridge) \(bed.name("n")) -- add-port \(bridge) \(bed.name("d")) -- set interface \(bed.name("d")) type=dpdk").split(separator: " ").map(String.init))
                    // A tap of ours is set up; OVS leaves that to others.
                    for name in [tap, bridge] { _ = try await command("ip", ["link", "set", name, "up"]) }
                    var picture = try await SwitchPicture(vswitch, wanted)
                    try await until("counters and links are told") {
                        picture = try await SwitchPicture(vswitch, wanted)
                        return picture.lines.filter { $0.contains("rx_crc_err") && $0.contains("link_state=up") }.count == 3
                    }
                    pictures.append(picture)
                    try await vswitch.vsctl("del-br", bridge)
                    try await vswitch.endDaemon()
                    _ = try await command("ip", ["link", "del", veth])
                }
                for (ours, theirs) in zip(pictures[0].lines, pictures[1].lines) { #expect(ours == theirs) }
            }
        }

        /// Which address a bridge has, and what number of it is made. Steps come twice, since OVS chooses before it has given internal ports their addresses.
        @Test func bridgesHaveTheAddressesOfOVS() async throws {
            let steps = [
                "add-port br0 p1 -- set interface p1 type=dummy", "add-port br0 i1 -- set interface i1 type=internal mac=\"00:11:22:33:44:55\"",
                "add-port br0 i2 -- set interface i2 type=internal mac=\"00:01:22:33:44:55\"", "set port p1 mac=\"00:00:00:33:44:66\"", "set port p1 mac=\"02:00:00:33:44:66\"",
                "set port p1 mac=\"01:00:00:33:44:66\"", "set port p1 mac=\"00:00:00:33:44:66\"", "-- --id=@p get port p1 -- --id=@m create mirror name=m select_all=true output_port=@p -- set bridge br0 mirrors=@m",
                "clear bridge br0 mirrors", "clear port p1 mac", "set port br0 mac=\"00:00:00:33:44:67\"", "clear port br0 mac", "set bridge br0 other_config:hwaddr=\"02:00:00:00:00:01\"",
                "set bridge br0 other_config:datapath-id=0x12", "remove bridge br0 other_config hwaddr", "remove bridge br0 other_config datapath-id", "del-port i2",
                "add-bond br0 bo q1 q2 -- set interface q1 type=dummy -- set interface q2 type=internal mac=\"00:00:22:33:44:55\"", "set port bo mac=\"00:00:22:33:44:56\"", "del-port bo",
                "add-br fake br0 10", "set port i1 tag=10", "add-port br0 i3 -- set interface i3 type=internal mac=\"00:01:22:33:44:55\"", "del-br fake", "del-port i3",
            ]
            try await Bed.with { bed in
                let (ours, theirs) = try await both(bed)
                var own: [String] = []
                func names(_ vswitch: ManagedSwitch) async throws -> [String] {
                    let fake = try await vswitch.tryVsctl(["get", "interface", "fake", "mac_in_use"]).output
                    return [try await vswitch.column("interface", "br0", "mac_in_use"), try await vswitch.column("bridge", "br0", "datapath_id"), fake]
                }
                for vswitch in [ours, theirs] {
                    try await vswitch.vsctl(words: "add-br br0 -- set bridge br0 datapath_type=dummy")
                    // OVS tells of the address a moment later than of the number that is made of it.
                    try await until("\(vswitch.kind) tells of its address") {
                        let address = try await vswitch.column("interface", "br0", "mac_in_use")
                        let isWhole = try await vswitch.column("bridge", "br0", "datapath_id") == "\"0000\(address.filter { $0 != ":" && $0 != "\"" })\""
                        if isWhole { own.append(address) }
                        return isWhole
                    }
                }
                for (number, step) in steps.enumerated() {
                    for vswitch in [ours, theirs] {
                        try await vswitch.vsctl(words: step)
                        try await vswitch.vsctl(words: "set bridge br0 other_config:again=\(number)")
                    }
                    var found: [[String]] = []
                    try? await until("\(step): the same") {
                        found = []
                        for (vswitch, own) in zip([ours, theirs], own) {
                            // What is its own differs.
                            let digits = own.filter { $0 != ":" && $0 != "\"" }
                            found.append(try await names(vswitch).map { $0.replacing(own, with: "own").replacing(digits, with: "own") })
                        }
                        return found[0] == found[1]
                    }
                    #expect(found.count == 2 && found[0] == found[1], "\(step): \(found)")
                }
            }
        }

        /// Taps follow the least MTU as internal ports do.
        @Test func kernelInterfacesFollowTheLeastMTU() async throws {
            try await Bed.with { bed in
                let (ours, theirs) = try await both(bed, [])
                let bridge = bed.name("b"), tap = bed.name("t"), veth = bed.name("v"), other = bed.name("i")
                let steps = [
                    "add-br \(bridge) -- set bridge \(bridge) datapath_type=netdev", "add-port \(bridge) \(tap) -- set interface \(tap) type=tap", "set interface \(tap) mtu_request=1200",
                    "add-port \(bridge) \(veth)", "clear interface \(tap) mtu_request -- set interface \(veth) mtu_request=1600", "add-port \(bridge) \(other) -- set interface \(other) type=internal",
                    "set interface \(veth) mtu_request=1300", "del-port \(veth)",
                ]
                var found: [[[String]]] = []
                // One after the other, since they use the same names.
                for vswitch in [ours, theirs] {
                    try await ip("link", "add", veth, "mtu", "1400", "type", "veth", "peer", "name", bed.name("w"))
                    found.append([])
                    for (number, step) in steps.enumerated() {
                        try await vswitch.vsctl(words: step)
                        var told: [String] = []
                        // OVS tells of MTUs a moment after it has said that the configuration is done.
                        try? await until("\(step): the same") {
                            told = try await SwitchPicture(vswitch, ["Interface": ["name", "mtu"]]).lines
                            return vswitch === ours || told == found[0][number]
                        }
                        found[found.count - 1].append(told)
                    }
                    try await vswitch.vsctl("del-br", bridge)
                    try await vswitch.endDaemon()
                    try await ip("link", "del", veth)
                }
                for ((step, ours), theirs) in zip(zip(steps, found[0]), found[1]) { #expect(ours == theirs, "\(step)") }
                #expect(found[0].count == steps.count && found[0].last?.allSatisfy { $0.hasSuffix("mtu=1500") } == true)
            }
        }

        @Test func whatTheSwitchCanDoIsTold() async throws {
            try await Bed.with { bed in
                let (ours, theirs) = try await both(bed, ["--enable-dummy"])
                for vswitch in [ours, theirs] { try await vswitch.vsctl("add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=dummy") }
                for column in ["datapath_types", "dpdk_initialized", "statistics"] {
                    #expect(try await ours.column("Open_vSwitch", ".", column) == theirs.column("Open_vSwitch", ".", column), "\(column)")
                }
                func types(_ vswitch: ManagedSwitch) async throws -> Set<String> {
                    Set(try await vswitch.column("Open_vSwitch", ".", "iface_types").split { "[], ".contains($0) }.map(String.init))
                }
                let all = try await types(theirs), own = try await types(ours)
                // No tunnels, no AF_XDP.
                #expect(own == ["dummy", "dummy-internal", "dummy-pmd", "internal", "patch", "system", "tap"] && own.isSubset(of: all))
                for vswitch in [ours, theirs] { try await vswitch.vsctl("set", "Open_vSwitch", ".", "other_config:enable-statistics=true") }
                let wanted = ["Open_vSwitch": ["statistics#"]]
                func keys(_ vswitch: ManagedSwitch) async throws -> [String] {
                    // OVS tells of processes by their PID files, and there are none.
                    let text = try await SwitchPicture(vswitch, wanted).description
                    return ["cpu", "load_average", "memory"].filter { text.contains("\"\($0)\"") }
                }
                try await until("statistics are told") {
                    let told = [try await keys(ours), try await keys(theirs)]
                    return told[0].count == 3 && told[0] == told[1]
                }
                #expect(try await ours.column("Open_vSwitch", ".", "statistics:memory").split(separator: ",").count == 5)
            }
        }

        /// A controller that is not there, one that is, and a listener.
        @Test func controllersAreTold() async throws {
            try await Bed.with { bed in
                let (ours, theirs) = try await both(bed)
                var states: [[String]] = []
                for vswitch in [ours, theirs] {
                    let control = vswitch.folder + "/there.ctl"
                    _ = try bed.spawn("ovs-testcontroller", ["-v", "-O", "OpenFlow13", "--unixctl=" + control, "punix:\(vswitch.folder)/there.sock"])
                    // It listens before it answers; a first attempt that fails would be told of for ever.
                    try await until("the controller listens") { try await command("ovs-appctl", ["-T", "5", "-t", control, "version"]).status == 0 }
                    try await vswitch.vsctl(words: "add-br br0 -- set bridge br0 datapath_type=dummy -- set-controller br0 tcp:127.0.0.1:1 unix:\(vswitch.folder)/there.sock punix:\(vswitch.folder)/br0.ctl")
                    let wanted = ["Controller": ["target", "is_connected", "role", "status#"]]
                    func picture() async throws -> [String] {
                        try await SwitchPicture(vswitch, wanted).lines.map { $0.replacing(vswitch.folder, with: "FOLDER") }
                    }
                    try await until("\(vswitch.kind) tells of the connection") {
                        let told = try await picture()
                        return told.contains { $0.contains("sec_since_connect") } && told.contains { $0.contains("last_error") }
                    }
                    states.append(try await picture())
                    #expect(try await vswitch.vsctl("--columns=status", "list", "Controller").contains("last_error=\"Connection refused\""))
                }
                #expect(states[0] == states[1])
            }
        }

        @Test func aThousandPortsInOneTransaction() async throws {
            try await Bed.with { bed in
                let vswitch = try await ManagedSwitch(bed, .needletail, ["--enable-dummy=override"])
                let ports = (1...1000).map { "-- add-port br0 q\($0) -- set interface q\($0) type=dummy" }.joined(separator: " ")
                try await vswitch.vsctl(words: "add-br br0 -- set bridge br0 datapath_type=dummy " + ports)
                let picture = try await SwitchPicture(vswitch, ["Interface": ["ofport", "error"]])
                #expect(picture.lines.count == 1001 && Set(picture.lines).count == 1001 && picture.lines.allSatisfy { $0.hasSuffix("error=[]") }, "\(picture.lines.first ?? "")")
                try await vswitch.vsctl(words: (1...999).map { "-- del-port q\($0)" }.joined(separator: " "))
                #expect(try await lines(vswitch.ask("dpif/show").output).count == 4)
                try await vswitch.vsctl("del-br", "br0")
                #expect(try await vswitch.ask("dpif/show").output.isEmpty)
            }
        }

        /// OpenStack's client, of which each transaction waits for the switch.
        @Test func ovsdbappMakesBridgesAndPorts() async throws {
            let program = """
                import sys
                from ovsdbapp.backend.ovs_idl import connection
                from ovsdbapp.schema.open_vswitch import impl_idl
                idl = connection.OvsdbIdl.from_server(sys.argv[1], "Open_vSwitch")
                api = impl_idl.OvsdbIdl(connection.Connection(idl=idl, timeout=60))
                def number(name): return api.db_get("Interface", name, "ofport").execute(check_error=True)
                for round in range(5):
                    bridge = "br%d" % round
                    # Each transaction waits for the switch.
                    with api.transaction(check_error=True) as transaction:
                        transaction.add(api.add_br(bridge, datapath_type="dummy"))
                        for port in ["p%d%d" % (round, index) for index in range(4)]:
                            transaction.add(api.add_port(bridge, port))
                            transaction.add(api.db_set("Interface", port, ("type", "dummy")))
                    print(bridge, [number(port) for port in sorted(api.list_ports(bridge).execute(check_error=True))], number(bridge))
                    api.del_port("p%d1" % round, bridge, if_exists=False).execute(check_error=True)
                    if round % 2: api.del_br(bridge).execute(check_error=True)
                print(sorted(api.list_br().execute(check_error=True)))
                """
            try await Bed.with { bed in
                let vswitch = try await ManagedSwitch(bed, .needletail, ["--enable-dummy=override"])
                let python = try bed.spawn(pythonTool("python3"), ["-c", program, vswitch.database])
                let told = try await lines(python.finish())
                try #require(told.count == 6, "\(contents(python.errors))")
                #expect(told.dropLast() == (0..<5).map { "br\($0) [1, 2, 3, 4] 65534" }[...] && told.last == "['br0', 'br2', 'br4']")
                #expect(try await Set(lines(vswitch.ask("ofproto/list").output)) == ["br0", "br2", "br4"])
                #expect(!vswitch.logged.contains { $0.contains("|WARN|") }, "\(vswitch.logged)")
            }
        }

        /// Two ovs-vsctl at a time, and Python's IDL with them.
        @Test func manyChangeOneDatabase() async throws {
            let program = """
                import sys, ovs.db.idl, ovs.poller
                helper = ovs.db.idl.SchemaHelper(sys.argv[2])
                for table, columns in [("Bridge", ["name", "ports"]), ("Port", ["name", "interfaces"]), ("Interface", ["name", "type", "ofport"])]:
                    helper.register_columns(table, columns)
                idl = ovs.db.idl.Idl(sys.argv[1], helper)
                def wait(ready):
                    while not ready():
                        if not idl.run():
                            poller = ovs.poller.Poller(); idl.wait(poller); poller.timer_wait(100); poller.block()
                def rows(table): return list(idl.tables[table].rows.values())
                wait(lambda: rows("Bridge"))
                for name in ["y%d" % number for number in range(10)]:
                    while True:
                        txn = ovs.db.idl.Transaction(idl)
                        bridge = rows("Bridge")[0]
                        interface = txn.insert(idl.tables["Interface"]); interface.name = name; interface.type = "dummy"
                        port = txn.insert(idl.tables["Port"]); port.name = name; port.interfaces = [interface]
                        bridge.verify("ports"); bridge.ports = bridge.ports + [port]
                        if txn.commit_block() == ovs.db.idl.Transaction.SUCCESS: break
                    wait(lambda: [i for i in rows("Interface") if i.name == name and i.ofport])
                print(len([i for i in rows("Interface") if i.name.startswith("y") and i.ofport[0] > 0]), flush=True)
                """
            try await Bed.with { bed in
                let vswitch = try await ManagedSwitch(bed, .needletail, ["--enable-dummy=override"])
                try await vswitch.vsctl("add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=dummy")
                let python = try bed.spawn("/usr/bin/python3", ["-c", program, vswitch.database, DatabaseServer.schema])
                let database = vswitch.database
                try await withThrowingTaskGroup(of: Int32.self) { group in
                    for letter in ["u", "w"] {
                        group.addTask {
                            for number in 0..<10 {
                                let name = "\(letter)\(number)"
                                let result = try await command("ovs-vsctl", ["--db=" + database, "-t", "60", "add-port", "br0", name, "--", "set", "interface", name, "type=dummy"], seconds: 90)
                                guard result.status == 0 else { return result.status }
                            }
                            return 0
                        }
                    }
                    for try await status in group { #expect(status == 0) }
                }
                #expect(try await python.finish() == "10\n", "\(contents(python.errors))")
                let numbers = try await SwitchPicture(vswitch, ["Interface": ["ofport"]]).lines
                #expect(Set(numbers).count == 31 && numbers.count == 31)
                #expect(try await vswitch.column("Open_vSwitch", ".", "cur_cfg") == vswitch.column("Open_vSwitch", ".", "next_cfg"))
            }
        }
    }
}
