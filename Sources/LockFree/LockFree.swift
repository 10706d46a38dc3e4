/// # LockFree
///
/// Rings between exactly one producing and one consuming thread. They carry upcalls from a PMD thread to
/// the ofproto thread, commands the other way, and packets between a PMD and a thread that does kernel
/// I/O. A ring never blocks and never allocates after it has been made: a full ring refuses, and the
/// producer decides what becomes of the element.
///
/// And, off the packets' way, a mailbox with many producers, which has a short lock.
///
/// Read `SPSCRing.swift`, `Mailbox.swift`.
