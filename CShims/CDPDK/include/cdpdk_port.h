// Ethernet devices for the control side: what Swift's importer cannot read (bit fields, macros that iterate)
// made into flat structures and calls. Every function returns 0 or a negated errno unless it says otherwise.
#pragma once
#include "cdpdk.h"

// What a device can do.
struct nt_port_info {
    char driver[64];
    // The bus's name, and what it says of the device: "vendor_id=8086, device_id=1572".
    char bus[32], bus_info[96];
    uint16_t max_rx_queues, max_tx_queues;
    uint16_t min_mtu, max_mtu;
    // Descriptor counts: greatest, least, and what they must be a multiple of.
    uint16_t rx_desc_max, rx_desc_min, rx_desc_align;
    uint16_t tx_desc_max, tx_desc_min, tx_desc_align;
    uint64_t rx_offloads, tx_offloads, rss_types;
    // NUMA node, or -1.
    int32_t node;
    uint32_t min_rx_bufsize, max_rx_pktlen, max_mac_addrs, max_hash_mac_addrs;
    uint16_t max_vfs, max_vmdq_pools;
};

struct nt_port_config {
    uint16_t rx_queues, tx_queues;
    uint16_t rx_descriptors, tx_descriptors;
    uint16_t mtu;
    uint64_t rx_offloads, tx_offloads, rss_types;
};

struct nt_port_link {
    bool up;
    // Mbit/s; 0 when unknown.
    uint32_t speed;
    bool full_duplex;
};

// The first device that `devargs` names among those that EAL knows; -ENODEV when there is none.
int nt_port_find(const char *devargs, uint16_t *port);
int nt_port_info(uint16_t port, struct nt_port_info *info);
// Configures a stopped device and sets its queues up, all of them fed from `pool`.
int nt_port_configure(uint16_t port, const struct nt_port_config *config, struct rte_mempool *pool);
int nt_port_link(uint16_t port, struct nt_port_link *link);
// Stops and closes the port, and removes its device from EAL when no other port is on it.
int nt_port_detach(uint16_t port);

// Offload bits as numbers that Swift can name.
extern const uint64_t nt_tx_offload_ipv4_checksum, nt_tx_offload_tcp_checksum, nt_tx_offload_udp_checksum,
    nt_tx_offload_multi_segments, nt_rx_offload_checksum, nt_rx_offload_rss_hash, nt_rss_types;
