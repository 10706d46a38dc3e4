import Datapath
import Foundation
import NetDev
import OFProto
import Stream

/// A switch, its datapath, its sockets and what configures it. Owner: whoever has the turn.
final class RunningSwitch {
    /// Where the configuration comes from.
    enum Source: Sendable {
        /// A file, which `reload` reads again; nil: there is none, so that nothing could try again what fails.
        case file(SwitchConfig, path: String?)
        case database(DatabaseOptions)
    }

    /// From the first configuration on that needs a datapath, which a file's always does.
    private(set) var vswitch: Switch?
    private var controllers: ControllerServer?
    private let file: String?
    private let database: SwitchDatabase?
    private var unixctl: UnixctlServer?
    private let context: UnixctlContext
    private let runFolder: String?
    private let dummy: DummyOptions?
    private let turn: @Sendable (Waker) -> Void
    private let waker: Waker
    /// The datapath cannot be started, and DPDK does not try twice.
    private var startFailure: DPIFError?
    /// When the ofproto thread will wake at the latest.
    private var wakes: Int64 = 0
    /// Turns taken for what is under way in a datapath without threads, since a command was taken.
    private var settling = 0

    /// What the ofproto thread does after a turn.
    enum Next {
        case again
        case sleep(milliseconds: Int32, Waker)
        case end
    }

    /// Starts the datapath and applies the configuration; with a database that comes later, by turns. See `Session.init`.
    /// - Parameters:
    ///   - dummy: the datapath is the one for tests.
    ///   - turn: called on the I/O thread when OpenFlow messages have come.
    init(_ source: Source, socket: UnixctlSocket, runFolder: String?, dummy: DummyOptions?, turn: @escaping @Sendable (Waker) -> Void) throws {
        guard let waker = Waker() else { throw StartError(problems: ["no file descriptor is left"]) }
        self.dummy = dummy
        self.waker = waker
        self.runFolder = runFolder
        self.turn = turn
        context = UnixctlContext(isDummy: dummy != nil)
        switch source {
        case .file(let config, let path):
            file = path
            database = nil
            try start(config.datapath)
        case .database(let options):
            file = nil
            database = try SwitchDatabase(options, dummy: dummy?.level, wake: { waker.wake() })
        }
        do throws(StartError) {
            unixctl = try socket.open(context, waker)
        } catch {
            close()
            throw error
        }
        if case .file(let config, let path) = source { try applyFirst(config, path) }
    }

    private func applyFirst(_ config: SwitchConfig, _ path: String?) throws(StartError) {
        let problems = apply(config)
        guard path == nil else {
            for problem in problems { VLog.shared.log("bridge", .warning, problem) }
            return
        }
        guard problems.isEmpty else {
            close()
            throw StartError(problems: problems)
        }
    }

    /// Starts the datapath, without ports.
    private func start(_ config: DatapathConfig) throws(DPIFError) {
        let seed = UInt64.random(in: .min ... .max)
        let datapath: any SwitchDatapath = if let dummy {
            try DummyDatapath(config, dummy, seed: seed, waker: waker)
        } else {
            try NetdevDatapath(config, seed: seed, waker: waker)
        }
        let vswitch = Switch(datapath: datapath, config: config, seed: .random(in: .min ... .max))
        let controllers = ControllerServer(folder: runFolder, turn: { [waker, turn] in turn(waker) })
        vswitch.ofproto.sendNetFlow(by: controllers.datagrams, now: datapath.now)
        (self.vswitch, self.controllers) = (vswitch, controllers)
        context.attach(vswitch)
        context.reconnect = { [weak controllers, weak vswitch] bridge in
            guard let vswitch else { return }
            controllers?.reconnect(bridge, vswitch.ofproto, now: vswitch.datapath.now)
        }
    }

    /// Goes to a configuration. Returns a line for each thing that failed; the rest is done.
    private func apply(_ config: SwitchConfig) -> [String] {
        guard let vswitch, let controllers else { return [] }
        return vswitch.apply(config).map(\.description) + controllers.apply(config, vswitch.ofproto)
    }

    /// The ofproto thread's turn: what OFProto has to do, then what came by sockets. Before it is to sleep it has announced that to the datapath.
    func turn(until end: Int64?) -> Next {
        if context.wantsEnd { return .end }
        if let end, context.now >= end { return .end }
        var isBusy = false, isSettled = true
        if let vswitch, let controllers {
            let datapath = vswitch.datapath, now = datapath.now
            let worked = datapath.turn()
            vswitch.balanceLoads(now: now)
            isBusy = vswitch.ofproto.run(now: now)
            if controllers.run(vswitch.ofproto, now: datapath.now) { isBusy = true }
            isSettled = !isSettling(worked || datapath.turn() || isBusy, datapath)
        }
        if let database, follow(database) { isBusy = true }
        guard isSettled else { return .again }
        if unixctl?.run() ?? false || isBusy { return .again }
        guard let datapath = vswitch?.datapath else { return .sleep(milliseconds: Int32(Turns.longestSleep), waker) }
        let now = datapath.now
        wakes = min(now + Turns.longestSleep, end ?? .max, deadline(now: now))
        let sleep = wakes - datapath.now
        return sleep > 0 ? .sleep(milliseconds: datapath.announceSleep(milliseconds: Int32(clamping: sleep)), waker) : .again
    }

