"""All messages of a controller but flow mods, from OpenFlow 1.2 on."""

from codec_flows import apply, clear, flow_mod, flow_stats
from codec_generate import FRAME, bucket
from peers import bodies, build, plain


def compare_rest(comparison):
    for part in (session, ports, tables, groups, meters, packet_outs, roles_and_async, bundles, monitors):
        part(comparison)


def parts(peer):
    return peer.ofproto, peer.ofproto_parser


def session(comparison):
    comparison.same("echo", lambda peer: peer.ofproto_parser.OFPEchoRequest(peer, b"are you there?"))
    comparison.same("empty echo", lambda peer: peer.ofproto_parser.OFPEchoRequest(peer))
    comparison.same("get config", lambda peer: peer.ofproto_parser.OFPGetConfigRequest(peer))
    for flags, length in ((0, 128), (1, 128), (2, 128), (3, 0xffff), (4, 5), (0, 200)):
        comparison.same("set config %d %d" % (flags, length), lambda peer: [peer.ofproto_parser.OFPSetConfig(peer, flags, length), peer.ofproto_parser.OFPGetConfigRequest(peer)])
    comparison.same("features", lambda peer: peer.ofproto_parser.OFPFeaturesRequest(peer), change=without_ports)
    comparison.same("description", lambda peer: build(peer.ofproto_parser.OFPDescStatsRequest, peer, flags=0), change=lambda answers: [list(answer) for answer in answers])
    for experimenter, kind in ((0x12345678, 1), (0x2320, 9999), (0x4f4e4600, 9999)):
        comparison.same("experimenter %x" % experimenter, lambda peer: peer.ofproto_parser.OFPExperimenter(peer, experimenter, kind, b"12345678"))
    if hasattr(comparison.peers[0].ofproto_parser, "OFPExperimenterStatsRequest"):
        comparison.same("experimenter multipart", lambda peer: peer.ofproto_parser.OFPExperimenterStatsRequest(peer, 0, 0x12345678, 1, b"1234"))


def without_ports(answers):
    """The ports of features in OpenFlow 1.2: their speeds are those of other devices, and LOCAL need not be there."""
    for answer in answers:
        answer.get("OFPSwitchFeatures", {}).pop("ports", None)
    return answers


def only_numbered(answers):
    """Port 1 to 3, with what is configured."""
    found = []
    for element in bodies(answers):
        for port in element.values() if isinstance(next(iter(element.values())), dict) else [element]:
            if isinstance(port.get("port_no"), int) and port["port_no"] < 0xff00:
                found.append({key: port[key] for key in ("port_no", "config", "rx_packets", "rx_crc_err", "collisions") if key in port})
    return sorted(found, key=str) + [answer for answer in answers if "OFPErrorMsg" in answer]


def ports(comparison):
    ofp, parser = parts(comparison.peers[0])
    for port in (ofp.OFPP_ANY, 1, 2, 99, 0xfffffffd):
        comparison.same("port stats %x" % port, lambda peer: build(peer.ofproto_parser.OFPPortStatsRequest, peer, flags=0, port_no=port), change=only_numbered)
        if hasattr(parser, "OFPPortDescStatsRequest"):
            comparison.same("port description %x" % port, lambda peer: build(peer.ofproto_parser.OFPPortDescStatsRequest, peer, flags=0, port_no=port), change=only_numbered)

    def addresses(peer):
        """The Ethernet addresses by port."""
        request = peer.ofproto_parser.OFPPortDescStatsRequest(peer, 0) if hasattr(peer.ofproto_parser, "OFPPortDescStatsRequest") else peer.ofproto_parser.OFPFeaturesRequest(peer)
        answers = peer.ask(request)
        if "OFPSwitchFeatures" in answers[0]:
            found = [next(iter(port.values())) for port in answers[0]["OFPSwitchFeatures"]["ports"].values()]
        else:
            found = [next(iter(port.values())) for port in bodies(answers)]
        return {port["port_no"]: port["hw_addr"] for port in found}

    def described(peer):
        return peer.ofproto_parser.OFPPortDescStatsRequest(peer, 0) if hasattr(peer.ofproto_parser, "OFPPortDescStatsRequest") else []

    for config, mask in ((ofp.OFPPC_NO_FWD, ofp.OFPPC_NO_FWD), (0, ofp.OFPPC_NO_FWD), (ofp.OFPPC_NO_PACKET_IN | ofp.OFPPC_NO_RECV, ofp.OFPPC_NO_PACKET_IN | ofp.OFPPC_NO_RECV),
                         (0, 0xffffffff & (ofp.OFPPC_NO_PACKET_IN | ofp.OFPPC_NO_RECV)), (0x80000000, 0x80000000)):
        def one(peer):
            mod = build(peer.ofproto_parser.OFPPortMod, peer, port_no=1, hw_addr=addresses(peer)[1], config=config, mask=mask)
            return [mod] + ([described(peer)] if described(peer) else [])
        comparison.same("port mod %x/%x" % (config, mask), one, change=only_numbered)
    comparison.same("port mod of another address", lambda peer: build(peer.ofproto_parser.OFPPortMod, peer, port_no=1, hw_addr="02:99:99:99:99:99", config=0, mask=0))
    comparison.same("port mod of no port", lambda peer: build(peer.ofproto_parser.OFPPortMod, peer, port_no=77, hw_addr="02:99:99:99:99:99", config=0, mask=0))
    if hasattr(parser, "OFPPortModPropEthernet"):
        comparison.same("port mod with a property", lambda peer: peer.ofproto_parser.OFPPortMod(
            peer, 1, addresses(peer)[1], 0, 0, [peer.ofproto_parser.OFPPortModPropEthernet(type_=0, advertise=0)]))


