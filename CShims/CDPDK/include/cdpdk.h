// DPDK as Swift sees it: the headers whose static inline functions Swift inlines, and accessors to
// struct rte_mbuf, which the importer leaves opaque. Beside it: cdpdk_port.h (devices), ckernel.h (kernel interfaces),
// cthread.h (threads and wake-ups), clog.h (DPDK's log), creport.h (what it tells of itself), cstart.h (short cuts at its start).
#pragma once
#include <rte_config.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_malloc.h>
#include <rte_prefetch.h>
#include <rte_cycles.h>
#include <rte_pause.h>
#include <rte_dev.h>
#include <rte_version.h>

// Tells Swift's performance checker that a function neither allocates, nor locks, nor counts references.
#define NT_NO_LOCKS __attribute__((swift_attr("@_noLocks")))
#define NT_HOT NT_NO_LOCKS static inline __attribute__((always_inline))

NT_HOT uint16_t nt_eth_rx_burst(uint16_t port, uint16_t queue, struct rte_mbuf **packets, uint16_t count)
{
    return rte_eth_rx_burst(port, queue, packets, count);
}

NT_HOT uint16_t nt_eth_tx_burst(uint16_t port, uint16_t queue, struct rte_mbuf **packets, uint16_t count)
{
    return rte_eth_tx_burst(port, queue, packets, count);
}

NT_HOT void nt_prefetch(const void *address) { rte_prefetch0(address); }
NT_HOT uint64_t nt_cycles(void) { return rte_rdtsc(); }
NT_HOT void nt_pause(void) { rte_pause(); }

// The first byte of the frame in the first segment.
NT_HOT void *nt_mbuf_data(const struct rte_mbuf *m) { return rte_pktmbuf_mtod(m, void *); }
NT_HOT void nt_mbuf_prefetch_data(const struct rte_mbuf *m) { rte_prefetch0(rte_pktmbuf_mtod(m, void *)); }
// Bytes in the first segment.
NT_HOT uint16_t nt_mbuf_data_len(const struct rte_mbuf *m) { return m->data_len; }
// Bytes in all segments.
NT_HOT uint32_t nt_mbuf_pkt_len(const struct rte_mbuf *m) { return m->pkt_len; }
NT_HOT uint16_t nt_mbuf_segments(const struct rte_mbuf *m) { return m->nb_segs; }
NT_HOT struct rte_mbuf *nt_mbuf_next(const struct rte_mbuf *m) { return m->next; }
NT_HOT uint16_t nt_mbuf_refcnt(const struct rte_mbuf *m) { return rte_mbuf_refcnt_read(m); }
NT_HOT void nt_mbuf_ref(struct rte_mbuf *m) { rte_pktmbuf_refcnt_update(m, 1); }
NT_HOT uint64_t nt_mbuf_flags(const struct rte_mbuf *m) { return m->ol_flags; }
NT_HOT void nt_mbuf_set_flags(struct rte_mbuf *m, uint64_t flags) { m->ol_flags = flags; }
NT_HOT uint32_t nt_mbuf_rss(const struct rte_mbuf *m) { return m->hash.rss; }
NT_HOT void nt_mbuf_set_rss(struct rte_mbuf *m, uint32_t hash) { m->hash.rss = hash; }
NT_HOT uint16_t nt_mbuf_vlan_tci(const struct rte_mbuf *m) { return m->vlan_tci; }
NT_HOT uint16_t nt_mbuf_port(const struct rte_mbuf *m) { return m->port; }
NT_HOT uint16_t nt_mbuf_headroom(const struct rte_mbuf *m) { return rte_pktmbuf_headroom(m); }
NT_HOT uint16_t nt_mbuf_tailroom(const struct rte_mbuf *m) { return rte_pktmbuf_tailroom(m); }
// Room in front of or behind the frame; NULL when there is none.
NT_HOT void *nt_mbuf_prepend(struct rte_mbuf *m, uint16_t length) { return rte_pktmbuf_prepend(m, length); }
NT_HOT void *nt_mbuf_append(struct rte_mbuf *m, uint16_t length) { return rte_pktmbuf_append(m, length); }
// Bytes taken off the front; NULL when the first segment is shorter.
NT_HOT void *nt_mbuf_adj(struct rte_mbuf *m, uint16_t length) { return rte_pktmbuf_adj(m, length); }
NT_HOT int nt_mbuf_trim(struct rte_mbuf *m, uint16_t length) { return rte_pktmbuf_trim(m, length); }
// Offload lengths of the headers, for transmit checksum flags.
NT_HOT void nt_mbuf_set_l2_l3_len(struct rte_mbuf *m, uint16_t l2, uint16_t l3) { m->l2_len = l2; m->l3_len = l3; }
NT_HOT struct rte_mbuf *nt_mbuf_alloc(struct rte_mempool *pool) { return rte_pktmbuf_alloc(pool); }
NT_HOT void nt_mbuf_free(struct rte_mbuf *m) { rte_pktmbuf_free(m); }
NT_HOT struct rte_mempool *nt_mbuf_pool(const struct rte_mbuf *m) { return m->pool; }
// A second owner of the same bytes (an indirect mbuf); NULL when the pool is empty.
NT_HOT struct rte_mbuf *nt_mbuf_clone(struct rte_mbuf *m, struct rte_mempool *pool) { return rte_pktmbuf_clone(m, pool); }
// A packet of its own with the same bytes; NULL when the pool is empty.
NT_HOT struct rte_mbuf *nt_mbuf_copy(const struct rte_mbuf *m, struct rte_mempool *pool) { return rte_pktmbuf_copy(m, pool, 0, UINT32_MAX); }
NT_HOT int nt_mbuf_linearize(struct rte_mbuf *m) { return rte_pktmbuf_linearize(m); }

// Offload flags as numbers that Swift can name.
enum {
    NT_RX_RSS_HASH_BIT = 1,
};
NT_HOT bool nt_mbuf_has_rss(const struct rte_mbuf *m) { return (m->ol_flags & RTE_MBUF_F_RX_RSS_HASH) != 0; }

// Reads a counter that one other thread writes.
NT_HOT uint64_t nt_relaxed_load(const uint64_t *counter) { return __atomic_load_n(counter, __ATOMIC_RELAXED); }

// rte_errno is a macro.
NT_NO_LOCKS static inline int nt_errno(void) { return rte_errno; }
