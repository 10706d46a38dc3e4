"""Compares a switch with an ovs-vswitchd: codec.py VERSION OUR-SOCKET THEIR-SOCKET, VERSION being 1, 3, 4, 5 or 6.

Prints each difference, and in the end how many messages were compared and how many flows came back just as they were sent. Status 3: the ovs-vswitchd was lost.
"""

import sys

from codec_flows import compare_flows
from codec_flows_10 import compare_flows_10
from codec_generate import compare_messages
from codec_rest import compare_rest
from peers import Comparison, Lost, Peer

# What is known to be different, by what a case's name contains: for an action that sets an unknown field the code depends on a hash table in OVS, and ovs-ofctl has another than ovs-vswitchd.
KNOWN = ("'pbb_isid'", "'ipv6_exthdr'")

version = int(sys.argv[1])
if version == 1:
    # OVS pads its properties by their place in the message, eight bytes more than they need, and OS-Ken cannot read that.
    KNOWN += ("NXActionController2",)
comparison = Comparison(*(Peer(path, version) for path in sys.argv[2:4]))
try:
    compare_messages(comparison)
    if version > 1:
        compare_flows(comparison)
        compare_rest(comparison)
    else:
        compare_flows_10(comparison)
except Lost as lost:
    # A flow monitor that OVS 3.1 refuses may cost the connection.
    print(lost)
    sys.exit(3 if lost.path == sys.argv[3] else 1)
differences = [text for text in comparison.differences
               if not any(name in text.split("\n")[0] for name in KNOWN)]
for difference in differences:
    print(difference)
print("%d compared, %d as sent, %d differences" % (comparison.count, comparison.echoed, len(differences)))
