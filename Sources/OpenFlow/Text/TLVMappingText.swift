import Flow

// Tunnel options and the fields tun_metadataN that hold them, as ovs-ofctl's add-tlv-map takes them and dump-tlv-map prints them.

extension TLVMapping {
    /// "{class=0xffff,type=0x1,len=4}->tun_metadata0"
    public var text: String {
        "{class=" + hex(optionClass) + ",type=" + hex(type) + ",len=\(length)}->tun_metadata\(index)"
    }

    /// A line of a table of mappings.
    fileprivate var row: String {
        " " + column(hex(optionClass), 6) + "  " + column(hex(type), 4) + "  " + column(String(length), 6) + "  tun_metadata\(index)"
    }
}

private func column(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
}

extension [TLVMapping] {
    /// Mappings with a comma between them. Numbers of any base; what does not fit is cut off from above.
    public init(text: String) throws(FlowSyntaxError) {
        self = []
        var rest = TextSlice(text)
        while !rest.isEmpty {
            _ = rest.take(",")
            let complaint = FlowSyntaxError("invalid tlv mapping", rest)
            guard count < Limits.tlvMappings else { throw FlowSyntaxError("too many tlv mappings", rest) }
            guard rest.take("{class="), let optionClass = rest.takeWrapped(UInt16.self, anyBase: true),
                rest.take(",type="), let type = rest.takeWrapped(UInt8.self, anyBase: true),
                rest.take(",len="), let length = rest.takeWrapped(UInt8.self, anyBase: true),
                rest.take("}->tun_metadata"), let index = rest.takeWrapped(UInt16.self, anyBase: true)
            else { throw complaint }
            append(TLVMapping(optionClass: optionClass, type: type, length: length, index: index))
        }
    }

    /// The table that dump-tlv-map prints, a line a mapping.
    public var tableText: String {
        ([" mapping table:", "  class  type  length  match field", " ------  ----  ------  --------------"] + map(\.row)).joined(separator: "\n")
    }
}

extension TLVTable {
    /// The table as `ovs-ofctl dump-tlv-map` prints it behind the message's name.
    public var text: String {
        let used = mappings.reduce(0) { $0 + Int($1.length) }
        return " max option space=\(space) max fields=\(fields)\n allocated option space=\(used)\n\n" + mappings.tableText
    }
}
