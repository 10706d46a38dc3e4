/// Prints frames and their fields as JSON. Arguments: what decodes them (scapy, ofctl), seed, frames of each kind.
///
/// The frames are put together from random parts by scapy; what the fields are is read back from the bytes, by scapy's
/// dissectors or by `ovs-ofctl parse-pcap`, so that the maker's intentions do not count.
let frameProgram = #"""
import json, logging, random, socket, struct, subprocess, sys, tempfile
logging.disable(logging.WARNING)
from scapy.layers.l2 import Ether, Dot3, LLC, SNAP, Dot1Q, Dot1AD, ARP
from scapy.layers.inet import IP, TCP, UDP, ICMP, IPOption_RR, IPOption_NOP
from scapy.layers.inet6 import *
from scapy.layers.ipsec import AH
from scapy.layers.sctp import SCTP, SCTPChunkInit
from scapy.contrib.igmp import IGMP
from scapy.contrib.mpls import MPLS
from scapy.packet import Raw

decoder, seed, per_kind = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
R = random.Random(seed)
def bits(n): return R.getrandbits(n)
def mac(): return ':'.join('%02x' % bits(8) for _ in range(6))
def ip4(): return '.'.join(str(bits(8)) for _ in range(4))
def ip6(): return ':'.join('%x' % bits(16) for _ in range(8))
def payload(low=0, high=80): return Raw(R.randbytes(R.randint(low, high)))
def ether(**k): return Ether(dst=mac(), src=mac(), **k)
# Ports above those that scapy has a dissector for.
def port(): return R.randint(50000, 65535)
def tcp():
    options = R.choice([[], [('NOP', None)] * 4, [('MSS', bits(16)), ('SAckOK', b''), ('Timestamp', (bits(32), bits(32)))]])
    return TCP(sport=port(), dport=port(), flags=bits(9), reserved=bits(3), seq=bits(32), options=options) / payload()
def udp(): return UDP(sport=port(), dport=port()) / payload()
def sctp(): return SCTP(sport=port(), dport=port(), tag=bits(32)) / SCTPChunkInit()
def l4(): return R.choice([tcp, udp, sctp])()
def v4(**k):
    flags = bits(1) << 1
    return IP(src=ip4(), dst=ip4(), tos=bits(8), ttl=bits(8), id=bits(16), **{'flags': flags, **k})
def v6(**k): return IPv6(src=ip6(), dst=ip6(), tc=bits(8), fl=bits(20), hlim=bits(8), **k)
def options6(): return [PadN(optdata=bytes(R.choice([4, 12, 20])))]
def extensions():
    p = None
    for e in R.sample(['hop', 'route', 'dst', 'frag', 'atomic'], R.randint(1, 4)):
        h = {'hop': lambda: IPv6ExtHdrHopByHop(options=options6()), 'dst': lambda: IPv6ExtHdrDestOpt(options=options6()),
             'route': lambda: IPv6ExtHdrRouting(addresses=[ip6() for _ in range(R.randint(0, 3))]),
             'frag': lambda: IPv6ExtHdrFragment(offset=0, m=1, id=bits(32)),
             'atomic': lambda: IPv6ExtHdrFragment(offset=0, m=0, id=bits(32))}[e]()
        p = h if p is None else p / h
    return p
def nd():
    cls = R.choice([ICMPv6ND_NS, ICMPv6ND_NA])
    p = v6() / (ICMPv6ND_NS(tgt=ip6(), res=bits(32)) if cls is ICMPv6ND_NS else ICMPv6ND_NA(tgt=ip6(), R=bits(1), S=bits(1), O=bits(1), res=bits(29)))
    for o in R.sample(['sll', 'tll', 'mtu', 'prefix'], R.randint(0, 4)):
        p /= {'sll': lambda: ICMPv6NDOptSrcLLAddr(lladdr=mac()), 'tll': lambda: ICMPv6NDOptDstLLAddr(lladdr=mac()),
              'mtu': lambda: ICMPv6NDOptMTU(mtu=bits(32)), 'prefix': lambda: ICMPv6NDOptPrefixInfo(prefix=ip6())}[o]()
    return p
def mpls(n):
    p = MPLS(label=bits(20), cos=bits(3), ttl=bits(8), s=int(n == 1))
    for i in range(1, n): p /= MPLS(label=bits(20), cos=bits(3), ttl=bits(8), s=int(i == n - 1))
    return p / Raw(b'\xf0' + R.randbytes(40))
def nsh():
    md = R.choice([1, 1, 2, 5])
    first = R.choice([0, 1, 2, 3]) << 12 | bits(6) << 6 | {1: 6, 2: 4, 5: 3}[md]
    context = R.randbytes({1: 16, 2: 8, 5: 4}[md])
    return ether(type=0x894f) / Raw(struct.pack('!HBBI', first, md, bits(8), bits(32)) + context + R.randbytes(30))
