#define _GNU_SOURCE
#include "cstart.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static _Thread_local bool measures_shortly;
static _Thread_local bool skips_plugins;

void nt_measure_shortly(bool on)
{
    measures_shortly = on;
}

void nt_skip_plugins(bool on)
{
    skips_plugins = on;
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
    /* The time that DPDK measures for; it looks at the clock before and after. */
    const struct timespec shorter = {.tv_nsec = 10 * 1000 * 1000};
    const bool is_measure = measures_shortly && time->tv_sec == 0 && time->tv_nsec == 100 * 1000 * 1000;
    const int error = clock_nanosleep(CLOCK_REALTIME, 0, is_measure ? &shorter : time, left);

    if (error) {
        errno = error;
        return -1;
    }
    return 0;
}

int stat64(const char *path, struct stat64 *status)
{
    /* DPDK looks for the folder of its plugins, …/dpdk/pmds-VERSION. */
    if (skips_plugins && strstr(path, "/dpdk/pmds-")) {
        errno = ENOENT;
        return -1;
    }
    return fstatat64(AT_FDCWD, path, status, 0);
}
