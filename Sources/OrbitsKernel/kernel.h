// SGP4 and SDP4 on vectors, compiled once per instruction set: define ORBITS_WIDTH and ORBITS_KERNEL first.
// No atan2 and no angle twice: known sines and cosines are turned by small angles instead.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "OrbitsKernel.h"
#include "vector.h"

#define XKE 0.07436691613317342
#define HALF_J2 (0.5 * 0.001082616)
#define HALF_J3_OVER_J2 (0.5 * (-0.00000253881 / 0.001082616))
#define RADIUS_KM 6378.135
#define VELOCITY_KM_S (RADIUS_KM * XKE / 60)

/// Where the results of one vector go, `at` lanes into the columns.
INLINE void put(double *column, int64_t at, V v, bool stream) {
  if (stream)
    __builtin_nontemporal_store(v, (V *)__builtin_assume_aligned(column + at, 64));
  else
    store(column + at, v);
}

/// A satellite in its orbital plane, which stands as node and inclination say: kilometres and km/s.
typedef struct {
  V radius, radialRate, transverseRate;
  SinCos latitude, node, inclination;
} Plane;

INLINE void put_state(Plane p, OrbitsOut out, int64_t at, bool stream) {
  V a = p.radius * p.latitude.cos, b = p.radius * p.latitude.sin;
  V va = p.radialRate * p.latitude.cos - p.transverseRate * p.latitude.sin;
  V vb = p.radialRate * p.latitude.sin + p.transverseRate * p.latitude.cos;
  V level = b * p.inclination.cos, vLevel = vb * p.inclination.cos;
  put(out.x, at, a * p.node.cos - level * p.node.sin, stream);
  put(out.y, at, a * p.node.sin + level * p.node.cos, stream);
  put(out.z, at, b * p.inclination.sin, stream);
  put(out.vx, at, va * p.node.cos - vLevel * p.node.sin, stream);
  put(out.vy, at, va * p.node.sin + vLevel * p.node.cos, stream);
  put(out.vz, at, vb * p.inclination.sin, stream);
}

/// What the ellipse and its short-period terms need. `u` is a mean argument of latitude known by its sine
/// and cosine, `delta` the eccentric one less u; (along, across) is the eccentricity vector along u and
/// minus its part across, and so delta solves delta = shift + across cos(delta) + along sin(delta).
typedef struct {
  V rootAxis, inverseRootAxis, inverseAxis, inverseP;
  V along, across, eSinE, beta, oneOverOnePlusBeta;
  SinCos u, delta;
  SinCos node, inclination;
  V nodeShift;
} Ellipse;

/// Adds the short-period terms of J2.
INLINE Plane short_period(Ellipse o) {
  V eCosE = o.along * o.delta.cos - o.across * o.delta.sin;
  V aOverR = 1 / (1 - eCosE);
  V skew = o.eSinE * o.oneOverOnePlusBeta;
  SinCos turn = {(o.delta.sin + o.across - o.along * skew) * aOverR,
                 (o.delta.cos - o.along - o.across * skew) * aOverR};
  SinCos latitude = sum(o.u, turn);

  V si = o.inclination.sin, ci = o.inclination.cos;
  V con41 = 3 * (ci * ci) - 1, x1mth2 = 1 - ci * ci, x7thm1 = 7 * (ci * ci) - 1;
  V halfSin2u = latitude.sin * latitude.cos;
  V cos2u = 1 - (latitude.sin + latitude.sin) * latitude.sin;
  V s1 = o.inverseP * halfSin2u, c1 = o.inverseP * cos2u;
  V s2 = o.inverseP * s1, c2 = o.inverseP * c1;

  Plane p;
  V a = RADIUS_KM * (o.rootAxis * o.rootAxis);
  V shrink = 1 - (1.5 * HALF_J2 * con41) * (o.inverseP * o.inverseP * o.beta);
  p.radius = (a - a * eCosE) * shrink + (0.5 * RADIUS_KM * HALF_J2 * x1mth2) * c1;
  V rate = VELOCITY_KM_S * o.inverseRootAxis;
  V k = rate * o.inverseAxis;
  V m = rate * aOverR;
  p.radialRate = m * o.eSinE - (2 * HALF_J2 * x1mth2) * (k * s1);
  p.transverseRate =
      m * o.beta + k * ((HALF_J2 * x1mth2) * c1 + (1.5 * HALF_J2 * con41) * o.inverseP);
  p.latitude = sum(latitude, sincos_tiny((-0.5 * HALF_J2 * x7thm1) * s2));
  p.node = sum(o.node, sincos_tiny((3 * HALF_J2 * ci) * s2 + o.nodeShift));
  p.inclination = sum(o.inclination, sincos_tiny((1.5 * HALF_J2 * ci * si) * c2));
  return p;
}

