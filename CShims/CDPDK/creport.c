#define _GNU_SOURCE
#include "creport.h"

#include <stdio.h>

#include <rte_lcore.h>
#include <rte_log.h>
#include <rte_malloc.h>

static char *report(enum nt_report what, struct rte_mempool *pool)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (!stream) return NULL;
    if (pool) {
        rte_mempool_dump(stream, pool);
    } else {
        switch (what) {
        case NT_REPORT_MEMORY: rte_malloc_dump_stats(stream, NULL); break;
        case NT_REPORT_LCORES: rte_lcore_dump(stream); break;
        case NT_REPORT_LOG: rte_log_dump(stream); break;
        case NT_REPORT_MEMPOOLS: rte_mempool_list_dump(stream); break;
        }
    }
    fclose(stream);
    return text;
}

char *nt_report(enum nt_report what)
{
    return report(what, NULL);
}

char *nt_report_mempool(struct rte_mempool *pool)
{
    return report(NT_REPORT_MEMPOOLS, pool);
}

int nt_set_log_level(const char *pattern, unsigned level)
{
    return rte_log_set_level_pattern(pattern, level);
}
