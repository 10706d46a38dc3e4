/// Whether a cache of flows is worth its cache lines: with far more flows than it has entries, or with packets that never come again, it is passed over, and tried again now and then.
struct CacheTrial {
    var lookups: UInt32 = 0
    var hits: UInt32 = 0
    /// Lookups that pass it over.
    var skip: UInt32 = 0
    /// Lookups after which the hits are looked at: long enough for the cache to fill.
    let window: UInt32
    /// With fewer hits than one in so many it is passed over for `window * rest` lookups.
    static var worth: UInt32 { 5 }
    static var rest: UInt32 { 15 }

    init(window: Int) { self.window = UInt32(truncatingIfNeeded: window) }

    /// Not passed over now.
    var isUnderWay: Bool { @inline(__always) @_noLocks get { skip == 0 } }

    @inline(__always) @_noLocks mutating func note(lookups: Int, hits: Int) {
        self.lookups &+= UInt32(truncatingIfNeeded: lookups)
        self.hits &+= UInt32(truncatingIfNeeded: hits)
        if self.lookups < window { return }
        if self.hits &* Self.worth < self.lookups { skip = window &* Self.rest }
        self.lookups = 0
        self.hits = 0
    }

    /// Lookups pass the cache over.
    @inline(__always) @_noLocks mutating func pass(_ lookups: Int) { skip = skip &- min(skip, UInt32(truncatingIfNeeded: lookups)) }
}
