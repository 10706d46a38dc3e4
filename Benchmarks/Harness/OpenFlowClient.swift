/// Small OpenFlow clients in Python, which runs on the harness's core: a connection to a management socket, and a program on it.
enum OpenFlowClient {
    /// Runs `program` behind `connection`, with the management socket as its first argument.
    /// - Returns: what it printed.
    static func run(_ program: String, _ bridge: String, _ arguments: [String]) throws -> String {
        try runProgram("taskset", ["-c", String(Harness.otherCore)] + command(program, bridge, arguments), seconds: 120)
    }

    /// For who starts it by itself: the words of the command.
    static func command(_ program: String, _ bridge: String, _ arguments: [String] = []) -> [String] {
        ["/usr/bin/python3", "-c", connection + "\n" + program, bridge] + arguments
    }

    /// `read` is the next whole message, `hello` makes the version known and reads the switch's own.
    private static let connection = #"""
        import os, select, socket, struct, sys, time
        s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1][5:]); s.settimeout(60)
        held = b""
        def read():
            global held
            while len(held) < 8 or len(held) < struct.unpack("!H", held[2:4])[0]:
                more = s.recv(65536)
                if not more: sys.exit("the switch has closed the connection")
                held += more
            size = struct.unpack("!H", held[2:4])[0]
            message, held = held[:size], held[size:]
            if message[1] == 1: sys.exit("the switch refuses: " + message.hex())
            return message
        def hello(version):
            s.sendall(struct.pack("!BBHI", version, 0, 8, 1)); read()
        """#
}
