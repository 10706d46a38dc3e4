"""Every message that OS-Ken can make, in any version: values by the names of its constructors' parameters, one changed at a time and then at random."""

import inspect
import random
import zlib

from os_ken.ofproto import nx_match, ofproto_parser

from codec_flows import apply, clear, flow_mod, flow_stats
from peers import build

FRAME = bytes.fromhex("ffffffffffff0200000000010800") + bytes(50)
ALL32, ALL64 = 0xffffffff, (1 << 64) - 1
# Combinations at random for each class.
RANDOM = 6


def leaves(parser, base):
    """The classes of a version that have no further ones below them."""
    known = [kind for _, kind in sorted(vars(parser).items()) if inspect.isclass(kind) and issubclass(kind, base) and kind.__module__ == parser.__name__]
    return [kind for kind in known if kind.__name__ == "OFPExperimenter" or not any(other is not kind and issubclass(other, kind) for other in known)]


def numbers(ofp, *names):
    return [getattr(ofp, name) for name in names if hasattr(ofp, name)]


def bits(ofp, prefix):
    """Each of the bits with names that begin so, none, and all with one more."""
    values = sorted({value for name, value in vars(ofp).items() if name.startswith(prefix) and isinstance(value, int)})
    return [0, *values, sum(values), 1 << 14]


def ports(ofp):
    return [1, 2, *numbers(ofp, "OFPP_ANY", "OFPP_NONE", "OFPP_LOCAL", "OFPP_IN_PORT", "OFPP_CONTROLLER", "OFPP_ALL"), 99, 0]


