// What the backend and the client that measure have in common.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

// The monotonic clock, nanoseconds: the same for both, on one machine.
static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}
