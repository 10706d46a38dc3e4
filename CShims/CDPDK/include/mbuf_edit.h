// What changing a packet's bytes needs: is this the only holder, a copy of a packet's beginning, and the mark of
// a packet that does not start with Ethernet.
#pragma once
#include "cdpdk.h"

// Its only owner, in one segment, in its own buffer: free to be written to.
NT_HOT bool nt_mbuf_is_plain(const struct rte_mbuf *m)
{
    return rte_mbuf_refcnt_read(m) == 1 && m->nb_segs == 1
        && (m->ol_flags & (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)) == 0;
}
// The first segment's bytes have no other reader.
NT_HOT bool nt_mbuf_is_exclusive(const struct rte_mbuf *m)
{
    return rte_mbuf_refcnt_read(m) == 1 && (m->ol_flags & RTE_MBUF_F_INDIRECT) == 0
        && ((m->ol_flags & RTE_MBUF_F_EXTERNAL) == 0 || rte_mbuf_ext_refcnt_read(m->shinfo) == 1);
}
// A packet of its own with the first `length` bytes, or all if there are fewer; NULL when the pool is empty.
NT_HOT struct rte_mbuf *nt_mbuf_copy_head(const struct rte_mbuf *m, struct rte_mempool *pool, uint32_t length)
{
    return rte_pktmbuf_copy(m, pool, 0, length);
}

// The mark is a value of packet_type that no driver writes: its upper four bits are no RTE_PTYPE's.
#define NT_BARE_MARK 0xe0000000u

// The EtherType, in host order, of a packet whose Ethernet header was popped; 0 for a frame.
NT_HOT uint16_t nt_mbuf_bare_type(const struct rte_mbuf *m)
{
    return (m->packet_type & NT_BARE_MARK) == NT_BARE_MARK ? (uint16_t)m->packet_type : 0;
}
// Marks a packet as popped; 0 makes it a frame again.
NT_HOT void nt_mbuf_set_bare_type(struct rte_mbuf *m, uint16_t ether_type)
{
    m->packet_type = ether_type ? NT_BARE_MARK | ether_type : 0;
}
