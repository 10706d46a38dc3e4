import Flow
import Wire

extension LearnSpec {
    /// "learn(table=1,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])"
    func text(names: PortNames) -> String {
        var items = ["table=\(table)"]
        if idleTimeout != 0 { items.append("idle_timeout=\(idleTimeout)") }
        if hardTimeout != 0 { items.append("hard_timeout=\(hardTimeout)") }
        if finIdleTimeout != 0 { items.append("fin_idle_timeout=\(finIdleTimeout)") }
        if finHardTimeout != 0 { items.append("fin_hard_timeout=\(finHardTimeout)") }
        if priority != 0x8000 { items.append("priority=\(priority)") }
        if flags.contains(.sendFlowRemoved) { items.append("send_flow_rem") }
        if flags.contains(.deleteLearned) { items.append("delete_learned") }
        if cookie != 0 { items.append("cookie=" + hex(cookie)) }
        if limit != 0 { items.append("limit=\(limit)") }
        if flags.contains(.writeResult), let result { items.append("result_dst=" + result.text) }
        items += parts.map { $0.text(names: names) }
        return "learn(" + items.joined(separator: ",") + ")"
    }
}

extension LearnSpec.Part {
    func text(names: PortNames) -> String {
        switch (source, destination) {
        case (.field(let from), .match(let to)): from == to ? to.text : to.text + "=" + from.text
        case (.field(let from), .load(let to)): "load:" + from.text + "->" + to.text
        case (.field(let from), .output): "output:" + from.text
        case (.immediate(let bytes), .match(let to)) where to.isWhole: to.field.name + "=" + to.field.learnedText(bytes, names)
        case (.immediate(let bytes), .match(let to)): to.text + "=" + hexText(bytes)
        case (.immediate(let bytes), .load(let to)): "load:" + hexText(bytes) + "->" + to.text
        // No version's bytes say this, and no parser makes it.
        case (.immediate(let bytes), .output): "output:" + hexText(bytes)
        }
    }
}

extension Field {
    /// A whole value. ct_state is a number here, since its flags by name would not be exact.
    fileprivate func learnedText(_ bytes: [UInt8], _ names: PortNames) -> String {
        if isTunMetadata { return hexText(bytes) }
        let number = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        return switch row.format {
        case .ctState: hex(number)
        case .packetType: matchText(MaskedValue(value: number, mask: place.ones), format: nil, names: names)
        default: actionText(MaskedValue(value: number, mask: place.ones), names: names)
        }
    }
}
