#define _GNU_SOURCE
#include "ckernel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <rte_mbuf.h>

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

enum { MAX_SEGMENTS = 64, SOCKET_BUFFER = 8 << 20 };

static int set_name(struct ifreq *request, const char *name)
{
    memset(request, 0, sizeof *request);
    if (!*name || strlen(name) >= sizeof request->ifr_name) return -EINVAL;
    strcpy(request->ifr_name, name);
    return 0;
}

// One ioctl about an interface, on a socket of its own.
static int interface_ioctl(unsigned long number, struct ifreq *request)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), error = 0;

    if (fd < 0) return -errno;
    if (ioctl(fd, number, request) < 0) error = -errno;
    close(fd);
    return error;
}

int nt_tap_open(const char *name, bool lasting)
{
    struct ifreq request;
    int fd, error = set_name(&request, name);

    if (error) return error;
    fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return -errno;
    request.ifr_flags = (short)(IFF_TAP | IFF_NO_PI | (lasting ? 0 : IFF_TUN_EXCL));
    if (ioctl(fd, TUNSETIFF, &request) < 0 || (lasting && ioctl(fd, TUNSETPERSIST, 1) < 0)) {
        error = -errno;
        close(fd);
        return error;
    }
    return fd;
}

int nt_tap_end(int fd)
{
    return ioctl(fd, TUNSETPERSIST, 0) < 0 ? -errno : 0;
}

int nt_if_index(const char *name)
{
    struct ifreq request;
    int error = set_name(&request, name);

    if (!error) error = interface_ioctl(SIOCGIFINDEX, &request);
    return error ? error : request.ifr_ifindex;
}

static int option(int fd, int level, int name, const void *value, socklen_t size)
{
    return setsockopt(fd, level, name, value, size) < 0 ? -errno : 0;
}

int nt_packet_open(const char *name)
{
    struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
    struct packet_mreq promiscuous = { .mr_type = PACKET_MR_PROMISC };
    int one = 1, buffer = SOCKET_BUFFER, index = nt_if_index(name), fd, error;

    if (index < 0) return index;
    // No protocol yet: nothing is received before the socket is bound to its interface.
    fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    address.sll_ifindex = promiscuous.mr_ifindex = index;
    error = option(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof one);
    if (!error) error = option(fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof one);
    if (!error) error = option(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous);
    // These are improvements only: kernels before 4.20 lack the first, the others want CAP_NET_ADMIN.
    if (!error) option(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one);
    if (!error) option(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
    if (!error) option(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer);
    if (!error && bind(fd, (struct sockaddr *)&address, sizeof address) < 0) error = -errno;
    if (error) {
        close(fd);
        return error;
    }
    return fd;
}

ssize_t nt_tap_read(int fd, void *data, size_t size, void *more, size_t more_size)
{
    struct iovec parts[2] = { { data, size }, { more, more_size } };
    ssize_t length = readv(fd, parts, 2);

    return length < 0 ? -errno : length;
}

static void read_aux(struct msghdr *message, struct nt_frame_info *info)
{
    struct cmsghdr *control;

    for (control = CMSG_FIRSTHDR(message); control; control = CMSG_NXTHDR(message, control)) {
        struct tpacket_auxdata aux;

        if (control->cmsg_level != SOL_PACKET || control->cmsg_type != PACKET_AUXDATA
            || control->cmsg_len < CMSG_LEN(sizeof aux)) continue;
        memcpy(&aux, CMSG_DATA(control), sizeof aux);
        if (!(aux.tp_status & TP_STATUS_VLAN_VALID)) continue;
        info->has_vlan = true;
        info->vlan_tci = aux.tp_vlan_tci;
        info->vlan_tpid = aux.tp_status & TP_STATUS_VLAN_TPID_VALID ? aux.tp_vlan_tpid : ETH_P_8021Q;
    }
}

ssize_t nt_packet_read(int fd, void *data, size_t size, void *more, size_t more_size, struct nt_frame_info *info)
{
    struct virtio_net_hdr header;
    struct sockaddr_ll from;
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(struct tpacket_auxdata)) + 64];
    } control;
    struct iovec parts[3] = { { &header, sizeof header }, { data, size }, { more, more_size } };
    struct msghdr message = { .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = parts, .msg_iovlen = 3,
                              .msg_control = &control, .msg_controllen = sizeof control };
    ssize_t length;

    memset(info, 0, sizeof *info);
    length = recvmsg(fd, &message, 0);
    if (length < 0) return -errno;
    if ((size_t)length < sizeof header) return -EBADMSG;
    info->outgoing = from.sll_pkttype == PACKET_OUTGOING;
    info->truncated = (message.msg_flags & MSG_TRUNC) != 0;
    info->flags = header.flags;
    info->gso_type = header.gso_type;
    info->gso_size = header.gso_size;
    info->csum_start = header.csum_start;
    info->csum_offset = header.csum_offset;
    read_aux(&message, info);
    return length - (ssize_t)sizeof header;
}

