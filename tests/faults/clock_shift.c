/* A wall clock that is wrong by what a file says: seconds, as a 64-bit integer. Time that only passes is left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t none = 0, *shift = &none;

__attribute__((constructor)) static void begin(void) {
	const char *path = getenv("CLOCK_SHIFT");
	int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (file < 0)
		return;
	void *held = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
	if (held != MAP_FAILED)
		shift = held;
	close(file);
}

int clock_gettime(clockid_t which, struct timespec *now) {
	static int (*real)(clockid_t, struct timespec *);
	if (!real)
		real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	int done = real(which, now);
	if (!done && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE))
		now->tv_sec += *shift;
	return done;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
	(void)zone;
	struct timespec seen;
	int done = clock_gettime(CLOCK_REALTIME, &seen);
	now->tv_sec = seen.tv_sec;
	now->tv_usec = seen.tv_nsec / 1000;
	return done;
}

time_t time(time_t *told) {
	struct timespec seen;
	clock_gettime(CLOCK_REALTIME, &seen);
	if (told)
		*told = seen.tv_sec;
	return seen.tv_sec;
}
