import Foundation
import Synchronization
@testable import NetDev

/// A thread between two ports that sends by each what the other receives, as a PMD would.
final class Cable {
    let ports: [any Netdev]
    private let shared = Shared()
    private final class Shared: Sendable {
        let stop = Atomic(false)
        let ended = DispatchSemaphore(value: 0)
        let longest = Atomic(0)
    }
    private var running = false

    init(_ left: any Netdev, _ right: any Netdev) { ports = [left, right] }
    /// Sends by the port what it has received.
    init(loop port: any Netdev) { ports = [port] }

    /// Bytes of the longest frame so far.
    var longest: Int { shared.longest.load(ordering: .relaxed) }

    func start() throws {
        for port in ports { try port.start() }
        let ways = zip(ports, ports.reversed()).map { ($0.rxQueue(0), $1.txQueue(0, shared: false)) }
        running = true
        let shared = shared
        Thread.detachNewThread {
            while !shared.stop.load(ordering: .relaxed) {
                var idle = true
                for (from, to) in ways {
                    let packets = receive(from)
                    if packets.isEmpty { continue }
                    idle = false
                    let longest = packets.reduce(shared.longest.load(ordering: .relaxed)) { max($0, $1.length) }
                    shared.longest.store(longest, ordering: .relaxed)
                    _ = send(to, packets)
                }
                // The processor belongs to others too.
                if idle { sched_yield() }
            }
            shared.ended.signal()
        }
    }

    func stop() {
        guard running else { return }
        running = false
        shared.stop.store(true, ordering: .relaxed)
        shared.ended.wait()
        for port in ports { port.stop() }
    }

    func close() {
        stop()
        for port in ports { port.close() }
    }
}
