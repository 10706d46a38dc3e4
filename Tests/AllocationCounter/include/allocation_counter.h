/* Counts the heap calls of one thread. Linked into a test, it stands before the C library's malloc for the whole process. */
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdint.h>

/* Counts the calls of malloc, calloc, realloc, free and their relatives that the thread `tid` makes from now on; 0: nobody's. */
void ac_watch(int32_t tid);

/* The calls since the last ac_watch. */
uint64_t ac_count(void);

/* The calling thread's number. */
int32_t ac_thread(void);

#endif
