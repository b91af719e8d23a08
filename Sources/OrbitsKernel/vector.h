// A small vector vocabulary: ORBITS_WIDTH doubles, which the compiler spreads over as many registers as
// the instruction set needs. More than one register hides the latency of long chains.
#include <stdint.h>

#pragma clang diagnostic ignored "-Wpsabi"

typedef double V __attribute__((ext_vector_type(ORBITS_WIDTH)));
// What comparing two V gives: 64-bit integers, of a type that is int64_t on Linux but not on Apple's systems.
typedef __typeof__((V){0} < (V){0}) I;
typedef double UnalignedV __attribute__((ext_vector_type(ORBITS_WIDTH), aligned(8)));

#define INLINE static inline __attribute__((always_inline))

/// The sine and the cosine of one angle in each lane.
typedef struct {
  V sin, cos;
} SinCos;

INLINE V load(const double *p) { return *(const UnalignedV *)p; }
INLINE void store(double *p, V v) { *(UnalignedV *)p = v; }
INLINE V larger(V a, V b) { return a > b ? a : b; }
INLINE V smaller(V a, V b) { return a < b ? a : b; }
INLINE I bits(V v) { return __builtin_bit_cast(I, v); }
INLINE V doubles(I i) { return __builtin_bit_cast(V, i); }
INLINE V magnitude(V v) { return doubles(bits(v) & INT64_MAX); }
INLINE bool any(I mask) { return __builtin_reduce_or(mask) != 0; }

/// The lanes 0, 1, 2, ...
INLINE V lanes(void) {
  V v = 0;
  for (int i = 0; i < ORBITS_WIDTH; i++) v[i] = i;
  return v;
}

/// The nearest integer, exact below 2^51, as a double and in the low bits of `*whole`.
INLINE V rounded(V v, I *whole) {
  const double magic = 0x1.8p52;
  V shifted = v + magic;
  *whole = bits(shifted);
  return shifted - magic;
}

/// The angle a + b.
INLINE SinCos sum(SinCos a, SinCos b) {
  return (SinCos){a.sin * b.cos + a.cos * b.sin, a.cos * b.cos - a.sin * b.sin};
}

/// One lane's angle in every lane.
INLINE SinCos lane(SinCos a, int i) { return (SinCos){(V)(a.sin[i]), (V)(a.cos[i])}; }

/// Sine and cosine of |x| <= pi / 4 to the last bit or so (minimax polynomials, 13th and 14th degree).
INLINE SinCos sincos_reduced(V x) {
  V z = x * x;
  V s = -2.50507602534068634195e-08 + z * 1.58969099521155010221e-10;
  s = 2.75573137070700676789e-06 + z * s;
  s = -1.98412698298579493134e-04 + z * s;
  s = 8.33333333332248946124e-03 + z * s;
  s = -1.66666666666666324348e-01 + z * s;
  V c = 2.08757232129817482790e-09 + z * -1.13596475577881948265e-11;
  c = -2.75573143513906633035e-07 + z * c;
  c = 2.48015872894767294178e-05 + z * c;
  c = -1.38888888888741095749e-03 + z * c;
  c = 4.16666666666666019037e-02 + z * c;
  return (SinCos){x + x * z * s, 1 + z * (z * c - 0.5)};
}

/// Sine and cosine of an angle below a million radians: quarter turns taken off in three parts.
INLINE SinCos sincos_of(V x) {
  I quarter;
  V k = rounded(x * 0.636619772367581343, &quarter);
  V r = x - k * 1.57079632673412561417;
  r = r - k * 6.07710050630396597660e-11;
  r = r - k * 2.02226624879595063154e-21;
  SinCos a = sincos_reduced(r);
  I odd = (quarter & 1) != 0;
  V s = odd ? a.cos : a.sin;
  V c = odd ? a.sin : a.cos;
  return (SinCos){
      doubles(bits(s) ^ ((quarter & 2) << 62)), doubles(bits(c) ^ (((quarter + 1) & 2) << 62))};
}

/// Sine and cosine of |x| < 0.003.
INLINE SinCos sincos_tiny(V x) {
  V z = x * x;
  return (SinCos){x * (1 - z * (1 / 6.0)), 1 - z * 0.5};
}

/// The angle of the vector (x, y), in (-pi, pi].
INLINE V angle_of(V y, V x) {
  V ax = magnitude(x), ay = magnitude(y);
  V low = smaller(ax, ay), high = larger(ax, ay);
  I upper = low > 0.41421356237309503 * high;
  V u = (upper ? low - high : low) / (upper ? low + high : high);
  V z = u * u;
  V p = -3.65315727442169155270e-02 + z * 1.62858201153657823623e-02;
  p = 4.97687799461593236017e-02 + z * p;
  p = -5.83357013379057348645e-02 + z * p;
  p = 6.66107313738753120669e-02 + z * p;
  p = -7.69187620504482999495e-02 + z * p;
  p = 9.09088713343650656196e-02 + z * p;
  p = -1.11111104054623557880e-01 + z * p;
  p = 1.42857142725034663711e-01 + z * p;
  p = -1.99999999998764832476e-01 + z * p;
  p = 3.33333333333329318027e-01 + z * p;
  V a = u - u * z * p;
  a = upper ? a + 0.78539816339744831 : a;
  a = ay > ax ? 1.57079632679489662 - a : a;
  a = x < 0 ? 3.14159265358979324 - a : a;
  return y < 0 ? -a : a;
}
