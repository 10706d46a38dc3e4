/// When to connect, to probe and to give a connection up: what table Controller and table Manager of ovs-vswitchd.conf.db(5) say with
/// `max_backoff` and `inactivity_probe`, and what their `status` shows.
///
/// A value without I/O and clock. Its user tells it what happens to the one connection that it is about, asks `run` what to do now, and asks
/// again at `nextDeadline`. All times are milliseconds of one clock that does not go back.
///
/// A connection that one makes (`init`, then `enable`) is made again and again; one that was accepted (`accepted`) is only probed, and is over when it ends:
///
///     VOID        enable: BACKOFF
///     BACKOFF     run says connect: CONNECTING
///     CONNECTING  connected: ACTIVE; connectFailed: BACKOFF
///     ACTIVE      run says probe: IDLE; disconnected: BACKOFF (VOID, if accepted)
///     IDLE        received: ACTIVE; run says disconnect and waits for it; disconnected: as in ACTIVE
///
/// `disable` leads to VOID from everywhere; what is under way then is its user's to end, and nothing more of it is told here. An event that does not
/// fit the state is ignored.
public struct Reconnect: Hashable, Sendable {
    /// As `status:state` shows it.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// Disabled; or an accepted connection that is over.
        case void = "VOID"
        /// Waits for the next attempt.
        case backoff = "BACKOFF"
        case connecting = "CONNECTING"
        /// Connected, and something was received not long ago.
        case active = "ACTIVE"
        /// Connected, and a probe is not answered yet.
        case idle = "IDLE"
    }

    /// What its user has to do now.
    public enum Action: Hashable, Sendable {
        /// Begin an attempt. It is followed by `connected` or `connectFailed`; how long it may take is the user's affair.
        case connect
        /// Send something that the peer has to answer.
        case probe
        /// Close the connection. It is followed by `disconnected`.
        case disconnect
    }

    public private(set) var state = State.void
    /// Attempts since the beginning.
    public private(set) var attempts = 0
    /// Connections that came about since the beginning, the accepted one included.
    public private(set) var connections = 0
    /// Why an attempt failed or a connection ended; the last one that had a reason.
    public private(set) var lastError: String?
    /// Milliseconds without anything received until a probe, and as many again until the connection is given up. 0: never.
    public private(set) var probeInterval: Int64
    /// Milliseconds that a wait grows to.
    public private(set) var maxBackoff: Int64
    /// The present wait. 0: none yet.
    private var backoff: Int64 = 0
    /// When the state began.
    private var since: Int64 = 0
    private var lastConnected: Int64?
    private var lastDisconnected: Int64?
    /// When something was received, or the connection came about.
    private var lastReceived: Int64 = 0
    /// The connection was given up and has not ended yet.
    private var isGivenUp = false
    private let isAccepted: Bool

    /// For a connection that one makes. It begins in VOID.
    /// - Parameters:
    ///   - maxBackoff: as for `setMaxBackoff`.
    ///   - probeInterval: as for `setProbeInterval`.
    public init(maxBackoff: Int64 = Limits.maxBackoff, probeInterval: Int64 = Limits.probeInterval) {
        self.init(isAccepted: false, maxBackoff, probeInterval)
    }

    /// For a connection that was accepted just now.
    public static func accepted(now: Int64, probeInterval: Int64 = Limits.probeInterval) -> Reconnect {
        var reconnect = Reconnect(isAccepted: true, Limits.maxBackoff, probeInterval)
        reconnect.open(now)
        return reconnect
    }

    private init(isAccepted: Bool, _ maxBackoff: Int64, _ probeInterval: Int64) {
        self.isAccepted = isAccepted
        self.maxBackoff = Self.allowedBackoff(maxBackoff)
        self.probeInterval = Self.allowedProbeInterval(probeInterval)
    }

    // What to do

    /// What is to be done now, nil: nothing. The state is the one after that; the same thing is not said twice. What was received has to be told before.
    public mutating func run(now: Int64) -> Action? {
        guard let deadline = nextDeadline, now >= deadline else { return nil }
        switch state {
        case .backoff:
            enter(.connecting, now)
            attempts += 1
            return .connect
        case .active:
            enter(.idle, now)
            return .probe
        case .idle:
            isGivenUp = true
            return .disconnect
        case .void, .connecting: return nil
        }
    }

    /// When `run` has something to do, if nothing happens before; nil: then only does it.
    public var nextDeadline: Int64? {
        switch state {
        case .void, .connecting: nil
        case .backoff: since + backoff
        case .active: probeInterval == 0 ? nil : lastReceived + probeInterval
        case .idle: probeInterval == 0 || isGivenUp ? nil : since + probeInterval
        }
    }

    // What happens

    /// Begins, if it is in VOID: the first attempt is due at once.
    public mutating func enable(now: Int64) {
        guard state == .void, !isAccepted else { return }
        backoff = 0
        enter(.backoff, now)
    }

    /// Goes to VOID.
    public mutating func disable(now: Int64) {
        if isConnected { lastDisconnected = now }
        enter(.void, now)
    }

    /// The attempt has led to a connection.
    public mutating func connected(now: Int64) {
        if state == .connecting { open(now) }
    }

    /// The attempt has failed: the next one waits twice as long.
    public mutating func connectFailed(now: Int64, error: String) {
        guard state == .connecting else { return }
        lastError = error
        waitLonger()
        enter(.backoff, now)
    }

    /// The connection has ended. If it had stayed for as long as the last wait, the next wait is a short one.
    /// - Parameter error: nil: in good order, unless it was given up.
    public mutating func disconnected(now: Int64, error: String?) {
        guard let lastConnected, isConnected else { return }
        if let error = error ?? (isGivenUp ? "no answer to the inactivity probe" : nil) { lastError = error }
        // While nobody answered, it did not really stay.
        let stayed = (isGivenUp ? lastReceived : now) - lastConnected
        if stayed >= backoff { backoff = 0 }
        lastDisconnected = now
        waitLonger()
        enter(isAccepted ? .void : .backoff, now)
    }

    /// Something was received by the connection.
    public mutating func received(now: Int64) {
        guard isConnected, !isGivenUp else { return }
        lastReceived = now
        if state == .idle { enter(.active, now) }
    }

    /// - Parameter milliseconds: `Limits.minProbeInterval` at least, but for 0, which is never.
    public mutating func setProbeInterval(_ milliseconds: Int64) { probeInterval = Self.allowedProbeInterval(milliseconds) }

    /// - Parameter milliseconds: `Limits.minBackoff` at least. A longer wait that goes on is cut to this.
    public mutating func setMaxBackoff(_ milliseconds: Int64) {
        maxBackoff = Self.allowedBackoff(milliseconds)
        backoff = min(backoff, maxBackoff)
    }

    // What there is

    /// Connected, whether the peer answers or not.
    public var isConnected: Bool { state == .active || state == .idle }

    /// `status:sec_since_connect`: seconds since a connection came about; nil: none has.
    public func secondsSinceConnect(now: Int64) -> Int64? { lastConnected.map { (now - $0) / 1000 } }

    /// `status:sec_since_disconnect`: seconds since a connection ended; nil: none has.
    public func secondsSinceDisconnect(now: Int64) -> Int64? { lastDisconnected.map { (now - $0) / 1000 } }

    // Steps

    private mutating func enter(_ state: State, _ now: Int64) {
        self.state = state
        since = now
        isGivenUp = false
    }

    private mutating func open(_ now: Int64) {
        connections += 1
        lastConnected = now
        lastReceived = now
        enter(.active, now)
    }

    private mutating func waitLonger() { backoff = min(max(2 * backoff, Limits.minBackoff), maxBackoff) }

    private static func allowedBackoff(_ milliseconds: Int64) -> Int64 { min(max(milliseconds, Limits.minBackoff), Limits.maxInterval) }

    private static func allowedProbeInterval(_ milliseconds: Int64) -> Int64 {
        milliseconds == 0 ? 0 : min(max(milliseconds, Limits.minProbeInterval), Limits.maxInterval)
    }
}