def tables(comparison):
    ofp, parser = parts(comparison.peers[0])
    comparison.same("table stats", lambda peer: build(peer.ofproto_parser.OFPTableStatsRequest, peer, flags=0), change=first_tables)
    if hasattr(parser, "OFPTableDescStatsRequest"):
        comparison.same("table descriptions", lambda peer: peer.ofproto_parser.OFPTableDescStatsRequest(peer, 0), change=first_tables)
    for table in (0, 5, 255, 254):
        for config in (0, 1, 2, 3, 4, 12):
            def one(peer):
                messages = [build(peer.ofproto_parser.OFPTableMod, peer, table_id=table, config=config, properties=[])]
                if hasattr(parser, "OFPTableDescStatsRequest"):
                    messages.append(peer.ofproto_parser.OFPTableDescStatsRequest(peer, 0))
                return messages + [build(peer.ofproto_parser.OFPTableMod, peer, table_id=table, config=0, properties=[])]
            comparison.same("table mod %d %d" % (table, config), one, change=first_tables)
    if hasattr(parser, "OFPTableModPropVacancy"):
        for properties in (lambda parser: [parser.OFPTableModPropEviction(type_=2, flags=1)], lambda parser: [parser.OFPTableModPropVacancy(type_=3, vacancy_down=20, vacancy_up=80, vacancy=0)],
                           lambda parser: [parser.OFPTableModPropVacancy(type_=3, vacancy_down=80, vacancy_up=20, vacancy=0)]):
            comparison.same("table mod %s" % properties(parser)[0].to_jsondict(), lambda peer: [
                peer.ofproto_parser.OFPTableMod(peer, 3, peer.ofproto.OFPTC_EVICTION | peer.ofproto.OFPTC_VACANCY_EVENTS, properties(peer.ofproto_parser)),
                peer.ofproto_parser.OFPTableDescStatsRequest(peer, 0), peer.ofproto_parser.OFPTableMod(peer, 3, 0, [])], change=first_tables)


def first_tables(answers):
    """Tables 0 to 9, without how many flows fit."""
    found = []
    for element in bodies(answers):
        for table in element.values():
            if table.get("table_id", 0) < 10:
                found.append({key: value for key, value in table.items() if key not in ("max_entries", "lookup_count", "matched_count")})
    return sorted(found, key=str) + [answer for answer in answers if "OFPErrorMsg" in answer or "undecoded" in answer]


def group_mod(peer, command, kind, number, buckets, **more):
    return build(peer.ofproto_parser.OFPGroupMod, peer, command=command, type_=kind, group_id=number, buckets=buckets, **{"properties": [], **more})


