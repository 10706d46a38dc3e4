"""Compares a switch with an ovs-vswitchd: codec.py VERSION OUR-SOCKET THEIR-SOCKET, VERSION being 1 or 3 to 6.

Prints each difference, and in the end how many messages were compared and how many flows came back just as they were sent.
"""

import sys

from peers import Comparison, Peer

version = int(sys.argv[1])
comparison = Comparison(*(Peer(path, version) for path in sys.argv[2:4]))
if version == 1:
    from codec_v10 import compare_v10
    compare_v10(comparison)
else:
    from codec_flows import compare_flows
    from codec_rest import compare_rest
    compare_flows(comparison)
    compare_rest(comparison)
for difference in comparison.differences:
    print(difference)
print("%d compared, %d as sent, %d differences" % (comparison.count, comparison.echoed, len(comparison.differences)))
