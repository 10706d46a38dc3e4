import Synchronization

/// Messages from any number of threads to one, for what is too rare to need a ring: from I/O threads to the ofproto thread.
///
/// Owner: the consumer takes; any thread puts. A lock is held for the move of one element (put) or of all (take), never while the
/// consumer works on them. Frees: by reference count.
public final class Mailbox<Element: Sendable>: Sendable {
    private let waiting = Mutex<[Element]>([])
    private let capacity: Int
    private let wake: @Sendable () -> Void

    /// - Parameters:
    ///   - capacity: elements that wait at most.
    ///   - wake: called, on the producer's thread, after an element was put into the empty mailbox. It must wake a consumer that has begun
    ///     to sleep since it last looked, and one that is about to.
    public init(capacity: Int, wake: @escaping @Sendable () -> Void) {
        self.capacity = capacity
        self.wake = wake
    }

    /// False: it is full, and the element is the producer's still.
    public func put(_ element: Element) -> Bool {
        let place: Int? = waiting.withLock { waiting in
            guard waiting.count < capacity else { return nil }
            waiting.append(element)
            return waiting.count
        }
        if place == 1 { wake() }
        return place != nil
    }

    /// All that wait, in the order in which they were put.
    public func take() -> [Element] {
        waiting.withLock { waiting in
            let taken = waiting
            waiting = []
            return taken
        }
    }
}
