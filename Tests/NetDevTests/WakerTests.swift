import Foundation
import LockFree
import Testing
@testable import NetDev

extension NetDevTests {
    @Suite struct WakerTests {
        /// A producer that fills a ring and kicks, and a consumer that sleeps without a timeout whenever the ring is empty: if one wake
        /// were lost, the consumer would never return, and the flag would stay down.
        @Test(.timeLimit(.minutes(1))) func noWakeIsLost() async throws {
            let waker = try #require(Waker())
            let ring = SPSCRing<Int>(capacity: 64)
            let count = 20_000
            let producer = Thread {
                for value in 0..<count {
                    while !ring.push(value) { sched_yield() }
                    waker.kick()
                    // Now and then the consumer gets time to fall asleep.
                    if value % 7 == 0 { sched_yield() }
                }
            }
            let sum = await withCheckedContinuation { continuation in
                let consumer = Thread {
                    var sum = 0, received = 0
                    var entry = pollfd(fd: waker.fileDescriptor, events: Int16(POLLIN), revents: 0)
                    while received < count {
                        while let value = ring.pop() {
                            sum += value
                            received += 1
                        }
                        if received == count { break }
                        waker.announceSleep()
                        // One descriptor, no timeout.
                        if ring.isEmpty { _ = unsafe poll(&entry, 1, -1) }
                        waker.awake()
                    }
                    continuation.resume(returning: sum)
                }
                consumer.start()
                producer.start()
            }
            #expect(sum == count * (count - 1) / 2)
            _ = await eventually { producer.isFinished }
            ring.deallocate()
            waker.deallocate()
        }

        @Test func aKickOfAnAwakeThreadMakesNoSystemCall() throws {
            let waker = try #require(Waker())
            waker.kick()
            var entry = pollfd(fd: waker.fileDescriptor, events: Int16(POLLIN), revents: 0)
            // One descriptor, no waiting.
            #expect(unsafe poll(&entry, 1, 0) == 0)
            waker.announceSleep()
            waker.kick()
            waker.kick()
            #expect(unsafe poll(&entry, 1, 0) == 1)
            var written: UInt64 = 0
            #expect(unsafe read(waker.fileDescriptor, &written, 8) == 8)
            #expect(written == 1)
            waker.deallocate()
        }
    }
}
