import Datapath
import NetDev

extension UnixctlCommand {
    /// Datapaths and their ports behind the backs of bridges (ovs-dpctl(8)). There is one datapath; an operator's ports are those of no bridge.
    static let datapathPorts = [
        UnixctlCommand("dpctl/add-dp", "dp [iface...]", 1...Int.max) { context, arguments throws(UnixctlError) in
            if context.datapathNames.contains(arguments[0]) { throw .dpctl("add_dp", "File exists") }
            throw .dpctl("add_dp", arguments[0].contains("@") ? "Operation not supported" : "No such file or directory")
        },
        UnixctlCommand("dpctl/del-dp", "dp", 1...1) { context, arguments throws(UnixctlError) in
            try check(arguments[0], context)
            throw .dpctl("del_dp", "Device or resource busy")
        },
        UnixctlCommand("dpctl/add-if", "dp iface...", 2...Int.max) { context, arguments throws(UnixctlError) in try forEach(arguments, context, add) },
        UnixctlCommand("dpctl/del-if", "dp iface...", 2...Int.max) { context, arguments throws(UnixctlError) in try forEach(arguments, context, delete) },
        UnixctlCommand("dpctl/set-if", "dp iface...", 2...Int.max) { context, arguments throws(UnixctlError) in try forEach(arguments, context, set) },
    ]

    private static func check(_ name: String, _ context: UnixctlContext) throws(UnixctlError) {
        guard !context.datapathNames.contains(name) else { return }
        throw .dpctl("opening datapath", name.contains("@") ? "No such device" : "No such file or directory")
    }

    /// "NAME[,type=TYPE][,port_no=NUMBER][,OPTION=VALUE]…"
    private struct Request {
        let name: String
        var type: String?
        var number: Int64?
        var options: [String: String] = [:]

        init(_ text: String) throws(UnixctlError) {
            let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            name = parts[0]
            for part in parts.dropFirst() {
                let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                switch pair[0] {
                case "type": type = pair.count > 1 ? pair[1] : ""
                case "port_no": number = leadingInteger(pair.count > 1 ? pair[1] : "")
                default: options[pair[0]] = pair.count > 1 ? pair[1] : ""
                }
            }
        }
    }

    /// Does something with each interface that is named, until it fails.
    private static func forEach(
        _ arguments: [String], _ context: UnixctlContext, _ body: (UnixctlContext, String) throws(UnixctlError) -> Void
    ) throws(UnixctlError) -> UnixctlReply {
        try check(arguments[0], context)
        for text in arguments.dropFirst() { try body(context, text) }
        return .text("")
    }

    private static func add(_ context: UnixctlContext, _ text: String) throws(UnixctlError) {
        let request = try Request(text), dpif = context.vswitch.datapath.dpif
        let what = "adding \(request.name) to \(context.datapathName) failed"
        guard dpif.portQuery(request.name) == nil else { throw .dpctl(what, "File exists") }
        // Which numbers ports get is the datapath's to say.
        guard request.number == nil else { throw .dpctl(what, "Operation not supported") }
        let type = request.type ?? "system"
        guard NetdevClass(rawValue: type) != nil else { throw .dpctl("\(request.name): failed to open network device", "Address family not supported by protocol") }
        do throws(DPIFError) {
            _ = try dpif.portAdd(DPPortRequest(name: request.name, type: type, options: request.options))
        } catch {
            throw .dpctl("\(request.name): failed to open network device", error)
        }
    }

    private static func delete(_ context: UnixctlContext, _ text: String) throws(UnixctlError) {
        let ports = context.vswitch.datapath.dpif.portDump()
        let number = UInt32(text)
        guard let port = ports.first(where: { $0.port.number == number || $0.name == text }) else {
            if let number { throw .dpctl("deleting port \(number) from \(context.datapathName) failed", "No such device") }
            throw UnixctlError("\(Program.name): no port named \(text)")
        }
        let what = "deleting port \(text) from \(context.datapathName) failed"
        // A bridge's port is taken out by the bridge.
        guard context.vswitch.ofproto.port(port.port) == nil else { throw .dpctl(what, "Device or resource busy") }
        do throws(DPIFError) { try context.vswitch.datapath.dpif.portDelete(port.port) } catch { throw .dpctl(what, error) }
    }

    private static func set(_ context: UnixctlContext, _ text: String) throws(UnixctlError) {
        let request = try Request(text)
        guard let port = context.vswitch.datapath.dpif.portQuery(request.name) else {
            throw .dpctl("\(request.name): failed to query port in \(context.datapathName)", "No such device")
        }
        if let type = request.type, type != port.type { throw UnixctlError("\(Program.name): \(request.name): can't change type from \(port.type) to \(type)") }
        if let number = request.number, number != Int64(port.port.number) {
            throw UnixctlError("\(Program.name): \(request.name): can't change port number from \(port.port.number) to \(number)")
        }
        guard request.options.isEmpty else { throw .dpctl("\(request.name): failed to configure network device", "Operation not supported") }
    }
}
