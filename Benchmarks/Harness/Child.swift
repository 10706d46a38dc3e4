import Foundation
import Synchronization

/// What goes wrong in a benchmark, in a line that names the program and the thing.
struct BenchError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// Set by SIGINT and SIGTERM; every wait looks at it, so that everything started is stopped and given back.
let interrupted = Atomic<Bool>(false)

/// Lets `seconds` pass, in steps, until `condition` holds. False when the time is over first.
@discardableResult
func wait(atMost seconds: Double, every step: Double = 0.02, until condition: () throws -> Bool = { false }) throws -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while true {
        // relaxed INTERRUPTED: nothing else is published with the flag.
        if interrupted.load(ordering: .relaxed) { throw BenchError("interrupted") }
        if try condition() { return true }
        let left = end - .now
        if left <= .zero { return false }
        Thread.sleep(forTimeInterval: min(step, left / .seconds(1)))
    }
}

/// A program that runs beside the harness on core 0 and dies with it.
///
/// Owner: whoever made it calls `stop`. Output and errors go to one file.
final class Child {
    private let process = Process()
    private let input = Pipe()
    private let log: URL
    let name: String

    /// - Parameter folder: where `<name>.log` is written.
    init(_ name: String, _ program: String, _ arguments: [String], folder: URL, environment: [String: String] = [:]) throws {
        self.name = name
        log = folder.appending(path: "\(name).log")
        try Data().write(to: log)
        let output = try FileHandle(forWritingTo: log)
        process.executableURL = URL(filePath: "/usr/bin/setpriv")
        process.arguments = ["--pdeathsig", "KILL", "taskset", "-c", String(Harness.otherCore), program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    var pid: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    /// Everything written so far.
    var text: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    /// Writes a line to the program's standard input.
    func send(_ line: String) throws { try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8)) }

    /// Waits until the program has written `words` at or after character `start`; returns what stands from `start` on.
    func expect(_ words: String, from start: Int = 0, seconds: Double = 30) throws -> String {
        var seen = ""
        let found = try wait(atMost: seconds) {
            if !isRunning { throw BenchError("\(name) ended too early:\n\(text.suffix(2_000))") }
            seen = String(text.dropFirst(start))
            return seen.contains(words)
        }
        if !found { throw BenchError("\(name) did not write “\(words)” in \(seconds) s:\n\(text.suffix(2_000))") }
        return seen
    }

    /// Waits for the program to end by itself; its exit status.
    func finish(seconds: Double) throws -> Int32 {
        guard try wait(atMost: seconds, until: { !isRunning }) else { throw BenchError("\(name) did not end in \(seconds) s") }
        return process.terminationStatus
    }

    /// Ends the program: asks by SIGTERM, insists after five seconds.
    func stop() {
        guard isRunning else { return }
        process.terminate()
        let end = ContinuousClock.now + .seconds(5)
        while isRunning, .now < end { Thread.sleep(forTimeInterval: 0.02) }
        if isRunning { kill(pid, SIGKILL) }
        process.waitUntilExit()
    }

    /// Bytes resident, ordinary and huge pages together (VmRSS and HugetlbPages of proc_pid_status(5)).
    func residentBytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        return ["VmRSS:", "HugetlbPages:"].reduce(0) { $0 + (number(after: $1, in: status) ?? 0) } * 1_024
    }
}

/// Runs a program to its end and returns what it wrote, errors included. Throws when it fails or takes too long.
@discardableResult
func runProgram(_ program: String, _ arguments: [String], _ environment: [String: String] = [:], seconds: Int = 60) throws -> String {
    let process = Process(), pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/timeout")
    process.arguments = ["-k", "5", String(seconds), program] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let text = String(decoding: output, as: UTF8.self)
    guard process.terminationStatus == 0 else {
        throw BenchError("\(program) \(arguments.joined(separator: " ")): status \(process.terminationStatus)\n\(text)")
    }
    return text
}

/// The whole number that follows `label` and blanks, at the label's first place in `text`.
func number(after label: String, in text: String) -> Int? {
    guard let range = text.range(of: label) else { return nil }
    return Int(text[range.upperBound...].drop { $0 == " " || $0 == "\t" }.prefix { $0.isNumber })
}

/// The decimal number that follows `label` and blanks, at the label's first place in `text`.
func decimal(after label: String, in text: String) -> Double? {
    guard let range = text.range(of: label) else { return nil }
    return Double(text[range.upperBound...].drop { $0 == " " || $0 == "\t" }.prefix { $0.isNumber || $0 == "." })
}