/// The mean elements of one instant, before long- and short-period terms.
typedef struct {
  V rootAxis, eccentricity, perigee, latitude;
  SinCos node, inclination;
} Mean;

/// Solves Kepler's equation by Newton's method with steps up to 0.95 rad, each lane until it has
/// converged, and gives the state. Returns the lanes to compute anew.
INLINE I from_mean(Mean m, OrbitsOut out, int64_t at) {
  V e = m.eccentricity;
  SinCos w = sincos_of(m.perigee);
  V longPeriod = 1 / (m.rootAxis * m.rootAxis * (1 - e * e));
  V si = m.inclination.sin, ci = m.inclination.cos;
  V axn = e * w.cos;
  V ayn = e * w.sin - longPeriod * (HALF_J3_OVER_J2 * si);
  V xlcof = -0.5 * HALF_J3_OVER_J2 * si * (3 + 5 * ci) / (1 + ci);

  Ellipse o = {.rootAxis = m.rootAxis, .node = m.node, .inclination = m.inclination, .nodeShift = 0};
  o.u = sincos_of(m.latitude + longPeriod * xlcof * axn);
  o.along = axn * o.u.cos + ayn * o.u.sin;
  o.across = axn * o.u.sin - ayn * o.u.cos;
  o.delta = (SinCos){0, 1};
  V delta = larger(smaller(o.across / (1 - o.along), 0.95), -0.95);
  I active = magnitude(delta) >= 0;
  for (int i = 0; i < 9 && any(active); i++) {
    SinCos d = sincos_of(delta);
    V slope = 1 - o.along * d.cos + o.across * d.sin;
    V step = (o.across * d.cos + o.along * d.sin - delta) / slope;
    step = larger(smaller(step, 0.95), -0.95);
    delta = active ? delta + step : delta;
    // The last step is so small that its sine is itself.
    o.delta.sin = active ? d.sin + step * d.cos : o.delta.sin;
    o.delta.cos = active ? d.cos - step * d.sin : o.delta.cos;
    active &= magnitude(step) >= 1e-8;
  }
  V e2 = axn * axn + ayn * ayn;
  o.eSinE = o.across * o.delta.cos + o.along * o.delta.sin;
  o.beta = __builtin_elementwise_sqrt(1 - e2);
  o.oneOverOnePlusBeta = 1 / (1 + o.beta);
  o.inverseRootAxis = 1 / m.rootAxis;
  o.inverseAxis = o.inverseRootAxis * o.inverseRootAxis;
  o.inverseP = o.inverseAxis / (1 - e2);
  Plane p = short_period(o);
  put_state(p, out, at, false);
  V speed = magnitude(p.radialRate) + magnitude(p.transverseRate);
  I good = (p.radius > 1.0001 * RADIUS_KM) & (speed < 1e3) & (e2 < 0.99) & (1 + ci > 1e-6) &
           (m.rootAxis > 0.5) & (magnitude(m.latitude) < 1e6) & (magnitude(m.perigee) < 1e6) & (o.inverseP < 1);
  return ~good | active;
}

/// One bit for each lane of a mask.
INLINE uint32_t bitmask(I mask) {
  uint32_t word = 0;
  if (any(mask))
    for (int i = 0; i < ORBITS_WIDTH; i++) word |= (mask[i] ? 1u : 0u) << i;
  return word;
}

#define SECULAR(field) load(secular + offsetof(OrbitsSecular, field) / sizeof(double) * ORBITS_LANES + at)

