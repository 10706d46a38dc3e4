import Flow
import Wire

/// The parser of groups in the syntax of ovs-ofctl(8), "Group Syntax". It accepts any bytes and answers with a value or a `FlowSyntaxError`.
///
///     let mod = try GroupSyntax().mod("group_id=1,type=select,bucket=weight:2,actions=output:1,bucket=output:2")
public struct GroupSyntax {
    /// Finds a port by its name.
    public var ports: PortLookup

    public init(ports: @escaping PortLookup = { _ in nil }) { self.ports = ports }

    /// What ovs-ofctl's add-group, mod-group, del-groups, insert-buckets and remove-buckets take, by `command`. nil: the text may start with
    /// a command's word or the beginning of one ("insert_bucket group_id=…"); without it, the group is added. A deletion of nothing is one of all groups.
    public func mod(_ text: String, command: GroupMod.Command? = .add) throws(FlowSyntaxError) -> GroupMod {
        try mod(TextSlice(text), command)
    }

    /// Every group of a file: one a line, behind a command or not, "#" starts a comment. The error's offset counts from the start of the text.
    public func mods(_ text: String) throws(FlowSyntaxError) -> [GroupMod] {
        var mods: [GroupMod] = []
        var rest = TextSlice(text)
        while !rest.isEmpty {
            var line = rest.take { $0 != 0x0a }
            _ = rest.take("\n")
            let content = line.take { $0 != 0x23 }
            var blanks = content
            blanks.skipBlanks()
            if !blanks.isEmpty { mods.append(try mod(content, nil)) }
        }
        return mods
    }

    private func mod(_ line: TextSlice, _ command: GroupMod.Command?) throws(FlowSyntaxError) -> GroupMod {
        var text = line
        let command = command ?? takeCommand(&text)
        var mod = GroupMod(command, kind: .all, group: GroupNumber.any, buckets: [])
        if command == .delete, text.isEmpty {
            mod.group = GroupNumber.all
            return mod
        }
        let bucketsAt = text.firstRange(of: "bucket=")
        if let bucketsAt, !command.takesBuckets { throw FlowSyntaxError("bucket is not needed", at: bucketsAt) }
        var given: GivenParts = []
        var parts = KeyValues(bucketsAt.map { text.prefix(to: $0) } ?? text)
        while let part = parts.next() { try parse(part, into: &mod, &given) }
        try verify(mod, given, text)
        if let bucketsAt { mod.buckets = try buckets(text.suffix(from: bucketsAt), mod) }
        guard mod.kind != .indirect || mod.buckets.count <= 1 else {
            throw FlowSyntaxError("Indirect groups can have at most one bucket.", text)
        }
        return mod
    }

    private func takeCommand(_ text: inout TextSlice) -> GroupMod.Command {
        text.skipBlanks()
        var rest = text
        let word = rest.take { $0 != 0x2c && $0 != 0x20 && !(0x09...0x0d).contains($0) }
        guard !word.isEmpty, let named = commandWords.first(where: { $0.word.hasPrefix(word.string) }) else { return .add }
        text = rest
        return named.command
    }

    // MARK: In front of the buckets

    private struct GivenParts: OptionSet {
        var rawValue: Int
        static let kind = GivenParts(rawValue: 1)
        static let bucketID = GivenParts(rawValue: 2)
    }

    private func parse(_ part: KeyValues.Part, into mod: inout GroupMod, _ given: inout GivenParts) throws(FlowSyntaxError) {
        let value = part.value
        let isWhole = mod.command.takesKind
        switch part.key.string {
        case "command_bucket_id":
            mod.bucketID = try commandBucket(value, mod.command)
            given.insert(.bucketID)
        case "group_id":
            mod.group = try value == "all" ? GroupNumber.all : number(value)
            guard mod.group == GroupNumber.all || mod.group <= GroupNumber.maximum else { throw FlowSyntaxError("invalid group id \(mod.group)", value) }
        case "type":
            guard isWhole else { throw FlowSyntaxError("type is not needed", part.key) }
            guard let kind = GroupKind(text: value) else { throw FlowSyntaxError("invalid group type \(value.string)", value) }
            mod.kind = kind
            given.insert(.kind)
        case "selection_method":
            guard isWhole else { throw FlowSyntaxError("selection method is not needed", part.key) }
            guard value.count <= Limits.selectionMethodBytes else {
                throw FlowSyntaxError("selection method is longer than \(Limits.selectionMethodBytes) bytes long", value)
            }
            mod.selection.method = value.string
        case "selection_method_param":
            guard isWhole else { throw FlowSyntaxError("selection method param is not needed", part.key) }
            mod.selection.parameter = try number(value)
        case "fields":
            guard isWhole else { throw FlowSyntaxError("fields are not needed", part.key) }
            try parseFields(value, into: &mod.selection)
        default: throw FlowSyntaxError("unknown keyword \(part.key.string)", part.key)
        }
    }

