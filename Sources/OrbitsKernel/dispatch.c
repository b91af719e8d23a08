#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "OrbitsKernel.h"

extern const OrbitsKernel orbits_base;
#if defined(__x86_64__)
extern const OrbitsKernel orbits_avx2;
extern const OrbitsKernel orbits_avx512;
#endif

const OrbitsKernel *orbits_kernel(OrbitsISA isa) {
  switch (isa) {
  case OrbitsISABase: return &orbits_base;
#if defined(__x86_64__)
  case OrbitsISAAVX2:
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &orbits_avx2 : NULL;
  case OrbitsISAAVX512:
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                   __builtin_cpu_supports("avx512vl")
               ? &orbits_avx512
               : NULL;
#endif
  default: return NULL;
  }
}

OrbitsISA orbits_isa(void) {
  static const char *const names[] = {"base", "avx2", "avx512"};
  const char *wanted = getenv("PERIGEE_ORBITS_ISA");
  OrbitsISA best = OrbitsISABase;
  for (int isa = OrbitsISABase; isa <= OrbitsISAAVX512; isa++) {
    if (!orbits_kernel((OrbitsISA)isa)) continue;
    best = (OrbitsISA)isa;
    if (wanted && strcmp(wanted, names[isa]) == 0) break;
  }
  return best;
}