def groups(comparison):
    ofp, parser = parts(comparison.peers[0])

    def asked(peer, group=None):
        return [build(peer.ofproto_parser.OFPGroupDescStatsRequest, peer, flags=0), build(peer.ofproto_parser.OFPGroupStatsRequest, peer, flags=0)]

    def forget(peer):
        return group_mod(peer, peer.ofproto.OFPGC_DELETE, 0, peer.ofproto.OFPG_ALL, [])

    def out(peer, port):
        return peer.ofproto_parser.OFPActionOutput(port)

    comparison.same("group features", lambda peer: build(peer.ofproto_parser.OFPGroupFeaturesStatsRequest, peer, flags=0))
    comparison.same("forget groups", forget)
    shapes = {
        "empty": lambda peer: [], "one": lambda peer: [bucket(peer, 0, peer.ofproto.OFPP_ANY, out(peer, 1), number=1)],
        "two": lambda peer: [bucket(peer, 0, peer.ofproto.OFPP_ANY, out(peer, 1), number=1), bucket(peer, 0, peer.ofproto.OFPP_ANY, out(peer, 2), number=2)],
        "weights": lambda peer: [bucket(peer, 3, peer.ofproto.OFPP_ANY, out(peer, 1), number=1), bucket(peer, 5, peer.ofproto.OFPP_ANY, *[
            peer.ofproto_parser.OFPActionSetField(eth_src="02:00:00:00:00:01"), peer.ofproto_parser.OFPActionDecNwTtl(), out(peer, 2)], number=2)],
        "watch": lambda peer: [bucket(peer, 0, 1, out(peer, 1), number=1), bucket(peer, 0, 2, out(peer, 2), number=2)],
        "unknown port": lambda peer: [bucket(peer, 0, 99, out(peer, 99), number=1)],
        "unknown group": lambda peer: [bucket(peer, 0, peer.ofproto.OFPP_ANY, peer.ofproto_parser.OFPActionGroup(4242), number=1)],
        "no actions": lambda peer: [bucket(peer, 1, peer.ofproto.OFPP_ANY, number=1)],
    }
    for kind in (ofp.OFPGT_ALL, ofp.OFPGT_SELECT, ofp.OFPGT_INDIRECT, ofp.OFPGT_FF, 200):
        for name, shape in shapes.items():
            comparison.same("group %d %s" % (kind, name), lambda peer: [group_mod(peer, peer.ofproto.OFPGC_ADD, kind, 5, shape(peer)), *asked(peer), forget(peer)])
    comparison.same("group twice", lambda peer: [group_mod(peer, ofp.OFPGC_ADD, 0, 5, shapes["one"](peer)), group_mod(peer, ofp.OFPGC_ADD, 0, 5, shapes["two"](peer)), *asked(peer), forget(peer)])
    comparison.same("group changes", lambda peer: [group_mod(peer, ofp.OFPGC_ADD, 0, 5, shapes["one"](peer)), group_mod(peer, ofp.OFPGC_MODIFY, 1, 5, shapes["weights"](peer)), *asked(peer), forget(peer)])
    comparison.same("no such group", lambda peer: [group_mod(peer, ofp.OFPGC_MODIFY, 0, 5, []), group_mod(peer, ofp.OFPGC_DELETE, 0, 5, []), group_mod(peer, 77, 0, 5, []), *asked(peer)])
    comparison.same("reserved group", lambda peer: group_mod(peer, ofp.OFPGC_ADD, 0, 0xffffff01, []))
    comparison.same("loop", lambda peer: [group_mod(peer, ofp.OFPGC_ADD, 0, 5, [bucket(peer, 0, ofp.OFPP_ANY, peer.ofproto_parser.OFPActionGroup(5))]), *asked(peer), forget(peer)])
    comparison.same("a flow's group goes", lambda peer: [
        group_mod(peer, ofp.OFPGC_ADD, 0, 5, shapes["two"](peer)), flow_mod(peer, instructions=apply(peer.ofproto_parser, ofp, [peer.ofproto_parser.OFPActionGroup(5)])),
        flow_mod(peer, priority=7), flow_stats(peer, out_group=5), *asked(peer), forget(peer), flow_stats(peer), clear(peer)])
    if ofp.OFP_VERSION >= 6:
        for command in (ofp.OFPGC_INSERT_BUCKET, ofp.OFPGC_REMOVE_BUCKET):
            for place in (ofp.OFPG_BUCKET_FIRST, ofp.OFPG_BUCKET_LAST, ofp.OFPG_BUCKET_ALL, 1, 2, 9):
                def one(peer):
                    more = [bucket(peer, 7, ofp.OFPP_ANY, out(peer, 2), number=7)] if command == ofp.OFPGC_INSERT_BUCKET else []
                    return [group_mod(peer, ofp.OFPGC_ADD, ofp.OFPGT_SELECT, 5, shapes["weights"](peer)),
                            group_mod(peer, command, ofp.OFPGT_SELECT, 5, more, command_bucket_id=place), *asked(peer), forget(peer)]
                comparison.same("bucket command %d at %x" % (command, place), one)


