import Testing
@testable import Stream

/// When to connect, to probe and to give up, by a clock that the test moves.
struct ReconnectTests {
    /// Something that happens to a connection at a time.
    enum Event: Sendable {
        case enable, disable, run, connected, failed, closed, broken, received, probeInterval(Int64), maxBackoff(Int64)

        func happen(to reconnect: inout Reconnect, at now: Int64) -> Reconnect.Action? {
            switch self {
            case .enable: reconnect.enable(now: now)
            case .disable: reconnect.disable(now: now)
            case .run: return reconnect.run(now: now)
            case .connected: reconnect.connected(now: now)
            case .failed: reconnect.connectFailed(now: now, error: "refused")
            case .closed: reconnect.disconnected(now: now, error: nil)
            case .broken: reconnect.disconnected(now: now, error: "broken")
            case .received: reconnect.received(now: now)
            case .probeInterval(let interval): reconnect.setProbeInterval(interval)
            case .maxBackoff(let backoff): reconnect.setMaxBackoff(backoff)
            }
            return nil
        }
    }

    /// A row: at a time, an event; what is to be done, the state after it and the next deadline.
    typealias Row = (now: Int64, event: Event, action: Reconnect.Action?, state: Reconnect.State, deadline: Int64?)

    private func follow(_ rows: [Row], _ start: Reconnect = Reconnect()) -> Reconnect {
        var reconnect = start
        for row in rows {
            #expect(row.event.happen(to: &reconnect, at: row.now) == row.action, "\(row)")
            #expect(reconnect.state == row.state, "\(row)")
            #expect(reconnect.nextDeadline == row.deadline, "\(row)")
        }
        return reconnect
    }

    @Test func theStatesAreCalledAsInTheStatusColumn() {
        #expect(Reconnect.State.allCases.map(\.rawValue) == ["VOID", "BACKOFF", "CONNECTING", "ACTIVE", "IDLE"])
    }

    @Test func waitsDoubleUpToTheMaximum() {
        let end = follow([
            (0, .run, nil, .void, nil), (5, .enable, nil, .backoff, 5), (5, .run, .connect, .connecting, nil), (5, .run, nil, .connecting, nil),
            (10, .failed, nil, .backoff, 1010), (1009, .run, nil, .backoff, 1010), (1010, .run, .connect, .connecting, nil),
            (1500, .failed, nil, .backoff, 3500), (4000, .run, .connect, .connecting, nil),
            (4000, .failed, nil, .backoff, 8000), (8000, .run, .connect, .connecting, nil),
            (8000, .failed, nil, .backoff, 16_000), (16_000, .run, .connect, .connecting, nil),
            (16_000, .failed, nil, .backoff, 24_000),
        ])
        #expect(end.attempts == 5 && end.connections == 0 && end.lastError == "refused")
        #expect(end.secondsSinceConnect(now: 20_000) == nil && end.secondsSinceDisconnect(now: 20_000) == nil)
    }

    @Test func silenceIsProbedOnceAndThenGivenUp() {
        let end = follow([
            (0, .enable, nil, .backoff, 0), (0, .run, .connect, .connecting, nil), (100, .connected, nil, .active, 5100),
            (2000, .received, nil, .active, 7000), (6999, .run, nil, .active, 7000), (7000, .run, .probe, .idle, 12_000), (7000, .run, nil, .idle, 12_000),
            (9000, .received, nil, .active, 14_000), (14_500, .run, .probe, .idle, 19_500), (19_500, .run, .disconnect, .idle, nil),
            (30_000, .run, nil, .idle, nil), (30_000, .received, nil, .idle, nil), (31_000, .closed, nil, .backoff, 32_000),
        ])
        #expect(end.attempts == 1 && end.connections == 1 && end.lastError == "no answer to the inactivity probe")
        #expect(end.secondsSinceConnect(now: 40_099) == 39 && end.secondsSinceDisconnect(now: 40_999) == 9)
    }

    /// A turn that comes late finds one thing to do, and the peer has all its time to answer.
    @Test func aLateTurnProbesFirst() {
        _ = follow([
            (0, .enable, nil, .backoff, 0), (0, .run, .connect, .connecting, nil), (0, .connected, nil, .active, 5000),
            (60_000, .run, .probe, .idle, 65_000), (60_000, .run, nil, .idle, 65_000),
        ])
    }

