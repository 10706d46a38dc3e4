#ifndef NT_CSTART_H
#define NT_CSTART_H

#include <stdbool.h>

/* rte_eal_init on the calling thread takes a short cut while this is on: it measures the frequency of the time stamp counter for 10 milliseconds instead of 100, which
 * is enough for the 10 MHz that it rounds to. DPDK has no option for that, nor for the next one, so its calls of nanosleep(3) and stat64(2) are answered here;
 * those of all others go to the kernel as ever. */
void nt_measure_shortly(bool on);

/* While this is on, it does not load the drivers that are plugins, of which there are some hundred: for a process that has no devices. */
void nt_skip_plugins(bool on);

#endif
