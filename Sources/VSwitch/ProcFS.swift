import Foundation

/// Numbers that the kernel tells about this process and machine (proc(5)).
enum ProcFS {
    /// The text behind "KEY:" in a file of such lines; nil if there is none.
    static func value(_ key: String, in file: String) -> Substring? {
        guard let data = FileManager.default.contents(atPath: file) else { return nil }
        return value(key, of: String(decoding: data, as: UTF8.self))
    }

    static func value(_ key: String, of text: String) -> Substring? {
        for line in text.split(separator: "\n") where line.hasPrefix(key + ":") {
            return line.dropFirst(key.count + 1).drop { $0 == " " || $0 == "\t" }
        }
        return nil
    }

    /// A line such as "VmRSS:  1234 kB", in bytes; 0 if there is none.
    static func bytes(_ key: String, in file: String) -> UInt64 {
        guard let number = value(key, in: file)?.split(separator: " ").first.flatMap({ UInt64($0) }) else { return 0 }
        return number &* 1024
    }

    /// Memory of this process in ordinary pages, in bytes.
    static var residentBytes: UInt64 { bytes("VmRSS", in: "/proc/self/status") }
    /// Memory of this process in hugepages, in bytes.
    static var hugepageBytes: UInt64 { bytes("HugetlbPages", in: "/proc/self/status") }
}
