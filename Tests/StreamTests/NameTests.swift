import Foundation
import TestSupport
import Testing
@testable import Stream

/// What connections are called. TLS's are with the tests of TLS.
struct NameTests {
    /// Connects once with Python, which says its own address.
    private static let program = """
        import socket, sys
        family, target, local = sys.argv[1:]
        host, _, port = target.rpartition(":")
        connection = socket.socket(getattr(socket, family))
        if local: connection.bind(local)
        connection.connect(target if family == "AF_UNIX" else (host, int(port)))
        name = connection.getsockname()
        print("unix:" + name if family == "AF_UNIX" else "tcp:%s:%d" % (("[%s]" if ":" in host else "%s") % host, name[1]))
        connection.sendall(b"hello\\n")
        """

    @Test(arguments: [("127.0.0.1", "AF_INET"), ("[::1]", "AF_INET6")]) func acceptedOnesHaveTheirPeersAddress(_ address: String, _ family: String) async throws {
        try await withThread { thread, _ in
            let server = Endpoint()
            let listener = try StreamListener(.ptcp(0, IPAddressText(bracketed: address[...])), tls: nil, on: thread, server)
            let host = address.trimmingCharacters(in: ["[", "]"])
            let client = try await python(Self.program, [family, "\(host):\(try #require(listener.method.port))", ""])
            try await server.wait("closed") { $0.closed == 1 }
            #expect(client.status == 0 && server.now.names == [client.output.trimmingCharacters(in: .newlines)], "\(client.errors)")
        }
    }

    @Test func unixClientsHaveNumbersOrPaths() async throws {
        try await withThread { thread, folder in
            let server = Endpoint(), client = Endpoint()
            let listener = try StreamListener(.punix(folder + "/s"), tls: nil, on: thread, server)
            thread.connect(listener.client, client)
            try await client.wait("opened") { $0.opened == 1 }
            for local in ["", folder + "/me", ""] {
                let result = try await python(Self.program, ["AF_UNIX", folder + "/s", local])
                #expect(result.status == 0, "\(result.errors)")
            }
            try await server.wait("opened") { $0.opened == 4 }
            #expect(server.now.names == ["unix#0", "unix#1", "unix:\(folder)/me", "unix#2"])
            #expect(client.now.names == ["unix:\(folder)/s"])
            listener.close()
        }
    }
}