def parameters(peer):
    """What constructors' parameters of a name are given, the usual value first; by the class as well where a name means several things."""
    ofp, parser = peer.ofproto, peer.ofproto_parser
    anyone = numbers(ofp, "OFPP_ANY", "OFPP_NONE")
    output = [parser.OFPActionOutput(1)]
    does = [[], output, [parser.OFPActionOutput(99)], [parser.OFPActionOutput(ofp.OFPP_CONTROLLER, 64)]]
    match = {6: lambda: parser.OFPMatch(in_port=1)}.get(ofp.OFP_VERSION, parser.OFPMatch)
    inner = [lambda: flow_mod(peer, instructions=apply(parser, ofp, output)), lambda: parser.OFPEchoRequest(peer, b"1234")]
    if hasattr(parser, "OFPGroupMod"):
        inner += [lambda: build(parser.OFPGroupMod, peer, command=0, type_=0, group_id=9, buckets=[]),
                  lambda: build(parser.OFPPortMod, peer, port_no=99, hw_addr="02:00:00:00:00:05")]
    table = {
        "datapath": [peer], "cookie": [0, 7, ALL64], "cookie_mask": [0, 7, ALL64], "table_id": [0, 3, 253, 254, 255], "idle_timeout": [0, 60, 65535],
        "hard_timeout": [0, 60, 65535], "priority": [100, 0, 65535], "importance": [0, 65535], "buffer_id": [ALL32, 0, 5], "out_port": anyone + ports(ofp),
        "out_group": numbers(ofp, "OFPG_ANY") + [5, 6, 0, *numbers(ofp, "OFPG_ALL", "OFPG_MAX")], "port_no": ports(ofp), "port": ports(ofp), "in_port": ports(ofp),
        "group_id": [5, 6, 0, *numbers(ofp, "OFPG_MAX", "OFPG_ALL", "OFPG_ANY")], "meter_id": [1, 2, 0, *numbers(ofp, "OFPM_MAX", "OFPM_SLOWPATH", "OFPM_CONTROLLER", "OFPM_ALL")],
        "queue_id": [ALL32, 0, 1, 7], "command_bucket_id": [ALL32, *numbers(ofp, "OFPG_BUCKET_FIRST", "OFPG_BUCKET_LAST"), 1, 2, 9],
        "generation_id": [7, 6, 8], "short_id": [0, 5], "role": [0, 1, 2, 3, 9], "experimenter": [0x2320, 0x4f4e4600, 0x12345678], "vendor": [0x2320, 0x12345678],
        "exp_type": [9999, 0, 1], "subtype": [9999], "data": [b"", b"1234", b"12345678" * 5], "specific_data": [b"", b"12345678"],
        "hw_addr": ["02:99:99:99:99:99", "00:00:00:00:00:00"], "config": bits(ofp, "OFPPC_"), "mask": bits(ofp, "OFPPC_") + [ALL32], "advertise": [0, 1, 0x400],
        "miss_send_len": [0, 128, 65535], "packet_in_mask": [[3, 0], [7, 1], [ALL32, ALL32]], "port_status_mask": [[7, 7], [0, 0], [ALL32, 0]],
        "flow_removed_mask": [[15, 0], [0, 15]], "bundle_id": [1, 2], "monitor_id": [1, 2], "monitor_flags": [0x1f, *bits(ofp, "OFPFMF_")], "controller_id": [0, 5], "set_": [0, 1],
        "flow_format": [0, 2, 9], "packet_in_format": [0, 1, 2, 9], "feature_request_flags": [0, 1, 2], "weight": [0, 3, 65535], "watch_port": anyone + [1, 99],
        "watch_group": numbers(ofp, "OFPG_ANY") + [5, 9], "bucket_id": [1, 2, 0], "rate": [1000, 0, ALL32], "burst_size": [100, 0, ALL32], "prec_level": [1, 0, 99],
        "max_len": [64, 0, 65535], "vlan_vid": [5, 0, 4096], "vlan_pcp": [3, 9], "dl_addr": [b"\2\0\0\0\0\5"], "nw_addr": ["10.0.0.1"], "tos": [0x28, 3], "tp": [80],
        "ethertype": [0x8847, 0x8100, 0x88a8, 0x88e7, 0x800], "mpls_ttl": [9], "nw_ttl": [9], "ttl": [9], "label": [17], "tc": [3],
        "status": [None], "reason": [0], "message": inner, "request": inner, "match": [match] if ofp.OFP_VERSION != 6 else [parser.OFPMatch, match],
        "actions": does, "instructions": [apply(parser, ofp, list_) for list_ in does] if ofp.OFP_VERSION > 1 else [], "buckets": buckets(peer), "bands": bands(peer),
        "rule": rules, "type_": [0, 1, 2, 3, 4, 6, 9, 200], "command": [0, 1, 2, 3, 4, 5, 9], "frame": [FRAME], "code": [0, 3],
    }
    if ofp.OFP_VERSION == 1:
        table["exp_type"] = table.pop("subtype") + [0, 5]
    return table


SPECIAL = {
    # Table 254 has rules of OVS's own, which only OVS has; and table features are long.
    "table_id": {name: (0, 3, 253, 255) for name in ("OFPFlowStatsRequest", "OFPFlowDescStatsRequest", "OFPAggregateStatsRequest", "NXFlowStatsRequest", "NXAggregateStatsRequest")},
    "queue_id": {"OFPQueueStatsRequest": (ALL32, 1, 7), "OFPQueueDescStatsRequest": (ALL32, 1, 7)},
    "flags": {"OFPFlowMod": (0, 1, 2, 4, 8, 16, 31, 64), "OFPMeterMod": (1, 2, 4, 5, 6, 9, 15, 0, 0x80), "OFPSetConfig": (0, 1, 2, 3, 4, 0x8000),
              "OFPBundleCtrlMsg": (3, 0, 1, 2, 8), "OFPBundleAddMsg": (3, 0), "": (0, 2)},
    # OVS answers bundle controls of an unknown type by one whose type it has not set.
    "type_": {"OFPGroupMod": (0, 1, 2, 3, 4, 200), "OFPBundleCtrlMsg": (0, 2, 4, 6, 1), "OFPErrorMsg": (0, 1, 77), "": ()},
    "config": {"OFPTableMod": (0, 1, 2, 3, 4, 8, 12, ALL32)},
    # OVS passes over unknown commands in silence.
    "command": {"OFPFlowMonitorRequest": (0, 1, 2)},
    "data": {"OFPPacketOut": (FRAME, b"", FRAME[:20])},
    "match": {"OFPPacketOut": None},
}


