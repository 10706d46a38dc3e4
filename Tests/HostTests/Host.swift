import Foundation
import TestSupport
import Testing

/// A host: a network namespace with one interface, which is wired to the switch.
struct Host {
    /// Owned by the test; the host is in its list.
    unowned let bed: Bed
    /// The last number of its addresses.
    let number: Int
    let wiring: Wiring

    var space: String { bed.name("hs\(number)") }
    /// The host's interface.
    var interface: String { bed.name("h\(number)") }
    /// The switch's port: the same interface, or the other end of the pair.
    var port: String { wiring == .system ? bed.name("v\(number)") : interface }
    var address4: String { "10.77.0.\(number)" }
    var address6: String { "fd77::\(number)" }

    func make() async throws {
        try await ip("netns", "add", space)
        try await ip("-n", space, "link", "set", "lo", "up")
        if wiring == .system {
            try await ip("link", "add", port, "type", "veth", "peer", "name", interface, "netns", space)
            try await ip("link", "set", port, "up")
        }
    }

    /// Moves the switch's interface in if need be, gives it its addresses and sets it up.
    func connect() async throws {
        if wiring != .system { try await ip("link", "set", interface, "netns", space) }
        try await add(address4 + "/24")
        try await add(address6 + "/64")
        try await ip("-n", space, "link", "set", interface, "up")
    }

    /// Gives the host's interface, or another one, one more address.
    func add(_ address: String, to other: String? = nil) async throws {
        var arguments = ["-n", space, "address", "add", address, "dev", other ?? interface]
        // IPv6 works at once, without looking for duplicates first.
        if address.contains(":") { arguments.append("nodad") }
        let result = try await command("ip", arguments)
        guard result.status == 0 else { throw BedFailure("\(arguments): \(result.errors)") }
    }

    /// The interface's Ethernet address.
    func ethernetAddress() async throws -> String {
        let text = try await run("cat", "/sys/class/net/\(interface)/address").output
        guard let address = lines(text).first else { throw BedFailure("\(interface) has no address") }
        return address
    }

    /// Tells the host once and for all where an IP address is.
    func addNeighbour(_ address: String, at ethernetAddress: String) async throws {
        try await ip("-n", space, "neighbour", "replace", address, "lladdr", ethernetAddress, "dev", interface, "nud", "permanent")
    }

    /// The namespace, and a veth pair with it; a tap interface goes when its switch ends.
    func remove() async {
        _ = try? await command("ip", ["netns", "delete", space])
        if wiring == .system { _ = try? await command("ip", ["link", "delete", port]) }
    }

    /// Runs a program in the host to its end.
    func run(_ program: String, arguments: [String]) async throws -> CommandResult {
        try await command("ip", ["netns", "exec", space, program] + arguments)
    }
    func run(_ program: String, _ arguments: String...) async throws -> CommandResult { try await run(program, arguments: arguments) }

    /// Starts a program in the host that runs beside the test.
    func spawn(_ program: String, arguments: [String]) throws -> BackgroundTask {
        // ip(8) becomes the program: signals reach it.
        try bed.spawn("ip", ["netns", "exec", space, program] + arguments)
    }
    func spawn(_ program: String, _ arguments: String...) throws -> BackgroundTask { try spawn(program, arguments: arguments) }

    /// Starts a server and waits until it listens on a port of the host; `ss` is the option of ss(8) for the protocol.
    @discardableResult func serve(_ ss: String, port: Int, _ program: String, _ arguments: String...) async throws -> BackgroundTask {
        let server = try spawn(program, arguments: arguments)
        try await until("\(program) listens") {
            guard server.isRunning else { throw BedFailure("\(program) has ended: \(contents(server.errors))") }
            return try await !run("ss", "-Hln", ss, "sport = :\(port)").output.isEmpty
        }
        return server
    }
}

/// What ping(8) says in the end.
struct PingResult: Equatable {
    var sent = 0
    var received = 0
    /// As many answers as wanted came, and none is missing before the last of them. (Those under way when ping ends do not count.)
    var isWhole = false

    /// From the lines "… icmp_seq=7 …" and "5 packets transmitted, 5 received, …".
    /// - Parameter count: answers wanted.
    init(_ output: String, count: Int) throws {
        let words = try #require(lines(output).first { $0.contains(" packets transmitted, ") }, "\(output)").split(separator: " ")
        sent = try #require(words.first.flatMap { Int($0) })
        received = try #require(words.count > 3 ? Int(words[3]) : nil)
        var answered = Set<Int>()
        for line in lines(output) where line.contains(" bytes from ") {
            guard let word = line.split(separator: " ").first(where: { $0.hasPrefix("icmp_seq=") }) else { continue }
            answered.insert(try #require(Int(word.dropFirst("icmp_seq=".count))))
        }
        guard let last = answered.max() else { return }
        isWhole = answered.count == last && last >= count
    }
}

extension Host {
    /// Sends echo requests until there are `count` answers, for thirty seconds at most. Then all of the first `count` were answered if
    /// the result is whole. (Without an end time ping waits for its last answer no longer than two round trips.)
    /// - Parameters:
    ///   - interval: seconds between requests.
    ///   - options: of ping(8).
    func ping(_ address: String, count: Int = 5, interval: Double = 0.02, options: [String]) async throws -> PingResult {
        let result = try await run("ping", arguments: ["-n", "-c", "\(count)", "-i", "\(interval)", "-w", "30"] + options + [address])
        return try PingResult(result.output, count: count)
    }

    /// The same with packets of one size, which nobody may cut.
    /// - Parameter size: bytes of payload; the packet has 28 more with IPv4.
    func ping(_ address: String, count: Int = 5, size: Int = 56) async throws -> PingResult {
        try await ping(address, count: count, options: ["-s", "\(size)", "-M", "do"])
    }

    /// Whether nothing comes back, not even an answer of the address resolution.
    func cannotReach(_ address: String) async throws -> Bool {
        let result = try PingResult(try await run("ping", "-n", "-c", "3", "-i", "0.05", "-W", "0.5", "-w", "1", address).output, count: 1)
        return result.sent > 0 && result.received == 0
    }

    /// Starts a ping that goes on, with a time before each answer's line.
    func pingOn(_ address: String) throws -> BackgroundTask { try spawn("ping", "-D", "-n", "-i", "0.02", "-W", "2", address) }

    /// Ends a `pingOn` when one more answer has come.
    static func end(_ pings: BackgroundTask) async throws -> PingResult {
        let before = lines(contents(pings.output)).count
        try await until("one more answer") { lines(contents(pings.output)).count > before + 1 }
        return try PingResult(try await pings.finish(after: SIGINT), count: 1)
    }
}