static uint32_t near_earth(const double *secular, const double *times, OrbitsOut out) {
  uint32_t word = 0;
  for (int at = 0; at < ORBITS_LANES; at += ORBITS_WIDTH) {
    V t = load(times + at), t2 = t * t;
    V anomaly = SECULAR(meanAnomaly) + SECULAR(meanAnomalyRate) * t;
    SinCos m = sincos_of(anomaly);
    V cube = 1 + SECULAR(eta) * m.cos;
    V shift = SECULAR(perigeeDrag) * t +
              SECULAR(anomalyDrag) * (cube * cube * cube - SECULAR(anomalyDragAtEpoch));
    V sinM = sincos_of(anomaly + shift).sin;
    V drag = 1 - t * (SECULAR(c1) + t * (SECULAR(axis2) + t * (SECULAR(axis3) + t * SECULAR(axis4))));
    V longitude = t2 * (SECULAR(longitude2) +
                        t * (SECULAR(longitude3) +
                             t * (SECULAR(longitude4) + t * SECULAR(longitude5))));
    V e = SECULAR(eccentricity) - SECULAR(bstarC4) * t -
          SECULAR(bstarC5) * (sinM - SECULAR(sinMeanAnomalyAtEpoch));
    V perigee = SECULAR(perigee) + SECULAR(perigeeRate) * t;
    V node = SECULAR(node) + SECULAR(nodeRate) * t + SECULAR(nodeQuadratic) * t2;
    Mean mean = {.rootAxis = SECULAR(rootAxis) * drag, .eccentricity = larger(e, 1e-6),
                 .perigee = perigee - shift, .latitude = anomaly + perigee + longitude,
                 .node = sincos_of(node),
                 .inclination = {SECULAR(sinInclination), SECULAR(cosInclination)}};
    I bad = ~((e < 0.98) & (e > -0.0009) & (drag > 0) & (magnitude(shift) < 1e6));
    bad |= ~(magnitude(anomaly) < 1e6) | ~(magnitude(node) < 1e6);
    word |= bitmask(bad | from_mean(mean, out, at)) << at;
  }
  return word;
}

/// Periodic changes from moon or sun.
typedef struct {
  V eccentricity, inclination, longitude, perigee, node;
} Periodic;

#define BODY(field) load(body + offsetof(OrbitsBody, field) / sizeof(double) * ORBITS_LANES)

INLINE Periodic periodic(const double *body, V t) {
  V m = BODY(meanAnomaly) + BODY(meanMotion) * t;
  SinCos f = sincos_of(m);
  f = sum(f, sincos_reduced(BODY(twiceEccentricity) * f.sin));
  V f2 = 0.5 * f.sin * f.sin - 0.25, f3 = -0.5 * f.sin * f.cos;
  return (Periodic){.eccentricity = BODY(e2) * f2 + BODY(e3) * f3,
                    .inclination = BODY(i2) * f2 + BODY(i3) * f3,
                    .longitude = BODY(l2) * f2 + BODY(l3) * f3 + BODY(l4) * f.sin,
                    .perigee = BODY(gh2) * f2 + BODY(gh3) * f3 + BODY(gh4) * f.sin,
                    .node = BODY(h2) * f2 + BODY(h3) * f3};
}

#define FIELD(block, type, field) load(block + offsetof(type, field) / sizeof(double) * ORBITS_LANES + at)
#define DEEP(field) FIELD(deepSpace, OrbitsDeepSpace, field)
#define RESONANCE(field) FIELD(resonance, OrbitsResonance, field)