def rules():
    """Nicira's matches in OpenFlow 1.0."""
    rule = nx_match.ClsRule()
    rule.set_in_port(1)
    rule.set_dl_type(0x0800)
    rule.set_nw_proto(6)
    rule.set_tp_dst(80)
    return rule


def bucket(peer, weight, watch, *list_, number=None):
    ofp, parser = peer.ofproto, peer.ofproto_parser
    if ofp.OFP_VERSION < 6:
        return parser.OFPBucket(weight, watch, ofp.OFPG_ANY, list(list_))
    properties = ([parser.OFPGroupBucketPropWeight(type_=ofp.OFPGBPT_WEIGHT, length=8, weight=weight)] if weight else []) + (
        [parser.OFPGroupBucketPropWatch(type_=ofp.OFPGBPT_WATCH_PORT, length=8, watch=watch)] if watch != ofp.OFPP_ANY else [])
    return parser.OFPBucket(bucket_id=number or 0, actions=list(list_), properties=properties)


def buckets(peer):
    ofp, parser = peer.ofproto, peer.ofproto_parser
    if not hasattr(parser, "OFPBucket"):
        return []
    out = parser.OFPActionOutput
    lists = [[bucket(peer, 0, ofp.OFPP_ANY, out(2), number=1)], [], [bucket(peer, 3, ofp.OFPP_ANY, out(1), number=1), bucket(peer, 5, 2, out(2), number=2)]]
    if ofp.OFP_VERSION >= 6:
        watch = parser.OFPGroupBucketPropWatch(type_=ofp.OFPGBPT_WATCH_GROUP, length=8, watch=5)
        weight = parser.OFPGroupBucketPropWeight(type_=ofp.OFPGBPT_WEIGHT, length=8, weight=7)
        other = parser.OFPGroupBucketPropExperimenter(type_=ofp.OFPGBPT_EXPERIMENTER, experimenter=0x12345678, exp_type=1, data=[1])
        for properties in ([watch], [weight, weight], [other], [weight, watch]):
            lists.append([parser.OFPBucket(bucket_id=7, actions=[out(1)], properties=properties)])
        lists.append([bucket(peer, 0, ofp.OFPP_ANY, out(1), number=1), bucket(peer, 0, ofp.OFPP_ANY, out(2), number=1)])
        lists.append([bucket(peer, 0, ofp.OFPP_ANY, number=ofp.OFPG_BUCKET_ALL)])
    return lists


def bands(peer):
    parser = peer.ofproto_parser
    if not hasattr(parser, "OFPMeterBandDrop"):
        return []
    return [[parser.OFPMeterBandDrop(1000, 100)], [], [parser.OFPMeterBandDrop(1000, 0), parser.OFPMeterBandDrop(2000, 9)], [parser.OFPMeterBandDscpRemark(1000, 100, 1)],
            [parser.OFPMeterBandExperimenter(1, 1, 5)], [parser.OFPMeterBandDrop(index + 1, 0) for index in range(10)]]


# The properties of messages, by what their classes' names begin with.
PROPERTIES = {"OFPPortMod": "OFPPortModProp", "OFPTableMod": "OFPTableModProp", "OFPSetAsync": "OFPAsyncConfigProp", "OFPBundleCtrlMsg": "OFPBundleProp",
              "OFPBundleAddMsg": "OFPBundleProp", "OFPGroupMod": "OFPGroupProp", "OFPBundleFeaturesStatsRequest": "OFPBundleFeaturesProp"}
