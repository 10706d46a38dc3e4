import Datapath

/// What becomes of a megaflow's packets, and what that hangs on, as a translation found it. What is found never changes: megaflows of which the same was found share one.
final class MegaflowOutcome: Equatable {
    let actions: [DPAction]
    /// Who is credited with the packets.
    let credits: [Credit]
    let tags: MegaflowTags
    /// The bits that packets had unchanged whenever they were looked up; nil: all of the megaflow's mask.
    let steady: MaskLines?
    /// It depends on rules of other tables than those that it looks up.
    let followsTables: Bool
    /// Its number in the store; -1: it is not there.
    fileprivate(set) var number: Int32 = -1

    init(actions: [DPAction], credits: [Credit] = [], tags: MegaflowTags = MegaflowTags(), steady: MaskLines? = nil, followsTables: Bool = false) {
        self.actions = actions
        self.credits = credits
        self.tags = tags
        self.steady = steady
        self.followsTables = followsTables
    }

    static func == (one: MegaflowOutcome, other: MegaflowOutcome) -> Bool {
        one === other || one.tags == other.tags && one.followsTables == other.followsTables && one.actions == other.actions && one.credits == other.credits && one.steady == other.steady
    }

    func push(packets: UInt64, bytes: UInt64, used: Int64, tcpFlags: UInt16) {
        for credit in credits { credit.push(packets: packets, bytes: bytes, used: used, tcpFlags: tcpFlags) }
    }
}

/// What a megaflow depends on, one bit of 64 each: what changed and has none of its bits does not concern it.
struct MegaflowTags: Equatable {
    /// Stations whose place was looked up.
    var stations: UInt64 = 0
    /// Tables in which rules were looked up.
    var tables: UInt64 = 0
}

/// The outcomes of installed megaflows, by numbers. Owner: the megaflow table.
///
/// Of those that were found last equal ones are kept once. As with masks, the number of one that is not used any more names no other one before `recycle`.
struct OutcomeStore {
    /// nil: a number that is free, or is to be.
    private var outcomes: ContiguousArray<MegaflowOutcome?> = []
    private var users: ContiguousArray<Int32> = []
    private var unused: [Int32] = []
    private var ended: [Int32] = []
    /// Numbers of those that were found last; -1: none.
    private var recent = ContiguousArray<Int32>(repeating: -1, count: OFProtoLimits.rememberedOutcomes)

    subscript(number: Int32) -> MegaflowOutcome {
        guard let outcome = outcomes[Int(number)] else { preconditionFailure("outcome \(number) is not there") }
        return outcome
    }

    /// The number of this outcome or of one that is equal, with one more use.
    mutating func retain(_ outcome: MegaflowOutcome) -> Int32 {
        let number = outcome.number >= 0 ? outcome.number : find(outcome)
        users[Int(number)] += 1
        return number
    }

    private mutating func find(_ outcome: MegaflowOutcome) -> Int32 {
        var hash: UInt = 0
        for credit in outcome.credits { hash = (hash ^ UInt(bitPattern: credit.object)) &* 0x9e37_79b9_7f4a_7c15 }
        let place = Int(hash >> 32 % UInt(recent.count))
        if recent[place] >= 0, let known = outcomes[Int(recent[place])], known == outcome { return recent[place] }
        if let free = unused.popLast() {
            outcome.number = free
            outcomes[Int(free)] = outcome
        } else {
            outcome.number = Int32(outcomes.count)
            outcomes.append(outcome)
            users.append(0)
        }
        recent[place] = outcome.number
        return outcome.number
    }

    mutating func release(_ number: Int32) {
        users[Int(number)] -= 1
        guard users[Int(number)] == 0 else { return }
        outcomes[Int(number)]?.number = -1
        outcomes[Int(number)] = nil
        ended.append(number)
    }

    mutating func recycle() {
        for place in recent.indices { recent[place] = -1 }
        unused.append(contentsOf: ended)
        ended.removeAll(keepingCapacity: true)
    }

    var count: Int { outcomes.count - unused.count - ended.count }
}

/// Packets of megaflows one after the other, credited at once where the same is to be credited.
struct CreditRun: ~Copyable {
    private var outcome: MegaflowOutcome?
    private var number: Int32 = -1
    private var packets: UInt64 = 0
    private var bytes: UInt64 = 0
    private var used: Int64 = 0
    private var tcpFlags: UInt16 = 0

    init() {}

    /// - Parameter number: the outcome's.
    mutating func add(_ number: Int32, _ megaflows: MegaflowTable, packets: UInt64, bytes: UInt64, used: Int64, tcpFlags: UInt16) {
        if self.number != number {
            push()
            outcome = megaflows.outcomes[number]
            self.number = number
        }
        self.packets &+= packets
        self.bytes &+= bytes
        self.used = max(self.used, used)
        self.tcpFlags |= tcpFlags
    }

    /// Credits what is not credited yet.
    mutating func push() {
        guard let outcome else { return }
        outcome.push(packets: packets, bytes: bytes, used: used, tcpFlags: tcpFlags)
        self.outcome = nil
        (number, packets, bytes, used, tcpFlags) = (-1, 0, 0, 0, 0)
    }
}
