/// The Python program that makes frames with actions, and says what the frames become. Arguments: seed, count. It prints a
/// JSON array of cases: name, frame, actions, expected frame. A frame is always built from parameters by scapy, so an
/// expected frame has the checksums that scapy computes for the changed parameters.
let scapyCases = #"""
import json, random, struct, sys
from scapy.all import *
from scapy.layers.sctp import SCTP
from scapy.layers.ipsec import AH
from scapy.contrib.mpls import MPLS
conf.verb = 0
rng = random.Random(int(sys.argv[1]))
count = int(sys.argv[2])

def mac(): return bytes([rng.randrange(256) & 0xfe]) + rng.randbytes(5)
def hexmac(b): return ':'.join('%02x' % x for x in b)
def ip4(b): return '.'.join(str(x) for x in b)
def ip6(b): return socket.inet_ntop(socket.AF_INET6, b)
def u(n, bits): return n.to_bytes(bits // 8, 'big')

def parameters(l3, l4, tags, **more):
    p = dict(src=mac(), dst=mac(), tags=[(rng.choice([0x8100, 0x88a8]), rng.randrange(65536) & 0xefff) for _ in range(tags)],
        l3=l3, l4=l4, tos=rng.randrange(256), ttl=rng.randrange(256), label=rng.randrange(1 << 20), id=rng.randrange(65536),
        nwsrc=rng.randbytes(4 if l3 == 4 else 16), nwdst=rng.randbytes(4 if l3 == 4 else 16),
        tpsrc=rng.randrange(65536), tpdst=rng.randrange(65536), seq=rng.randrange(1 << 32), flags=rng.randrange(256),
        tcpoptions=rng.choice([[], [('MSS', 1460)], [('NOP', None), ('NOP', None), ('Timestamp', (7, 9))]]),
        payload=rng.randbytes(rng.choice([0, 1, 7, 32, 33, 200, 1201])), padding=b'', udpzero=False, options=[], exts=[],
        type=rng.choice([0, 8]) if l3 == 4 else rng.choice([128, 129]), code=rng.randrange(4), fragment=None,
        opcode=rng.choice([1, 2]), spa=rng.randbytes(4), tpa=rng.randbytes(4), sha=mac(), tha=mac(), arptype=0x0806,
        target=rng.randbytes(16), sll=None, tll=None, ndtype=135, mpls=[])
    p.update(more)
    return p

def transport(p):
    if p['l4'] == 'tcp': return TCP(sport=p['tpsrc'], dport=p['tpdst'], seq=p['seq'], flags=p['flags'], options=p['tcpoptions']) / Raw(p['payload'])
    if p['l4'] == 'udp':
        h = UDP(sport=p['tpsrc'], dport=p['tpdst'])
        if p['udpzero']: h.chksum = 0
        return h / Raw(p['payload'])
    if p['l4'] == 'sctp': return SCTP(sport=p['tpsrc'], dport=p['tpdst'], tag=p['seq']) / Raw(p['payload'])
    if p['l4'] == 'icmp': return ICMP(type=p['type'], code=p['code'], id=p['id'], seq=5) / Raw(p['payload'])
    if p['l4'] == 'icmp6': return (ICMPv6EchoRequest if p['type'] == 128 else ICMPv6EchoReply)(code=p['code']) / Raw(p['payload'])
    if p['l4'] == 'nd':
        h = ICMPv6ND_NS(tgt=ip6(p['target'])) if p['ndtype'] == 135 else ICMPv6ND_NA(tgt=ip6(p['target']))
        if p['sll'] is not None: h = h / ICMPv6NDOptSrcLLAddr(lladdr=hexmac(p['sll']))
        if p['tll'] is not None: h = h / ICMPv6NDOptDstLLAddr(lladdr=hexmac(p['tll']))
        if p['payload']: h = h / ICMPv6NDOptUnknown(type=253, data=b'abcdef')
        return h
    return Raw(p['payload'])

PROTO = dict(tcp=6, udp=17, sctp=132, icmp=1, icmp6=58, nd=58, other=99)

def network(p):
    proto = PROTO[p['l4']]
    if p['l3'] == 4:
        h = IP(src=ip4(p['nwsrc']), dst=ip4(p['nwdst']), tos=p['tos'], ttl=p['ttl'], id=p['id'], proto=proto, options=p['options'])
    else:
        h = IPv6(src=ip6(p['nwsrc']), dst=ip6(p['nwdst']), tc=p['tos'], hlim=p['ttl'], fl=p['label'], nh=proto)
        for e in p['exts']:
            x = {'hbh': IPv6ExtHdrHopByHop(options=[PadN(optdata=b'1234')]), 'dst': IPv6ExtHdrDestOpt(options=[PadN(optdata=b'12345678abcd')]),
                'rh': IPv6ExtHdrRouting(type=0, segleft=1, addresses=['2001:db8::77', '2001:db8::99']),
                'rh0': IPv6ExtHdrRouting(type=0, segleft=0, addresses=['2001:db8::77']),
                'frag': IPv6ExtHdrFragment(offset=0, m=0, id=77), 'ah': AH(payloadlen=4, spi=5, seq=6, icv=b'123456789012')}[e]
            h = h / x
            h.lastlayer().nh = proto
        names = {'hbh': 0, 'dst': 60, 'rh': 43, 'rh0': 43, 'frag': 44, 'ah': 51}
        if p['exts']:
            layers, at = [h], h
            while not isinstance(at.payload, NoPayload):
                at = at.payload; layers.append(at)
            for a, e in zip(layers, p['exts']): a.nh = names[e]
    whole = h / transport(p)
    if not p['fragment']: return bytes(whole)
    # One piece of the packet whose checksum is the whole one's.
    offset, size, more = p['fragment']
    raw = bytes(whole)
    if p['l3'] == 4:
        upper = raw[(raw[0] & 15) * 4:]
        h = h.copy(); h.frag = offset // 8; h.flags = 'MF' if more else 0
        return bytes(h / Raw(upper[offset:offset + size]))
    upper = raw[40:]
    h = h.copy(); h.nh = 44
    return bytes(h / IPv6ExtHdrFragment(nh=proto, offset=offset // 8, m=more, id=77) / Raw(upper[offset:offset + size]))

def frame(p):
    if p['l3'] == 'arp':
        kind, body = p['arptype'], bytes(ARP(op=p['opcode'], hwsrc=hexmac(p['sha']), hwdst=hexmac(p['tha']), psrc=ip4(p['spa']), pdst=ip4(p['tpa'])))
    elif p['l3'] == 4: kind, body = 0x0800, network(p)
    elif p['l3'] == 6: kind, body = 0x86dd, network(p)
    else: kind, body = 0x9999, p['payload']
    if p['mpls']:
        kind = 0x8847
        body = b''.join(struct.pack('!I', e) for e in p['mpls']) + body
    if p.get('bare'): return body + p['padding']
    head = p['dst'] + p['src']
    for tpid, tci in p['tags']: head += struct.pack('!HH', tpid, tci)
    return head + struct.pack('!H', kind) + body + p['padding']

def mask(size):
    kind = rng.randrange(4)
    if kind == 0: return bytes(size)
    return b'\xff' * size if kind < 3 else rng.randbytes(size)

# What an action's field is called, the parameter it changes, and its size in bits.
FIELDS = {
    'ethernet': [('src', 'src', 48), ('dst', 'dst', 48)],
    'ipv4': [('src', 'nwsrc', 32), ('dst', 'nwdst', 32), ('tos', 'tos', 8), ('ttl', 'ttl', 8)],
    'ipv6': [('src', 'nwsrc', 128), ('dst', 'nwdst', 128), ('tclass', 'tos', 8), ('hlimit', 'ttl', 8), ('label', 'label', 32)],
    'tcp': [('src', 'tpsrc', 16), ('dst', 'tpdst', 16)], 'udp': [('src', 'tpsrc', 16), ('dst', 'tpdst', 16)],
    'sctp': [('src', 'tpsrc', 16), ('dst', 'tpdst', 16)], 'icmp': [('type', 'type', 8), ('code', 'code', 8)],
    'arp': [('op', 'opcode', 16), ('spa', 'spa', 32), ('tpa', 'tpa', 32), ('sha', 'sha', 48), ('tha', 'tha', 48)],
    'nd': [('target', 'target', 128), ('sll', 'sll', 48), ('tll', 'tll', 48)],
    'mpls': [('lse', 'mpls', 32)],
}

def applies(p, op):
    later = p['fragment'] and p['fragment'][0] > 0
    return not p['mpls'] and {'ipv4': p['l3'] == 4, 'ipv6': p['l3'] == 6, 'arp': p['l3'] == 'arp', 'nd': p['l4'] == 'nd' and p['l3'] == 6,
        'icmp': p['l4'] in ('icmp', 'icmp6') and not later}.get(op, p['l4'] == op and not later and p['l3'] in (4, 6)) or \
        op == 'ethernet' and not p.get('bare') or op == 'mpls' and p['mpls']

def set_action(p, op):
    values, masks, q = {}, {}, dict(p)
    ok = applies(p, op)
    for name, parameter, bits in FIELDS[op]:
        v, m = rng.randbytes(bits // 8), mask(bits // 8)
        if name == 'label': m = bytes([0, m[1] & 15]) + m[2:]
        if op == 'icmp': m = bytes([0xff]) if m[0] else b'\0'; v = bytes([rng.choice([0, 8] if p['l3'] == 4 else [128, 129]) if name == 'type' else rng.randrange(4)])
        if op == 'arp' and name == 'op' and p['l3'] == 'arp': v = u(rng.choice([1, 2, 9]), 16)
        values[name], masks[name] = v.hex(), m.hex()
        if not ok: continue
        old = q[parameter]
        if parameter == 'mpls': old = old[0]
        if old is None: continue
        raw = old if isinstance(old, bytes) else u(old, bits)
        new = bytes((a & ~b & 255) | (c & b) for a, b, c in zip(raw, m, v))
        if parameter == 'mpls': q['mpls'] = [int.from_bytes(new, 'big')] + p['mpls'][1:]
        else: q[parameter] = new if isinstance(old, bytes) else int.from_bytes(new, 'big')
    return dict(op=op, v=values, m=masks), q

def link_action(p, op):
    q = dict(p)
    if op == 'push_vlan':
        tpid, tci = rng.choice([0x8100, 0x88a8]), rng.randrange(65536)
        q['tags'] = [(tpid, tci & 0xefff)] + p['tags']
        return dict(op=op, v=dict(tpid='%04x' % tpid, tci='%04x' % tci)), q
    if op == 'pop_vlan':
        q['tags'] = p['tags'][1:]
        return dict(op=op), q
    if op == 'push_mpls':
        lse = rng.randrange(1 << 32)
        q['mpls'] = [lse] + p['mpls']
        return dict(op=op, v=dict(lse='%08x' % lse, type='8847')), q
    if op == 'pop_mpls':
        q['mpls'] = p['mpls'][1:]
        kind = 0x8847 if q['mpls'] else {4: 0x0800, 6: 0x86dd, 'arp': 0x0806}.get(p['l3'], 0x9999)
        return dict(op=op, v=dict(type='%04x' % kind)), q
    if op == 'pop_eth':
        q['bare'] = True
        q['tags'] = []
        return dict(op=op), q
    q['bare'] = False
    q['src'], q['dst'] = mac(), mac()
    return dict(op=op, v=dict(src=q['src'].hex(), dst=q['dst'].hex())), q

ROUTER_ALERT = IPOption_Router_Alert()
def random_parameters():
    l3 = rng.choice([4, 4, 4, 6, 6, 6, 'arp', 'other'])
    if l3 == 'arp': return parameters('arp', 'arp', rng.randrange(3), padding=bytes(rng.choice([0, 18])))
    if l3 == 'other': return parameters('other', 'other', rng.randrange(3))
    l4 = rng.choice(['tcp', 'udp', 'udp', 'sctp', 'other', 'icmp'] if l3 == 4 else ['tcp', 'udp', 'udp', 'sctp', 'icmp6', 'nd', 'nd', 'other'])
    p = parameters(l3, l4, rng.choice([0, 0, 1, 2]))
    p['padding'] = rng.randbytes(rng.choice([0, 0, 3, 20]))
    if l4 == 'udp' and l3 == 4: p['udpzero'] = rng.random() < 0.25
    if l4 == 'nd':
        p['ndtype'] = rng.choice([135, 136])
        p['sll'], p['tll'] = rng.choice([(mac(), None), (None, mac()), (None, None), (mac(), mac())])
    if l3 == 4 and rng.random() < 0.3: p['options'] = [ROUTER_ALERT] + ([IPOption(b'\x07\x07\x04abcd')] if rng.random() < 0.5 else [])
    if rng.random() < 0.15 and l4 in ('tcp', 'udp'):
        p['payload'] = rng.randbytes(300)
        p['fragment'] = rng.choice([(0, 64, True), (64, 64, True), (128, 100, False)])
    elif l3 == 6 and rng.random() < 0.4:
        p['exts'] = rng.choice([['hbh'], ['dst'], ['rh'], ['rh0'], ['frag'], ['ah'], ['hbh', 'rh', 'dst'], ['hbh', 'frag'], ['ah', 'dst']])
        # scapy leaves a TCP checksum behind an authentication header empty.
        if l4 == 'tcp': p['exts'] = [e for e in p['exts'] if e != 'ah']
    if rng.random() < 0.1: p['mpls'] = [rng.randrange(1 << 32) & ~0x100 for _ in range(rng.randrange(2))] + [rng.randrange(1 << 32) | 0x100]
    return p

def sets_for(p):
    own = {4: ['ipv4'], 6: ['ipv6'], 'arp': ['arp']}.get(p['l3'], []) + {'tcp': ['tcp'], 'udp': ['udp'], 'sctp': ['sctp'], 'icmp': ['icmp'],
        'icmp6': ['icmp'], 'nd': ['nd']}.get(p['l4'], [])
    own += ['ethernet'] + (['mpls'] * 3 if p['mpls'] else [])
    # ICMP's type is not the one of Neighbour Discovery's parameters.
    return own if rng.random() < 0.9 else [f for f in FIELDS if f != 'icmp' or p['l4'] != 'nd']

def links_for(p):
    if p.get('bare'): return ['push_eth'] + (['pop_mpls'] if p['mpls'] else ['push_mpls'])
    choices = ['push_mpls', 'pop_eth'] + (['push_vlan'] * 4 if len(p['tags']) < 2 else []) + (['pop_vlan'] * 4 if p['tags'] else [])
    return choices + (['pop_mpls'] * 4 if p['mpls'] else [])

cases = []
while len(cases) < count:
    p = random_parameters()
    before, actions = frame(p), []
    for _ in range(rng.choice([1, 1, 1, 2, 3, 5])):
        if rng.random() < 0.7: action, p = set_action(p, rng.choice(sets_for(p)))
        else: action, p = link_action(p, rng.choice(links_for(p)))
        actions.append(action)
    name = '%s/%s tags=%d exts=%s fragment=%s %s' % (p['l3'], p['l4'], len(p['tags']), p['exts'], p['fragment'], [a['op'] for a in actions])
    cases.append(dict(name=name, frame=before.hex(), actions=actions, expected=frame(p).hex()))
print(json.dumps(cases))
"""#
