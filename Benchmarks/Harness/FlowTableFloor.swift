import Foundation
import Glibc

/// What ovs-ofctl takes by itself to bring flows: it talks to a switch on the same core that answers barriers and bundle controls, and does nothing else.
/// One thread that reads and writes: no switch is waited for less.
struct FlowTableFloor {
    let folder: URL
    let flows: Int

    func run() throws -> [Metric: Double] {
        let file = folder.appending(path: "flows")
        try Data(FlowTableRun.text(flows).utf8).write(to: file)
        return [.loadedFlows: try rate("add-flows", file), .bundledFlows: try rate("add-flows", file, "--bundle")]
    }

    private func rate(_ command: String, _ file: URL, _ options: String...) throws -> Double {
        let idle = try IdleSwitch(path: folder.path + "/idle")
        defer { idle.end() }
        let start = ContinuousClock.now
        // Without names it asks for no tables' features, of which there are none.
        try runProgram("taskset", ["-c", String(Harness.otherCore), "ovs-ofctl", "-O", "OpenFlow14", "--no-names"] + options + [command, "unix:\(idle.path)", file.path], seconds: 120)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let count = idle.flows()
        guard count == flows else { throw BenchError("ovs-ofctl sent \(count) flows, not \(flows)") }
        return Double(flows) / seconds
    }
}

/// Takes one connection of OpenFlow 1.4 on a thread of its own.
private final class IdleSwitch {
    let path: String
    private let listener: Int32
    private let result = Result()

    private final class Result: @unchecked Sendable {
        // Written before `done` is signalled, read after it.
        var flows = 0
        let done = DispatchSemaphore(value: 0)
    }

    init(path: String) throws {
        self.path = path
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < room else { throw BenchError("\(path) is too long for a socket") }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        try? FileManager.default.removeItem(atPath: path)
        let bound = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard bound == 0, listen(listener, 1) == 0 else { throw BenchError("\(path): no socket: errno \(errno)") }
        Thread.detachNewThread { [result] in
            result.flows = Self.serve(listener)
            result.done.signal()
        }
    }

    /// Flows that came, once the connection is over.
    func flows() -> Int {
        result.done.wait()
        return result.flows
    }

    func end() {
        _ = shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        try? FileManager.default.removeItem(atPath: path)
    }

    private static let hello: UInt8 = 0, echoRequest: UInt8 = 2, flowMod: UInt8 = 14, barrierRequest: UInt8 = 20, bundleControl: UInt8 = 33, bundleAdd: UInt8 = 34

    private static func serve(_ listener: Int32) -> Int {
        let peer = accept(listener, nil, nil)
        guard peer >= 0 else { return 0 }
        defer { close(peer) }
        send(peer, [5, hello, 0, 8, 0, 0, 0, 1])
        var buffer = [UInt8](repeating: 0, count: 1 << 17), held = 0, flows = 0
        while true {
            let room = buffer.count - held
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(peer, $0.baseAddress! + held, room) }
            guard count > 0 else { return flows }
            held += count
            var start = 0
            while held - start >= 8 {
                let length = Int(buffer[start + 2]) << 8 | Int(buffer[start + 3])
                guard length >= 8, held - start >= length else { break }
                switch buffer[start + 1] {
                case flowMod, bundleAdd: flows += 1
                case echoRequest, barrierRequest: send(peer, [5, buffer[start + 1] + 1] + buffer[start + 2..<start + 8])
                case bundleControl:
                    // A request's reply is the next number.
                    var answer = Array(buffer[start..<start + 16])
                    (answer[2], answer[3]) = (0, 16)
                    answer[13] += 1
                    send(peer, answer)
                default: break
                }
                start += length
            }
            buffer.replaceSubrange(0..<held - start, with: Array(buffer[start..<held]))
            held -= start
        }
    }

    private static func send(_ peer: Int32, _ bytes: [UInt8]) { _ = unsafe bytes.withUnsafeBytes { unsafe write(peer, $0.baseAddress, $0.count) } }
}