def meters(comparison):
    ofp, parser = parts(comparison.peers[0])
    if not hasattr(parser, "OFPMeterMod"):
        return
    described = "OFPMeterDescStatsRequest" if hasattr(parser, "OFPMeterDescStatsRequest") else "OFPMeterConfigStatsRequest"

    def asked(peer):
        return [getattr(peer.ofproto_parser, described)(peer, 0, peer.ofproto.OFPM_ALL), peer.ofproto_parser.OFPMeterStatsRequest(peer, 0, peer.ofproto.OFPM_ALL)]

    def mod(peer, command, flags, number, bands):
        return peer.ofproto_parser.OFPMeterMod(peer, command, flags, number, bands)

    def forget(peer):
        return mod(peer, peer.ofproto.OFPMC_DELETE, 0, peer.ofproto.OFPM_ALL, [])

    comparison.same("meter features", lambda peer: peer.ofproto_parser.OFPMeterFeaturesStatsRequest(peer, 0))
    shapes = {
        "none": lambda parser: [], "drop": lambda parser: [parser.OFPMeterBandDrop(1000, 100)], "two drops": lambda parser: [parser.OFPMeterBandDrop(1000, 100), parser.OFPMeterBandDrop(2000, 0)],
        "remark": lambda parser: [parser.OFPMeterBandDscpRemark(1000, 100, 1)], "experimenter": lambda parser: [parser.OFPMeterBandExperimenter(1, 1, 5)],
    }
    for flags in (ofp.OFPMF_KBPS, ofp.OFPMF_PKTPS, ofp.OFPMF_KBPS | ofp.OFPMF_BURST | ofp.OFPMF_STATS, ofp.OFPMF_KBPS | ofp.OFPMF_PKTPS, 0, 0x80):
        for name, shape in shapes.items():
            comparison.same("meter %x %s" % (flags, name), lambda peer: [mod(peer, ofp.OFPMC_ADD, flags, 1, shape(peer.ofproto_parser)), *asked(peer), forget(peer)])
    drop = shapes["drop"]
    comparison.same("meter changes", lambda peer: [mod(peer, ofp.OFPMC_ADD, 1, 1, drop(peer.ofproto_parser)), mod(peer, ofp.OFPMC_ADD, 1, 1, drop(peer.ofproto_parser)),
                                                   mod(peer, ofp.OFPMC_MODIFY, 2, 1, shapes["two drops"](peer.ofproto_parser)), *asked(peer), forget(peer), *asked(peer)])
    comparison.same("no such meter", lambda peer: [mod(peer, ofp.OFPMC_MODIFY, 1, 5, drop(peer.ofproto_parser)), mod(peer, ofp.OFPMC_DELETE, 0, 5, []), mod(peer, 9, 0, 5, []),
                                                   peer.ofproto_parser.OFPMeterStatsRequest(peer, 0, 5), getattr(peer.ofproto_parser, described)(peer, 0, 5)])
    for number in (0, 0xffff0001, ofp.OFPM_CONTROLLER, 0xffffffff):
        comparison.same("meter %x" % number, lambda peer: [mod(peer, ofp.OFPMC_ADD, 1, number, drop(peer.ofproto_parser)), *asked(peer), forget(peer)])
    if hasattr(parser, "OFPInstructionMeter"):
        comparison.same("a flow's meter goes", lambda peer: [
            mod(peer, ofp.OFPMC_ADD, 1, 1, drop(peer.ofproto_parser)), flow_mod(peer, instructions=[peer.ofproto_parser.OFPInstructionMeter(1)]), flow_stats(peer), *asked(peer),
            forget(peer), flow_stats(peer), clear(peer)])


