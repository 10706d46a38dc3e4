// Parts of Linux that the Glibc module does not carry.
#pragma once
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

// Callable from Swift code that must neither allocate nor lock.
__attribute__((swift_attr("@_noLocks"))) static inline int nl_eventfd_ring(int descriptor)
{
    return eventfd_write(descriptor, 1);
}

// Counters that one thread writes and others read.
__attribute__((swift_attr("@_noLocks"))) static inline uint64_t nl_relaxed_load(const uint64_t *counter)
{
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}
__attribute__((swift_attr("@_noLocks"))) static inline void nl_relaxed_store(uint64_t *counter, uint64_t value)
{
    __atomic_store_n(counter, value, __ATOMIC_RELAXED);
}

// Binds the calling thread to one CPU; 0, or -1 with errno.
int nl_pin(int cpu);
