#define _GNU_SOURCE
#include "clinux.h"
#include <sched.h>

int nl_pin(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return sched_setaffinity(0, sizeof set, &set);
}
