/// The set of prefix lengths that a trie found along a value's path. Bit n − 1 stands for length n (1–128).
struct PrefixLengths: Equatable {
    var bits: UInt128 = 0
    func contains(_ length: Int) -> Bool { length > 0 && bits >> UInt128(length - 1) & 1 != 0 }
    mutating func insert(_ length: Int) { bits |= 1 << UInt128(length - 1) }
}

/// A path-compressed binary trie of the prefixes that rules match in one field. It answers which prefix
/// lengths can match a value, and how many of the value's bits that answer depends on: a lookup that skips
/// a subtable un-wildcards only these.
///
/// Values are left-aligned in 128 bits. Owner: a classifier or a subtable.
struct PrefixTrie {
    private struct Node {
        /// The whole path from the root; bits behind `length` are zero.
        var value: UInt128
        var length: Int32
        /// Rules with exactly this prefix; 0 for a mere fork.
        var rules: Int32
        /// Next bit 0, next bit 1; −1: none.
        var zero: Int32 = -1
        var one: Int32 = -1
    }
    private var nodes: ContiguousArray<Node> = []
    private var unused: ContiguousArray<Int32> = []
    private var root: Int32 = -1

    var isEmpty: Bool { root < 0 }

    /// What a lookup tells: the number of leading bits looked at, and the lengths of all prefixes that match.
    struct Answer {
        var consulted: Int
        var lengths: PrefixLengths
    }

    /// Looks `value` up. `width` is the field's width in bits.
    func lookup(_ value: UInt128, width: Int) -> Answer {
        var lengths = PrefixLengths()
        var at = root
        var offset = 0
        var forks = false
        while at >= 0 {
            let node = nodes[Int(at)]
            let common = (value ^ node.value).leadingZeroBitCount
            if common < Int(node.length) { return Answer(consulted: common + 1, lengths: lengths) }
            offset = Int(node.length)
            if node.rules > 0 { lengths.insert(offset) }
            if offset >= width { return Answer(consulted: width, lengths: lengths) }
            forks = node.zero >= 0 || node.one >= 0
            at = Self.bit(value, offset) ? node.one : node.zero
        }
        return Answer(consulted: forks ? offset + 1 : offset, lengths: lengths)
    }

    /// Adds one rule's prefix of `length` ≥ 1 bits.
    mutating func insert(_ value: UInt128, length: Int) {
        var parent: Int32 = -1
        var at = root
        while at >= 0 {
            let node = nodes[Int(at)]
            let common = min((value ^ node.value).leadingZeroBitCount, length, Int(node.length))
            if common < Int(node.length) {
                split(at, under: parent, at: common, value, length)
                return
            }
            if length == Int(node.length) {
                nodes[Int(at)].rules += 1
                return
            }
            parent = at
            at = Self.bit(value, Int(node.length)) ? node.one : node.zero
        }
        link(make(value, length: length, rules: 1), under: parent, value)
    }

    /// Takes away what `insert` added.
    mutating func remove(_ value: UInt128, length: Int) {
        var grandparent: Int32 = -1
        var parent: Int32 = -1
        var at = root
        while at >= 0, Int(nodes[Int(at)].length) < length {
            grandparent = parent
            parent = at
            at = Self.bit(value, Int(nodes[Int(at)].length)) ? nodes[Int(at)].one : nodes[Int(at)].zero
        }
        precondition(at >= 0 && Int(nodes[Int(at)].length) == length && nodes[Int(at)].rules > 0)
        nodes[Int(at)].rules -= 1
        if nodes[Int(at)].rules > 0 { return }
        let node = nodes[Int(at)]
        if node.zero >= 0 && node.one >= 0 { return }
        let child = max(node.zero, node.one)
        replace(at, under: parent, with: child)
        if child < 0, parent >= 0, nodes[Int(parent)].rules == 0 {
            // A fork with one way left is no fork.
            replace(parent, under: grandparent, with: max(nodes[Int(parent)].zero, nodes[Int(parent)].one))
        }
    }

    /// Puts a node for the first `common` bits above `at`, and a leaf beside it unless the new prefix ends there.
    private mutating func split(_ at: Int32, under parent: Int32, at common: Int, _ value: UInt128, _ length: Int) {
        let below = nodes[Int(at)].value
        let fork = make(value, length: common, rules: common == length ? 1 : 0)
        link(fork, under: parent, value)
        link(at, under: fork, below)
        if common < length { link(make(value, length: length, rules: 1), under: fork, value) }
    }

    private mutating func link(_ node: Int32, under parent: Int32, _ value: UInt128) {
        if parent < 0 {
            root = node
        } else if Self.bit(value, Int(nodes[Int(parent)].length)) {
            nodes[Int(parent)].one = node
        } else {
            nodes[Int(parent)].zero = node
        }
    }

    private mutating func replace(_ node: Int32, under parent: Int32, with child: Int32) {
        link(child, under: parent, nodes[Int(node)].value)
        unused.append(node)
    }

    private mutating func make(_ value: UInt128, length: Int, rules: Int32) -> Int32 {
        let node = Node(value: Self.prefix(value, length), length: Int32(length), rules: rules)
        if let index = unused.popLast() {
            nodes[Int(index)] = node
            return index
        }
        nodes.append(node)
        return Int32(nodes.count - 1)
    }

    private static func bit(_ value: UInt128, _ index: Int) -> Bool { value >> UInt128(127 - index) & 1 != 0 }

    /// The first `length` bits of a value.
    static func prefix(_ value: UInt128, _ length: Int) -> UInt128 {
        length == 0 ? 0 : value & (UInt128.max << UInt128(128 - length))
    }

    /// The length of a left-aligned mask if its ones are contiguous from the left, or 0.
    static func prefixLength(_ mask: UInt128) -> Int {
        let ones = (~mask).leadingZeroBitCount
        return prefix(.max, ones) == mask ? ones : 0
    }
}
