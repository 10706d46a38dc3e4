import TestSupport
import Testing

extension HostTests {
    /// Dummy ports of two daemons that speak to each other by a socket.
    @Suite struct WireTests {
        private static let pairs: [(ManagedSwitch.Kind, ManagedSwitch.Kind)] = [(.needletail, .needletail), (.needletail, .ovs), (.ovs, .needletail)]

        @Test(arguments: pairs) func frameGoesThere(_ listener: ManagedSwitch.Kind, _ caller: ManagedSwitch.Kind) async throws {
            try await Bed.with { bed in
                let left = try await ManagedSwitch(bed, listener, ["--enable-dummy"], name: "left"), right = try await ManagedSwitch(bed, caller, ["--enable-dummy"], name: "right")
                let wire = bed.folder + "/wire"
                for (vswitch, option) in [(left, "pstream=punix:"), (right, "stream=unix:")] {
                    try await vswitch.vsctl(words: "add-br br0 -- set bridge br0 datapath_type=dummy -- add-port br0 p1 -- set interface p1 type=dummy ofport_request=1 options:\(option)\(wire)"
                        + " -- add-port br0 p2 -- set interface p2 type=dummy ofport_request=2")
                }
                try await until("they are connected") { try await right.ask("netdev-dummy/conn-state", "p1").output == "p1: connected\n" }
                #expect(try await left.ask("netdev-dummy/conn-state", "p1").output == "p1: unknown\n")
                // What comes in here leaves there, and what leaves there was that long. What the caller sends waits until the listener has accepted, which
                // may send only then.
                for (number, (from, to)) in [(right, left), (left, right)].enumerated() {
                    let before = try await sent(to)
                    for length in [60, 1_514] {
                        let frame = "ffffffffffff50540000000\(number)88b5" + String(repeating: "5a", count: length - 14)
                        #expect(try await from.ask("netdev-dummy/receive", "p2", frame).status == 0)
                    }
                    try await until("both frames are there") { try await sent(to).packets == before.packets + 2 }
                    #expect(try await sent(to).bytes == before.bytes + 1_574)
                }
                // Who connects does so again.
                try await left.vsctl("del-port", "p1")
                try await until("the connection has ended") { try await right.ask("netdev-dummy/conn-state", "p1").output == "p1: disconnected\n" }
                try await left.vsctl(words: "add-port br0 p1 -- set interface p1 type=dummy ofport_request=1 options:pstream=punix:\(wire)")
                try await until("they are connected again") { try await right.ask("netdev-dummy/conn-state", "p1").output == "p1: connected\n" }
            }
        }

        /// What has left by p2.
        private func sent(_ vswitch: ManagedSwitch) async throws -> (packets: Int, bytes: Int) {
            let text = try await vswitch.ofctl("dump-ports", "br0", "2")
            let line = try #require(lines(text).first { $0.contains("tx pkts=") })
            let numbers = line.split { !$0.isNumber }.compactMap { Int($0) }
            return (try #require(numbers.first), try #require(numbers.dropFirst().first))
        }
    }
}
