#include "cdpdk_port.h"

#include <errno.h>
#include <rte_bus.h>
#include <stdio.h>
#include <string.h>

const uint64_t nt_tx_offload_ipv4_checksum = RTE_ETH_TX_OFFLOAD_IPV4_CKSUM;
const uint64_t nt_tx_offload_tcp_checksum = RTE_ETH_TX_OFFLOAD_TCP_CKSUM;
const uint64_t nt_tx_offload_udp_checksum = RTE_ETH_TX_OFFLOAD_UDP_CKSUM;
const uint64_t nt_tx_offload_multi_segments = RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
const uint64_t nt_rx_offload_checksum = RTE_ETH_RX_OFFLOAD_CHECKSUM;
const uint64_t nt_rx_offload_rss_hash = RTE_ETH_RX_OFFLOAD_RSS_HASH;
const uint64_t nt_rss_types = RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP | RTE_ETH_RSS_TCP;

int nt_port_find(const char *devargs, uint16_t *port)
{
    struct rte_dev_iterator iterator;
    uint16_t id;

    RTE_ETH_FOREACH_MATCHING_DEV(id, devargs, &iterator) {
        rte_eth_iterator_cleanup(&iterator);
        *port = id;
        return 0;
    }
    return -ENODEV;
}

int nt_port_info(uint16_t port, struct nt_port_info *info)
{
    struct rte_eth_dev_info device;
    int error = rte_eth_dev_info_get(port, &device);

    if (error) return error;
    memset(info, 0, sizeof *info);
    snprintf(info->driver, sizeof info->driver, "%s", device.driver_name ? device.driver_name : "");
    if (device.device) {
        const struct rte_bus *bus = rte_dev_bus(device.device);
        const char *bus_info = rte_dev_bus_info(device.device);

        if (bus) snprintf(info->bus, sizeof info->bus, "%s", rte_bus_name(bus));
        if (bus_info) snprintf(info->bus_info, sizeof info->bus_info, "%s", bus_info);
    }
    info->max_rx_queues = device.max_rx_queues;
    info->max_tx_queues = device.max_tx_queues;
    info->min_mtu = device.min_mtu;
    info->max_mtu = device.max_mtu;
    info->rx_desc_max = device.rx_desc_lim.nb_max;
    info->rx_desc_min = device.rx_desc_lim.nb_min;
    info->rx_desc_align = device.rx_desc_lim.nb_align;
    info->tx_desc_max = device.tx_desc_lim.nb_max;
    info->tx_desc_min = device.tx_desc_lim.nb_min;
    info->tx_desc_align = device.tx_desc_lim.nb_align;
    info->rx_offloads = device.rx_offload_capa;
    info->tx_offloads = device.tx_offload_capa;
    info->rss_types = device.flow_type_rss_offloads;
    info->min_rx_bufsize = device.min_rx_bufsize;
    info->max_rx_pktlen = device.max_rx_pktlen;
    info->max_mac_addrs = device.max_mac_addrs;
    info->max_hash_mac_addrs = device.max_hash_mac_addrs;
    info->max_vfs = device.max_vfs;
    info->max_vmdq_pools = device.max_vmdq_pools;
    info->node = rte_eth_dev_socket_id(port);
    return 0;
}

int nt_port_configure(uint16_t port, const struct nt_port_config *config, struct rte_mempool *pool)
{
    struct rte_eth_dev_info device;
    struct rte_eth_conf conf;
    struct rte_eth_rxconf rx;
    struct rte_eth_txconf tx;
    uint16_t rx_descriptors = config->rx_descriptors, tx_descriptors = config->tx_descriptors, queue;
    int socket = rte_eth_dev_socket_id(port);
    int error = rte_eth_dev_info_get(port, &device);

    if (error) return error;
    memset(&conf, 0, sizeof conf);
    conf.rxmode.mtu = config->mtu;
    conf.rxmode.offloads = config->rx_offloads;
    conf.txmode.offloads = config->tx_offloads;
    if (config->rx_queues > 1) {
        conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
        conf.rx_adv_conf.rss_conf.rss_hf = config->rss_types;
    }
    error = rte_eth_dev_configure(port, config->rx_queues, config->tx_queues, &conf);
    if (error) return error;
    error = rte_eth_dev_set_mtu(port, config->mtu);
    if (error && error != -ENOTSUP) return error;
    error = rte_eth_dev_adjust_nb_rx_tx_desc(port, &rx_descriptors, &tx_descriptors);
    if (error) return error;
    rx = device.default_rxconf;
    rx.offloads = config->rx_offloads;
    tx = device.default_txconf;
    tx.offloads = config->tx_offloads;
    for (queue = 0; queue < config->rx_queues && !error; queue++)
        error = rte_eth_rx_queue_setup(port, queue, rx_descriptors, (unsigned)socket, &rx, pool);
    for (queue = 0; queue < config->tx_queues && !error; queue++)
        error = rte_eth_tx_queue_setup(port, queue, tx_descriptors, (unsigned)socket, &tx);
    return error;
}

int nt_port_link(uint16_t port, struct nt_port_link *link)
{
    struct rte_eth_link state;
    int error = rte_eth_link_get_nowait(port, &state);

    if (error) return error;
    link->up = state.link_status == RTE_ETH_LINK_UP;
    link->speed = state.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN ? 0 : state.link_speed;
    link->full_duplex = state.link_duplex == RTE_ETH_LINK_FULL_DUPLEX;
    return 0;
}

int nt_port_detach(uint16_t port)
{
    struct rte_eth_dev_info device;
    uint16_t sibling;
    int error = rte_eth_dev_info_get(port, &device);

    if (error) return error;
    error = rte_eth_dev_stop(port);
    if (error) return error;
    error = rte_eth_dev_close(port);
    if (error) return error;
    RTE_ETH_FOREACH_DEV_OF(sibling, device.device) return 0;
    return rte_dev_remove(device.device);
}