// Fills `parts` with the packet's segments; returns how many, or 0 when there are too many.
static int segments(const struct rte_mbuf *packet, struct iovec *parts, int capacity)
{
    int count = 0;

    for (; packet; packet = packet->next) {
        if (count == capacity) return 0;
        parts[count].iov_base = rte_pktmbuf_mtod(packet, void *);
        parts[count++].iov_len = packet->data_len;
    }
    return count;
}

ssize_t nt_tap_write(int fd, const struct rte_mbuf *packet)
{
    struct iovec parts[MAX_SEGMENTS];
    int count = segments(packet, parts, MAX_SEGMENTS);
    ssize_t length;

    if (!count) return -EMSGSIZE;
    length = writev(fd, parts, count);
    return length < 0 ? -errno : length;
}

ssize_t nt_packet_write(int fd, const struct rte_mbuf *packet)
{
    // Nothing is left to the kernel: the packet's checksums are complete.
    struct virtio_net_hdr header = { 0 };
    struct iovec parts[MAX_SEGMENTS + 1] = { { &header, sizeof header } };
    int count = segments(packet, parts + 1, MAX_SEGMENTS);
    ssize_t length;

    if (!count) return -EMSGSIZE;
    length = writev(fd, parts, count + 1);
    return length < 0 ? -errno : length - (ssize_t)sizeof header;
}

int nt_if_set_address(const char *name, const uint8_t address[6])
{
    struct ifreq request;
    int error = set_name(&request, name);

    if (error) return error;
    request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    memcpy(request.ifr_hwaddr.sa_data, address, 6);
    return interface_ioctl(SIOCSIFHWADDR, &request);
}

int nt_if_get_address(const char *name, uint8_t address[6])
{
    struct ifreq request;
    int error = set_name(&request, name);

    if (!error) error = interface_ioctl(SIOCGIFHWADDR, &request);
    if (!error) memcpy(address, request.ifr_hwaddr.sa_data, 6);
    return error;
}

int nt_if_set_mtu(const char *name, int mtu)
{
    struct ifreq request;
    int error = set_name(&request, name);

    if (error) return error;
    request.ifr_mtu = mtu;
    return interface_ioctl(SIOCSIFMTU, &request);
}

int nt_if_get_mtu(const char *name)
{
    struct ifreq request;
    int error = set_name(&request, name);

    if (!error) error = interface_ioctl(SIOCGIFMTU, &request);
    return error ? error : request.ifr_mtu;
}

int nt_if_set_up(const char *name, bool up)
{
    struct ifreq request;
    int error = set_name(&request, name);

    if (!error) error = interface_ioctl(SIOCGIFFLAGS, &request);
    if (error || !(request.ifr_flags & IFF_UP) == !up) return error;
    request.ifr_flags ^= IFF_UP;
    return interface_ioctl(SIOCSIFFLAGS, &request);
}

int nt_if_is_up(const char *name)
{
    struct ifreq request;
    int error = set_name(&request, name);

    if (!error) error = interface_ioctl(SIOCGIFFLAGS, &request);
    return error ? error : (request.ifr_flags & IFF_UP) != 0;
}

