import Testing
import Wire
@testable import Flow

/// Extraction against other decoders of the same bytes.
@Suite struct ExtractReferenceTests {
    /// Fields in which the two differ, as "name: ours, theirs"; fields that a complete reference does not name are zero.
    private func differences(_ frame: ReferenceFrame, _ result: Extracted) -> [String] {
        let ours = packetFields(result.key)
        let names = frame.complete ? Array(ours.keys) : Array(frame.fields.keys)
        return names.sorted().compactMap { name in
            let (mine, theirs) = (ours[name] ?? "no such field", frame.fields[name] ?? "0")
            return mine == theirs ? nil : "\(name): \(mine), \(theirs)"
        }
    }

    @Test func scapyReadsTheSame() async throws {
        let memory = try #require(GuardedMemory())
        let frames = try await scapyFrames(seed: 20_261, perKind: 25)
        try #require(frames.count == 28 * 25)
        for frame in frames {
            let result = extracted(frame.bytes, in: memory)
            #expect(differences(frame, result) == [], "\(frame.kind) \(frame.hex)")
            #expect(result.key.l0.inPort == 7)
            #expect(!result.strayed, "\(frame.kind)")
            #expect(result.key.usedLines.isSubset(of: result.lines))
        }
    }

    /// Damaged frames have no reading but OVS's own: its tool is asked.
    @Test func ovsReadsDamagedFramesTheSame() async throws {
        let memory = try #require(GuardedMemory())
        let frames = try await ofctlFrames(seed: 20_262, perKind: 60)
        try #require(frames.count == 28 * 60)
        for frame in frames {
            #expect(frame.fields.count >= 4)
            let result = extracted(frame.bytes, in: memory)
            #expect(differences(frame, result) == [], "\(frame.kind) \(frame.hex)")
            #expect(!result.strayed, "\(frame.kind)")
        }
    }

    /// Every length of every kind of frame: nothing past the end is read, neither to a fault nor into the key.
    @Test func everyTruncationStaysInside() async throws {
        let memory = try #require(GuardedMemory())
        let frames = try await scapyFrames(seed: 20_263, perKind: 2)
        for frame in frames {
            let bytes = frame.bytes
            for length in 0...bytes.count {
                let atTheEnd = extracted(bytes.prefix(length), in: memory)
                // The same bytes with the rest of the frame behind them.
                let within = unsafe memory.with(bytes) { start, _ in
                    unsafe extracted { key in unsafe extractFlow(start, length, inPort: 7, into: key) }
                }
                #expect(atTheEnd == within, "\(frame.kind) cut to \(length)")
                #expect(!atTheEnd.strayed, "\(frame.kind) cut to \(length)")
            }
        }
    }

    /// Without its Ethernet header a packet gives the same from line 0's EtherType on.
    @Test func packetsWithoutEthernet() async throws {
        let memory = try #require(GuardedMemory())
        for frame in try await scapyFrames(seed: 20_264, perKind: 5) {
            let bytes = frame.bytes
            guard frame.fields["vlan_tci"] == nil, frame.fields["dl_type"] != "5ff", bytes[12] >= 6 else { continue }
            var expected = extracted(bytes, in: memory)
            let type = expected.key.l0.dlType
            expected.key.l0.dlDst = .zero
            expected.key.l0.dlSrc = .zero
            expected.key.l3.packetType = BE32(0x1_0000 | UInt32(type.host))
            expected.lines.insert(.l3)
            let result = unsafe memory.with(bytes.dropFirst(14)) { packet, length in
                unsafe extracted { key in unsafe extractFlowL3(packet, length, etherType: type, inPort: 7, into: key) }
            }
            #expect(result == expected, "\(frame.kind) \(frame.hex)")
        }
    }
}

/// The short path and the general one.
@Suite struct ExtractPathTests {
    /// A TCP or UDP packet with random contents, now and then with a byte that the short path must refuse.
    private func frame(_ state: inout UInt64) -> [UInt8] {
        let tcp = splitMix64(&state) & 1 == 0
        let words = 5 + Int(splitMix64(&state) % (tcp ? 6 : 1))
        let payload = Int(splitMix64(&state) % 40)
        let headers = 20 + (tcp ? words * 4 : 8)
        var bytes = (0..<(14 + headers + payload)).map { _ in UInt8(truncatingIfNeeded: splitMix64(&state)) }
        while bytes.count < 60 { bytes.append(UInt8(truncatingIfNeeded: splitMix64(&state))) }
        (bytes[12], bytes[13], bytes[14]) = (0x08, 0x00, 0x45)
        (bytes[16], bytes[17]) = (0, UInt8(headers + payload))
        (bytes[20], bytes[21]) = (UInt8(splitMix64(&state) & 1) << 6, 0)
        bytes[23] = tcp ? IPProtocol.tcp : IPProtocol.udp
        if tcp { bytes[46] = UInt8(words) << 4 | bytes[46] & 0x0f }
        return bytes
    }

    @Test func bothPathsAgree() throws {
        let memory = try #require(GuardedMemory())
        var state: UInt64 = 20_265
        var short = 0
        var refused = 0
        for round in 0..<10_000 {
            var bytes = frame(&state)
            if round % 2 == 1 {
                let place = 12 + Int(splitMix64(&state) % UInt64(36))
                bytes[place] = UInt8(truncatingIfNeeded: splitMix64(&state))
            }
            let (quick, general) = unsafe memory.with(bytes) { start, length in
                (
                    unsafe extracted { key in unsafe extractPlainIPv4(start, length, inPort: 9, into: key) ? .l0 : [] },
                    unsafe extracted { key in unsafe extractGeneral(start, length, inPort: 9, vlanLimit: 2, into: key) }
                )
            }
            if quick.lines == .l0 {
                short += 1
                #expect(quick == general, "\(bytes)")
            } else {
                refused += 1
                #expect(!quick.strayed)
                #expect(round % 2 == 1, "the short path refused \(bytes)")
            }
        }
        #expect(short > 5_000)
        #expect(refused > 500)
    }

    @Test func metadataIsCleared() throws {
        let memory = try #require(GuardedMemory())
        var state: UInt64 = 20_266
        let udp = extracted(frame(&state), in: memory).key.l0
        #expect(udp.recircID | udp.dpHash | udp.skbPriority | udp.pktMark | udp.ctMark == 0)
        #expect(udp.ctZone == 0 && udp.ctState == 0 && udp.ctNWProto == 0)
        let nothing = extracted([], in: memory)
        #expect(nothing.lines == .l0)
        var empty = FlowKey()
        empty.l0.inPort = 7
        #expect(nothing.key == empty)
    }
}
