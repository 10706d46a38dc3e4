import Flow
import Wire

// Instructions of OpenFlow 1.1 and later (OpenFlow 1.5.1, section 7.2.5), as one list with the actions of apply_actions.

extension ActionInstruction {
    /// OFPIT_'s number.
    fileprivate var number: UInt16 {
        switch self {
        case .gotoTable: 1
        case .writeMetadata: 2
        case .writeActions: 3
        case .applyActions: 4
        case .clearActions: 5
        case .meter: 6
        }
    }

    fileprivate init?(number: UInt16) {
        guard let instruction = ActionInstruction.allCases.first(where: { $0.number == number }) else { return nil }
        self = instruction
    }

    /// Bytes; at least so many for lists of actions.
    fileprivate var size: Int { self == .writeMetadata ? 24 : 8 }
    fileprivate var isList: Bool { self == .applyActions || self == .writeActions }
}

extension [OFAction] {
    /// Instructions that take all of `reader`, as one list in OVS's order: meter, apply_actions' actions, clear_actions, write_actions, write_metadata,
    /// goto_table. In OpenFlow 1.0: a flow mod's actions, among which the extension's may stand for instructions.
    public static func decodeInstructions(_ reader: inout ByteReader, _ version: OFVersion) throws(OFError) -> [OFAction] {
        var decoder = ActionDecoder(version: version)
        if version == .v10 {
            let actions = try decoder.list(&reader)
            try actions.verify(version, allowed: .all)
            return actions
        }
        let parts = try instructions(&reader, version)
        var result: [OFAction] = []
        for instruction in ActionInstruction.allCases {
            guard var body = parts[Int(instruction.rawValue)] else { continue }
            switch instruction {
            case .meter: result.append(.meter(try body.u32()))
            case .applyActions:
                try body.skip(4)
                result += try decoder.list(&body)
            case .clearActions: result.append(.clearActions)
            case .writeActions:
                try body.skip(4)
                let actions = try decoder.list(&body)
                guard actions.allSatisfy(\.isAllowedInActionSet) else { throw .bacBadType }
                result.append(.writeActions(actions))
            case .writeMetadata:
                try body.skip(4)
                result.append(.writeMetadata(value: try body.u64(), mask: try body.u64()))
            case .gotoTable: result.append(.gotoTable(try body.u8()))
            }
        }
        try result.verify(version, allowed: .all)
        return result
    }

    /// What stands behind the type and length of each instruction, by the instructions' order.
    private static func instructions(_ reader: inout ByteReader, _ version: OFVersion) throws(OFError) -> [ByteReader?] {
        guard reader.count % 8 == 0 else { throw .bicBadLen }
        var parts = [ByteReader?](repeating: nil, count: ActionInstruction.allCases.count)
        while !reader.isEmpty {
            let type = try reader.peek16(), length = Int(try reader.peek16(2))
            guard length % 8 == 0, length >= 8, length <= reader.count else { throw .bicBadLen }
            guard type != 0xffff else { throw .bicBadExperimenter }
            guard let instruction = ActionInstruction(number: type) else { throw .bicUnknownInst }
            guard instruction.isList || length == instruction.size else { throw .bicBadLen }
            guard instruction != .meter || version < .v15 else { throw .bicUnknownInst }
            guard parts[Int(instruction.rawValue)] == nil else { throw .bicDupInst }
            var part = try reader.part(length, .bicBadLen)
            try part.skip(4)
            parts[Int(instruction.rawValue)] = part
        }
        return parts
    }

    /// The list as instructions; in OpenFlow 1.0, as actions. What the version cannot say is left out.
    public func encodeInstructions(_ writer: inout ByteWriter, _ version: OFVersion) {
        guard version > .v10 else { return encodeActions(&writer, version) }
        var index = 0
        while index < count {
            let action = self[index]
            switch action {
            case .meter(let meter) where version < .v15:
                if version >= .v13 { writer.instruction(.meter) { $0.u32(meter) } }
            case .clearActions: writer.instruction(.clearActions) { $0.zeros(4) }
            case .writeActions(let actions): writer.instruction(.writeActions, unlessEmpty: true) {
                $0.zeros(4)
                actions.encodeActions(&$0, version)
            }
            case .writeMetadata(let value, let mask): writer.instruction(.writeMetadata) {
                $0.zeros(4)
                $0.u64(value)
                $0.u64(mask)
            }
            case .gotoTable(let table): writer.instruction(.gotoTable) {
                $0.u8(table)
                $0.zeros(3)
            }
            default:
                let end = self[index...].firstIndex { $0.instruction(version) != .applyActions } ?? endIndex
                writer.instruction(.applyActions, unlessEmpty: true) {
                    $0.zeros(4)
                    for action in self[index..<end] { $0.action(action, version) }
                }
                index = end
                continue
            }
            index += 1
        }
    }
}

extension ByteWriter {
    /// An instruction with what `body` writes behind its type and length. `unlessEmpty`: none at all for an empty list of actions.
    fileprivate mutating func instruction(_ instruction: ActionInstruction, unlessEmpty: Bool = false, _ body: (inout ByteWriter) -> Void) {
        let start = count
        u16(instruction.number)
        u16(0)
        body(&self)
        if unlessEmpty, count == start + 8 {
            bytes.removeLast(8)
        } else {
            set16(count - start, at: start + 2)
        }
    }
}
