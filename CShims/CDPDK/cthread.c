#define _GNU_SOURCE
#include "cthread.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <time.h>

int nt_get_affinity(int *cpus, int capacity)
{
    cpu_set_t set;
    int cpu, count = 0, error = pthread_getaffinity_np(pthread_self(), sizeof set, &set);

    if (error) return -error;
    for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &set)) continue;
        if (count < capacity) cpus[count] = cpu;
        count++;
    }
    return count;
}

int nt_set_affinity(const int *cpus, int count)
{
    cpu_set_t set;
    int i;

    CPU_ZERO(&set);
    for (i = 0; i < count; i++) {
        if (cpus[i] < 0 || cpus[i] >= CPU_SETSIZE) return -EINVAL;
        CPU_SET(cpus[i], &set);
    }
    return -pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

void nt_set_thread_name(const char *name) { pthread_setname_np(pthread_self(), name); }

void nt_eventfd_kick(int fd)
{
    uint64_t one = 1;
    ssize_t written = write(fd, &one, sizeof one);

    (void)written;
}

void nt_eventfd_wait(int fd, uint64_t nanoseconds)
{
    struct pollfd descriptor = {.fd = fd, .events = POLLIN};
    struct timespec timeout = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    uint64_t count;

    if (ppoll(&descriptor, 1, &timeout, NULL) > 0 && read(fd, &count, sizeof count) < 0) return;
}

void nt_sleep_precisely(void)
{
    prctl(PR_SET_TIMERSLACK, 1);
}

int nt_eventfd(bool blocking)
{
    int fd = eventfd(0, EFD_CLOEXEC | (blocking ? 0 : EFD_NONBLOCK));

    return fd < 0 ? -errno : fd;
}