def packet_outs(comparison):
    """What is sent to OFPP_CONTROLLER comes back."""
    ofp = comparison.peers[0].ofproto

    def out(peer, port, list_, data=FRAME, buffer=0xffffffff):
        parser = peer.ofproto_parser
        place = {"match": parser.OFPMatch(in_port=port)} if ofp.OFP_VERSION >= 6 else {"in_port": port}
        return build(parser.OFPPacketOut, peer, buffer_id=buffer, actions=list_(parser), data=data, **place)

    comparison.same("ask for packets", lambda peer: peer.ofproto_parser.OFPSetConfig(peer, 0, 0xffff))
    for port in (ofp.OFPP_CONTROLLER, 1, ofp.OFPP_ANY, 99, 0xffffff01, ofp.OFPP_LOCAL):
        comparison.same("packet out %x" % port, lambda peer: out(peer, port, lambda parser: []))
        comparison.same("packet out to port 1 %x" % port, lambda peer: out(peer, port, lambda parser: [parser.OFPActionOutput(1)]))
    comparison.same("empty packet out", lambda peer: out(peer, 1, lambda parser: [parser.OFPActionOutput(2)], data=b""))
    comparison.same("packet out to no port", lambda peer: out(peer, 1, lambda parser: [parser.OFPActionOutput(0)]))
    comparison.same("packet out to a group", lambda peer: out(peer, 1, lambda parser: [parser.OFPActionGroup(99)]))
    sent = 0
    for length, list_ in ((0xffff, lambda parser, end: [end]), (20, lambda parser, end: [end]),
                          (0xffff, lambda parser, end: [parser.OFPActionSetField(eth_src="02:00:00:00:00:77"), parser.OFPActionPushVlan(0x8100), parser.OFPActionSetField(vlan_vid=0x1009), end])):
        answers = []
        for peer in comparison.peers:
            peer.send(out(peer, 1, lambda parser: list_(parser, parser.OFPActionOutput(ofp.OFPP_CONTROLLER, length))))
            message = peer.receive()
            answers.append({} if message is None else plain(message.to_jsondict()))
        sent += 1
        comparison.expect("packet-in of %d bytes" % length, answers[0] == answers[1] and "OFPPacketIn" in answers[0], answers)
    comparison.same("ask for no packets", lambda peer: peer.ofproto_parser.OFPSetConfig(peer, 0, 0))


def roles_and_async(comparison):
    ofp, parser = parts(comparison.peers[0])
    roles = (ofp.OFPCR_ROLE_NOCHANGE, ofp.OFPCR_ROLE_EQUAL, ofp.OFPCR_ROLE_MASTER, ofp.OFPCR_ROLE_SLAVE, 9)
    for generation in (5, 4, 6):
        for role in roles:
            comparison.same("role %d %d" % (role, generation), lambda peer: build(peer.ofproto_parser.OFPRoleRequest, peer, role=role, generation_id=generation, short_id=0))
    comparison.same("forbidden to a secondary", lambda peer: [
        build(peer.ofproto_parser.OFPRoleRequest, peer, role=ofp.OFPCR_ROLE_SLAVE, generation_id=7, short_id=0), flow_mod(peer), group_mod(peer, 0, 0, 1, []), flow_stats(peer),
        build(peer.ofproto_parser.OFPRoleRequest, peer, role=ofp.OFPCR_ROLE_EQUAL, generation_id=7, short_id=0)])
    if not hasattr(parser, "OFPSetAsync"):
        return
    comparison.same("get async", lambda peer: peer.ofproto_parser.OFPGetAsyncRequest(peer))
    if ofp.OFP_VERSION == 4:
        for masks in (((1, 2), (3, 4), (5, 6)), ((7, 7), (7, 7), (15, 15)), ((0xffffffff, 0), (0, 0xffffffff), (0, 0))):
            comparison.same("set async %r" % (masks,), lambda peer: [peer.ofproto_parser.OFPSetAsync(peer, *masks), peer.ofproto_parser.OFPGetAsyncRequest(peer)])
    else:
        for kind in range(0, 12):
            for mask in (0, 1, 3, 7, 0x3f, 0xffffffff):
                comparison.same("set async %d %x" % (kind, mask), lambda peer: [
                    peer.ofproto_parser.OFPSetAsync(peer, [peer.ofproto_parser.OFPAsyncConfigPropReasons(type_=kind, length=8, mask=mask)]), peer.ofproto_parser.OFPGetAsyncRequest(peer)])


