import Flow
import Wire

/// The parser of flows, matches and actions in the syntax of ovs-ofctl(8), ovs-fields(7) and ovs-actions(7). It
/// accepts any bytes and answers with a value or a `FlowSyntaxError`.
///
///     let syntax = FlowSyntax(ports: { names[$0] })
///     let flow = try syntax.flow("table=0,priority=10,tcp,nw_src=10.0.0.0/8,tp_dst=80,actions=output:2")
public struct FlowSyntax {
    /// Finds a port by its name.
    public var ports: PortLookup

    public init(ports: @escaping PortLookup = { _ in nil }) { self.ports = ports }

    /// A flow, optionally behind a command ("delete table=0,ip"). `command` is what a line without one asks for.
    /// A deletion needs no actions; where it names no table, `everyTable` is true.
    public func flow(_ text: String, command: FlowMod.Command = .add) throws(FlowSyntaxError) -> FlowRequest {
        try flow(TextSlice(text), command)
    }

    private func flow(_ line: TextSlice, _ command: FlowMod.Command) throws(FlowSyntaxError) -> FlowRequest {
        var text = line
        text.skipBlanks()
        var word = text
        let first = word.take { $0 != 0x20 && $0 != 0x09 && $0 != 0x2c && $0 != 0x3d }
        var request = FlowRequest(command: command)
        if let named = FlowMod.Command.allCases.first(where: { first == $0.text }), word.first == nil || word.first == 0x20 || word.first == 0x09 {
            request.command = named
            text = word
        }
        if request.command.isDelete {
            try parse(text, into: &request)
            return request
        }
        let (matchText, actionText) = splitActions(text)
        guard let actionText else { throw FlowSyntaxError("must specify an action", at: text.end) }
        try parse(matchText, into: &request)
        request.mod.actions = try actions(actionText, match: request.mod.match, table: request.mod.table)
        return request
    }

    /// Every flow of a file: one a line, "#" starts a comment. The error's offset counts from the start of the text.
    public func flows(_ text: String, command: FlowMod.Command = .add) throws(FlowSyntaxError) -> [FlowRequest] {
        var requests: [FlowRequest] = []
        var rest = TextSlice(text)
        while !rest.isEmpty {
            var line = rest.take { $0 != 0x0a }
            _ = rest.take("\n")
            var content = line.take { $0 != 0x23 }
            content.skipBlanks()
            if !content.isEmpty { requests.append(try flow(content, command)) }
        }
        return requests
    }

    /// A match without anything else, such as "tcp,tp_dst=80".
    public func match(_ text: String) throws(FlowSyntaxError) -> Match {
        var match = Match()
        var parts = KeyValues(TextSlice(text))
        while let part = parts.next() {
            guard try match.parse(part, ports: ports) else { throw unknown(part) }
        }
        try finish(&match, at: 0)
        return match
    }

    /// A list of actions, such as "mod_vlan_vid:5,output:2". `match` and `table` are those of the flow that the actions are
    /// for: they must be consistent with it (ovs-actions(7), "Inconsistencies").
    public func actions(_ text: String, match: Match = Match(), table: UInt8 = 0) throws(FlowSyntaxError) -> [OFAction] {
        try actions(TextSlice(text), match: match, table: table)
    }

    private func actions(_ text: TextSlice, match: Match, table: UInt8) throws(FlowSyntaxError) -> [OFAction] {
        var parser = ActionParser(ports: ports, match: match, table: table)
        return try parser.parse(text, in: .flow)
    }

    /// The parts in front of and behind "actions=".
    private func splitActions(_ text: TextSlice) -> (TextSlice, TextSlice?) {
        var position = text.start
        while position < text.end {
            var rest = text.suffix(from: position)
            if rest.first == 0x61, rest.take("action") {
                let tail = rest.firstIndex(of: "=").map { rest.suffix(from: $0 + 1) }
                return (text.prefix(to: position), tail)
            }
            position += 1
        }
        return (text, nil)
    }

    private func parse(_ text: TextSlice, into request: inout FlowRequest) throws(FlowSyntaxError) {
        var hasTable = false
        var parts = KeyValues(text)
        while let part = parts.next() {
            if request.parseFlag(part) { continue }
            if try request.mod.match.parse(part, ports: ports) { continue }
            if part.key == "table" { hasTable = true }
            try request.parseProperty(part, ports: ports)
        }
        if !hasTable || request.mod.table == 255 {
            request.everyTable = request.command.isDelete
            request.mod.table = 0
        }
        request.ignored = try finish(&request.mod.match, at: text.start)
    }

    @discardableResult
    func finish(_ match: inout Match, at offset: Int) throws(FlowSyntaxError) -> [Field] {
        if match.asksLaterFragments { throw FlowSyntaxError("later fragments have no ports (OFPBMC_BAD_PREREQ)", at: offset) }
        let ignored = match.normalize()
        if let field = match.fieldWithoutPrerequisites() {
            throw FlowSyntaxError("\(field.name): prerequisites are not met (OFPBMC_BAD_PREREQ)", at: offset)
        }
        for field in [Field.skbPriority, .tunTTL, .tunTOS] where !match.isWild(field) {
            throw FlowSyntaxError("\(field.name): no version of OpenFlow can match on it", at: offset)
        }
        return ignored
    }
}

func unknown(_ part: KeyValues.Part) -> FlowSyntaxError {
    part.value.isEmpty ? FlowSyntaxError("field \(part.key.string) missing value", part.key)
        : FlowSyntaxError("unknown keyword \(part.key.string)", part.key)
}