def snap(oui, code, inner): return Dot3(dst=mac(), src=mac()) / LLC(dsap=0xaa, ssap=0xaa, ctrl=3) / SNAP(OUI=oui, code=code) / inner

kinds = {
    'tcp': lambda: ether() / v4() / tcp(),
    'udp': lambda: ether() / v4() / udp(),
    'sctp': lambda: ether() / v4() / sctp(),
    'icmp': lambda: ether() / v4() / ICMP(type=R.choice([0, 8, 13]), code=bits(8)) / payload(),
    'igmp': lambda: ether() / v4() / IGMP(type=R.choice([0x11, 0x12, 0x16, 0x17]), mrcode=bits(8), gaddr=ip4()),
    'other proto': lambda: ether() / v4(proto=R.choice([50, 89, 253, 254])) / payload(20),
    'padded': lambda: ether() / v4() / R.choice([UDP, TCP])(sport=port(), dport=port()) / Raw(b''),
    'ip options': lambda: ether() / v4(options=[R.choice([IPOption_RR(routers=[ip4()] * R.randint(1, 8)), IPOption_NOP()])]) / l4(),
    'first fragment': lambda: ether() / v4(flags=1, frag=0) / l4(),
    'later fragment': lambda: ether() / v4(flags=bits(1), frag=R.randint(1, 8191), proto=R.choice([6, 17])) / payload(30),
    'arp': lambda: ether(type=0x0806) / ARP(op=R.choice([1, 2, 3, 255, 256, 511, 65535]), hwsrc=mac(), hwdst=mac(), psrc=ip4(), pdst=ip4()),
    'rarp': lambda: ether(type=0x8035) / ARP(op=R.choice([3, 4]), hwsrc=mac(), hwdst=mac(), psrc=ip4(), pdst=ip4()),
    'ipv6': lambda: ether() / v6() / l4(),
    'ipv6 extensions': lambda: ether() / v6() / extensions() / R.choice([tcp, udp])(),
    # scapy knows neither what comes before nor what comes after AH.
    'ipv6 ah': lambda: ether() / v6(nh=51) / AH(nh=17, spi=bits(32), seq=bits(32), icv=bytes(12), payloadlen=4) / udp(),
    'ipv6 later fragment': lambda: ether() / v6() / IPv6ExtHdrFragment(offset=R.randint(1, 8191), m=bits(1), nh=17) / payload(20),
    'icmpv6': lambda: ether() / v6() / ICMPv6EchoRequest(id=bits(16), seq=bits(16)) / payload(),
    'nd': lambda: ether() / nd(),
    'vlan': lambda: ether() / Dot1Q(vlan=bits(12), prio=bits(3), id=bits(1)) / R.choice([v4, v6])() / l4(),
    'qinq': lambda: ether() / R.choice([Dot1AD, Dot1Q])(vlan=bits(12), prio=bits(3)) / Dot1Q(vlan=bits(12), prio=bits(3)) / R.choice([v4, v6])() / l4(),
    'three tags': lambda: ether() / Dot1AD(vlan=bits(12)) / Dot1Q(vlan=bits(12)) / Dot1Q(vlan=bits(12)) / v4() / udp(),
    'vlan arp': lambda: ether() / Dot1Q(vlan=bits(12)) / ARP(op=1, hwsrc=mac(), hwdst=mac(), psrc=ip4(), pdst=ip4()),
    'mpls': lambda: ether(type=R.choice([0x8847, 0x8848])) / mpls(R.randint(1, 5)),
    'llc': lambda: Dot3(dst=mac(), src=mac()) / LLC(dsap=0x42, ssap=0x42, ctrl=3) / payload(20),
    'snap ip': lambda: snap(0, 0x0800, v4() / l4()),
    'snap other oui': lambda: snap(R.randint(1, 0xffffff), 0x0800, v4() / udp()),
    'nsh': nsh,
    'unknown type': lambda: ether(type=R.choice([0x88cc, 0x9000, 0x0600, 0x6558])) / payload(46),
}

def frames():
    for kind, make in kinds.items():
        for _ in range(per_kind):
            data = bytes(make())
            # Damage that a dissector understands, too: padding up to and past the minimum of Ethernet.
            if R.random() < 0.5: data = data.ljust(60, b'\0')
            if R.random() < 0.2: data += R.randbytes(R.randint(1, 9))
            yield kind, data

def number(text):
    if ':' in text and text.count(':') == 5 and all(len(p) == 2 for p in text.split(':')): return int(text.replace(':', ''), 16)
    if ':' in text: return int.from_bytes(socket.inet_pton(socket.AF_INET6, text), 'big')
    if '.' in text: return int.from_bytes(socket.inet_aton(text), 'big')
    return int(text, 0)

