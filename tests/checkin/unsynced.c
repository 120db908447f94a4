/* A disk that forgets what was not synced, for one power cut.
 *
 * Loaded before the C library (LD_PRELOAD), it copies a database's file into the folder SYNCED
 * whenever the file is synced, before the caller hears that it is. After a kill -9 that folder
 * holds all that a disk is bound to have kept, and nothing more.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static void keep(int fd)
{
    char link[64], path[PATH_MAX], kept[PATH_MAX], fresh[PATH_MAX];
    const char *folder = getenv("SYNCED");
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (!folder || length < 0) return;
    path[length] = 0;
    const char *name = strrchr(path, '/');
    if (!name || !strstr(name, ".db") || strstr(name, "-turn")) return;

    snprintf(kept, sizeof kept, "%s/lock", folder);
    int lock = open(kept, O_CREAT | O_RDWR, 0600); /* no older copy may replace a newer one */
    flock(lock, LOCK_EX);
    snprintf(kept, sizeof kept, "%s%s", folder, name);
    snprintf(fresh, sizeof fresh, "%s%s.new", folder, name);
    int from = open(path, O_RDONLY), to = open(fresh, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    struct stat about;
    if (from < 0 || to < 0 || fstat(from, &about)) abort();
    for (off_t at = 0; at < about.st_size;)
        if (sendfile(to, from, &at, about.st_size - at) <= 0) break;
    close(from);
    close(to);
    if (rename(fresh, kept)) abort();
    close(lock);
}

#define SYNC(name)                                              \
    int name(int fd)                                            \
    {                                                           \
        int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, #name); \
        int result = real(fd);                                  \
        if (!result) keep(fd);                                  \
        return result;                                          \
    }

SYNC(fsync)
SYNC(fdatasync)
