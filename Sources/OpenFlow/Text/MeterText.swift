extension MeterConfig {
    /// The meter as `ovs-ofctl dump-meters` prints it: a line for the meter, one for each band, each with its end.
    public var text: String {
        var text = "meter=" + MeterNumber.text(meter) + " " + flags.text + "bands=\n"
        for band in bands {
            text += "type=" + band.kind.name + " rate=\(band.rate)"
            if flags.contains(.burst) { text += " burst_size=\(band.burst)" }
            if band.kind == .dscpRemark { text += " prec_level=\(band.precedenceLevel)" }
            text += "\n"
        }
        return text
    }
}

extension MeterMod {
    /// The meter modification as ovs-ofctl prints it, behind the message's name: "ADD meter=1 kbps bands=" and the bands.
    public var text: String {
        switch command {
        case .add: "ADD " + config.text
        case .modify: "MOD " + config.text
        case .delete: "DEL " + config.text
        }
    }
}