    @Test func aConnectionThatStayedMakesTheNextWaitShort() {
        let failing: [Row] = [
            (0, .enable, nil, .backoff, 0), (0, .run, .connect, .connecting, nil), (0, .failed, nil, .backoff, 1000),
            (1000, .run, .connect, .connecting, nil), (1000, .failed, nil, .backoff, 3000), (3000, .run, .connect, .connecting, nil),
            (3000, .connected, nil, .active, 8000),
        ]
        // Two seconds was the last wait.
        _ = follow(failing + [(4999, .broken, nil, .backoff, 8999)])
        _ = follow(failing + [(5000, .broken, nil, .backoff, 6000)])
        // Where nobody answered, what counts is when something was received last.
        let silent: [Row] = [(8000, .run, .probe, .idle, 13_000), (13_000, .run, .disconnect, .idle, nil)]
        _ = follow(failing + silent + [(13_000, .closed, nil, .backoff, 17_000)])
        let answered: [Row] = [
            (6000, .received, nil, .active, 11_000), (11_000, .run, .probe, .idle, 16_000), (16_000, .run, .disconnect, .idle, nil),
        ]
        _ = follow(failing + answered + [(16_000, .closed, nil, .backoff, 17_000)])
    }

    @Test func disablingEndsEverything() {
        let begun: [Row] = [(0, .enable, nil, .backoff, 0), (0, .run, .connect, .connecting, nil)]
        for states: [Row] in [
            [], [(0, .failed, nil, .backoff, 1000)], [(0, .connected, nil, .active, 5000)],
            [(0, .connected, nil, .active, 5000), (5000, .run, .probe, .idle, 10_000)],
            [(0, .connected, nil, .active, 5000), (5000, .run, .probe, .idle, 10_000), (10_000, .run, .disconnect, .idle, nil)],
        ] {
            let end = follow(begun + states + [
                (20_000, .disable, nil, .void, nil), (20_000, .run, nil, .void, nil), (20_000, .connected, nil, .void, nil),
                (20_000, .failed, nil, .void, nil), (20_000, .broken, nil, .void, nil), (20_000, .received, nil, .void, nil),
                (21_000, .enable, nil, .backoff, 21_000), (21_000, .enable, nil, .backoff, 21_000), (21_000, .run, .connect, .connecting, nil),
                // The waits begin anew.
                (21_000, .failed, nil, .backoff, 22_000),
            ])
            #expect(end.attempts == 2)
            #expect((end.secondsSinceDisconnect(now: 20_000) == 0) == (end.connections == 1))
        }
    }

    @Test func eventsThatDoNotFitAreIgnored() {
        _ = follow([
            (0, .enable, nil, .backoff, 0), (0, .connected, nil, .backoff, 0), (0, .failed, nil, .backoff, 0), (0, .closed, nil, .backoff, 0),
            (0, .received, nil, .backoff, 0), (0, .run, .connect, .connecting, nil), (0, .closed, nil, .connecting, nil),
            (0, .received, nil, .connecting, nil), (0, .enable, nil, .connecting, nil), (0, .connected, nil, .active, 5000),
            (1, .connected, nil, .active, 5000), (1, .failed, nil, .active, 5000), (1, .enable, nil, .active, 5000),
        ])
    }

    @Test func intervalsChangeOnTheWay() {
        let end = follow([
            (0, .enable, nil, .backoff, 0), (0, .run, .connect, .connecting, nil), (0, .connected, nil, .active, 5000),
            (0, .probeInterval(0), nil, .active, nil), (1 << 40, .run, nil, .active, nil), (1 << 40, .received, nil, .active, nil),
            (1 << 40, .probeInterval(2000), nil, .active, 1 << 40 + 2000), (1 << 40 + 2000, .run, .probe, .idle, 1 << 40 + 4000),
            (1 << 40 + 2000, .probeInterval(0), nil, .idle, nil), (1 << 40 + 3000, .received, nil, .active, nil),
            // Between the least and the most that there is.
            (1 << 40 + 3000, .probeInterval(1), nil, .active, 1 << 40 + 4000), (1 << 40 + 3000, .probeInterval(-1), nil, .active, 1 << 40 + 4000),
            (1 << 40 + 3000, .probeInterval(.max), nil, .active, 1 << 40 + 3000 + Int64(Int32.max)),
        ])
        #expect(end.connections == 1 && end.lastError == nil)
        let failing: [Row] = [
            (0, .enable, nil, .backoff, 0), (0, .maxBackoff(.max), nil, .backoff, 0), (0, .run, .connect, .connecting, nil), (0, .failed, nil, .backoff, 1000),
            (1000, .run, .connect, .connecting, nil), (1000, .failed, nil, .backoff, 3000), (3000, .run, .connect, .connecting, nil),
            (3000, .failed, nil, .backoff, 7000),
        ]
        _ = follow(failing + [(3000, .maxBackoff(3000), nil, .backoff, 6000), (6000, .run, .connect, .connecting, nil), (6000, .failed, nil, .backoff, 9000)])
        _ = follow(failing + [(3000, .maxBackoff(5), nil, .backoff, 4000)])
    }