static uint32_t deep_space(
    const double *deepSpace, const double *resonance, const double *times, OrbitsOut out) {
  uint32_t word = 0;
  const double *secular = deepSpace + offsetof(OrbitsDeepSpace, secular) / sizeof(double) * ORBITS_LANES;
  for (int at = 0; at < ORBITS_LANES; at += ORBITS_WIDTH) {
    V t = load(times + at);
    V node = SECULAR(node) + SECULAR(nodeRate) * t + SECULAR(nodeQuadratic) * t * t;
    V perigee = SECULAR(perigee) + SECULAR(perigeeRate) * t;
    V anomaly = SECULAR(meanAnomaly) + SECULAR(meanAnomalyRate) * t;
    V root = SECULAR(rootAxis) * (1 - SECULAR(c1) * t);

    // Resonance: a Taylor step from the start of the half day, and its mean motion's semi-major axis.
    I resonant = DEEP(isResonant) > 0;
    V dt = t - RESONANCE(time);
    V slow = RESONANCE(longitude) + dt * (RESONANCE(longitudeRate) + dt * RESONANCE(halfPull));
    V n = RESONANCE(meanMotion) + dt * (RESONANCE(pull) + dt * RESONANCE(halfJerk));
    V x = n / SECULAR(meanMotion) - 1;
    V sidereal = DEEP(siderealAngle) + 4.37526908801129966e-3 * t;
    anomaly = resonant ? slow - DEEP(nodes) * node - DEEP(perigees) * perigee +
                             DEEP(siderealAngles) * sidereal
                       : anomaly;
    // (1 + x)^(-1/3)
    V power = 1 + x * (-1 / 3.0 + x * (2 / 9.0 + x * (-14 / 81.0 + x * (35 / 243.0 - x * (91 / 729.0)))));
    root = resonant ? root * power : root;
    I bad = resonant & ~(magnitude(x) < 2e-3);

    V e = SECULAR(eccentricity) + DEEP(eccentricityRate) * t - SECULAR(bstarC4) * t;
    bad |= ~((e < 0.99) & (e > -0.0009));
    Periodic sun = periodic(deepSpace + offsetof(OrbitsDeepSpace, sun) / sizeof(double) * ORBITS_LANES + at, t);
    Periodic moon = periodic(deepSpace + offsetof(OrbitsDeepSpace, moon) / sizeof(double) * ORBITS_LANES + at, t);
    V tilt = sun.inclination + moon.inclination;
    V inclination = DEEP(inclination) + DEEP(inclinationRate) * t + tilt;
    e = larger(e, 1e-6) + (sun.eccentricity + moon.eccentricity);
    bad |= ~((e >= 0) & (e < 0.99)) | ~(magnitude(anomaly) < 1e6) | ~(magnitude(node) < 1e6) |
           ~(magnitude(inclination) < 10);

    // Under 0.2 rad the periodic terms turn the plane's normal (Lyddane), whose sine of inclination may
    // be negative here: the formulas hold as well as with the node and the perigee turned by half a turn.
    SinCos i = sincos_of(inclination);
    V ph = sun.node + moon.node;
    I low = inclination < 0.2;
    V turn = ph / i.sin;
    V lyddane = 0;
    if (any(low)) {
      turn = low ? angle_of(ph, i.sin + tilt * i.cos) : turn;
      I whole;
      V turns = node * 0.159154943091895336;
      V nearest = rounded(turns, &whole);
      // Towards zero, as C's fmod.
      nearest = magnitude(nearest) > magnitude(turns) ? (turns < 0 ? nearest + 1 : nearest - 1) : nearest;
      lyddane = low ? tilt * i.sin * (node - nearest * 6.28318530717958648) : lyddane;
    }
    perigee += sun.perigee + moon.perigee - i.cos * turn - lyddane;
    Mean mean = {.rootAxis = root, .eccentricity = e, .perigee = perigee,
                 .latitude = anomaly + (sun.longitude + moon.longitude) + perigee +
                             SECULAR(longitude2) * t * t,
                 .node = sincos_of(node + turn), .inclination = i};
    word |= bitmask(bad | from_mean(mean, out, at)) << at;
  }
  return word;
}

/// Sines and cosines of angles that grow evenly from lane to lane.
INLINE SinCos growing(double middle, double rate, V t) { return sincos_of(middle + rate * t); }

