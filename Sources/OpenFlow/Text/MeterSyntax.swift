import Flow
import Wire

/// The parser of meters in the syntax of ovs-ofctl(8), "Meter Syntax": "meter=1 pktps burst stats bands=type=drop rate=1 burst_size=2". It
/// accepts any bytes and answers with a value or a `FlowSyntaxError`.
public struct MeterSyntax {
    public init() {}

    /// What ovs-ofctl's add-meter, mod-meter and del-meter take, by `command`.
    public func mod(_ text: String, command: MeterMod.Command = .add) throws(FlowSyntaxError) -> MeterMod {
        let text = TextSlice(text)
        var config = MeterConfig(meter: 0, flags: [], bands: [])
        guard command != .delete else {
            try parseHead(text, into: &config, withFlags: false)
            return MeterMod(command, config)
        }
        guard let bandsAt = text.firstRange(of: "band"), let equals = text.suffix(from: bandsAt).firstIndex(of: "=") else {
            throw FlowSyntaxError("must specify bands", text)
        }
        try parseHead(text.prefix(to: bandsAt), into: &config, withFlags: true)
        guard !config.flags.isEmpty else { throw FlowSyntaxError("meter must specify either 'kbps' or 'pktps'", text) }
        let bands = text.suffix(from: equals + 1)
        try parseBands(bands, into: &config)
        try verify(config, bands)
        return MeterMod(command, config)
    }

    /// A meter's number or its name: what del-meter and dump-meters look for.
    public func meter(_ text: String) throws(FlowSyntaxError) -> UInt32 { try mod(text, command: .delete).config.meter }

    private func parseHead(_ text: TextSlice, into config: inout MeterConfig, withFlags: Bool) throws(FlowSyntaxError) {
        var words = Words(text)
        while let name = words.next("=, \t\r\n") {
            if withFlags, let flag = MeterConfig.Flags.names.first(where: { name == $0.name }) {
                config.flags.insert(flag.flag)
                continue
            }
            guard let value = words.next(", \t\r\n") else { throw FlowSyntaxError("field \(name.string) missing value", name) }
            guard name == "meter" else { throw FlowSyntaxError("unknown keyword \(name.string)", name) }
            config.meter = try meterNumber(value)
        }
        guard config.meter != 0 else { throw FlowSyntaxError("must specify 'meter'", text) }
    }

    private func meterNumber(_ text: TextSlice) throws(FlowSyntaxError) -> UInt32 {
        if let named = MeterNumber.names.first(where: { text == $0.name }) { return named.meter }
        let meter: UInt32 = try number(text)
        guard (1...MeterNumber.maximum).contains(meter) else { throw FlowSyntaxError("invalid value for meter", text) }
        return meter
    }

    private func parseBands(_ text: TextSlice, into config: inout MeterConfig) throws(FlowSyntaxError) {
        var words = Words(text)
        while let name = words.next("=, \t\r\n") {
            guard let value = words.next(", \t\r\n") else { throw FlowSyntaxError("field \(name.string) missing value", name) }
            if name == "type" {
                guard let kind = MeterBand.Kind.all.first(where: { value == $0.name }) else {
                    throw FlowSyntaxError("field type unknown value \(value.string)", value)
                }
                guard config.bands.count < Limits.bandsInMeter else { throw FlowSyntaxError("too many bands", name) }
                config.bands.append(MeterBand(kind, rate: 0, burst: 0))
                continue
            }
            guard let last = config.bands.indices.last else { throw FlowSyntaxError("band must start with the 'type' keyword", name) }
            switch name.string {
            case "rate": config.bands[last].rate = try number(value)
            case "burst_size": config.bands[last].burst = try number(value)
            case "prec_level": config.bands[last].precedenceLevel = try small(value, "prec_level")
            default: throw FlowSyntaxError("unknown keyword \(name.string)", name)
            }
        }
        guard !config.bands.isEmpty else { throw FlowSyntaxError("meter must have bands", text) }
    }

    private func verify(_ config: MeterConfig, _ text: TextSlice) throws(FlowSyntaxError) {
        for band in config.bands {
            if band.kind == .dscpRemark, band.precedenceLevel == 0 { throw FlowSyntaxError("'dscp_remark' band must have 'prec_level'", text) }
            if band.kind != .dscpRemark, band.precedenceLevel != 0 { throw FlowSyntaxError("Only 'dscp_remark' band may have 'prec_level'", text) }
            if band.rate == 0 { throw FlowSyntaxError("band must have 'rate'", text) }
            if config.flags.contains(.burst), band.burst == 0 {
                throw FlowSyntaxError("band must have 'burst_size' when 'burst' flag is set", text)
            }
            if !config.flags.contains(.burst), band.burst != 0 {
                throw FlowSyntaxError("band may have 'burst_size' only when 'burst' flag is set", text)
            }
        }
    }
}

extension MeterNumber {
    static let names: [(name: String, meter: UInt32)] = [("all", all), ("controller", controller), ("slowpath", slowpath)]

    /// A meter's number, or the name of one with a meaning.
    public static func text(_ meter: UInt32) -> String { names.first { $0.meter == meter }?.name ?? String(meter) }
}

extension MeterConfig.Flags {
    static let names: [(name: String, flag: MeterConfig.Flags)] = [("kbps", .kbps), ("pktps", .pktps), ("burst", .burst), ("stats", .stats)]

    /// "kbps burst ", with a blank behind each; bits without a name as "flags:0x10 ".
    var text: String {
        let other = MeterConfig.Flags.names.reduce(self) { $0.subtracting($1.flag) }
        return MeterConfig.Flags.names.reduce("") { contains($1.flag) ? $0 + $1.name + " " : $0 } + (other.isEmpty ? "" : "flags:" + hex(other.rawValue) + " ")
    }
}

extension MeterBand.Kind {
    static let all = [MeterBand.Kind.drop, .dscpRemark]
    var name: String { self == .drop ? "drop" : "dscp_remark" }
}
