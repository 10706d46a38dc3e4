// What a daemon needs of the system that Swift cannot call: fork(2), which the Swift overlay marks unavailable, variadic functions and
// capabilities. All functions return 0 (or what is said) or a negated errno.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// fork(2). The child has only the calling thread, and locks that other threads held stay locked in it for ever; so it is refused with -EBUSY
// as soon as the process has a second thread. Returns the child's pid, or 0 in the child.
int nt_fork(void);
// A pipe whose ends do not survive exec(2): ends[0] is read.
int nt_pipe(int ends[2]);
// Points the descriptors 0, 1 and 2 to /dev/null.
int nt_close_standard(void);
// Waits for a child. Returns 0 and its status as waitpid(2) gives it.
int nt_wait(int pid, int *status);
// What a status means: whether a signal has ended it, and its number, or else the exit status. Returns true if by a signal.
bool nt_was_killed(int status, int *number, bool *dumped_core);
// From now on a process that dies leaves no core behind.
int nt_disable_core(void);
// The process that holds a write lock on a file (fcntl(2)); 0: none.
int nt_lock_holder(int fd);
// Locks the whole file for writing, as long as the process lives and closes no descriptor of that file.
int nt_lock(int fd);
// mlockall(2) for what is mapped and what will be.
int nt_lock_memory(void);

// The number of a user, with the user's group if `gid` is not NULL; -ENOENT if there is no such user.
int nt_find_user(const char *name, uint32_t *uid, uint32_t *gid);
int nt_find_group(const char *name, uint32_t *gid);
// Becomes another user (NULL name: only another group) and keeps CAP_IPC_LOCK, CAP_NET_BIND_SERVICE, CAP_NET_ADMIN, CAP_NET_BROADCAST and
// CAP_NET_RAW.
int nt_become(const char *name, uint32_t uid, uint32_t gid);

// strftime(3) of a Unix time in UTC or local time. Returns the number of bytes, without an end mark; 0: no room.
size_t nt_strftime(char *text, size_t room, const char *format, int64_t seconds, bool utc);
// The name of the calling thread, with an end mark; 16 bytes at most.
void nt_thread_name(char text[16]);
void nt_name_thread(const char *name);

// syslog(3), by the C library; `priority` has the facility in it.
void nt_syslog(int priority, const char *text);
// A datagram socket connected to a Unix socket, or to an IP address and a UDP port. Returns the descriptor.
int nt_datagram_unix(const char *path);
int nt_datagram_udp(const char *address, uint16_t port);
// Sends without waiting.
int nt_datagram_send(int fd, const void *bytes, size_t count);