# Their types, and values by their parameters' names.
PROPERTY_TYPES = {"Ethernet": 0, "Optical": 1, "Eviction": 2, "Vacancy": 3, "Time": 1, "Experimenter": 0xffff}
PROPERTY_VALUES = {"advertise": (0, 1, 0x2000), "flags": (0, 1, 7, 0x10), "vacancy_down": (20, 80, 0), "vacancy_up": (80, 20, 101), "vacancy": (0, 50), "experimenter": (0x12345678, 0x2320),
                   "exp_type": (1,), "data": ([], [1, 2])}


def properties(peer, kind):
    """Lists of properties for a class of messages: none, each of its kinds with each value, and each twice."""
    parser = peer.ofproto_parser
    yield []
    base = getattr(parser, PROPERTIES.get(kind.__name__, ""), None)
    if base is None:
        return
    names = [name for name in sorted(vars(parser)) if name.startswith(base.__name__) and name not in (base.__name__, "OFPAsyncConfigPropReasons")]
    for name in names:
        kind_of = getattr(parser, name)
        named = {key: PROPERTY_VALUES.get(key, (0,)) for key in inspect.signature(kind_of.__init__).parameters if key not in ("self", "type_", "length")}
        usual = {key: values[0] for key, values in named.items()}
        number = next((number for end, number in PROPERTY_TYPES.items() if name.endswith(end)), 0)
        for key, values in [("", [None]), *named.items()]:
            for value in values:
                one = kind_of(type_=number, **(usual | ({key: value} if key else {})))
                yield [one]
        yield [one, one]
    if base.__name__ == "OFPAsyncConfigProp":
        for number in range(12):
            for mask in (0, 1, 0x3f, ALL32):
                yield [parser.OFPAsyncConfigPropReasons(type_=number, length=8, mask=mask)]


def arguments(peer, kind, table):
    """The values of each of a class's parameters."""
    result = {}
    for name, parameter in inspect.signature(kind.__init__).parameters.items():
        if name in ("self", "datapath", "actions_len", "len_", "bucket_array_len", "kwargs") or parameter.kind == parameter.VAR_KEYWORD:
            continue
        special = SPECIAL.get(name, {})
        values = special.get(kind.__name__, special.get("", table.get(name)))
        if name == "properties":
            values = list(properties(peer, kind))
        elif values is None and kind.__name__ == "OFPPacketOut" and name == "match":
            values = [lambda: peer.ofproto_parser.OFPMatch(in_port=1), peer.ofproto_parser.OFPMatch, lambda: peer.ofproto_parser.OFPMatch(eth_type=0x800),
                      lambda: peer.ofproto_parser.OFPMatch(in_port=1, metadata=5, tunnel_id=7), lambda: peer.ofproto_parser.OFPMatch(in_port=(1, 0xff)),
                      lambda: peer.ofproto_parser.OFPMatch(in_port=1, reg3=7, vlan_vid=0x1005)]
        if callable(values):
            values = [values]
        if values:
            result[name] = list(values)
    return result


def variations(peer, kind, table):
    """Constructors' arguments: the usual ones, each with each of its other values, and some at random. Twice the same for two peers of one version."""
    named = arguments(peer, kind, table)
    usual = {name: values[0] for name, values in named.items()}
    yield usual, "usual"
    for name, values in named.items():
        for index, value in enumerate(values[1:]):
            yield usual | {name: value}, "%s %d" % (name, index + 1)
    if kind.__name__ == "OFPTableFeaturesStatsRequest":
        return
    chance = random.Random(zlib.crc32(kind.__name__.encode()) + peer.ofproto.OFP_VERSION)
    for number in range(RANDOM if len(named) > 1 else 0):
        yield {name: chance.choice(values) for name, values in named.items()}, "random %d" % number


