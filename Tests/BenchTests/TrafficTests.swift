import Foundation
import TestSupport
import Testing
@testable import bench

@Suite struct TrafficTests {
    /// scapy reads a capture back, recomputes every checksum, and prints what it found.
    private static let reader = """
        import sys, json
        from scapy.all import rdpcap, Ether, raw
        frames = rdpcap(sys.argv[1])
        flows, groups, sources, wrong, sizes = set(), {}, set(), 0, set()
        for p in frames:
            sizes.add(len(p))
            fresh = Ether(raw(p))
            del fresh['IP'].chksum, fresh['UDP'].chksum, fresh['IP'].len, fresh['UDP'].len
            if raw(Ether(raw(fresh))) != raw(p): wrong += 1
            flows.add((p['IP'].src, p['IP'].dst, p['UDP'].sport, p['UDP'].dport))
            groups[p.dst] = groups.get(p.dst, 0) + 1
            sources.add(p.src)
        print(json.dumps(dict(frames=len(frames), flows=len(flows), groups=groups, sources=len(sources), wrong=wrong, sizes=sorted(sizes))))
        """
    private struct Found: Codable {
        var frames, flows, sources, wrong: Int
        var groups: [String: Int]
        var sizes: [Int]
    }

    private func read(_ traffic: Traffic) async throws -> Found {
        let folder = FileManager.default.temporaryDirectory.appending(path: "traffic-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try await python(Self.reader, [try traffic.write(to: folder, seed: 1)])
        try #require(result.status == 0, "\(result.errors)")
        return try JSONDecoder().decode(Found.self, from: Data(result.output.utf8))
    }

    @Test func groupsAreEvenAndChecksumsAreRight() async throws {
        let found = try await read(Traffic(flows: 160, groups: 16))
        #expect(found.frames == 160)
        #expect(found.flows == 160)
        #expect(found.wrong == 0)
        #expect(found.sizes == [60])
        #expect(found.sources == 1)
        #expect(found.groups.count == 16)
        #expect(found.groups.values.allSatisfy { $0 == 10 })
        #expect(found.groups["02:00:00:00:01:0f"] == 10)
    }

    @Test func flowsCanHaveSourceAddressesOfTheirOwn() async throws {
        let found = try await read(Traffic(flows: 300, distinctMACs: true, size: 128))
        #expect(found.sources == 300)
        #expect(found.wrong == 0)
        #expect(found.sizes == [124])
    }

    @Test func framesBeyond65536FlowsStillDiffer() {
        // The source address has 16 bits of the index; these three share them.
        let traffic = Traffic(flows: 250_000)
        let frames = [5, 65_541, 131_077].map(traffic.frame)
        #expect(Set(frames).count == 3)
        #expect(Set(frames.map { Array($0[26..<30]) }).count == 1)
        #expect(Set(frames.map { Array($0[36..<38]) }).count == 3)
    }

    @Test func theSeedDecidesTheOrder() {
        let traffic = Traffic(flows: 50)
        #expect(traffic.capture(seed: 1) == traffic.capture(seed: 1))
        #expect(traffic.capture(seed: 1) != traffic.capture(seed: 2))
    }

    @Test func checksumOfTheExampleInRFC1071() {
        // RFC 1071, section 3: the sum of these bytes is ddf2.
        #expect(checksum([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]) == ~0xddf2)
        #expect(checksum([0xff]) == 0x00ff)
    }
}
