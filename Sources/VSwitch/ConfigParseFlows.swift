import Flow
import OpenFlow
import Wire
import Yams

/// What makes two flows the same to a table: adding the second one replaces the first (OpenFlow 1.5.1, section 6.4).
struct FlowIdentity: Hashable {
    let table: UInt8
    let priority: UInt16
    let match: Match
    init(_ flow: FlowMod) {
        table = flow.table
        priority = flow.priority
        match = flow.match
    }
    /// The match has 1,536 bytes, nearly all zero: hash what is there.
    func hash(into hasher: inout Hasher) {
        hasher.combine(table)
        hasher.combine(priority)
        for index in 0..<FlowKey.lineCount where match.mask[line: index] != .zero {
            hasher.combine(index)
            hasher.combine(match.mask[line: index])
            hasher.combine(match.key[line: index])
        }
    }
}

extension ConfigParser {
    /// One flow's text and where each of its characters stands.
    private struct FlowLine {
        var text: Located<String>
        /// Offsets in the text are columns of the file.
        var exact: Bool
    }

    /// The flows of a bridge: a text block with one flow a line, or a list.
    func flows(_ node: Node, of bridge: BridgeConfig) throws(ConfigError) -> [FlowMod] {
        let lines = try flowLines(node)
        guard lines.count <= Limits.flows else { throw reader.error(node, expected: "at most \(Limits.flows) flows", found: "\(lines.count)") }
        var ports: [String: OFPort] = [bridge.name: .local]
        for port in bridge.ports { ports[port.name] = port.ofPort }
        var flows: [FlowMod] = []
        flows.reserveCapacity(lines.count)
        var places: [FlowIdentity: Int] = [:]
        for line in lines {
            let flow = try self.flow(line, ports)
            if let former = places.updateValue(line.text.line, forKey: FlowIdentity(flow)) {
                throw reader.error(line.text, expected: "a flow with another table, priority or match than in line \(former)",
                    found: quote(line.text.value))
            }
            flows.append(flow)
        }
        return flows
    }

    private func flow(_ line: FlowLine, _ ports: [String: OFPort]) throws(ConfigError) -> FlowMod {
        guard line.text.value.utf8.count <= Limits.flowBytes else {
            throw reader.error(line.text, expected: "a flow of at most \(Limits.flowBytes) bytes", found: "\(line.text.value.utf8.count)")
        }
        do {
            return try parseFlowText(line.text.value, ports)
        } catch {
            var place = line.text
            if line.exact {
                let before = line.text.value.utf8.prefix(max(0, error.offset))
                place.column += String(decoding: before, as: UTF8.self).unicodeScalars.count
            }
            throw reader.error(place, expected: "a flow in the syntax of ovs-ofctl(8)", found: error.problem)
        }
    }

    private func flowLines(_ node: Node) throws(ConfigError) -> [FlowLine] {
        switch node {
        case .scalar(let scalar):
            return reader.isNull(node) ? [] : lines(of: scalar, node)
        case .sequence(let sequence):
            var lines: [FlowLine] = []
            for element in sequence {
                guard case .scalar(let scalar) = element, !reader.isNull(element) else { throw reader.error(element, expected: "a flow") }
                lines += self.lines(of: scalar, element)
            }
            return lines
        case .mapping, .alias:
            throw reader.error(node, expected: "flows as a text block (|) or a list")
        }
    }

    /// The lines of a scalar that hold a flow: neither blank nor a comment, as in a file for ovs-ofctl(8) add-flows.
    private func lines(of scalar: Node.Scalar, _ node: Node) -> [FlowLine] {
        let start = reader.located((), node)
        var lines: [FlowLine] = []
        let isBlock = scalar.style == .literal
        for (number, raw) in scalar.string.unicodeScalars.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" }).enumerated() {
            let content = raw.prefix { $0 != "#" }
            let leading = content.prefix { $0 == " " || $0 == "\t" }.count
            var text = String(content.dropFirst(leading))
            while let last = text.unicodeScalars.last, last == " " || last == "\t" || last == "\r" { text.unicodeScalars.removeLast() }
            guard !text.isEmpty else { continue }
            if isBlock {
                let line = start.line + 1 + number
                lines.append(FlowLine(text: Located(value: text, line: line, column: indentation(line, of: raw) + leading + 1), exact: true))
            } else {
                let quoteWidth = scalar.style == .plain ? 0 : 1
                lines.append(FlowLine(text: Located(value: text, line: start.line, column: start.column + quoteWidth), exact: number == 0))
            }
        }
        return lines
    }

    /// How far line `line` of the file is indented before its part of a text block begins.
    private func indentation(_ line: Int, of content: Substring.UnicodeScalarView) -> Int {
        guard reader.text.lines.indices.contains(line - 1) else { return 0 }
        let source = reader.text.lines[line - 1].unicodeScalars
        let width = source.last == "\r" ? source.count - 1 : source.count
        return max(0, width - content.count)
    }
}
