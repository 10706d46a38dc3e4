// Kernel interfaces: TAP devices, packet sockets and the settings of an interface, as calls without ioctl's
// unions and control messages' macros. Every function returns 0 (or what is said) or a negated errno.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <linux/virtio_net.h>
#include <sys/types.h>

struct rte_mbuf;

// UDP segmentation in a virtio_net_hdr; older headers lack the name VIRTIO_NET_HDR_GSO_UDP_L4.
enum { NT_GSO_UDP_L4 = 5 };

// A TAP interface with the given name (at most 15 bytes): made new and gone with its descriptor, or, if it is lasting, taken if it
// is there and nobody else has it, and there until nt_tap_end and the descriptor's end. Returns a non-blocking descriptor; a read
// gives, and a write takes, one Ethernet frame without any header.
int nt_tap_open(const char *name, bool lasting);
int nt_tap_end(int fd);
// A packet socket on an interface: all frames that come in, promiscuous, with what the kernel has put off told
// beside the frame. Returns a non-blocking descriptor.
int nt_packet_open(const char *name);

// What the kernel tells of a frame beside its bytes.
struct nt_frame_info {
    // A VLAN tag that the kernel has taken out of the frame.
    bool has_vlan;
    uint16_t vlan_tpid, vlan_tci;
    // struct virtio_net_hdr: VIRTIO_NET_HDR_F_*, VIRTIO_NET_HDR_GSO_*, payload bytes per segment, and where the
    // checksum is to be computed from and stored, counted from the frame's first byte and from there.
    uint8_t flags, gso_type;
    uint16_t gso_size, csum_start, csum_offset;
    // A frame that this machine has sent, not received.
    bool outgoing;
    // The frame was longer than the room for it.
    bool truncated;
};

// Reads one frame from a TAP: its length, the first `size` bytes of it in `data` and the rest in `more`.
ssize_t nt_tap_read(int fd, void *data, size_t size, void *more, size_t more_size);
// The same from a packet socket, with what the kernel tells of it.
ssize_t nt_packet_read(int fd, void *data, size_t size, void *more, size_t more_size, struct nt_frame_info *info);
// Writes one frame, all segments of it; does not take the packet. Returns the number of bytes.
ssize_t nt_tap_write(int fd, const struct rte_mbuf *packet);
ssize_t nt_packet_write(int fd, const struct rte_mbuf *packet);

int nt_if_index(const char *name);
int nt_if_set_address(const char *name, const uint8_t address[6]);
int nt_if_get_address(const char *name, uint8_t address[6]);
int nt_if_set_mtu(const char *name, int mtu);
// The MTU.
int nt_if_get_mtu(const char *name);
int nt_if_set_up(const char *name, bool up);
// 1 if it is set up, otherwise 0.
int nt_if_is_up(const char *name);
// 1 with carrier and up, otherwise 0.
int nt_if_running(const char *name);
// Mbit/s, 0 when unknown.
int nt_if_speed(const char *name);

// What the kernel says of an interface.
struct nt_if_state {
    // Set up; with carrier.
    bool up, running;
    // 0: half, 1: full, -1: unknown.
    int duplex;
    // How often it has got or lost its carrier since it was made.
    uint32_t carrier_changes;
    // As of struct rtnl_link_stats64.
    uint64_t rx_errors, tx_errors, rx_dropped, tx_dropped, multicast, collisions, rx_over_errors, rx_crc_errors, rx_frame_errors, rx_missed_errors;
    // As ethtool shows them; empty when there is none.
    char driver[32], version[32], firmware[32];
};
int nt_if_state(const char *name, struct nt_if_state *state);

// An epoll instance; adding a descriptor for reading under a number; removing it.
int nt_epoll(void);
int nt_epoll_add(int epoll, int fd, uint32_t number);
int nt_epoll_remove(int epoll, int fd);
// Waits (milliseconds; -1: without end) and writes the numbers of ready descriptors, at most `capacity` (<= 64);
// returns how many. `broken` gets a bit set for each number whose descriptor reports an error.
int nt_epoll_wait(int epoll, uint32_t *numbers, int capacity, int timeout, uint64_t *broken);
