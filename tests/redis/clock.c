/* A wall clock that a test sets. Preloaded into redis-server, it shows the
 * microseconds since 1970 that stand in the file named by CERTGATE_TEST_CLOCK, and
 * they stand still until the file is written again. At 0 it shows the real time.
 * Other clocks are left alone. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile const int64_t *shown;

__attribute__((constructor)) static void open_clock(void) {
    const char *path = getenv("CERTGATE_TEST_CLOCK");
    int file = path ? open(path, O_RDONLY) : -1;
    if (file < 0)
        _exit(70);
    void *page = mmap(NULL, sizeof *shown, PROT_READ, MAP_SHARED, file, 0);
    if (page == MAP_FAILED)
        _exit(70);
    shown = page;
}

int clock_gettime(clockid_t clock, struct timespec *at) {
    int64_t micros = shown ? *shown : 0;
    if (micros == 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
        return (int)syscall(SYS_clock_gettime, clock, at);
    at->tv_sec = micros / 1000000;
    at->tv_nsec = micros % 1000000 * 1000;
    return 0;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at)
        *at = now.tv_sec;
    return now.tv_sec;
}
