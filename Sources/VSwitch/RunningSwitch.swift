import Datapath
import Foundation
import NetDev
import OFProto
import Stream

/// A switch, its datapath and its sockets. Owner: whoever has the turn.
final class RunningSwitch {
    let vswitch: Switch
    private let file: String?
    private let unixctl: UnixctlServer?
    private let controllers: ControllerServer
    private let context: UnixctlContext
    private let waker: Waker
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

    /// Starts the datapath and applies the configuration. See `Session.init`.
    /// - Parameters:
    ///   - dummy: the datapath is the one for tests.
    ///   - turn: called on the I/O thread when OpenFlow messages have come.
    init(_ config: SwitchConfig, file: String?, socket: UnixctlSocket, runFolder: String?, dummy: DummyLevel? = nil, turn: @escaping @Sendable (Waker) -> Void) throws {
        self.file = file
        let datapath: any SwitchDatapath = try dummy.map { try DummyDatapath(config.datapath, level: $0, seed: .random(in: .min ... .max)) }
            ?? NetdevDatapath(config.datapath, seed: .random(in: .min ... .max))
        vswitch = Switch(datapath: datapath, config: config.datapath, seed: .random(in: .min ... .max))
        context = UnixctlContext(vswitch: vswitch)
        let waker = datapath.waker
        self.waker = waker
        controllers = ControllerServer(folder: runFolder, turn: { turn(waker) })
        vswitch.ofproto.sendNetFlow(by: controllers.datagrams, now: datapath.now)
        do throws(StartError) {
            unixctl = try socket.open(context)
        } catch {
            controllers.close()
            vswitch.close()
            throw error
        }
        let problems = vswitch.apply(config) + controllers.apply(config, vswitch.ofproto)
        guard file == nil else {
            for problem in problems { VLog.shared.log("bridge", .warning, problem) }
            return
        }
        guard problems.isEmpty else {
            close()
            throw StartError(problems: problems)
        }
    }

    /// The ofproto thread's turn: what OFProto has to do, then what came by sockets. Before it is to sleep it has announced that to the datapath.
    func turn(until end: Int64?) -> Next {
        let datapath = vswitch.datapath, now = datapath.now
        if context.wantsEnd { return .end }
        if let end, now >= end { return .end }
        let worked = datapath.turn()
        let hasMore = vswitch.ofproto.run(now: now)
        let wasTold = controllers.run(vswitch.ofproto, now: datapath.now)
        if isSettling(worked || datapath.turn() || hasMore) { return .again }
        if unixctl?.run() ?? false || wasTold || hasMore { return .again }
        wakes = min(now + Turns.longestSleep, end ?? .max, deadline(now: now))
        let sleep = wakes - datapath.now
        return sleep > 0 ? .sleep(milliseconds: datapath.announceSleep(milliseconds: Int32(clamping: sleep)), waker) : .again
    }

    /// Without threads: what is under way comes before the next command, so that a command finds all of what those before it have led to.
    private func isSettling(_ isBusy: Bool) -> Bool {
        let datapath = vswitch.datapath
        guard datapath.isThreadless, isBusy || deadline(now: datapath.now) <= datapath.now, settling < Limits.settlingTurns else {
            settling = 0
            return false
        }
        settling += 1
        return true
    }

    /// The I/O thread's turn: OpenFlow messages. False if the ofproto thread has to go on.
    func controlTurn() -> Bool {
        let now = vswitch.datapath.now
        _ = controllers.run(vswitch.ofproto, now: now)
        var hasMore = vswitch.ofproto.run(now: now)
        // A change of flows asks for a look at the megaflows, which is short where there are few.
        if !hasMore, deadline(now: now) <= now { hasMore = vswitch.ofproto.run(now: now) }
        return !vswitch.datapath.turn() && !hasMore && deadline(now: now) >= wakes
    }

    private func deadline(now: Int64) -> Int64 {
        min(vswitch.ofproto.nextDeadline(now: now) ?? .max, controllers.nextDeadline ?? .max)
    }

    /// Reads the file again and applies the difference. A mistake in it is told, and everything stays as it is.
    func reload() {
        guard let file else { return }
        do {
            let wanted = try SwitchConfig.load(file, keeping: vswitch.running)
            let problems = vswitch.apply(wanted) + controllers.apply(wanted, vswitch.ofproto)
            for problem in problems { VLog.shared.log("bridge", .warning, problem) }
            VLog.shared.log("bridge", .information, "\(file): applied, with \(problems.count) problem\(problems.count == 1 ? "" : "s"): \(vswitch.running.summary)")
        } catch {
            VLog.shared.log("bridge", .error, "\(error)")
        }
    }

    func close() {
        unixctl?.close()
        controllers.close()
        vswitch.close()
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
