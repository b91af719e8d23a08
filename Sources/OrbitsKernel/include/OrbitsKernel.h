// The inner loops of SGP4 and SDP4 for many lanes at once. A lane is one satellite at one time; what the
// lanes share is up to the caller. Units: earth radii, minutes, radians; results in kilometres and km/s.
//
// A kernel never decides on an error: a lane that needs a guard of the theory, or leaves the range where
// the fast algebra holds, is reported, and the caller computes it anew with the scalar theory.
#ifndef ORBITS_KERNEL_H
#define ORBITS_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/// Lanes of a block: field f of lane l is at block[f * ORBITS_LANES + l], fields in the struct's order.
#define ORBITS_LANES 16

/// Constants of one satellite in the secular theory, after the names of the Swift type `SecularTheory`.
typedef struct {
  double meanAnomaly, perigee, node, eccentricity, meanMotion;
  /// Square root of the semi-major axis.
  double rootAxis;
  double meanAnomalyRate, perigeeRate, nodeRate, nodeQuadratic;
  double c1, axis2, axis3, axis4;
  /// Coefficients of the mean longitude, times the mean motion.
  double longitude2, longitude3, longitude4, longitude5;
  double bstarC4, bstarC5, perigeeDrag, anomalyDrag, eta, anomalyDragAtEpoch, sinMeanAnomalyAtEpoch;
  double sinInclination, cosInclination;
} OrbitsSecular;

/// What one body (moon or sun) does to one satellite, after the Swift type `BodyEffect`.
typedef struct {
  double meanAnomaly, meanMotion, twiceEccentricity;
  double e2, e3, i2, i3, l2, l3, l4, gh2, gh3, gh4, h2, h3;
} OrbitsBody;

/// Constants of one deep-space satellite. The rates of node, perigee and anomaly in `secular` include
/// those of moon and sun.
typedef struct {
  OrbitsSecular secular;
  double eccentricityRate, inclination, inclinationRate, siderealAngle;
  OrbitsBody sun, moon;
  /// 1 where a resonance gives the mean anomaly, otherwise 0.
  double isResonant;
  /// How often node, perigee and sidereal angle enter the resonant longitude.
  double nodes, perigees, siderealAngles;
} OrbitsDeepSpace;

/// The state of a resonance at the start of the half-day step that a lane's time falls in.
typedef struct {
  double time, longitude, meanMotion, longitudeRate;
  /// Half the acceleration of the longitude, the acceleration, and half its derivative in time.
  double halfPull, pull, halfJerk;
} OrbitsResonance;

/// Where results go: lane l of coordinate c at out[c][l].
typedef struct {
  double *x, *y, *z, *vx, *vy, *vz;
} OrbitsOut;

/// A near-earth orbit expanded about the middle of a short arc of evenly spaced times, for eccentricities
/// up to ORBITS_ARC_ECCENTRICITY. `t` below is minutes from the middle.
typedef struct {
  /// Minutes between two times, and from the middle to the first.
  double step, first;
  /// In the middle: the mean anomaly without drag; with it the angle from perigee and that from the node
  /// (mean anomaly plus perigee); the node.
  double anomaly, fromPerigee, latitude, node;
  /// The rates of these.
  double anomalyRate, fromPerigeeRate, latitudeRate, nodeRate;
  /// What is left over of the node's and the longitude's drag terms: nodeQuadratic t^2 and
  /// longitude2 t^2 + longitude3 t^3 + longitude4 t^4.
  double nodeQuadratic, longitude2, longitude3, longitude4;
  /// Square root of the semi-major axis as a polynomial of t.
  double root0, root1, root2, root3;
  /// Shift from perigee to anomaly: shift0 + shift1 t + anomalyDrag (1 + eta cos M)^3.
  double shift0, shift1, anomalyDrag, eta;
  /// Eccentricity: eccentricity0 + eccentricity1 t - bstarC5 sin(M + shift).
  double eccentricity0, eccentricity1, bstarC5;
  double sinInclination, cosInclination;
} OrbitsArc;

#define ORBITS_ARC_ECCENTRICITY 0.02

/// One instruction set's kernels.
typedef struct {
  /// Near-earth states of a block at times[0..<ORBITS_LANES]. Returns the lanes to compute anew, one bit each.
  uint32_t (*near_earth)(const double *secular, const double *times, OrbitsOut out);
  /// The same in deep space.
  uint32_t (*deep_space)(
      const double *deepSpace, const double *resonance, const double *times, OrbitsOut out);
  /// States of an arc at `count` times; writes up to the next multiple of ORBITS_LANES. The pointers of
  /// `out` are aligned to 64 bytes; `stream` bypasses the caches.
  void (*arc)(const OrbitsArc *arc, int64_t count, bool stream, OrbitsOut out);
} OrbitsKernel;

typedef enum { OrbitsISABase, OrbitsISAAVX2, OrbitsISAAVX512 } OrbitsISA;

/// The kernels of an instruction set, or null where this machine lacks it.
const OrbitsKernel *orbits_kernel(OrbitsISA isa);

/// The best instruction set of this machine, or the one that the environment's PERIGEE_ORBITS_ISA names
/// (base, avx2, avx512) where the machine has it.
OrbitsISA orbits_isa(void);

#endif
