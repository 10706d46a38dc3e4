/// How many learned stations each port has, so that the port with the most is found at once: places with equal counts form a list.
struct StationCounts {
    private struct Place {
        var count = 0
        /// The others with this count.
        var before: PortBundleID?
        var after: PortBundleID?
        /// The port's stations, by age.
        var oldest: Int32 = -1
        var newest: Int32 = -1
    }
    private var places: [PortBundleID: Place] = [:]
    /// By count.
    private var first: ContiguousArray<PortBundleID?> = [nil]
    private(set) var highest = 0

    /// The port with the most stations; nil: none has any.
    var fullest: PortBundleID? { highest > 0 ? first[highest] : nil }

    func oldest(_ id: PortBundleID) -> Int32 { places[id]?.oldest ?? -1 }
    func newest(_ id: PortBundleID) -> Int32 { places[id]?.newest ?? -1 }
    mutating func setOldest(_ id: PortBundleID, _ at: Int32) { places[id]?.oldest = at }
    mutating func setNewest(_ id: PortBundleID, _ at: Int32) { places[id]?.newest = at }

    mutating func increment(_ id: PortBundleID) { move(id, by: 1) }
    mutating func decrement(_ id: PortBundleID) { move(id, by: -1) }

    private mutating func move(_ id: PortBundleID, by step: Int) {
        var place = places[id] ?? Place()
        unlink(id, place)
        place.count += step
        if place.count == 0 {
            places[id] = nil
        } else {
            if first.count <= place.count { first.append(nil) }
            (place.before, place.after) = (nil, first[place.count])
            if let after = place.after { places[after]?.before = id }
            first[place.count] = id
            places[id] = place
        }
        highest = max(highest, place.count)
        while highest > 0, first[highest] == nil { highest -= 1 }
    }

    private mutating func unlink(_ id: PortBundleID, _ place: Place) {
        guard place.count > 0 else { return }
        if let before = place.before { places[before]?.after = place.after } else { first[place.count] = place.after }
        if let after = place.after { places[after]?.before = place.before }
    }
}
