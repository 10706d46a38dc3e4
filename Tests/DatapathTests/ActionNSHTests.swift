import Foundation
import Testing
import TestSupport
import Wire
@testable import Datapath

/// Headers in front of a packet come and go: frames that scapy builds, actions in text form, and the frames that scapy says they become.
@Suite struct ActionNSHTests {
    private struct Case: Decodable {
        var name: String
        var frame: String
        var actions: String
        var expected: String
    }

    private static let program = #"""
        import json, random, sys
        from scapy.all import *
        from scapy.contrib.nsh import NSH, NSHTLV
        from scapy.contrib.mpls import MPLS
        rng = random.Random(int(sys.argv[1]))
        cases = []
        def mac(): return ':'.join('%02x' % (rng.randrange(256) & (0xfe if i == 0 else 0xff)) for i in range(6))
        def case(name, frame, actions, expected): cases.append(dict(name=name, frame=bytes(frame).hex(), actions=actions, expected=bytes(expected).hex()))
        def contexts(): return [rng.randrange(1 << 32) for _ in range(4)]
        def words(values): return b''.join(v.to_bytes(4, 'big') for v in values)
        for _ in range(int(sys.argv[2])):
            inner = Ether(src=mac(), dst=mac()) / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=1, dport=2) / Raw(rng.randbytes(rng.randrange(80)))
            if rng.random() < 0.3: inner = Ether(src=mac(), dst=mac()) / Dot1Q(vlan=5) / inner.payload
            ttl, spi, si, flags, c, m = rng.randrange(64), rng.randrange(1 << 24), rng.randrange(256), rng.randrange(4), contexts(), (mac(), mac())
            def header(nextproto=3, ttl=ttl, spi=spi, si=si, flags=flags, c=c):
                return NSH(oam=flags >> 1, unused1=flags & 1, ttl=ttl, nextproto=nextproto, spi=spi, si=si, context_header=words(c))
            def push(nextproto=3, c=c):
                names = ''.join(',c%d=0x%x' % (i + 1, v) for i, v in enumerate(c))
                return 'push_nsh(flags=%d,ttl=%d,mdtype=1,np=%d,spi=0x%x,si=%d%s)' % (flags, ttl, nextproto, spi, si, names)
            ethernet = 'push_eth(src=%s,dst=%s)' % m
            outer = Ether(src=m[0], dst=m[1], type=0x894f)
            case('push', inner, '%s,%s,1' % (push(), ethernet), outer / header() / inner)
            tlv = rng.randbytes(4 * rng.randrange(1, 6))
            option = b'\x01\x02' + bytes([7, len(tlv)]) + tlv
            first = (flags << 28 | ttl << 22 | (8 + len(option)) // 4 << 16 | 2 << 8 | 3).to_bytes(4, 'big')
            case('push options', inner, 'push_nsh(flags=%d,ttl=%d,mdtype=2,np=3,spi=0x%x,si=%d,md2=0x%s),%s,1' % (flags, ttl, spi, si, option.hex(), ethernet),
                outer / Raw(first + (spi << 8 | si).to_bytes(4, 'big') + option) / inner)
            case('pop', outer / header() / inner, 'pop_eth,pop_nsh(),1', inner)
            case('pop IPv4', outer / header(1) / inner[IP], 'pop_eth,pop_nsh(),%s,1' % ethernet, Ether(src=m[0], dst=m[1]) / inner[IP])
            case('push twice, pop once', inner, '%s,%s,pop_nsh(),%s,1' % (push(), push(4), ethernet), outer / header() / inner)
            bits, mask = contexts(), contexts()
            case('set', outer / header() / inner, 'set(nsh(ttl=9,spi=0x123456,si=77,c1=0x%x/0x%x,c4=0x%x)),1' % (bits[0] & mask[0], mask[0], bits[3]),
                outer / header(ttl=9, spi=0x123456, si=77, c=[c[0] & ~mask[0] | bits[0] & mask[0], c[1], c[2], bits[3]]) / inner)
            label, tc, hops = rng.randrange(1 << 20), rng.randrange(8), rng.randrange(256)
            entry = 'label=%d,tc=%d,ttl=%d,bos=1,eth_type=0x8847' % (label, tc, hops)
            labelled = Ether(src=m[0], dst=m[1], type=0x8847) / MPLS(label=label, cos=tc, s=1, ttl=hops)
            case('label a frame', inner, 'add_mpls(%s),%s,1' % (entry, ethernet), labelled / Raw(bytes(inner)))
            case('label a packet', inner, 'pop_eth,add_mpls(%s),%s,1' % (entry, ethernet), labelled / Raw(bytes(inner[IP])))
            case('unlabel a frame', labelled / Raw(bytes(inner)), 'pop_eth,pop_mpls(eth_type=0x6558),1', inner)
            # What does not fit is left alone, or dropped.
            case('no header', inner, 'pop_nsh(),1', b'')
            case('set without', inner, 'set(nsh(ttl=9)),1', inner)
            case('cut', bytes(outer / header())[:30], 'pop_eth,pop_nsh(),1', b'')
            case('no frame behind a label', labelled / Raw(b'short'), 'pop_eth,pop_mpls(eth_type=0x6558),1', b'')
        print(json.dumps(cases))
        """#

    @Test func framesAreWhatScapySays() async throws {
        let result = try await python(Self.program, ["7", "40"], seconds: 120)
        try #require(result.status == 0, "\(result.errors)")
        let cases = try JSONDecoder().decode([Case].self, from: Data(result.output.utf8))
        #expect(cases.count == 40 * 13)
        let bed = ActionBed()
        for item in cases {
            let actions = try [DPAction].parseODP(item.actions)
            #expect(actions.odpText() == item.actions)
            var recorder = unsafe Recorder(bed.pool)
            try run(actions, on: [bed.packet(bytes(item.frame))], &recorder)
            #expect(recorder.frames(.output(1)).map(hex) == (item.expected.isEmpty ? [] : [item.expected]), "\(item.name): \(item.actions)")
            let intact = recorder.release()
            #expect(intact && bed.inUse == 0)
        }
    }
}
