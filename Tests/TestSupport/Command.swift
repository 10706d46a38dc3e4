import Subprocess

/// What a command left behind.
public struct CommandResult: Sendable {
    /// The exit status, or the negated number of the signal that ended it.
    public var status: Int32
    public var output: String
    public var errors: String
}

/// Runs a program to its end, at most `seconds` long, with `input` as its standard input.
public func command(_ program: String, _ arguments: [String], input: String = "", seconds: Int = 60) async throws -> CommandResult {
    // timeout(1) bounds the run, whatever the program does.
    let arguments = Arguments(["-k", "5", String(seconds), program] + arguments)
    // Who ends before its input is written ends the writer, too, which the library takes for a mistake: nothing is not written.
    let result = if input.isEmpty {
        try await Subprocess.run(.name("timeout"), arguments: arguments, input: .none, output: .string(limit: 64 << 20), error: .string(limit: 1 << 20))
    } else {
        try await Subprocess.run(.name("timeout"), arguments: arguments, input: .string(input), output: .string(limit: 64 << 20), error: .string(limit: 1 << 20))
    }
    let status: Int32 = switch result.terminationStatus {
    case .exited(let code): Int32(code)
    case .signaled(let signal): -Int32(signal)
    }
    return CommandResult(status: status, output: result.standardOutput, errors: result.standardError)
}

/// Runs a Python program text with Debian's Python, which has scapy.
public func python(_ program: String, _ arguments: [String] = [], input: String = "", seconds: Int = 60) async throws -> CommandResult {
    try await command("/usr/bin/python3", ["-c", program] + arguments, input: input, seconds: seconds)
}
