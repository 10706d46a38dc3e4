import CDPDK
import Glibc
import Synchronization

/// How DPDK's environment abstraction layer is to be started.
public struct EALOptions: Sendable {
    public enum Hugepages: Sendable {
        /// With hugepages if enough of them are free, otherwise without.
        case automatic
        case never
    }
    public var hugepages: Hugepages = .automatic
    /// MB to reserve at the start, one number a NUMA node, as in `other_config:dpdk-socket-mem`. Empty: as needed.
    public var socketMemory: [Int] = []
    /// MB to be used when there are no hugepages; nil: `Limits.defaultPlainMemory`.
    public var plainMemory: Int?
    /// The processor of EAL's main lcore; nil: the first one that the process may run on.
    public var mainCPU: Int?
    /// Processors for the threads that EAL and its drivers start by themselves; empty: all of the process's.
    public var controlCPUs: [Int] = []
    /// There will be no devices: drivers are not loaded.
    public var isQuick = false
    /// Further arguments, as in `other_config:dpdk-extra`. An option named here replaces the one chosen by this module.
    public var extraArguments: [String] = []
    public init() {}
}

/// What EAL was started with.
public struct EALInfo: Sendable {
    /// "DPDK 22.11.x"
    public let version: String
    /// The arguments after the program's name.
    public let arguments: [String]
    public let hugepages: Bool
    /// MB free in hugepages at the start, or MB of plain memory.
    public let memory: Int
}

/// Why EAL did not start, or why a thread could not be registered.
public enum EALError: Error, Hashable, CustomStringConvertible {
    /// EAL starts once in a process.
    case alreadyStarted
    /// An option that would end the process, or a malformed one.
    case invalidArgument(String)
    /// `rte_eal_init` failed.
    case failed(code: Int32)
    /// The thread could not be pinned to the processor.
    case affinity(cpu: Int, code: Int32)
    /// DPDK has no lcore number left for the thread.
    case noThreadSlot

    public var description: String {
        switch self {
        case .alreadyStarted: "EAL is already running in this process"
        case .invalidArgument(let argument): "'\(argument)' is not a valid EAL argument"
        case .failed(let code): "EAL did not start: \(errorText(code))"
        case .affinity(let cpu, let code): "a thread could not be bound to processor \(cpu): \(errorText(code))"
        case .noThreadSlot: "DPDK has no free lcore for another thread"
        }
    }
}

/// The environment abstraction layer of DPDK: memory, device probing, registered threads.
public enum EAL {
    private static let state = Mutex<(began: Bool, info: EALInfo?)>((false, nil))

    /// What EAL was started with; nil as long as it is not running.
    public static var info: EALInfo? { state.withLock { $0.info } }

    /// DPDK's name and version: "DPDK 22.11.3".
    public static var version: String { unsafe String(cString: rte_version()) }

    /// Starts EAL. Works once in a process: after a failure DPDK cannot be started again either.
    public static func start(_ options: EALOptions = EALOptions()) throws(EALError) -> EALInfo {
        let plan = try EALPlan(options, freeHugeMemory: freeHugeMemory(), cpus: try Affinity.current())
        let first = state.withLock { state in
            defer { state.began = true }
            return !state.began
        }
        guard first else { throw .alreadyStarted }
        // Who asks for a level of DPDK's log wants to see it.
        if !plan.asksForLog { DPDKLog.open() }
        // EAL binds this thread to its main lcore, and gives its own threads what is left of this thread's
        // processors; afterwards the thread goes where it was.
        let home = try Affinity.current()
        if !options.controlCPUs.isEmpty { try Affinity.set(options.controlCPUs) }
        nt_measure_shortly(true)
        nt_skip_plugins(options.isQuick)
        let status = initialise(["needletail"] + plan.arguments)
        nt_measure_shortly(false)
        nt_skip_plugins(false)
        try Affinity.set(home)
        guard status >= 0 else { throw .failed(code: nt_errno()) }
        let info = EALInfo(
            version: version, arguments: plan.arguments,
            hugepages: plan.hugepages, memory: plan.memory)
        state.withLock { $0.info = info }
        return info
    }

    private static func initialise(_ arguments: [String]) -> Int32 {
        // EAL reorders the array and keeps pointers into the texts, so both stay allocated for ever.
        let vector = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: arguments.count + 1)
        for (index, argument) in arguments.enumerated() {
            unsafe (vector + index).initialize(to: strdup(argument))
        }
        unsafe (vector + arguments.count).initialize(to: nil)
        return unsafe rte_eal_init(Int32(arguments.count), vector)
    }

    /// Binds the calling thread to `cpu` (nil: leaves it where it is) and makes it known to DPDK, so that it has a mempool
    /// cache and may use a device's queues. Ends with `unregisterThread`.
    public static func registerThread(cpu: Int?) throws(EALError) {
        if let cpu { try Affinity.set([cpu]) }
        guard rte_thread_register() == 0 else { throw .noThreadSlot }
    }

    /// Gives the calling thread's lcore number and its mempool caches back.
    public static func unregisterThread() { rte_thread_unregister() }
}

/// Which processors the calling thread may run on.
public enum Affinity {
    public static func current() throws(EALError) -> [Int] {
        var cpus = [Int32](repeating: 0, count: Int(NT_MAX_CPUS))
        // The function writes at most the count it is given.
        let count = unsafe nt_get_affinity(&cpus, NT_MAX_CPUS)
        guard count > 0 else { throw .affinity(cpu: -1, code: -count) }
        return cpus.prefix(Int(count)).map { Int($0) }
    }

    public static func set(_ cpus: [Int]) throws(EALError) {
        let numbers = cpus.map { Int32(truncatingIfNeeded: $0) }
        // The function reads as many numbers as it is told.
        let status = unsafe nt_set_affinity(numbers, Int32(numbers.count))
        guard status == 0 else { throw .affinity(cpu: cpus.first ?? -1, code: -status) }
    }
}
