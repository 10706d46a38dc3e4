import ArgumentParser
import Foundation
import VSwitch

/// `needletail demo`: replays captured traffic through a learning bridge with a few rules, and shows the counters live.
struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replay captured traffic through a learning bridge and show what happens.",
        discussion: "With --tap: wire two network namespaces through the switch instead (needs root).")

    @Option(help: "End after so many seconds (10; with --tap: when interrupted).") var seconds: Int?
    @Flag(help: "Make two network namespaces with a tap port each.") var tap = false

    func validate() throws {
        if let seconds, !(1...1_000_000).contains(seconds) { throw ValidationError("--seconds is from 1 to 1000000") }
    }

    func run() throws {
        do {
            try tap ? runTaps() : replay()
        } catch let error as StartError {
            for problem in error.problems { complain("needletail: \(problem)") }
            throw ExitCode.failure
        } catch let error as ConfigError {
            complain(error.description)
            throw ExitCode.failure
        }
    }

    private func replay() throws {
        guard let folder = DemoConfig.folder(program: "/proc/self/exe") else {
            complain("needletail: demo.pcap and demo-servers.pcap are not in config/, nor beside the program")
            throw ExitCode.failure
        }
        let session = try Session(SwitchConfig.parse(Array(DemoConfig.replay.utf8), file: folder + "/demo.yaml"), file: nil)
        defer { session.close() }
        print("Traffic of two clients and a server, replayed through bridge br0.\n")
        show(session, seconds: seconds ?? 10)
    }

    private func runTaps() throws {
        let session = try Session(SwitchConfig.parse(Array(DemoConfig.taps.utf8), file: "(demo)"), file: nil)
        defer { session.close() }
        let wiring = NamespaceWiring()
        defer { wiring.remove() }
        try wiring.make()
        print("""
            Two namespaces are wired through bridge br0. In another terminal:

                ip netns exec \(NamespaceWiring.red) ping \(NamespaceWiring.blueAddress)
                ip netns exec \(NamespaceWiring.blue) ping \(NamespaceWiring.redAddress)

            \(seconds == nil ? "Interrupt to end.\n" : "")
            """)
        show(session, seconds: seconds)
    }

    /// A line a second, and the tables at the end.
    private func show(_ session: Session, seconds: Int?) {
        let start = session.counters()
        var last = start
        print(LiveTable.heading)
        var second = 0
        while second < seconds ?? .max, !session.signals.wantsEnd {
            second += 1
            session.run(seconds: 1)
            let now = session.counters()
            print(LiveTable.line(now.since(last), seconds: second))
            last = now
        }
        let window = last.since(start)
        print("\n\(LiveTable.ports(window))\n\n\(LiveTable.pmds(window))")
        let flows = session.busiestMegaflows()
        print("\nThe busiest of \(last.megaflows) megaflows:")
        for flow in flows { print("  " + flow) }
    }
}

/// Two network namespaces, each with one of the demo's tap interfaces.
struct NamespaceWiring {
    static let red = "needletail-red", blue = "needletail-blue"
    static let redAddress = "10.99.0.1", blueAddress = "10.99.0.2"

    /// Moves the tap interfaces, which exist already, into new namespaces and gives them addresses.
    func make() throws {
        for (name, tap, address) in [(Self.red, "tap-red", Self.redAddress), (Self.blue, "tap-blue", Self.blueAddress)] {
            try ip("netns", "add", name)
            try ip("link", "set", tap, "netns", name)
            try ip("-n", name, "address", "add", address + "/24", "dev", tap)
            try ip("-n", name, "link", "set", "lo", "up")
            try ip("-n", name, "link", "set", tap, "up")
        }
    }

    func remove() {
        for name in [Self.red, Self.blue] { try? ip("netns", "delete", name) }
    }

    /// Runs ip(8). Throws `StartError` with what it complained of.
    private func ip(_ arguments: String...) throws {
        let process = Process(), errors = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["ip"] + arguments
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let problem = text.split(separator: "\n").first.map(String.init) ?? "status \(process.terminationStatus)"
            throw StartError(problems: ["ip \(arguments.joined(separator: " ")): \(problem)"])
        }
    }
}
