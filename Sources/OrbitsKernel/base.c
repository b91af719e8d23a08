// Every machine: SSE2 on x86-64, Advanced SIMD on arm64.
#define ORBITS_WIDTH 4
#define ORBITS_KERNEL orbits_base
#include "kernel.h"
