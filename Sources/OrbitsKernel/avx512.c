#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define ORBITS_WIDTH 16
#define ORBITS_KERNEL orbits_avx512
#include "kernel.h"
#pragma clang attribute pop
#endif