    private func commandBucket(_ text: TextSlice, _ command: GroupMod.Command) throws(FlowSyntaxError) -> UInt32 {
        guard command == .insertBucket || command == .removeBucket else { throw FlowSyntaxError("command bucket id is not needed", text) }
        let words = ["all": GroupBucket.idAll, "first": GroupBucket.idFirst, "last": GroupBucket.idLast]
        let id: UInt32
        if let named = words[text.string] { id = named } else { id = try number(text) }
        guard id <= GroupBucket.idMaximum || words.values.contains(id) else { throw FlowSyntaxError("invalid command bucket id \(id)", text) }
        guard id != GroupBucket.idAll || command == .removeBucket else { throw FlowSyntaxError("command_bucket_id=all is not permitted", text) }
        return id
    }

    /// "ip_src,tcp_dst=0xff": fields with the bits of them that are hashed.
    private func parseFields(_ text: TextSlice, into selection: inout GroupSelection) throws(FlowSyntaxError) {
        var parts = KeyValues(text)
        while let part = parts.next() {
            guard let field = Field(named: part.key.string) else {
                throw FlowSyntaxError("\(parts.behind.string): unknown field \(part.key.string)", part.key)
            }
            guard !selection.names.contains(field) else { throw FlowSyntaxError("\(part.key.string): duplicate field", part.key) }
            selection.add(field, bits: part.value.isEmpty ? field.widthMask : try hashedBits(field, part.value, parts.behind))
        }
    }

    private func hashedBits(_ field: Field, _ text: TextSlice, _ rest: TextSlice) throws(FlowSyntaxError) -> UInt128 {
        let parsed = try located(text) { () throws(FieldTextError) in try field.parse(text, ports: ports) }
        guard parsed.mask & field.place.ones == field.widthMask & field.place.ones else { throw FlowSyntaxError("\(text.string): wildcards not allowed here", text) }
        guard parsed.value != 0 else { throw FlowSyntaxError("\(rest.string): values are wildcards here and must not be all-zeros", text) }
        guard field.isMaskable || parsed.value == field.widthMask else {
            throw FlowSyntaxError("\(text.string): invalid mask for field \(field.name)", text)
        }
        return parsed.value
    }

    private func verify(_ mod: GroupMod, _ given: GivenParts, _ text: TextSlice) throws(FlowSyntaxError) {
        guard mod.group != GroupNumber.any else { throw FlowSyntaxError("must specify a group_id", text) }
        guard !mod.command.takesKind || given.contains(.kind) else { throw FlowSyntaxError("must specify a type", text) }
        guard mod.selection.method == "hash" || mod.selection.names.isEmpty else {
            throw FlowSyntaxError("fields may only be specified with \"selection_method=hash\"", text)
        }
        guard !mod.selection.method.isEmpty || mod.selection.parameter == 0 else {
            throw FlowSyntaxError("selection_method_param is only allowed with \"selection_method\"", text)
        }
        guard mod.command != .insertBucket || given.contains(.bucketID) else { throw FlowSyntaxError("must specify a command bucket id", text) }
    }
}

/// In this order: the first one that starts with a line's word is meant.
private let commandWords: [(word: String, command: GroupMod.Command)] = [
    ("add", .add), ("delete", .delete), ("modify", .modify), ("add_or_mod", .addOrModify), ("insert_bucket", .insertBucket), ("remove_bucket", .removeBucket),
]

extension GroupMod.Command {
    fileprivate var takesBuckets: Bool { self != .delete && self != .removeBucket }
    fileprivate var takesKind: Bool { self == .add || self == .modify || self == .addOrModify }
}

extension GroupKind {
    /// As it is printed.
    var name: String {
        switch self {
        case .all: "all"
        case .select: "select"
        case .indirect: "indirect"
        case .fastFailover: "ff"
        }
    }

    fileprivate init?(text: TextSlice) {
        guard let kind = GroupKind.allCases.first(where: { text == $0.name }) ?? (text == "fast_failover" ? .fastFailover : nil) else { return nil }
        self = kind
    }
}

extension TextSlice {
    /// Where `text` begins for the first time, as an index into the whole text.
    func firstRange(of text: String) -> Int? {
        var position = start
        while position < end {
            if suffix(from: position).hasPrefix(text) { return position }
            position += 1
        }
        return nil
    }
}
