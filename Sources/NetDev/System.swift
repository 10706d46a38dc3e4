import Glibc

/// MB in hugepages of any size that nobody uses; 0 when the system has none.
func freeHugeMemory(_ root: String = "/sys/kernel/mm/hugepages") -> Int {
    var total = 0
    for size in [2048, 1_048_576] {
        guard let text = readSmallFile("\(root)/hugepages-\(size)kB/free_hugepages"), let pages = Int(text) else { continue }
        total = total &+ pages &* (size / 1024)
    }
    return total
}

/// The first line of a small file, without white space around it; nil when it cannot be read.
func readSmallFile(_ path: String) -> String? {
    let fd = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { return nil }
    defer { _ = close(fd) }
    var bytes = [UInt8](repeating: 0, count: 256)
    // read() writes at most the count it is given.
    let count = unsafe read(fd, &bytes, bytes.count)
    guard count > 0 else { return nil }
    let line = bytes.prefix(count).prefix { $0 != 0x0a }
    return String(decoding: line.drop { $0 == 0x20 }, as: UTF8.self)
}

/// The system's text for an error number, which may be negated.
func errorText(_ code: Int32) -> String {
    // strerror's text is copied at once.
    unsafe String(cString: strerror(abs(code)))
}
