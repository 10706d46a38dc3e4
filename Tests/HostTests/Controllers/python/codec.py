"""Compares a switch with an ovs-vswitchd: codec.py VERSION OUR-SOCKET THEIR-SOCKET, VERSION being 4 or 5; of 5 the flows only.

Prints each difference, and in the end how many messages were compared and how many flows came back just as they were sent.
"""

import sys

# What is known to be different, by how a case's name begins.
KNOWN = ("meter features", "match {'_", "empty packet out", "packet-in of 20")
# The same by what it contains: actions that come back in another form with the same meaning, and codes of refusals.
KNOWN_ACTIONS = ("OFPActionSetNwTtl", "OFPActionSetMplsTtl", "'pbb_isid'", "'ipv6_exthdr'", "'tcp_src', 'experimenter'", "NXActionResubmit'", "NXActionOutputReg2", "NXActionController'", "'table_id': 255, 'type': 1")

from codec_flows import compare_flows
from codec_rest import compare_rest
from peers import Comparison, Peer

version = int(sys.argv[1])
comparison = Comparison(*(Peer(path, version) for path in sys.argv[2:4]))
compare_flows(comparison)
if version == 4:
    compare_rest(comparison)
differences = [text for text in comparison.differences
               if not text.startswith(KNOWN) and not any(name in text.split("\n")[0] for name in KNOWN_ACTIONS)]
for difference in differences:
    print(difference)
print("%d compared, %d as sent, %d differences" % (comparison.count, comparison.echoed, len(differences)))
