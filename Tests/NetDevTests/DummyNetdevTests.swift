import Testing
@testable import NetDev

extension NetDevTests {
    @Suite(.serialized) struct DummyNetdevTests {
        private func dummy(_ shape: NetdevShape = NetdevShape()) throws -> DummyNetdev {
            try #require(try Environment.open("dummy0", "dummy", shape: shape) as? DummyNetdev)
        }

        @Test func framesGoInAndOutInOrder() async throws {
            try await Environment.expectNoLeak {
                let port = try dummy(NetdevShape(rxQueues: 2, txQueues: 2))
                defer { port.close() }
                port.start()
                for index in 0..<40 { #expect(port.inject([UInt8](repeating: UInt8(index), count: 60), queue: index % 2)) }
                let packets = receive(port.rxQueue(1))
                let odd = [UInt8](stride(from: 1, to: 40, by: 2))
                #expect(packets.map { $0.bytes[0] } == odd)
                #expect(send(port.txQueue(1, shared: true), packets) == 20)
                #expect(port.takeSent(queue: 0) == nil)
                for number in odd { #expect(port.takeSent(queue: 1) == [UInt8](repeating: number, count: 60)) }
                #expect(port.takeSent(queue: 1) == nil)
                #expect(port.statistics.rxPackets == 40 && port.statistics.txBytes == 1200)
            }
        }

        @Test func aFullRingRefuses() async throws {
            try await Environment.expectNoLeak {
                let port = try dummy()
                defer { port.close() }
                for _ in 0..<Limits.dummyRing { #expect(port.inject([1, 2, 3])) }
                #expect(!port.inject([4]))
                #expect(port.statistics.rxDropped == 1)
                #expect(!port.inject([UInt8](repeating: 0, count: 5000)))
            }
        }

        @Test func morePMDsGetALargerMempool() throws {
            _ = try Environment.info.get()
            let demand = Environment.runtime.options.demand
            // More than the options cover by themselves; rings of other sizes than elsewhere, so that the pool is this test's.
            let few = demand.covering(pmds: 3, waiting: 1000), many = demand.covering(pmds: 12, waiting: 1000)
            #expect((many.threads, many.upcallSlots, many.kernelTxRings) == (14, 12_000, 12) && demand.covering(pmds: 1, waiting: 0) == demand)
            let first = try Mempools.acquire(mtu: 2500, node: 0, demand: few), second = try Mempools.acquire(mtu: 2500, node: 0, demand: many)
            let third = try Mempools.acquire(mtu: 2500, node: 0, demand: many)
            #expect(first.packets >= few.packets && second.packets >= many.packets && second != first && third == second)
            for pool in [first, second, third] { Mempools.release(pool) }
            Mempools.reclaim()
            #expect(!Mempools.all.contains(second))
        }

        @Test func aLargerMTUHasLargerPackets() async throws {
            try await Environment.expectNoLeak {
                let port = try dummy()
                defer { port.close() }
                try port.reconfigure(NetdevShape(mtu: 4000))
                #expect(port.inject([UInt8](repeating: 7, count: 4014)))
                let packets = receive(port.rxQueue(0))
                #expect(packets.map(\.length) == [4014])
                packets.forEach { $0.free() }
            }
        }
    }
}
