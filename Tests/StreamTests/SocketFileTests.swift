import Foundation
import TestSupport
import Testing
@testable import Stream

/// What is refused, and what becomes of socket files.
struct SocketFileTests {
    private func listen(_ method: ConnectionMethod, _ thread: IOThread, _ endpoint: Endpoint = Endpoint()) throws(StreamError) -> StreamListener {
        try StreamListener(method, on: thread, decoder: { LineDecoder() }, receiver: endpoint.receiver())
    }

    @Test func theFileHasItsModeAndGoes() async throws {
        try await withThread { thread, folder in
            let path = folder + "/s"
            let listener = try listen(.punix(path), thread)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o770)
            listener.close()
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func aStaleSocketIsReplacedAndALiveOneIsNot() async throws {
        try await withThread { thread, folder in
            let path = folder + "/s"
            // A process that is killed leaves its socket behind.
            let left = try await python("import socket,sys,os,signal\ns = socket.socket(socket.AF_UNIX)\ns.bind(sys.argv[1])\ns.listen()\nos.kill(os.getpid(), signal.SIGKILL)", [path])
            #expect(left.status != 0)
            #expect(FileManager.default.fileExists(atPath: path))
            let server = Endpoint(), client = Endpoint()
            let listener = try listen(.punix(path), thread, server)
            thread.connect(.unix(path), client)
            try await server.wait("opened") { $0.opened == 1 }
            #expect { try listen(.punix(path), thread) } throws: {
                ($0 as? StreamError)?.code == .inUse && "\($0)" == "punix:\(path): another process listens there"
            }
            // It still listens.
            thread.connect(.unix(path), client)
            try await client.wait("opened") { $0.opened == 2 }
            listener.close()
        }
    }

    @Test func whatCannotBeIsNamed() async throws {
        try await withThread { thread, folder in
            try "text".write(toFile: folder + "/file", atomically: true, encoding: .utf8)
            #expect { try listen(.punix(folder + "/file"), thread) } throws: { "\($0)" == "punix:\(folder)/file: there is a file that is no socket" }
            #expect { try listen(.punix(folder + "/none/s"), thread) } throws: { "\($0)" == "punix:\(folder)/none/s: No such file or directory" }
            let taken = try listen(try ConnectionMethod("ptcp:0:127.0.0.1", defaultPort: 1), thread)
            #expect { try listen(taken.method, thread) } throws: { "\($0)" == "\(taken.method): Address already in use" }
            #expect(throws: StreamError.self) { try listen(.unix(folder + "/s"), thread) }

            let client = Endpoint()
            thread.connect(.unix(folder + "/s"), client)
            taken.close()
            thread.connect(taken.client, client)
            thread.connect(.punix(folder + "/s"), client)
            try await client.wait("failed") { $0.failures.count == 3 }
            #expect(Set(client.now.failures) == [
                "unix:\(folder)/s: No such file or directory", "\(taken.client): Connection refused",
                "punix:\(folder)/s: expected unix:, tcp: or ssl: to connect by",
            ])
        }
    }
}
