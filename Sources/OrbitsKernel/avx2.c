#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define ORBITS_WIDTH 16
#define ORBITS_KERNEL orbits_avx2
#include "kernel.h"
#pragma clang attribute pop
#endif