    @Test func anAcceptedConnectionIsProbedAndEnds() {
        let end = follow([
            (105, .run, nil, .active, 1100), (1100, .run, .probe, .idle, 2100), (1500, .received, nil, .active, 2500), (2500, .run, .probe, .idle, 3500),
            (3500, .run, .disconnect, .idle, nil), (3600, .broken, nil, .void, nil), (3600, .enable, nil, .void, nil), (9999, .run, nil, .void, nil),
        ], .accepted(now: 100, probeInterval: 1000))
        #expect(end.attempts == 0 && end.connections == 1 && end.lastError == "broken")
        #expect(end.secondsSinceConnect(now: 3100) == 3 && end.secondsSinceDisconnect(now: 4600) == 1)
        #expect(follow([(0, .probeInterval(0), nil, .active, nil), (1 << 50, .run, nil, .active, nil)], .accepted(now: 0)).isConnected)
    }

    /// Whatever happens in whatever order.
    @Test(arguments: 0..<50) func aRandomWalkKeepsToTheRules(_ seed: UInt64) {
        var random = Walk(state: seed)
        var reconnect = Reconnect(maxBackoff: 1000 << Int64.random(in: 0...6, using: &random))
        var now: Int64 = 0
        // What its user has begun and not ended.
        var isUnderWay = false, wasProbed = false, wasGivenUp = false, connects = 0, probes = 0, gaveUp = 0
        for _ in 0..<8000 {
            now += Bool.random(using: &random) ? .random(in: 0...3000, using: &random) : max(0, (reconnect.nextDeadline ?? now) - now)
            let events: [Event] = [
                .run, .run, .run, .run, .connected, .failed, .closed, .broken, .received, .received, .enable, .enable, .disable,
                .probeInterval(.random(in: -1...20_000, using: &random)), .maxBackoff(.random(in: 0...100_000, using: &random)), .probeInterval(0), .probeInterval(3000),
            ]
            let event = events.randomElement(using: &random)!
            let before = reconnect
            let action = event.happen(to: &reconnect, at: now)
            switch action {
            case .connect:
                #expect(!isUnderWay && before.state == .backoff && reconnect.state == .connecting)
                isUnderWay = true
                connects += 1
            case .probe:
                #expect(before.state == .active && reconnect.state == .idle && !wasProbed)
                wasProbed = true
                probes += 1
            case .disconnect:
                #expect(before.state == .idle && wasProbed && !wasGivenUp)
                wasGivenUp = true
                gaveUp += 1
            case nil: break
            }
            if reconnect.state == .void || reconnect.state == .backoff {
                (isUnderWay, wasProbed, wasGivenUp) = (false, false, false)
            } else {
                #expect(isUnderWay)
            }
            if reconnect.state == .active { wasProbed = false }
            if case .run = event, let deadline = reconnect.nextDeadline { #expect(deadline > now) }
            if let deadline = reconnect.nextDeadline {
                let longest = reconnect.state == .backoff ? reconnect.maxBackoff : reconnect.probeInterval
                #expect(deadline <= now + longest)
            }
            #expect(reconnect.attempts == connects && reconnect.connections <= connects)
            #expect((1000...100_000).contains(reconnect.maxBackoff))
        }
        // The walk has been everywhere.
        #expect(connects > 20 && probes > 5 && gaveUp > 0)
    }

    /// A small generator, so that a walk is the same each time.
    private struct Walk: RandomNumberGenerator {
        var state: UInt64
        /// SplitMix64.
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }
    }
}
