import Foundation
import Testing
import TestSupport
@testable import NetDev

/// EAL starts once in a process: all suites share this one, without hugepages, and one runtime.
enum Environment {
    static let info = TestEAL.started
    static let runtime: NetdevRuntime = {
        var options = NetdevOptions()
        options.demand.deviceQueues = 2
        options.demand.upcallSlots = 0
        return NetdevRuntime(options)
    }()

    /// Opens a port in the shared runtime.
    static func open(
        _ name: String, _ type: String, _ options: [String: String] = [:], shape: NetdevShape = NetdevShape()
    ) throws -> any Netdev {
        _ = try info.get()
        return try runtime.open(NetdevRequest(name: name, type: type, options: options, shape: shape))
    }

    /// Runs `body` and expects that as many packets are out afterwards as before.
    static func expectNoLeak(_ body: () async throws -> Void) async throws {
        _ = try info.get()
        let before = Mempools.inUseCount
        try await body()
        #expect(Mempools.inUseCount == before)
    }
}

/// Waits until `condition` holds, at most `seconds`; whether it does.
func eventually(seconds: Double = 60, _ condition: () throws -> Bool) async rethrows -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
        if try condition() { return true }
        await Task.yield()
        usleep(500)
    }
    return try condition()
}

/// What a queue gives within one burst.
func receive(_ queue: RxQueue) -> [Mbuf] {
    // The burst writes at most the array's capacity.
    unsafe withUnsafeTemporaryAllocation(of: Mbuf.self, capacity: Limits.burst) { packets in
        guard let base = packets.baseAddress else { return [] }
        let count = unsafe queue.burst(base, Limits.burst)
        return unsafe Array(packets.prefix(count))
    }
}

/// Sends packets; frees those that the queue did not take, and returns how many it took.
func send(_ queue: TxQueue, _ packets: [Mbuf]) -> Int {
    var packets = packets
    let sent = unsafe packets.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return 0 }
        return unsafe queue.burst(base, buffer.count)
    }
    packets.dropFirst(sent).forEach { $0.free() }
    return sent
}

/// A packet of `pool` with the given bytes.
func packet(_ pool: Mempool, _ bytes: [UInt8]) throws -> Mbuf {
    let packet = try #require(pool.allocate())
    #expect(packet.append(bytes))
    return packet
}
