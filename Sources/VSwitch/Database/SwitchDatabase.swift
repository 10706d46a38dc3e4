import Foundation
import OVSDB
import Stream

/// The database that says what the switch shall be and is told what it is (ovs-vswitchd.conf.db(5)).
///
/// It has the lock `ovs_vswitchd`, or waits for it while another process has it; until then the rows are not carried out. Without a connection
/// what was asked for last stays.
/// Owner: who has the turn. Frees: `close`.
final class SwitchDatabase {
    /// What the switch is to do now.
    enum Wish {
        case rows(RowsConfig)
        /// Another process has the lock.
        case standAside
    }

    private let options: DatabaseOptions
    private let connection: OVSDBConnection
    private let start = ContinuousClock.now
    private var kinds: SwitchKinds
    private var numbers = PortNumbers()
    private var wish: Wish?
    private var standsAside = false
    /// other_config:flow-restore-wait has not been false yet.
    private var mayWaitForFlows = true
    /// What was carried out last, and what of it failed.
    private var applied: AppliedRows?
    private var nextStatus: Int64 = 0
    private var nextStatistics: Int64 = 0
    /// The transaction by which the first configuration is told.
    private var first: DatabaseSession.TransactionID?
    /// The last transaction, if it has no outcome yet.
    private var underWay: DatabaseSession.TransactionID?
    /// The first configuration has been carried out and told.
    private(set) var isReady = false

    /// Begins with the first `run`.
    /// - Parameters:
    ///   - dummy: the datapath is the one for tests.
    ///   - wake: called on the I/O thread when `run` is to be called.
    init(_ options: DatabaseOptions, dummy: DummyLevel?, wake: @escaping @Sendable () -> Void) throws(StreamError) {
        let tls = try options.tls.map { files throws(StreamError) in try TLSContext(files) }
        let session = DatabaseSession(database: "Open_vSwitch", wish: SwitchTables.wish, lock: "ovs_vswitchd")
        self.options = options
        kinds = SwitchKinds(dummy: dummy)
        connection = OVSDBConnection(options.method, tls: tls, session: session, now: 0, wake: wake)
    }

    func close() { connection.close() }

    /// Milliseconds of a clock of its own, which nothing stops.
    private var now: Int64 { Int64((ContinuousClock.now - start) / .milliseconds(1)) }

    /// Takes what the server has said. True if there was something.
    func run() -> Bool {
        let wasTold = connection.run(now: now)
        for (id, outcome) in connection.session.takeOutcomes() { finish(id, outcome) }
        look()
        return wasTold
    }

    func needsDatapath(_ rows: RowsConfig) -> Bool { rows.needsDatapath(connection.session.replica) }

    /// What is to be done, once.
    func takeWish() -> Wish? {
        defer { wish = nil }
        return wish
    }

    private func look() {
        let session = connection.session
        guard session.state == .ready else { return }
        switch session.lockState {
        case .none: break
        case .waiting: beginToStandAside()
        case .held: lookAtRows()
        }
    }

    private func beginToStandAside() {
        guard !standsAside else { return }
        standsAside = true
        applied = nil
        wish = .standAside
        let process = ProcessInfo.processInfo.processIdentifier
        VLog.shared.log("bridge", .error, "another ovs-vswitchd process is running, disabling this process (pid \(process)) until it goes away")
    }

    private func lookAtRows() {
        let changes = connection.session.takeChanges()
        guard standsAside || (applied == nil && wish == nil) || SwitchTables.concernSwitch(changes) else { return }
        standsAside = false
        let rows = RowsConfig(
            connection.session.replica, numbers: &numbers, runFolder: OVSFolder.run, mayWaitForFlows: mayWaitForFlows,
            tls: options.tls, tlsSettings: options.tlsSettings, supports: kinds.datapathTypes.contains)
        mayWaitForFlows = rows.config.waitsForFlows
        wish = .rows(rows)
    }

    // What is told

    /// The rows have been carried out, but for some failures.
    func applied(_ rows: RowsConfig, _ failures: [StepFailure], _ vswitch: Switch?, _ controllers: ControllerServer?, _ startFailure: String?) {
        let told = Set(applied?.rows.problems ?? [])
        for problem in rows.problems where !told.contains(problem) { VLog.shared.log(problem.module, problem.level, problem.text) }
        applied = AppliedRows(rows, failures, startFailure: startFailure)
        noteNumbers(failures)
        if vswitch != nil, root?.asksForDPDK == true { kinds.hasDPDK = true }
        let id = tell(vswitch, controllers, isComplete: true)
        if !isReady, first == nil { first = id }
    }

    /// Numbers of ports that could not be opened are free again.
    private func noteNumbers(_ failures: [StepFailure]) {
        var failed: Set<String> = []
        for failure in failures {
            guard case .addPort(let bridge, let port) = failure.step else { continue }
            failed.insert(port.name)
            numbers.noteFailure(of: port.name, on: bridge)
        }
        for bridge in applied?.rows.config.bridges ?? [] {
            for port in bridge.ports where !failed.contains(port.name) { numbers.noteSuccess(of: port.name, on: bridge.name) }
        }
    }

    /// Tells what has changed by itself, now and then.
    func tellStatus(_ vswitch: Switch?, _ controllers: ControllerServer?) {
        let now = now
        guard underWay == nil, applied != nil, now >= min(nextStatus, nextStatistics) else { return }
        _ = tell(vswitch, controllers, isComplete: false)
    }

    /// - Parameter isComplete: also what changes by a configuration only.
    private func tell(_ vswitch: Switch?, _ controllers: ControllerServer?, isComplete: Bool) -> DatabaseSession.TransactionID? {
        guard let applied, connection.session.state == .ready, connection.session.lockState == .held else { return nil }
        var report = SwitchStatus(connection.session.replica, applied, vswitch)
        let now = now
        if isComplete { report.addConfigured(kinds) }
        nextStatus = now + Limits.statusInterval
        report.addStatus()
        if isComplete || now >= nextStatistics {
            nextStatistics = now + (root?.statisticsInterval ?? Row.leastStatisticsInterval)
            report.addStatistics(controllers?.states ?? [], now: vswitch?.datapath.now ?? 0)
        }
        underWay = connection.session.commit(report.transaction)
        return underWay
    }

    /// The row of the switch as a whole.
    private var root: Row? { applied?.rows.rows.openVSwitch.flatMap { connection.session.replica.row("Open_vSwitch", $0) } }

    private func finish(_ id: DatabaseSession.TransactionID, _ outcome: TransactionOutcome) {
        if id == underWay { underWay = nil }
        switch outcome {
        case .success, .unchanged, .aborted: break
        // The configuration is told again.
        case .tryAgain, .notLocked: applied.map { wish = wish ?? .rows($0.rows) }
        case .error(let text):
            VLog.shared.log("bridge", .warning, "the database refuses the switch's state: \(text)", site: "status", rate: VLog.Rate(perMinute: 5, burst: 5))
        }
        guard id == first else { return }
        first = nil
        if case .tryAgain = outcome { return }
        isReady = true
    }
}
