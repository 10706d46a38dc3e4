import Foundation
import Synchronization
import TestSupport
import Testing
import Wire
@testable import NetDev

/// Network namespaces and the interfaces between them and this one.
final class Namespaces {
    private var names: [String] = []
    private static let serial = Mutex(0)
    /// Short and unique among processes and tests: for interfaces' names.
    let tag: String

    init() {
        tag = "\(getpid() % 10_000)" + "x" + String(Self.serial.withLock { $0 += 1; return $0 })
    }

    /// Makes a namespace with one end of a veth pair, `n<letter><tag>`, up with `address`; returns the namespace's and this
    /// side's interface's name.
    func add(_ letter: String, address: String, mtu: Int = 1500) async throws -> (space: String, outer: String, inner: String) {
        let space = "nt\(letter)\(tag)", outer = "v\(letter)\(tag)", inner = "n\(letter)\(tag)"
        try await ip("netns", "add", space)
        names.append(space)
        try await ip("link", "add", outer, "mtu", "\(mtu)", "type", "veth", "peer", "name", inner, "mtu", "\(mtu)", "netns", space)
        // An IPv6 address must not wait for duplicate address detection.
        if address.contains(":") {
            try await ip("-n", space, "addr", "add", address, "dev", inner, "nodad")
        } else {
            try await ip("-n", space, "addr", "add", address, "dev", inner)
        }
        try await ip("-n", space, "link", "set", inner, "up")
        try await ip("link", "set", outer, "up")
        return (space, outer, inner)
    }

    /// Removes the namespaces, and the veth pairs with them.
    private func end() async throws {
        for name in names { try await ip("netns", "del", name) }
        names = []
    }

    /// Runs `body`, and removes the namespaces that it has made, whatever happens.
    static func with(_ body: (Namespaces) async throws -> Void) async throws {
        let spaces = Namespaces()
        do {
            try await body(spaces)
        } catch {
            try await spaces.end()
            throw error
        }
        try await spaces.end()
    }
}

/// Runs ip(8).
func ip(_ arguments: String...) async throws {
    let result = try await command("ip", arguments)
    try #require(result.status == 0, "ip \(arguments.joined(separator: " ")): \(result.errors)")
}

/// Runs a Python program in a namespace.
func python(in space: String, _ program: String, _ arguments: [String] = [], seconds: Int = 60) async throws -> CommandResult {
    try await command("ip", ["netns", "exec", space, "/usr/bin/python3", "-c", program] + arguments, seconds: seconds)
}

/// The first frames from the port that `wanted` accepts, within ten seconds; others are let go.
func frames(_ count: Int, from port: any Netdev, where wanted: ([UInt8]) -> Bool) async throws -> [[UInt8]] {
    var found: [[UInt8]] = []
    _ = await eventually {
        for packet in receive(port.rxQueue(0)) {
            let bytes = packet.bytes
            if wanted(bytes) { found.append(bytes) }
            packet.free()
        }
        return found.count >= count
    }
    try #require(found.count >= count, "only \(found.count) of \(count) frames; the port has \(port.statistics)")
    return found
}

/// The first such frame.
func frame(from port: any Netdev, where wanted: ([UInt8]) -> Bool) async throws -> [UInt8] {
    try await frames(1, from: port, where: wanted)[0]
}

/// The 16-bit number at `offset`.
func number(_ frame: [UInt8], _ offset: Int) -> Int { Int(frame[offset]) << 8 | Int(frame[offset + 1]) }

/// An ARP packet over IPv4 (RFC 826).
func arp(_ operation: UInt8, from: EthernetAddress, _ source: [UInt8], to: EthernetAddress, _ target: [UInt8]) -> [UInt8] {
    let sender = addressBytes(from), receiver = addressBytes(to)
    return receiver + sender + [8, 6, 0, 1, 8, 0, 6, 4, 0, operation] + sender + source
        + (operation == 1 ? [0, 0, 0, 0, 0, 0] : receiver) + target + [UInt8](repeating: 0, count: 18)
}

func addressBytes(_ address: EthernetAddress) -> [UInt8] {
    stride(from: 40, through: 0, by: -8).map { UInt8(truncatingIfNeeded: address.number >> UInt64($0)) }
}

/// Whether an IPv4 frame without VLAN tags has a correct header checksum and a correct TCP or UDP checksum.
func checksumsAreRight(_ frame: [UInt8]) -> Bool {
    let header = Int(frame[14] & 15) * 4
    let total = number(frame, 16)
    func sum(_ bytes: ArraySlice<UInt8>) -> Int {
        var total = 0
        for (index, byte) in bytes.enumerated() { total += index % 2 == 0 ? Int(byte) << 8 : Int(byte) }
        while total > 0xffff { total = total & 0xffff + total >> 16 }
        return total
    }
    func fold(_ value: Int) -> Int {
        var value = value
        while value > 0xffff { value = value & 0xffff + value >> 16 }
        return value
    }
    guard sum(frame[14..<14 + header]) == 0xffff else { return false }
    let pseudo = sum(frame[26..<34]) + Int(frame[23]) + total - header
    return fold(pseudo + sum(frame[(14 + header)..<(14 + total)])) == 0xffff
}
