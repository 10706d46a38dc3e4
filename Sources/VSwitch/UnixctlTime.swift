import Datapath

extension UnixctlCommand {
    /// The clock of a switch for tests; the names and answers are those of an ovs-vswitchd with `--enable-dummy`.
    static let time = [
        UnixctlCommand("time/stop", "", 0...0) { context, _ in
            context.dummy?.stopTime()
            return .text("")
        },
        UnixctlCommand("time/warp", "[large_msecs] msecs", 1...2, warp),
    ]

    /// Moves the clock on by all of the time in steps of `msecs`. Between two steps everything is done that has become due.
    private static func warp(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let step = leadingInteger(arguments[arguments.count - 1]), total = leadingInteger(arguments[0])
        guard step > 0 else { throw UnixctlError("invalid MSECS") }
        var left = total
        var isOver = false
        return .parts {
            guard !isOver else { return nil }
            guard left > 0 else {
                isOver = true
                return "warped"
            }
            let part = min(step, left)
            left -= part
            context.dummy?.warp(milliseconds: part)
            return ""
        }
    }
}

/// The number that a text begins with, as atoi(3) reads it; at most a number of milliseconds that a clock's counter has room for.
func leadingInteger(_ text: String) -> Int64 {
    let isNegative = text.hasPrefix("-")
    let digits = text.drop { $0 == "-" || $0 == "+" }.prefix { $0.isASCII && $0.isNumber }
    let number = min(Int64(digits) ?? (digits.isEmpty ? 0 : .max), Limits.warp)
    return isNegative ? -number : number
}
