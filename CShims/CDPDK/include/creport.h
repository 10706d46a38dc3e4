// What DPDK tells of itself, as text.
#pragma once
#include <rte_config.h>
#include <rte_mempool.h>

enum nt_report { NT_REPORT_MEMORY, NT_REPORT_LCORES, NT_REPORT_LOG, NT_REPORT_MEMPOOLS };

// In memory that free(3) gives back; NULL when there is none left.
char *nt_report(enum nt_report what);
// The same of one mempool.
char *nt_report_mempool(struct rte_mempool *pool);

// Gives the parts of DPDK whose names match the pattern (fnmatch(3)) a level of the log, 1 (emergency) to 8 (debug). Returns 0 or a negated errno.
int nt_set_log_level(const char *pattern, unsigned level);
