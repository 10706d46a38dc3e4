import Flow
import Wire

// Texts of actions that look at nothing around them.

extension SampleSpec {
    func text(names: PortNames) -> String {
        var text = "sample(probability=\(probability),collector_set_id=\(collectorSet),obs_domain_id=\(observationDomain),obs_point_id=\(observationPoint)"
        if samplingPort != .none { text += ",sampling_port=" + portText(samplingPort, names) }
        switch direction {
        case .standard: break
        case .ingress: text += ",ingress"
        case .egress: text += ",egress"
        }
        return text + ")"
    }
}

extension BundleSpec {
    func text(names: PortNames) -> String {
        let action = destination == nil ? "bundle" : "bundle_load"
        let loaded = destination.map { $0.text + "," } ?? ""
        return "\(action)(\(fields.name),\(basis),\(algorithm.name),ofport,\(loaded)members:\(members.text(names: names)))"
    }
}

extension MultipathSpec {
    var text: String {
        "multipath(\(fields.name),\(basis),\(algorithm.name),\(Int(maximumLink) + 1),\(argument),\(destination.text))"
    }
}

func finTimeoutText(_ idle: UInt16, _ hard: UInt16) -> String {
    var items: [String] = []
    if idle != 0 { items.append("idle_timeout=\(idle)") }
    if hard != 0 { items.append("hard_timeout=\(hard)") }
    return "fin_timeout(" + items.joined(separator: ",") + ")"
}
