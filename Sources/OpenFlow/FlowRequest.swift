import Flow
import Wire

/// What a line of flow syntax asks for: a command, the flow, and what else a deletion or modification looks at.
public struct FlowRequest: Hashable, Sendable {
    public var command: FlowMod.Command
    public var mod = FlowMod()
    /// A modification or deletion looks at flows whose cookie agrees with `mod.cookie` in these bits. With a mask of 0,
    /// `mod.cookie` is the cookie that the flow gets.
    public var cookieMask: UInt64 = 0
    /// With a cookie mask other than 0: the cookie that modified flows get; nil: they keep theirs.
    public var newCookie: UInt64?
    /// A modification leaves the cookies of the flows that it finds; `mod.cookie` is for the flow that it adds where it finds none (all ones:
    /// none is given).
    public var keepsCookies = false
    /// A deletion looks at flows that output to this port.
    public var outPort: OFPort?
    /// A deletion looks at flows that send to this group.
    public var outGroup: UInt32?
    /// The packet that the switch kept and that is to take the new flow; nil: none.
    public var bufferID: UInt32?
    /// No table was named: a deletion or modification is about every table, an addition about table 0.
    public var everyTable = false
    /// Fields that were given but mean nothing, because the match lacks their prerequisites.
    public var ignored: [Field] = []
    public init(command: FlowMod.Command = .add) { self.command = command }
}

extension FlowMod {
    public enum Command: Hashable, Sendable, CaseIterable {
        case add, modify, modifyStrict, delete, deleteStrict
        /// As a line of a flow file starts with it.
        public var text: String {
            switch self {
            case .add: "add"
            case .modify: "modify"
            case .modifyStrict: "modify_strict"
            case .delete: "delete"
            case .deleteStrict: "delete_strict"
            }
        }
        public var isDelete: Bool { self == .delete || self == .deleteStrict }
    }
}

extension FlowRequest {
    /// Adds a flag. False: `part` is something else.
    mutating func parseFlag(_ part: KeyValues.Part) -> Bool {
        guard let flag = FlowMod.Flags.names.first(where: { part.key == $0.name }) else { return false }
        mod.flags.insert(flag.flag)
        return true
    }

    /// Sets a property that is neither a flag nor part of the match.
    mutating func parseProperty(_ part: KeyValues.Part, ports: PortLookup) throws(FlowSyntaxError) {
        let key = part.key.string, value = part.value
        guard !value.isEmpty else { throw unknown(part) }
        switch key {
        case "table": mod.table = try small(part, "unknown table")
        case "priority": mod.priority = try small(part)
        case "idle_timeout": mod.idleTimeout = try small(part)
        case "hard_timeout": mod.hardTimeout = try small(part)
        case "importance": mod.importance = try small(part)
        case "cookie": try parseCookie(value)
        case "out_port" where command.isDelete:
            guard let port = OFPort(text: value, ports: ports) else {
                throw FlowSyntaxError("\(value.string) is not a valid OpenFlow port", value)
            }
            outPort = port
        case "out_group" where command.isDelete:
            guard let group = value.number(UInt32.self) else { throw FlowSyntaxError("invalid out_group \"\(value.string)\"", value) }
            outGroup = group
        case "duration", "n_packets", "n_bytes", "idle_age", "hard_age":
            // What dump-flows prints and add-flow is given back.
            break
        default: throw unknown(part)
        }
    }

    private func small<Integer: FixedWidthInteger & UnsignedInteger>(_ part: KeyValues.Part, _ complaint: String? = nil) throws(FlowSyntaxError) -> Integer {
        guard let value = part.value.number(Integer.self) else {
            throw FlowSyntaxError("\(complaint ?? "invalid \(part.key.string)") \"\(part.value.string)\"", part.value)
        }
        return value
    }

    private mutating func parseCookie(_ text: TextSlice) throws(FlowSyntaxError) {
        let (value, mask) = text.split(at: "/")
        if let mask {
            if command == .add { throw FlowSyntaxError("flow additions cannot use a cookie mask", text) }
            mod.cookie = value == "-1" ? .max : try number(value)
            cookieMask = mask == "-1" ? .max : try number(mask)
        } else {
            if command.isDelete { throw FlowSyntaxError("cannot set cookie", text) }
            mod.cookie = try number(value)
        }
    }
}

extension FlowMod.Flags {
    static let names: [(name: String, flag: FlowMod.Flags)] = [
        ("send_flow_rem", .sendFlowRemoved), ("check_overlap", .checkOverlap), ("reset_counts", .resetCounts),
        ("no_packet_counts", .noPacketCounts), ("no_byte_counts", .noByteCounts),
    ]
}

/// A number as strtoull(3) reads it, whose upper bits are cut off as in ovs-ofctl; a minus sign takes the complement.
func number<Integer: FixedWidthInteger & UnsignedInteger>(_ text: TextSlice, _ type: Integer.Type = Integer.self) throws(FlowSyntaxError) -> Integer {
    if text.isEmpty { throw FlowSyntaxError("missing required numeric argument", text) }
    var rest = text
    rest.skipBlanks()
    let isNegative = rest.first == 0x2d
    if isNegative || rest.first == 0x2b { rest.start += 1 }
    guard let value = rest.takeNumber(upTo: UInt128(UInt64.max)), rest.isEmpty else {
        throw FlowSyntaxError("invalid numeric format \(text.string)", text)
    }
    let number = Integer(truncatingIfNeeded: value)
    return isNegative ? 0 &- number : number
}
