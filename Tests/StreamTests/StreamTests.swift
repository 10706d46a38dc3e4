import Foundation
import Synchronization
import Testing
@testable import Stream

/// Connections by Unix sockets, by TCP and by TLS on the loopback interface.
struct StreamTests {
    static let methods = ["punix:FOLDER/s", "ptcp:0:127.0.0.1", "ptcp:0:[::1]", "pssl:0:127.0.0.1", "pssl:0:[::1]"]

    @Test(arguments: methods) func linesGoBothWays(_ text: String) async throws {
        try await withThread { thread, folder in
            let server = Endpoint(), client = Endpoint()
            let (method, tls) = try await ConnectionMethod.forTest(text, folder)
            let listener = try StreamListener(method, tls: tls, on: thread, decoder: { LineDecoder() }, receiver: server.receiver { connection, line in
                #expect(connection.send(Array("echo \(line)\n".utf8)) == .accepted)
                connection.handled()
            })
            thread.connect(listener.client, tls: tls, client)
            try await client.wait("opened") { $0.opened == 1 }
            let connection = try #require(client.now.open.first)
            let lines = (0..<500).map { "line \($0) " + String(repeating: "x", count: $0 * 7 % 999) }
            for line in lines { #expect(connection.send(Array((line + "\n").utf8)) == .accepted) }
            try await client.wait("echoed") { $0.messages.count == lines.count }
            #expect(client.now.messages == lines.map { "echo " + $0 })
            #expect(connection.backlog == 0)
            connection.close()
            try await server.wait("closed") { $0.closed == 1 }
            try await client.wait("closed") { $0.closed == 1 }
            #expect(server.now.failures.isEmpty && client.now.failures.isEmpty)
            #expect(connection.send([1]) == .closed)
            listener.close()
        }
    }

    /// What has come together with the last message is not told any more.
    @Test(arguments: methods) func theServerMayCloseToo(_ text: String) async throws {
        try await withThread { thread, folder in
            let server = Endpoint(), client = Endpoint()
            let (method, tls) = try await ConnectionMethod.forTest(text, folder)
            let listener = try StreamListener(
                method, tls: tls, on: thread, decoder: { LineDecoder() }, receiver: server.receiver { connection, _ in connection.close() })
            thread.connect(listener.client, tls: tls, client)
            try await client.wait("opened") { $0.opened == 1 }
            #expect(client.now.open.first?.send(Array("bye\nmore\n".utf8)) == .accepted)
            try await client.wait("closed") { $0.closed == 1 }
            try await server.wait("closed") { $0.closed == 1 }
            #expect(server.now.messages == ["bye"] && server.now.failures.isEmpty)
        }
    }

    /// Many clients, one after the other and in heaps.
    @Test(arguments: methods) func athousandConnectionsComeAndGo(_ text: String) async throws {
        try await withThread { thread, folder in
            let server = Endpoint(), client = Endpoint()
            let (method, tls) = try await ConnectionMethod.forTest(text, folder)
            let listener = try StreamListener(method, tls: tls, on: thread, decoder: { LineDecoder() }, receiver: server.receiver { connection, line in
                _ = connection.send(Array((line + "\n").utf8))
                connection.handled()
            })
            for heap in 1...20 {
                for _ in 0..<50 { thread.connect(listener.client, tls: tls, client) }
                try await client.wait("opened") { $0.opened == 50 * heap }
                let open = client.now.open
                for connection in open { #expect(connection.send(Array("hello\n".utf8)) == .accepted) }
                try await client.wait("answered") { $0.messages.count == 50 * heap }
                for connection in open { connection.close() }
                try await server.wait("closed") { $0.closed == 50 * heap }
                try await client.wait("closed") { $0.closed == 50 * heap }
            }
            #expect(server.now.opened == 1000)
            #expect(client.now.failures.isEmpty, "\(client.now.failures)")
            listener.close()
        }
    }

    @Test(arguments: methods) func aSlowReaderIsBounded(_ text: String) async throws {
        try await withThread { thread, folder in
            let server = Endpoint(), client = Endpoint()
            let limit = 1 << 20
            let (method, tls) = try await ConnectionMethod.forTest(text, folder)
            let listener = try StreamListener(method, tls: tls, on: thread, sendLimit: limit, decoder: { LineDecoder() }, receiver: server.receiver())
            // It never says that it is done with a line, so that its reading stops.
            thread.connect(listener.client, tls: tls, decoder: { LineDecoder() }, receiver: client.receiver { _, _ in }, failed: { client.failed($0) })
            try await server.wait("opened") { $0.opened == 1 }
            let connection = try #require(server.now.open.first)
            let line = [UInt8](repeating: UInt8(ascii: "y"), count: 1023) + [UInt8(ascii: "\n")]
            var accepted = 0, refused = 0
            // What the kernel and the client's one read may hold is far less than this.
            for _ in 0..<200_000 where refused == 0 {
                switch connection.send(line) {
                case .accepted: accepted += 1
                case .full: refused += 1
                case .closed: Issue.record("closed")
                }
                #expect(connection.backlog <= limit)
            }
            #expect(refused == 1)
            #expect(accepted >= limit / line.count)
            try await client.wait("read once") { $0.messages.count > Limits.unhandledMessages }
            // One read's worth more than may be unhandled: a few chunks, not all that was sent.
            #expect(client.now.messages.count < accepted / 2)
            // Reading goes on when the user has caught up, and everything accepted arrives.
            let reader = try #require(client.now.open.first)
            var handled = 0
            for _ in 0..<3000 where client.now.messages.count < accepted {
                let there = client.now.messages.count
                while handled < there {
                    reader.handled()
                    handled += 1
                }
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(client.now.messages.count == accepted)
            #expect(connection.send(line) == .accepted)
            listener.close()
        }
    }

    @Test func aDecodersErrorClosesTheConnection() async throws {
        try await withThread { thread, folder in
            let server = Endpoint(), client = Endpoint()
            let listener = try StreamListener(.punix(folder + "/s"), on: thread, decoder: { LineDecoder() }, receiver: server.receiver())
            thread.connect(listener.client, client)
            try await client.wait("opened") { $0.opened == 1 }
            #expect(client.now.open.first?.send([UInt8](repeating: UInt8(ascii: "z"), count: 1 << 17)) == .accepted)
            try await server.wait("closed") { $0.closed == 1 }
            #expect(server.now.failures == ["TooLong()"])
            try await client.wait("closed") { $0.closed == 1 }
        }
    }

    @Test func aConnectionTooManyIsClosed() async throws {
        try await withThread { thread, folder in
            let server = Endpoint(), client = Endpoint()
            let listener = try StreamListener(.punix(folder + "/s"), on: thread, connections: 3, decoder: { LineDecoder() }, receiver: server.receiver())
            for _ in 0..<3 { thread.connect(listener.client, client) }
            try await server.wait("opened") { $0.opened == 3 }
            thread.connect(listener.client, client)
            try await client.wait("closed") { $0.closed == 1 }
            #expect(server.now.opened == 3 && server.now.closed == 0)
            client.now.open.first?.close()
            try await server.wait("closed") { $0.closed == 1 }
            thread.connect(listener.client, client)
            try await server.wait("room again") { $0.opened == 4 }
        }
    }

    @Test(arguments: methods) func theEndTellsEveryReceiver(_ text: String) async throws {
        let server = Endpoint(), client = Endpoint()
        try await withThread { thread, folder in
            let (method, tls) = try await ConnectionMethod.forTest(text, folder)
            let listener = try StreamListener(method, tls: tls, on: thread, server)
            for _ in 0..<5 { thread.connect(listener.client, tls: tls, client) }
            try await server.wait("opened") { $0.opened == 5 }
            try await client.wait("opened") { $0.opened == 5 }
        }
        #expect(server.now.closed == 5 && client.now.closed == 5)
    }
}