    /// Without threads: what is under way comes before the next command, so that a command finds all of what those before it have led to.
    private func isSettling(_ isBusy: Bool, _ datapath: any SwitchDatapath) -> Bool {
        guard datapath.isThreadless, isBusy || deadline(now: datapath.now) <= datapath.now, settling < Limits.settlingTurns else {
            settling = 0
            return false
        }
        settling += 1
        return true
    }

    /// The I/O thread's turn: OpenFlow messages. False if the ofproto thread has to go on.
    func controlTurn() -> Bool {
        guard let vswitch, let controllers else { return true }
        let now = vswitch.datapath.now
        _ = controllers.run(vswitch.ofproto, now: now)
        var hasMore = vswitch.ofproto.run(now: now)
        // A change of flows asks for a look at the megaflows, which is short where there are few.
        if !hasMore, deadline(now: now) <= now { hasMore = vswitch.ofproto.run(now: now) }
        return !vswitch.datapath.turn() && !hasMore && deadline(now: now) >= wakes
    }

    private func deadline(now: Int64) -> Int64 {
        min(vswitch?.ofproto.nextDeadline(now: now) ?? .max, controllers?.nextDeadline ?? .max)
    }

    // The database

    /// What the database asks for, and what it is told. True if there was something.
    private func follow(_ database: SwitchDatabase) -> Bool {
        let wasTold = database.run()
        switch database.takeWish() {
        case .rows(let rows): carryOut(rows, database)
        case .standAside: standAside()
        case nil: break
        }
        database.tellStatus(vswitch, controllers)
        return wasTold
    }

    private func carryOut(_ rows: RowsConfig, _ database: SwitchDatabase) {
        if vswitch == nil, startFailure == nil, dummy != nil || database.needsDatapath(rows) {
            do {
                try start(rows.config.datapath)
            } catch {
                startFailure = error
                VLog.shared.log("dpdk", .emergency, "the datapath does not start, and cannot before a restart: \(error)")
            }
        }
        if let datapath = vswitch?.datapath as? DummyDatapath, let bridge = rows.config.bridges.first { datapath.type = bridge.datapathType }
        let failures = vswitch?.apply(rows.config) ?? []
        for failure in failures { VLog.shared.log("bridge", .warning, failure.description) }
        if let vswitch, let controllers {
            for problem in controllers.apply(rows.config, vswitch.ofproto) { VLog.shared.log("bridge", .warning, problem) }
        }
        database.applied(rows, failures, vswitch, controllers, startFailure?.description)
    }

    /// Another process has the database's lock: there is nothing that this one may run.
    private func standAside() {
        guard let vswitch else { return }
        // The other one has them then.
        vswitch.datapath.leaveInterfaces(true)
        _ = apply(SwitchConfig(datapath: vswitch.running.datapath))
        vswitch.datapath.leaveInterfaces(false)
    }

    /// Milliseconds of the clock by which it is run.
    var now: Int64 { context.now }

    /// The switch is as it was first asked to be.
    var isReady: Bool { database?.isReady ?? true }

    /// Reads the file again and applies the difference. A mistake in it is told, and everything stays as it is.
    func reload() {
        guard let file, let vswitch else { return }
        do {
            let wanted = try SwitchConfig.load(file, keeping: vswitch.running)
            let problems = apply(wanted)
            for problem in problems { VLog.shared.log("bridge", .warning, problem) }
            VLog.shared.log("bridge", .information, "\(file): applied, with \(problems.count) problem\(problems.count == 1 ? "" : "s"): \(vswitch.running.summary)")
        } catch {
            VLog.shared.log("bridge", .error, "\(error)")
        }
    }

    func close() {
        unixctl?.close()
        database?.close()
        controllers?.close()
        vswitch?.datapath.leaveInterfaces(!context.cleansUp)
        vswitch?.close()
        waker.deallocate()
    }
}

extension OFProto {
    /// Sends what bridges tell collectors. `now` is the time by which the switch is run.
    fileprivate func sendNetFlow(by sender: DatagramSender, now: Int64) {
        epoch = Int64(Date().timeIntervalSince1970 * 1_000) - now
        netFlowSink = { datagram, targets in
            for target in targets.lazy.compactMap(DatagramTarget.init) { sender.send(datagram, to: target) }
        }
    }
}
