#define _GNU_SOURCE
#include "cdaemon.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

static int result(long value) { return value < 0 ? -errno : (int)value; }

static int threads(void)
{
    DIR *folder = opendir("/proc/self/task");
    struct dirent *entry;
    int count = 0;

    if (!folder) return 1;
    while ((entry = readdir(folder)) != NULL) count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

int nt_fork(void) { return threads() > 1 ? -EBUSY : result(fork()); }

int nt_pipe(int ends[2]) { return result(pipe2(ends, O_CLOEXEC)); }

int nt_close_standard(void)
{
    int null = open("/dev/null", O_RDWR), fd;

    if (null < 0) return -errno;
    for (fd = 0; fd < 3; fd++) dup2(null, fd);
    if (null > 2) close(null);
    return 0;
}

int nt_wait(int pid, int *status)
{
    pid_t ended;

    do ended = waitpid(pid, status, 0);
    while (ended < 0 && errno == EINTR);
    return ended < 0 ? -errno : 0;
}

bool nt_was_killed(int status, int *number, bool *dumped_core)
{
    *dumped_core = WIFSIGNALED(status) && WCOREDUMP(status);
    *number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return WIFSIGNALED(status);
}

int nt_disable_core(void)
{
    struct rlimit none = { 0, 0 };

    return result(setrlimit(RLIMIT_CORE, &none));
}

int nt_lock_holder(int fd)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    if (fcntl(fd, F_GETLK, &lock) < 0) return -errno;
    return lock.l_type == F_UNLCK ? 0 : lock.l_pid;
}

int nt_lock(int fd)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    return result(fcntl(fd, F_SETLK, &lock));
}

int nt_lock_memory(void)
{
    /* Pages stay once they are there. Without MCL_ONFAULT (Linux 4.4) all that was reserved would be touched now, which takes seconds. */
    const int error = result(mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT));

    return error == -EINVAL ? result(mlockall(MCL_CURRENT | MCL_FUTURE)) : error;
}

int nt_find_user(const char *name, uint32_t *uid, uint32_t *gid)
{
    struct passwd *user;

    errno = 0;
    user = getpwnam(name);
    if (!user) return errno ? -errno : -ENOENT;
    *uid = user->pw_uid;
    if (gid) *gid = user->pw_gid;
    return 0;
}

int nt_find_group(const char *name, uint32_t *gid)
{
    struct group *group;

    errno = 0;
    group = getgrnam(name);
    if (!group) return errno ? -errno : -ENOENT;
    *gid = group->gr_gid;
    return 0;
}

int nt_become(const char *name, uint32_t uid, uint32_t gid)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct sets[2] = { 0 };
    uint32_t kept = 1u << CAP_IPC_LOCK | 1u << CAP_NET_BIND_SERVICE | 1u << CAP_NET_ADMIN | 1u << CAP_NET_BROADCAST | 1u << CAP_NET_RAW;

    if (setresgid(gid, gid, gid) < 0) return -errno;
    if (name ? initgroups(name, gid) < 0 : setgroups(1, &gid) < 0) return -errno;
    // Otherwise the last capability goes with the user's number.
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0) return -errno;
    if (setresuid(uid, uid, uid) < 0) return -errno;
    sets[0].effective = sets[0].permitted = kept;
    return result(syscall(SYS_capset, &header, sets));
}

size_t nt_strftime(char *text, size_t room, const char *format, int64_t seconds, bool utc)
{
    time_t when = (time_t)seconds;
    struct tm parts;

    if (utc) gmtime_r(&when, &parts);
    else localtime_r(&when, &parts);
    return strftime(text, room, format, &parts);
}

void nt_thread_name(char text[16])
{
    if (pthread_getname_np(pthread_self(), text, 16)) text[0] = '\0';
}

void nt_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

void nt_syslog(int priority, const char *text) { syslog(priority, "%s", text); }

static int connected(int family, const struct sockaddr *address, socklen_t length)
{
    int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error;

    if (fd < 0) return -errno;
    if (connect(fd, address, length) == 0) return fd;
    error = errno;
    close(fd);
    return -error;
}

int nt_datagram_unix(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    if (strlen(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
    memcpy(address.sun_path, path, strlen(path));
    return connected(AF_UNIX, (struct sockaddr *)&address, sizeof address);
}

int nt_datagram_udp(const char *text, uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct sockaddr_in6 address6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

    if (inet_pton(AF_INET, text, &address.sin_addr) == 1) return connected(AF_INET, (struct sockaddr *)&address, sizeof address);
    if (inet_pton(AF_INET6, text, &address6.sin6_addr) == 1) return connected(AF_INET6, (struct sockaddr *)&address6, sizeof address6);
    return -EINVAL;
}

int nt_datagram_send(int fd, const void *bytes, size_t count) { return result(send(fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL)); }
