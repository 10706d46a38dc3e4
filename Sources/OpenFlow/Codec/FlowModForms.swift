import Flow
import Wire

/// How the flow mods before were understood. Those that follow mostly ask for the same fields under the same masks, and do the same as another one: then the
/// values of their fields are all that has to be understood. The answer is the same as without; what is not known here, or not right, is for `FlowRequest` to understand.
/// Owner: who reads one stream of messages.
public struct FlowModForms: Sendable {
    private var forms: [FlowModForm] = []
    /// What each form asks for (`ByteReader.shape`): forms with the same differ in values that they have in common.
    private var shapes: [UInt64] = []
    /// The one that is replaced next.
    private var oldest = 0

    public init() {}

    /// The match that `fields` say, and the number of its form; nil: no form is known that they are of.
    mutating func match(_ fields: ByteReader) -> (match: Match, form: Int)? {
        let shape = fields.shape
        for index in shapes.indices where shapes[index] == shape {
            if let match = forms[index].match(fields) { return (match, index) }
        }
        return nil
    }

    /// Remembers what `fields` were found to say. Returns the number of their form; nil if they are such that others cannot be read by it.
    mutating func remember(_ fields: ByteReader, _ match: Match) -> Int? {
        guard fields.count <= Limits.rememberedBytes, let form = FlowModForm(fields, match) else { return nil }
        guard forms.count == Limits.rememberedForms else {
            forms.append(form)
            shapes.append(fields.shape)
            return forms.count - 1
        }
        defer { oldest = (oldest + 1) % forms.count }
        (forms[oldest], shapes[oldest]) = (form, fields.shape)
        return oldest
    }

    /// What flows with a match of this form do by `instructions` in the table; nil: that is not known.
    mutating func actions(_ instructions: ByteReader, form: Int, table: UInt8, _ version: OFVersion) -> [OFAction]? {
        forms[form].actions(instructions, table, version)
    }

    /// Remembers what `instructions` were found to say, and to be allowed with such a match.
    mutating func remember(_ instructions: ByteReader, _ actions: [OFAction], form: Int, table: UInt8, _ version: OFVersion) {
        guard instructions.count <= Limits.rememberedBytes else { return }
        forms[form].remember(instructions, actions, table, version)
    }
}

/// A match that others differ from in fields' values alone, and what flows with such matches did.
private struct FlowModForm: Sendable {
    /// A field with a value that nothing but the value itself hangs on.
    private struct Value: Sendable {
        let field: Field
        /// In `bytes`.
        let place: Range<Int>
        let isPort32: Bool
        let value: UInt128
        let mask: UInt128
    }
    private struct Known: Sendable {
        let instructions: [UInt8]
        let table: UInt8
        let version: OFVersion
        let actions: [OFAction]
    }
    /// The match's fields as they came.
    private let bytes: [UInt8]
    private let match: Match
    private var values: [Value] = []
    private var known: [Known] = []
    /// The one that was asked for last, and the one that is replaced next.
    private var last = 0, oldest = 0

    /// nil: the bytes say what is no field of the key.
    init?(_ fields: ByteReader, _ match: Match) {
        bytes = Array(fields.left)
        self.match = match
        var reader = fields
        while !reader.isEmpty {
            guard let header = try? reader.fieldHeader(), let field = header.field, !field.isTunMetadata else { return nil }
            let start = reader.position - fields.position
            guard let entry = try? reader.fieldEntry(header) else { return nil }
            if field.isPremise { continue }
            values.append(Value(
                field: field, place: start..<(start + header.bytes), isPort32: header.isPort32, value: entry.value, mask: header.hasMask ? entry.mask : .max))
        }
    }

    // It changes nothing, but is not copied this way.
    mutating func match(_ fields: ByteReader) -> Match? {
        guard fields.count == bytes.count else { return nil }
        var result = match, at = 0
        for value in values {
            guard fields.starts(with: bytes, at: at..<value.place.lowerBound), let number = fields.number(at: value.place) else { return nil }
            at = value.place.upperBound
            if number == value.value { continue }
            guard number & ~value.mask == 0, value.field.allows(value: number, isPort32: value.isPort32) else { return nil }
            // A tag that is there, or not, is what others hang on.
            guard value.field != .vlanVID || (number ^ value.value) & UInt128(VLANTCI.present) == 0 else { return nil }
            result.key.set(value.field, to: value.isPort32 ? number & 0xffff : number)
        }
        return fields.starts(with: bytes, at: at..<bytes.count) ? result : nil
    }

    mutating func actions(_ instructions: ByteReader, _ table: UInt8, _ version: OFVersion) -> [OFAction]? {
        // The lists often come in turn.
        for step in known.indices {
            let index = last + step < known.count ? last + step : last + step - known.count
            guard known[index].instructions.count == instructions.count, known[index].table == table, known[index].version == version,
                instructions.starts(with: known[index].instructions, at: 0..<instructions.count) else { continue }
            last = index
            return known[index].actions
        }
        return nil
    }

    mutating func remember(_ instructions: ByteReader, _ actions: [OFAction], _ table: UInt8, _ version: OFVersion) {
        let new = Known(instructions: Array(instructions.left), table: table, version: version, actions: actions)
        if known.count < Limits.rememberedLists {
            known.append(new)
        } else {
            known[oldest] = new
            oldest = (oldest + 1) % known.count
        }
    }
}

extension ByteReader {
    /// A hash of the fields' headers and masks, as far as what is left has such.
    fileprivate var shape: UInt64 {
        var hash = UInt64(count), at = position
        while at &+ 4 <= end {
            let oxmClass = UInt64(bytes[at]) << 8 | UInt64(bytes[at &+ 1]), number = bytes[at &+ 2], length = Int(bytes[at &+ 3])
            hash = (hash ^ (oxmClass << 16 | UInt64(number) << 8 | UInt64(length))) &* 0x9e37_79b9_7f4a_7c15
            let next = min(at &+ 4 &+ length, end)
            if number & 1 != 0 {
                // Behind an experimenter's number, if there is one, half is the value.
                let mask = at &+ 4 &+ (oxmClass == 0xffff ? length &+ 4 : length) / 2
                for place in mask..<max(mask, next) { hash = (hash ^ UInt64(bytes[place])) &* 0x100_0000_01b3 }
            }
            at = next
        }
        return hash
    }

    /// True if what is left has at `places` (counted from here) the same bytes as `pattern`.
    fileprivate func starts(with pattern: [UInt8], at places: Range<Int>) -> Bool {
        for place in places where bytes[position &+ place] != pattern[place] { return false }
        return true
    }

    /// The number at `places`, counted from here.
    fileprivate func number(at places: Range<Int>) -> UInt128? {
        var reader = self
        guard (try? reader.skip(places.lowerBound)) != nil else { return nil }
        return try? reader.number(places.count)
    }
}

extension Field {
    /// True if on the field's value hangs what else may be said: the fields that have it as a prerequisite, the actions that suit such packets.
    fileprivate var isPremise: Bool {
        switch self {
        case .packetType, .ethType, .vlanTCI, .nwProto, .nwFrag, .icmpv6Type, .icmpv6Code, .ctState, .ctNWProto: true
        default: false
        }
    }
}
