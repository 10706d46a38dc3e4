import Testing
@testable import Stream

struct ConnectionMethodTests {
    @Test(arguments: [
        ("unix:/run/a:b.sock", "unix:/run/a:b.sock"), ("punix:x", "punix:x"), ("tcp:192.0.2.1", "tcp:192.0.2.1:6640"), ("tcp:192.0.2.1:7", "tcp:192.0.2.1:7"),
        ("tcp:[::1]", "tcp:[::1]:6640"), ("ssl:[2001:db8::1]:65535", "ssl:[2001:db8::1]:65535"), ("ptcp:", "ptcp:6640"), ("ptcp:0", "ptcp:0"),
        ("ptcp:7:127.0.0.1", "ptcp:7:127.0.0.1"), ("ptcp::127.0.0.1", "ptcp:6640:127.0.0.1"), ("pssl:6641:[::]", "pssl:6641:[::]"), ("pssl::[::1]", "pssl:6640:[::1]"),
    ]) func methodsAreReadAndPrinted(_ text: String, _ printed: String) throws {
        let method = try ConnectionMethod(text, defaultPort: 6640)
        #expect(method.description == printed)
        #expect(try ConnectionMethod(printed, defaultPort: 1) == method)
    }

    @Test(arguments: [
        "", "tcp", "udp:1.2.3.4:5", "unix:", "punix:", "tcp:", "tcp:1.2.3.4:", "tcp:1.2.3.4:0", "tcp:1.2.3.4:65536", "tcp:1.2.3.4:+5", "tcp:1.2.3.4:5:6", "tcp:::1:5",
        "tcp:[::1", "tcp:[1.2.3.4]:5", "tcp:[::1]5", "tcp:host:5", "ptcp:x", "ptcp:65536", "ptcp:1:", "ptcp:1:[::1]:2", "ptcp:1:2001:db8::1", "ssl:1.2.3",
        "unix:" + String(repeating: "a", count: 108), "unix:a\0b",
    ]) func otherTextsAreErrors(_ text: String) {
        #expect { try ConnectionMethod(text, defaultPort: 6640) } throws: { "\($0)".hasPrefix(text + ": expected ") }
    }
}
