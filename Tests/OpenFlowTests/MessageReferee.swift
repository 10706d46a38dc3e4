import TestSupport
@testable import OpenFlow

/// What ovs-ofctl says of each message, by itself. `ofp-parse` reads messages from a file back to back; an echo request with a
/// transaction of its own ends each one's text.
func printedMessages(_ messages: [[UInt8]]) async throws -> [String] {
    let end: UInt32 = 0xe0d_e0d
    let separator = OFPacket(OFHeader(.v10, xid: end), .echoRequest([])).encoded()
    let script = """
        file=$(mktemp)
        /usr/bin/python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' >"$file"
        ovs-ofctl ofp-parse "$file"
        rm "$file"
        """
    let result = try await command("bash", ["-c", script], input: messages.map { hex($0 + separator) }.joined())
    var texts = result.output.split(separator: "OFPT_ECHO_REQUEST (xid=0x\(String(end, radix: 16))): 0 bytes of payload\n", omittingEmptySubsequences: false)
    _ = texts.popLast()
    return texts.map(String.init)
}
