import Foundation
import Synchronization
import Testing
@testable import LockFree

struct MailboxTests {
    @Test func itKeepsTheOrderAndRefusesWhenFull() {
        let wakes = Atomic<Int>(0)
        let mailbox = Mailbox<Int>(capacity: 3, wake: { wakes.add(1, ordering: .relaxed) })
        #expect(mailbox.take().isEmpty)
        #expect((1...4).map { mailbox.put($0) } == [true, true, true, false])
        // Only the first one found a consumer that may sleep.
        #expect(wakes.load(ordering: .relaxed) == 1)
        #expect(mailbox.take() == [1, 2, 3])
        #expect(mailbox.put(5))
        #expect(wakes.load(ordering: .relaxed) == 2)
        #expect(mailbox.take() == [5])
    }

    /// A consumer that sleeps until it is woken gets everything that four threads put, each thread's in its order.
    @Test func nothingIsLostBetweenThreads() {
        let semaphore = DispatchSemaphore(value: 0)
        let mailbox = Mailbox<(producer: Int, number: Int)>(capacity: 64, wake: { semaphore.signal() })
        let producers = 4, each = 20_000
        for producer in 0..<producers {
            Thread.detachNewThread {
                for number in 0..<each {
                    while !mailbox.put((producer, number)) { sched_yield() }
                }
            }
        }
        var next = [Int](repeating: 0, count: producers), taken = 0, woken = true
        while taken < producers * each && woken {
            woken = semaphore.wait(timeout: .now() + 30) == .success
            for element in mailbox.take() {
                #expect(next[element.producer] == element.number)
                next[element.producer] += 1
                taken += 1
            }
        }
        #expect(taken == producers * each)
    }
}
