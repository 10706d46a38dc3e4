// DPDK's log as lines.
#pragma once
#include <stddef.h>

// From now on every message that DPDK logs goes to `take` instead of standard error: its bytes, without an end mark, and its level
// (1, emergency, to 8, debug). Any thread may call it. Returns 0 or a negated errno.
int nt_log_to(void (*take)(const char *text, size_t length, unsigned level));