def prepare(peer):
    """The state that each case finds: a flow, a group and a meter, and nothing else."""
    ofp, parser = peer.ofproto, peer.ofproto_parser
    messages = [clear(peer)]
    if hasattr(parser, "OFPGroupMod"):
        messages += [build(parser.OFPGroupMod, peer, command=ofp.OFPGC_DELETE, type_=0, group_id=ofp.OFPG_ALL, buckets=[]),
                     build(parser.OFPGroupMod, peer, command=ofp.OFPGC_ADD, type_=ofp.OFPGT_SELECT, group_id=5, buckets=buckets(peer)[2])]
    if hasattr(parser, "OFPMeterMod"):
        messages += [parser.OFPMeterMod(peer, ofp.OFPMC_DELETE, 0, ofp.OFPM_ALL, []), parser.OFPMeterMod(peer, ofp.OFPMC_ADD, 1, 1, [parser.OFPMeterBandDrop(1000, 100)])]
    return messages + [flow_mod(peer, cookie=7, instructions=apply(parser, ofp, [parser.OFPActionOutput(1)]))]


def follow(peer, kind):
    """What is asked after a message, to see what it did, and what takes it back."""
    ofp, parser = peer.ofproto, peer.ofproto_parser
    name = kind.__name__
    if name in ("OFPFlowMod", "NXTFlowMod"):
        return [flow_stats(peer)]
    if name == "OFPGroupMod":
        return [build(parser.OFPGroupDescStatsRequest, peer), build(parser.OFPGroupStatsRequest, peer)]
    if name == "OFPMeterMod":
        return [getattr(parser, "OFPMeterDescStatsRequest", getattr(parser, "OFPMeterConfigStatsRequest", None))(peer)]
    if name == "OFPSetConfig":
        return [parser.OFPGetConfigRequest(peer), parser.OFPSetConfig(peer, 0, 0)]
    if name == "OFPSetAsync":
        return [parser.OFPGetAsyncRequest(peer)]
    if name == "OFPRoleRequest":
        return [flow_mod(peer, priority=3), build(kind, peer, role=ofp.OFPCR_ROLE_EQUAL, generation_id=0, short_id=0)]
    if name == "NXTRoleRequest":
        return [flow_mod(peer, priority=3), kind(peer, 0)]
    if name == "NXTFlowModTableId":
        return [kind(peer, 0)]
    if name in ("NXTSetFlowFormat", "NXTSetControllerId", "NXTSetPacketInFormat", "NXTSetPacketInFormatMsg"):
        return [kind(peer, 0)]
    if name == "OFPTableMod":
        asked = [parser.OFPTableDescStatsRequest(peer, 0)] if hasattr(parser, "OFPTableDescStatsRequest") else []
        return asked + [build(kind, peer, table_id=255, config=0, properties=[])]
    if name.startswith("OFPBundle") or name.startswith("ONFBundle"):
        control = getattr(parser, "OFPBundleCtrlMsg", getattr(parser, "ONFBundleCtrlMsg", None))
        return [control(peer, number, 6, 3, []) for number in (1, 2)]
    return []


def compare_messages(comparison):
    """All classes of messages but a controller's hello, whose answer is another."""
    first = comparison.peers[0]
    cases = []
    for kind in leaves(first.ofproto_parser, ofproto_parser.MsgBase):
        if kind.__name__ == "OFPHello":
            continue
        choices = [list(variations(peer, kind, parameters(peer))) for peer in comparison.peers]
        for index in range(len(choices[0])):
            def one(peer, kind=kind, index=index, choices=choices):
                named = choices[comparison.peers.index(peer)][index][0]
                named = {name: value() if callable(value) else value for name, value in named.items()}
                return [*prepare(peer), kind(peer, **named), *follow(peer, kind)]
            cases.append(("%s %s %s" % (kind.__name__, choices[0][index][1], said(choices[0][index][0])), one))
    comparison.all_same(cases)
    comparison.unasked_same("what comes unasked")


def said(named):
    return " ".join("%s=%s" % (name, value) for name, value in named.items() if isinstance(value, (int, str)))
