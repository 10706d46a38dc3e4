#define _GNU_SOURCE
#include "allocation_counter.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

/* glibc's own names for what is put in its place here. */
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

static atomic_int watched;
static atomic_ulong calls;
static __thread int self;

int32_t ac_thread(void)
{
    if (self == 0) self = gettid();
    return self;
}

void ac_watch(int32_t tid)
{
    atomic_store(&watched, 0);
    atomic_store(&calls, 0);
    atomic_store(&watched, tid);
}

uint64_t ac_count(void) { return atomic_load(&calls); }

static void note(void)
{
    int tid = atomic_load_explicit(&watched, memory_order_relaxed);
    if (tid != 0 && tid == ac_thread()) atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
}

void *malloc(size_t size)
{
    note();
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    note();
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    note();
    return __libc_realloc(memory, size);
}

void free(void *memory)
{
    if (memory == NULL) return;
    note();
    __libc_free(memory);
}

void *memalign(size_t alignment, size_t size)
{
    note();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **result, size_t alignment, size_t size)
{
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
    void *memory = memalign(alignment, size);
    if (memory == NULL) return ENOMEM;
    *result = memory;
    return 0;
}