def transport(p, proto, out):
    if proto == 6 and TCP in p:
        t = p[TCP]
        out.update(tp_src=t.sport, tp_dst=t.dport, tcp_flags=int(t.flags) | int(t.reserved) << 9)
    elif proto == 17 and UDP in p: out.update(tp_src=p[UDP].sport, tp_dst=p[UDP].dport)
    elif proto == 132 and SCTP in p: out.update(tp_src=p[SCTP].sport, tp_dst=p[SCTP].dport)
    elif proto == 1 and ICMP in p: out.update(tp_src=p[ICMP].type, tp_dst=p[ICMP].code)
    elif proto == 2:
        g = IGMP(bytes(p[IP].payload))
        out.update(tp_src=g.type, tp_dst=g.mrcode, igmp_group=number(g.gaddr))
    elif proto == 58:
        for cls in (ICMPv6ND_NS, ICMPv6ND_NA, ICMPv6EchoRequest):
            if cls not in p: continue
            i = p[cls]
            out.update(tp_src=i.type, tp_dst=i.code)
            if cls is ICMPv6EchoRequest: continue
            out['nd_reserved'] = i.res if cls is ICMPv6ND_NS else i.R << 31 | i.S << 30 | i.O << 29 | i.res
            out['nd_target'] = number(i.tgt)
            while i:
                if isinstance(i, (ICMPv6NDOptSrcLLAddr, ICMPv6NDOptDstLLAddr)):
                    out['arp_sha' if i.type == 1 else 'arp_tha'] = number(i.lladdr)
                    out.setdefault('nd_options_type', i.type)
                i = i.payload

def read_with_scapy(data):
    p = Ether(data)
    out = dict(dl_dst=number(p.dst), dl_src=number(p.src))
    layer, type = p, None
    for n, suffix in enumerate(['', '1', None]):
        type = layer.type if hasattr(layer, 'type') else None
        inner = layer.payload
        if suffix is None or not isinstance(inner, Dot1Q): break
        out['vlan_tpid' + suffix] = type
        out['vlan_tci' + suffix] = inner.prio << 13 | 0x1000 | inner.vlan
        layer = inner
    if isinstance(p, Dot3):
        type = 0x05ff
        if SNAP in p and p[SNAP].OUI == 0: type = p[SNAP].code
    out['dl_type'] = type
    if type == 0x0800 and IP in p:
        i = p[IP]
        out.update(nw_src=number(i.src), nw_dst=number(i.dst), nw_tos=i.tos, nw_ttl=i.ttl, nw_proto=i.proto)
        out['nw_frag'] = 3 if i.frag else int(i.flags.MF)
        if not i.frag: transport(p, i.proto, out)
    elif type == 0x86dd:
        i = p[IPv6]
        out.update(ipv6_src=number(i.src), ipv6_dst=number(i.dst), nw_tos=i.tc, ipv6_label=i.fl, nw_ttl=i.hlim)
        proto, h, frag = i.nh, i.payload, 0
        while isinstance(h, (IPv6ExtHdrHopByHop, IPv6ExtHdrDestOpt, IPv6ExtHdrRouting, IPv6ExtHdrFragment, AH)):
            proto = h.nh
            if isinstance(h, IPv6ExtHdrFragment):
                if h.m: frag = 1
                if h.offset: proto, frag = 44, 3; break
            if isinstance(h, AH): p = UDP(bytes(h.payload))
            h = h.payload
        out.update(nw_proto=proto, nw_frag=frag)
        if frag < 2: transport(p, proto, out)
    elif type in (0x0806, 0x8035):
        # scapy dissects 0x8035 as bytes.
        a = p[ARP] if ARP in p else ARP(bytes(layer.payload))
        out.update(nw_proto=a.op if a.op < 256 else 0, nw_src=number(a.psrc), nw_dst=number(a.pdst), arp_sha=number(a.hwsrc), arp_tha=number(a.hwdst))
    elif type in (0x8847, 0x8848):
        rest = bytes(p.payload)
        for n in range(3):
            m = MPLS(rest[:4])
            out['mpls_lse%d' % n] = m.label << 12 | m.cos << 9 | m.s << 8 | m.ttl
            rest = rest[4:]
            if m.s: break
    elif type == 0x894f:
        # RFC 8300, section 2.2, by hand: scapy 2.5 cannot dissect it.
        raw = bytes(layer.payload)
        first, md, np, path, *contexts = struct.unpack('!HBBIIIII', raw[:24])
        out.update(nsh_flags=first >> 12 & 3, nsh_ttl=first >> 6 & 0x3f, nsh_mdtype=md, nsh_np=np, nsh_path=path)
        if md == 1: out.update(('nsh_c%d' % (k + 1), c) for k, c in enumerate(contexts))
    return out