int nt_if_running(const char *name)
{
    struct ifreq request;
    int error = set_name(&request, name);

    if (!error) error = interface_ioctl(SIOCGIFFLAGS, &request);
    if (error) return error;
    return (request.ifr_flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
}

int nt_if_speed(const char *name)
{
    struct ethtool_cmd command = { .cmd = ETHTOOL_GSET };
    struct ifreq request;
    uint32_t speed;

    if (set_name(&request, name)) return 0;
    request.ifr_data = (void *)&command;
    if (interface_ioctl(SIOCETHTOOL, &request)) return 0;
    speed = ethtool_cmd_speed(&command);
    return speed > INT32_MAX ? 0 : (int)speed;
}

// Carrier changes and counters, which the kernel tells by RTM_GETLINK (rtnetlink(7)).
static int get_link(const char *name, struct nt_if_state *state)
{
    struct { struct nlmsghdr header; struct ifinfomsg link; } request = {
        .header = { .nlmsg_len = sizeof request, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST },
    };
    union { struct nlmsghdr header; char bytes[32768]; } reply;
    struct rtnl_link_stats64 stats = { 0 };
    struct rtattr *attribute;
    int index = nt_if_index(name), fd, left;
    ssize_t length;

    if (index < 0) return index;
    request.link.ifi_index = index;
    fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0) return -errno;
    length = send(fd, &request, sizeof request, 0);
    if (length >= 0) length = recv(fd, &reply, sizeof reply, 0);
    close(fd);
    if (length < 0 || !NLMSG_OK(&reply.header, (uint32_t)length) || reply.header.nlmsg_type != RTM_NEWLINK) return -EIO;
    left = (int)IFLA_PAYLOAD(&reply.header);
    for (attribute = IFLA_RTA(NLMSG_DATA(&reply.header)); RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
        size_t size = RTA_PAYLOAD(attribute);

        if (attribute->rta_type == IFLA_STATS64) memcpy(&stats, RTA_DATA(attribute), size < sizeof stats ? size : sizeof stats);
        if (attribute->rta_type == IFLA_CARRIER_CHANGES && size >= 4) memcpy(&state->carrier_changes, RTA_DATA(attribute), 4);
    }
    state->rx_errors = stats.rx_errors;
    state->tx_errors = stats.tx_errors;
    state->rx_dropped = stats.rx_dropped;
    state->tx_dropped = stats.tx_dropped;
    state->multicast = stats.multicast;
    state->collisions = stats.collisions;
    state->rx_over_errors = stats.rx_over_errors;
    state->rx_crc_errors = stats.rx_crc_errors;
    state->rx_frame_errors = stats.rx_frame_errors;
    state->rx_missed_errors = stats.rx_missed_errors;
    return 0;
}

int nt_if_state(const char *name, struct nt_if_state *state)
{
    struct ethtool_cmd settings = { .cmd = ETHTOOL_GSET };
    struct ethtool_drvinfo driver = { .cmd = ETHTOOL_GDRVINFO };
    struct ifreq request;
    int error = set_name(&request, name);

    memset(state, 0, sizeof *state);
    state->duplex = -1;
    if (!error) error = interface_ioctl(SIOCGIFFLAGS, &request);
    if (error) return error;
    state->up = request.ifr_flags & IFF_UP;
    state->running = state->up && request.ifr_flags & IFF_RUNNING;
    request.ifr_data = (void *)&settings;
    if (!interface_ioctl(SIOCETHTOOL, &request) && settings.duplex <= DUPLEX_FULL) state->duplex = settings.duplex;
    request.ifr_data = (void *)&driver;
    if (!interface_ioctl(SIOCETHTOOL, &request)) {
        snprintf(state->driver, sizeof state->driver, "%s", driver.driver);
        snprintf(state->version, sizeof state->version, "%s", driver.version);
        snprintf(state->firmware, sizeof state->firmware, "%s", driver.fw_version);
    }
    return get_link(name, state);
}

int nt_epoll(void)
{
    int fd = epoll_create1(EPOLL_CLOEXEC);

    return fd < 0 ? -errno : fd;
}

int nt_epoll_add(int epoll, int fd, uint32_t number)
{
    struct epoll_event event = { .events = EPOLLIN, .data.u32 = number };

    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

int nt_epoll_remove(int epoll, int fd)
{
    return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL) < 0 ? -errno : 0;
}

int nt_epoll_wait(int epoll, uint32_t *numbers, int capacity, int timeout, uint64_t *broken)
{
    struct epoll_event events[64];
    int i, count = epoll_wait(epoll, events, capacity > 64 ? 64 : capacity, timeout);

    *broken = 0;
    if (count < 0) return -errno;
    for (i = 0; i < count; i++) {
        numbers[i] = events[i].data.u32;
        if (events[i].events & (EPOLLERR | EPOLLHUP)) *broken |= UINT64_C(1) << i;
    }
    return count;
}
