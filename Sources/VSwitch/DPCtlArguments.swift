import Datapath
import Flow
import Wire

/// The arguments of a command of ovs-dpctl(8), as `ovs-appctl dpctl/…` gives them: options, and a datapath's name that may be left out.
struct DPCtlArguments {
    let options: Set<String>
    /// Behind the datapath's name.
    let rest: [String]
    /// A datapath's name was among them.
    let namesDatapath: Bool

    private static let known: Set<String> = [
        "-s", "--statistics", "-m", "--more", "--names", "--no-names", "--clear", "--may-create", "--read-only",
    ]

    /// - Parameters:
    ///   - optional: arguments that may stand behind the datapath's name or not: where there are none of them, what names no datapath is one.
    ///   - needed: arguments behind the datapath's name and before those.
    init(_ arguments: [String], needed: Int = 0, optional: Int = 0, _ context: UnixctlContext) throws(UnixctlError) {
        let parsed = try UnixctlArguments(arguments, flags: Self.known)
        options = parsed.flags
        var rest = parsed.rest
        namesDatapath = rest.first.map(context.datapathNames.contains) ?? false
        if namesDatapath {
            rest.removeFirst()
        } else if rest.count > needed + optional {
            throw UnixctlError("\(Program.name): datapath not found (Invalid argument)")
        }
        guard rest.count >= needed else { throw UnixctlError("\(Program.name): datapath not found (Invalid argument)") }
        self.rest = rest
    }

    func has(_ names: String...) -> Bool { names.contains(where: options.contains) }
}

extension UnixctlError {
    /// "needletaild: deleting flow (No such file or directory)".
    static func dpctl(_ what: String, _ reason: String = "Invalid argument") -> UnixctlError { UnixctlError("\(Program.name): \(what) (\(reason))") }

    /// What the datapath refuses, in the words that C's strerror has for it.
    static func dpctl(_ what: String, _ error: DPIFError) -> UnixctlError {
        let reason = switch error.code {
        case .exists: "File exists"
        case .notFound: "No such device"
        case .invalid: "Invalid argument"
        case .full: "No space left on device"
        case .device: "No such device"
        case .noMemory: "Cannot allocate memory"
        case .unsupported: "Operation not supported"
        }
        return dpctl(what, reason)
    }
}
