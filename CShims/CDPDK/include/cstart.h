#ifndef NT_CSTART_H
#define NT_CSTART_H

#include <stdbool.h>

/* While this is on, rte_eal_init on the calling thread takes two short cuts, for a process that has no devices and does not ask how fast the time stamp counter runs:
 * - it measures the counter's frequency for 5 milliseconds instead of 100;
 * - it does not load the drivers that are plugins, of which there are some hundred.
 * DPDK has no options for that, so its calls of nanosleep(3) and stat64(2) are answered here; those of all others go to the kernel as ever. */
void nt_quick_start(bool on);

#endif
