import Flow
import Wire

extension FlowSyntax {
    /// What `ovs-ofctl monitor SWITCH watch:…` takes: "!initial,table=1,out_port=2,tcp". `id` is the monitor's number on its connection.
    public func monitor(_ text: String, id: UInt32) throws(FlowSyntaxError) -> FlowMonitorRequest {
        var request = FlowMonitorRequest(id: id, flags: [.initial, .add, .removed, .modify, .instructions, .onlyOwn], outPort: nil, outGroup: nil,
            table: 0xff, match: Match())
        var parts = KeyValues(TextSlice(text))
        while let part = parts.next() {
            if let flag = monitorFlags.first(where: { part.key == $0.name }) {
                request.flags.remove(flag.flag)
            } else if try !request.match.parse(part, ports: ports) {
                try parse(part, text, into: &request)
            }
        }
        try finish(&request.match, at: 0)
        return request
    }

    private func parse(_ part: KeyValues.Part, _ text: String, into request: inout FlowMonitorRequest) throws(FlowSyntaxError) {
        let value = part.value
        guard !value.isEmpty else { throw FlowSyntaxError("\(text): field \(part.key.string) missing value", part.key) }
        switch part.key.string {
        case "table":
            guard let table = value.number(UInt8.self) else { throw FlowSyntaxError("unknown table \"\(value.string)\"", value) }
            request.table = table
        case "out_port":
            let port = OFPort(text: value, ports: ports) ?? OFPort(value.leadingNumber(UInt16.self))
            request.outPort = port == .none ? nil : port
        case "out_group":
            let group: UInt32 = value.leadingNumber()
            request.outGroup = group == GroupNumber.any ? nil : group
        default: throw FlowSyntaxError("\(text): unknown keyword \(part.key.string)", part.key)
        }
    }
}

/// What is left out of a monitor's reports.
private let monitorFlags: [(name: String, flag: FlowMonitorRequest.Flags)] = [
    ("!initial", .initial), ("!add", .add), ("!delete", .removed), ("!modify", .modify), ("!actions", .instructions), ("!abbrev", .noAbbreviation),
    ("!own", .onlyOwn),
]
