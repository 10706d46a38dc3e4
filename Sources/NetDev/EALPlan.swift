/// EAL's arguments, and the choice behind them. A passive value: the system is asked beforehand.
struct EALPlan: Equatable {
    var arguments: [String]
    var hugepages: Bool
    var memory: Int
    /// The extra arguments say what is to be logged.
    var asksForLog: Bool

    /// - Parameters:
    ///   - freeHugeMemory: MB in free hugepages.
    ///   - cpus: the processors that the process may run on.
    init(_ options: EALOptions, freeHugeMemory: Int, cpus: [Int]) throws(EALError) {
        let extra = options.extraArguments
        for argument in extra {
            // These print something and end the process.
            if ["-h", "--help", "-v", "--version"].contains(argument) { throw .invalidArgument(argument) }
            if argument.isEmpty || argument.utf8.contains(0) { throw .invalidArgument(argument) }
        }
        let wanted = max(options.socketMemory.reduce(0) { $0 &+ max(0, $1) }, Limits.leastHugeMemory)
        let refused = options.hugepages == .never || extra.contains("--no-huge")
        hugepages = !refused && freeHugeMemory >= wanted
        memory = hugepages ? freeHugeMemory : options.plainMemory ?? Limits.defaultPlainMemory
        asksForLog = extra.contains { $0 == "--log-level" || $0.hasPrefix("--log-level=") }
        arguments = []

        /// Adds an option, unless the extra arguments have it by this or another name.
        func add(_ option: [String], unless names: [String]) {
            let named = extra.contains { argument in
                names.contains { argument == $0 || argument.hasPrefix($0 + "=") || ($0.count == 2 && argument.hasPrefix($0)) }
            }
            if !named { arguments += option }
        }
        let cpu = options.mainCPU ?? cpus.first ?? 0
        add(["--lcores", "0@\(cpu)"], unless: ["--lcores", "-l", "-c"])
        // As in OVS: a list of allowed PCI devices that names none, so that a device is probed only when a port asks for it.
        // Without drivers there are no devices, and nobody who could read such a list.
        if !options.isQuick { add(["-a", "0000:00:00.0"], unless: ["-a", "--allow", "-b", "--block", "--no-pci"]) }
        add(["--log-level", "warning"], unless: ["--log-level"])
        add(["--no-telemetry"], unless: ["--telemetry", "--no-telemetry"])
        if hugepages {
            add(["--in-memory"], unless: ["--in-memory"])
            if !options.socketMemory.isEmpty {
                let list = options.socketMemory.map { String(max(0, $0)) }.joined(separator: ",")
                add(["--socket-mem", list], unless: ["--socket-mem", "-m"])
            }
        } else {
            // EAL refuses --in-memory together with --no-huge; --no-shconf is what is left of it: no files, no lock,
            // several processes side by side.
            add(["--no-shconf"], unless: ["--no-shconf"])
            add(["--no-huge"], unless: ["--no-huge"])
            add(["-m", String(memory)], unless: ["-m"])
        }
        arguments += hugepages ? extra : extra.filter { $0 != "--in-memory" }
    }
}
