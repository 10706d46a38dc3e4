// Threads, processors and wake-ups: the macros of <sched.h>, and an eventfd's write as a PMD may call it.
#pragma once
#include <stdint.h>
#include <stdbool.h>
#include <unistd.h>

#define NT_MAX_CPUS 1024

// The processors that the calling thread may run on: writes at most `capacity` numbers, ascending; returns how
// many there are, or a negated errno.
int nt_get_affinity(int *cpus, int capacity);
// Restricts the calling thread to the processors named. Returns 0 or a negated errno.
int nt_set_affinity(const int *cpus, int count);
// Names the calling thread for ps and top, at most 15 bytes.
void nt_set_thread_name(const char *name);
// Makes the eventfd readable. The write cannot block: the counter is far from its end.
__attribute__((swift_attr("@_noLocks"))) void nt_eventfd_kick(int fd);
// Waits until the eventfd is readable, at most so many nanoseconds, and empties it.
__attribute__((swift_attr("@_noLocks"))) void nt_eventfd_wait(int fd, uint64_t nanoseconds);
// A thread that sleeps for microseconds is to wake in time (PR_SET_TIMERSLACK, prctl(2)).
void nt_sleep_precisely(void);
// A non-blocking (or blocking) eventfd, or a negated errno.
int nt_eventfd(bool blocking);
