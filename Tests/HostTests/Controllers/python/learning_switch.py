"""A learning switch of a few lines for OS-Ken, in the OpenFlow version that the environment's OPENFLOW_VERSION names: 1 to 6.

It prints what it is told, a line each: "switch DATAPATH-ID", "port NUMBER NAME", "packet-in PORT REASON", "port-status REASON NAME",
"flow-removed PRIORITY REASON", "error TYPE CODE".
"""

import os

from os_ken.base import app_manager
from os_ken.controller import ofp_event
from os_ken.controller.handler import CONFIG_DISPATCHER, MAIN_DISPATCHER, set_ev_cls
from os_ken.lib.packet import ethernet, packet

VERSION = int(os.environ["OPENFLOW_VERSION"])


def say(*words):
    print(*words, flush=True)


def name_of(port):
    return port.name.split(b"\0")[0].decode()


class LearningSwitch(app_manager.OSKenApp):
    OFP_VERSIONS = [VERSION]

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.places = {}

    @set_ev_cls(ofp_event.EventOFPSwitchFeatures, CONFIG_DISPATCHER)
    def features(self, event):
        message, datapath = event.msg, event.msg.datapath
        say("switch", "%016x" % message.datapath_id)
        # From OpenFlow 1.3 on ports are told by a reply of their own, which OS-Ken asks for.
        for port in getattr(message, "ports", {}).values():
            say("port", port.port_no, name_of(port))
        if VERSION > 1:
            self.add_flow(datapath, 0, datapath.ofproto_parser.OFPMatch(), datapath.ofproto.OFPP_CONTROLLER, cookie=7)

    def add_flow(self, datapath, priority, match, port, **more):
        ofp, parser = datapath.ofproto, datapath.ofproto_parser
        actions = [parser.OFPActionOutput(port, 0xffff)]
        common = dict(datapath=datapath, match=match, priority=priority, command=ofp.OFPFC_ADD, flags=ofp.OFPFF_SEND_FLOW_REM, **more)
        if VERSION == 1:
            datapath.send_msg(parser.OFPFlowMod(actions=actions, **{"cookie": 0, **common}))
        else:
            inside = [parser.OFPInstructionActions(ofp.OFPIT_APPLY_ACTIONS, actions)]
            datapath.send_msg(parser.OFPFlowMod(
                instructions=inside, buffer_id=ofp.OFP_NO_BUFFER, out_port=ofp.OFPP_ANY, out_group=ofp.OFPG_ANY, **common))

    @set_ev_cls(ofp_event.EventOFPPortDescStatsReply, [CONFIG_DISPATCHER, MAIN_DISPATCHER])
    def ports(self, event):
        for port in event.msg.body:
            say("port", port.port_no, name_of(port))

    @set_ev_cls(ofp_event.EventOFPPacketIn, MAIN_DISPATCHER)
    def packet_in(self, event):
        message, datapath = event.msg, event.msg.datapath
        ofp, parser = datapath.ofproto, datapath.ofproto_parser
        port = message.in_port if VERSION == 1 else message.match["in_port"]
        frame = packet.Packet(message.data).get_protocol(ethernet.ethernet)
        say("packet-in", port, message.reason)
        self.places[frame.src] = port
        out = self.places.get(frame.dst, ofp.OFPP_FLOOD)
        if out != ofp.OFPP_FLOOD:
            if VERSION == 1:
                match = parser.OFPMatch(in_port=port, dl_src=bytes.fromhex(frame.src.replace(":", "")), dl_dst=bytes.fromhex(frame.dst.replace(":", "")))
            else:
                match = parser.OFPMatch(in_port=port, eth_src=frame.src, eth_dst=frame.dst)
            self.add_flow(datapath, 1, match, out)
        place = {"match": parser.OFPMatch(in_port=port)} if VERSION == 6 else {"in_port": port}
        datapath.send_msg(parser.OFPPacketOut(
            datapath=datapath, buffer_id=ofp.OFP_NO_BUFFER, actions=[parser.OFPActionOutput(out)], data=message.data, **place)
            if VERSION > 1 else parser.OFPPacketOut(datapath, 0xffffffff, port, [parser.OFPActionOutput(out)], message.data))

    @set_ev_cls(ofp_event.EventOFPPortStatus, MAIN_DISPATCHER)
    def port_status(self, event):
        say("port-status", event.msg.reason, name_of(event.msg.desc))

    @set_ev_cls(ofp_event.EventOFPFlowRemoved, MAIN_DISPATCHER)
    def flow_removed(self, event):
        say("flow-removed", event.msg.priority, event.msg.reason)

    @set_ev_cls(ofp_event.EventOFPErrorMsg, [CONFIG_DISPATCHER, MAIN_DISPATCHER])
    def error(self, event):
        say("error", event.msg.type, event.msg.code)
