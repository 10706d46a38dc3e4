#define _GNU_SOURCE
#include "clog.h"

#include <errno.h>
#include <stdio.h>
#include <sys/types.h>

#include <rte_log.h>

static void (*taker)(const char *text, size_t length, unsigned level);

// DPDK flushes after every message, so that what comes here is whole messages.
static ssize_t take(void *cookie, const char *text, size_t length)
{
    (void)cookie;
    taker(text, length, (unsigned)rte_log_cur_msg_loglevel());
    return (ssize_t)length;
}

int nt_log_to(void (*to)(const char *text, size_t length, unsigned level))
{
    cookie_io_functions_t functions = { .write = take };
    FILE *stream;

    taker = to;
    stream = fopencookie(NULL, "w", functions);
    if (!stream) return -ENOMEM;
    return rte_openlog_stream(stream);
}