keywords = {'ip': (0x800, None), 'icmp': (0x800, 1), 'tcp': (0x800, 6), 'udp': (0x800, 17), 'sctp': (0x800, 132),
    'ipv6': (0x86dd, None), 'icmp6': (0x86dd, 58), 'tcp6': (0x86dd, 6), 'udp6': (0x86dd, 17), 'sctp6': (0x86dd, 132),
    'arp': (0x806, None), 'rarp': (0x8035, None), 'mpls': (0x8847, None), 'mplsm': (0x8848, None)}
same = {'nw_src', 'nw_dst', 'nw_ttl', 'nw_proto', 'tp_src', 'tp_dst', 'ipv6_src', 'ipv6_dst', 'ipv6_label', 'nd_target', 'arp_sha',
    'arp_tha', 'dl_src', 'dl_dst', 'dl_type', 'mpls_lse1', 'mpls_lse2', 'nsh_flags', 'nsh_ttl', 'nsh_mdtype', 'nsh_np'}
renamed = {'arp_spa': 'nw_src', 'arp_tpa': 'nw_dst', 'arp_op': 'nw_proto', 'nd_sll': 'arp_sha', 'nd_tll': 'arp_tha',
    'icmp_type': 'tp_src', 'icmp_code': 'tp_dst', 'nsh_c1': 'nsh_c1', 'nsh_c2': 'nsh_c2', 'nsh_c3': 'nsh_c3', 'nsh_c4': 'nsh_c4'}
flag_bits = dict(fin=1, syn=2, rst=4, psh=8, ack=16, urg=32, ece=64, cwr=128, ns=256)
def read_ofctl_line(line):
    """The fields that ovs-ofctl shows; it leaves out what a packet of this kind cannot be matched on."""
    out, f = {}, {}
    for item in line.strip().split(','):
        name, _, value = item.partition('=')
        f[name] = value
        if not value and name in keywords:
            out['dl_type'], proto = keywords[name]
            if proto is not None: out['nw_proto'] = proto
        elif name in same: out[name] = number(value)
        elif name in renamed: out[renamed[name]] = number(value)
        elif name == 'nw_frag': out[name] = {'no': 0, 'first': 1, 'later': 3}[value]
        elif name == 'tcp_flags':
            out[name] = 0 if value == '0' else sum(int(t[1:-1], 16) if t[0] == '[' else flag_bits[t] for t in value.split('|'))
    if 'nw_tos' in f: out['nw_tos'] = int(f['nw_tos']) | int(f['nw_ecn'])
    for suffix in ('', '1'):
        if 'dl_vlan' + suffix in f: out['vlan_tci' + suffix] = int(f['dl_vlan' + suffix]) | int(f['dl_vlan_pcp' + suffix]) << 13 | 0x1000
        if 'vlan_tci' + suffix in f: out['vlan_tci' + suffix] = number(f['vlan_tci' + suffix])
    if 'mpls_label' in f:
        out['mpls_lse0'] = int(f['mpls_label']) << 12 | int(f['mpls_tc']) << 9 | int(f['mpls_bos']) << 8 | int(f['mpls_ttl'])
    if 'nsh_spi' in f: out['nsh_path'] = number(f['nsh_spi']) << 8 | number(f['nsh_si'])
    return out

def damaged(data):
    data = bytearray(data)
    choice = R.random()
    if choice < 0.4: return bytes(data[:R.randint(1, len(data))])
    for _ in range(R.choice([1, 1, 2, 8])):
        data[R.randint(12, min(len(data), 80) - 1)] = R.choice([0, 255, bits(8), bits(8)])
    if choice < 0.6: return bytes(data[:R.randint(14, len(data))])
    return bytes(data)

if decoder == 'scapy':
    result = [(k, d, read_with_scapy(d)) for k, d in frames()]
else:
    made = [(k, damaged(d)) for k, d in frames()]
    with tempfile.NamedTemporaryFile(suffix='.pcap') as f:
        f.write(struct.pack('<IHHIIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for _, d in made: f.write(struct.pack('<IIII', 0, 0, len(d), len(d)) + d)
        f.flush()
        text = subprocess.run(['ovs-ofctl', 'parse-pcap', f.name], capture_output=True, text=True, check=True).stdout
    lines = text.strip().split('\n')
    if len(lines) != len(made): sys.exit('ovs-ofctl printed %d lines for %d frames' % (len(lines), len(made)))
    result = [(k + ': ' + l, d, read_ofctl_line(l)) for (k, d), l in zip(made, lines)]
print(json.dumps([dict(kind=k, hex=d.hex(), fields={n: '%x' % v for n, v in f.items()}, complete=decoder == 'scapy') for k, d, f in result]))
"""#