def bundles(comparison):
    ofp, parser = parts(comparison.peers[0])
    if not hasattr(parser, "OFPBundleCtrlMsg"):
        return

    def control(peer, kind, number=1, flags=3):
        return peer.ofproto_parser.OFPBundleCtrlMsg(peer, number, kind, flags, [])

    def add(peer, message, number=1, flags=3):
        return number, flags, message

    def run(peer, steps):
        """Sends the steps one by one."""
        answers = []
        for step in steps:
            if isinstance(step, tuple):
                step = peer.ofproto_parser.OFPBundleAddMsg(peer, step[0], step[1], step[2], [])
            answers += peer.ask(step)
        return answers

    cases = {
        "commit": lambda peer: [control(peer, 0), add(peer, flow_mod(peer, priority=1)), add(peer, flow_mod(peer, priority=2, instructions=apply(peer.ofproto_parser, ofp, [
            peer.ofproto_parser.OFPActionOutput(1)]))), control(peer, 2), control(peer, 4), flow_stats(peer), clear(peer)],
        "commit without close": lambda peer: [control(peer, 0), add(peer, flow_mod(peer, priority=1)), control(peer, 4), flow_stats(peer), clear(peer)],
        "discard": lambda peer: [control(peer, 0), add(peer, flow_mod(peer, priority=1)), control(peer, 6), flow_stats(peer)],
        "open twice": lambda peer: [control(peer, 0), control(peer, 0), control(peer, 6)],
        "unknown": lambda peer: [control(peer, 2, 9), control(peer, 4, 9), control(peer, 6, 9)],
        "closed": lambda peer: [control(peer, 0), control(peer, 2), control(peer, 2), add(peer, flow_mod(peer, priority=1)), control(peer, 4), control(peer, 6)],
        "other flags": lambda peer: [control(peer, 0, 2, 1), add(peer, flow_mod(peer), 2, 2), control(peer, 4, 2, 2), control(peer, 6, 2, 1), control(peer, 0, 3, 0), control(peer, 6, 3, 0)],
        "opened by adding": lambda peer: [add(peer, flow_mod(peer, priority=9), 4), control(peer, 4, 4), flow_stats(peer), clear(peer)],
        "not for bundles": lambda peer: [control(peer, 0), add(peer, peer.ofproto_parser.OFPEchoRequest(peer)), control(peer, 6)],
        "all or nothing": lambda peer: [control(peer, 0), add(peer, flow_mod(peer, priority=3)), add(peer, flow_mod(peer, priority=3, table_id=255)), control(peer, 4),
                                        flow_stats(peer), clear(peer)],
        "groups too": lambda peer: [control(peer, 0), add(peer, group_mod(peer, 0, 0, 8, [])), add(peer, flow_mod(peer, instructions=apply(peer.ofproto_parser, ofp, [
            peer.ofproto_parser.OFPActionGroup(8)]))), control(peer, 4), flow_stats(peer), group_mod(peer, 2, 0, 8, []), clear(peer)],
    }
    for name, steps in cases.items():
        answers = [plain(run(peer, steps(peer))) for peer in comparison.peers]
        comparison.expect("bundle: " + name, answers[0] == answers[1], "\n  ours   %s\n  theirs %s" % tuple(answers))
    if hasattr(parser, "OFPBundleFeaturesStatsRequest"):
        comparison.same("bundle features", lambda peer: peer.ofproto_parser.OFPBundleFeaturesStatsRequest(peer, 0, 0, []))


def monitors(comparison):
    ofp, parser = parts(comparison.peers[0])
    if not hasattr(parser, "OFPFlowMonitorRequest"):
        return
    comparison.same("flow monitor", lambda peer: [clear(peer), flow_mod(peer, priority=3, cookie=9, instructions=apply(peer.ofproto_parser, ofp, [peer.ofproto_parser.OFPActionOutput(1)])),
        peer.ofproto_parser.OFPFlowMonitorRequest(peer, 0, 1, ofp.OFPP_ANY, ofp.OFPG_ANY, ofp.OFPFMF_INITIAL | ofp.OFPFMF_ADD | ofp.OFPFMF_REMOVED | ofp.OFPFMF_INSTRUCTIONS, 255,
                                                  ofp.OFPFMC_ADD, peer.ofproto_parser.OFPMatch())])
    comparison.same("monitor twice", lambda peer: peer.ofproto_parser.OFPFlowMonitorRequest(peer, 0, 1, ofp.OFPP_ANY, ofp.OFPG_ANY, ofp.OFPFMF_INITIAL, 255, ofp.OFPFMC_ADD, peer.ofproto_parser.OFPMatch()))
    comparison.same("no monitor", lambda peer: peer.ofproto_parser.OFPFlowMonitorRequest(peer, 0, 5, ofp.OFPP_ANY, ofp.OFPG_ANY, 0, 255, ofp.OFPFMC_DELETE, peer.ofproto_parser.OFPMatch()))