INLINE void arc_loop(const OrbitsArc *k, int64_t count, bool stream, OrbitsOut out) {
  V t = k->first + lanes() * k->step;
  SinCos anomaly = growing(k->anomaly, k->anomalyRate, t);
  SinCos fromPerigee = growing(k->fromPerigee, k->fromPerigeeRate, t);
  SinCos latitude = growing(k->latitude, k->latitudeRate, t);
  SinCos node = growing(k->node, k->nodeRate, t);
  // By how much these turn from one vector to the next, one in each lane.
  V turns = 0;
  turns[0] = k->anomalyRate, turns[1] = k->fromPerigeeRate;
  turns[2] = k->latitudeRate, turns[3] = k->nodeRate;
  const SinCos turn = sincos_of(turns * (k->step * ORBITS_WIDTH));
  const double si = k->sinInclination, ci = k->cosInclination;
  const double aycof = -HALF_J3_OVER_J2 * si;
  const double xlcof = -0.5 * HALF_J3_OVER_J2 * si * (3 + 5 * ci) / (1 + ci);
  for (int64_t at = 0; at < count; at += ORBITS_WIDTH) {
    SinCos m = anomaly;
    // Drag, and the mean elements.
    V root = k->root0 + t * (k->root1 + t * (k->root2 + t * k->root3));
    V t2 = t * t;
    V longitude = t2 * (k->longitude2 + t * (k->longitude3 + t * k->longitude4));
    V cube = 1 + k->eta * m.cos;
    V shift = k->shift0 + k->shift1 * t + (k->anomalyDrag * cube) * (cube * cube);
    V sinM = m.sin + shift * (m.cos - (0.5 * shift) * m.sin);
    V e = larger(k->eccentricity0 + k->eccentricity1 * t - k->bstarC5 * sinM, 1e-6);

    Ellipse o = {.rootAxis = root, .nodeShift = k->nodeQuadratic * t2,
                 .node = node, .inclination = {si, ci}};
    o.u = sum(latitude, sincos_tiny(longitude));
    SinCos perigeeToU = sum(fromPerigee, sincos_tiny(longitude + shift));
    V axis = root * root, oneMinusE2 = 1 - e * e;
    V longPeriod = 1 / (axis * oneMinusE2);
    o.inverseAxis = longPeriod * oneMinusE2;
    o.inverseRootAxis = o.inverseAxis * root;

    // The eccentricity vector along and across u; the long-period change of u joins Kepler's equation.
    V cosPerigee = o.u.cos * perigeeToU.cos + o.u.sin * perigeeToU.sin;
    V uShift = (xlcof * longPeriod) * (e * cosPerigee);
    V q = aycof * longPeriod;
    o.along = e * perigeeToU.cos + q * o.u.sin;
    o.across = e * perigeeToU.sin - q * o.u.cos;

    // Kepler's equation, delta = shift + across cos(delta) + along sin(delta), by fixed-point steps that
    // gain two powers of the eccentricity each: it is below ORBITS_ARC_ECCENTRICITY.
    V d = 1 / (1 - o.along);
    V w = (o.across + uShift) * d;
    V half = o.across * (0.5 * d), sixth = o.along * ((1 / 6.0) * d);
    V delta = w - (w * w) * (half + sixth * w);
    V z = delta * delta;
    delta = w - z * (half + sixth * delta - half * z * (1 / 12.0));
    z = delta * delta;
    o.delta.sin = delta + delta * (z * (z * (1 / 120.0) - 1 / 6.0));
    o.delta.cos = 1 + z * (z * (1 / 24.0) - 0.5);
    o.eSinE = delta - uShift;

    V e2 = o.along * o.along + o.across * o.across;
    o.oneOverOnePlusBeta = 0.5 + e2 * (0.125 + e2 * (0.0625 + e2 * (5 / 128.0)));
    o.beta = 1 - e2 * o.oneOverOnePlusBeta;
    // 1 / (axis (1 - e2)) by one step of Newton's from longPeriod, which is near.
    o.inverseP = longPeriod + longPeriod * (1 - longPeriod * (axis - axis * e2));
    put_state(short_period(o), out, at, stream);

    anomaly = sum(anomaly, lane(turn, 0));
    fromPerigee = sum(fromPerigee, lane(turn, 1));
    latitude = sum(latitude, lane(turn, 2));
    node = sum(node, lane(turn, 3));
    t += k->step * ORBITS_WIDTH;
  }
}

static void arc(const OrbitsArc *arc, int64_t count, bool stream, OrbitsOut out) {
  if (stream)
    arc_loop(arc, count, true, out);
  else
    arc_loop(arc, count, false, out);
}

const OrbitsKernel ORBITS_KERNEL = {near_earth, deep_space, arc};
