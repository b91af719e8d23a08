// Spherical geometry on the ground. Points are [latitude, longitude] in degrees.

const DEG = Math.PI / 180;

/** Mean radius of the Earth, kilometres (IUGG R1). */
export const EARTH_RADIUS_KM = 6371.0088;

/** The speed of light in vacuum, kilometres per millisecond. */
export const LIGHT_KM_PER_MS = 299.792458;

/** The unit vector of a point. */
export function vectorOf([lat, lon]) {
  const c = Math.cos(lat * DEG);
  return [c * Math.cos(lon * DEG), c * Math.sin(lon * DEG), Math.sin(lat * DEG)];
}

/** The point below a vector of any length. */
export function pointOf([x, y, z]) {
  return [Math.atan2(z, Math.hypot(x, y)) / DEG, Math.atan2(y, x) / DEG];
}

/** The angle between two points, radians. */
export function angleBetween(a, b) {
  const [u, v] = [vectorOf(a), vectorOf(b)];
  const cross = Math.hypot(
    u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]);
  return Math.atan2(cross, u[0] * v[0] + u[1] * v[1] + u[2] * v[2]);
}

/** Great-circle distance, kilometres. */
export function distanceKm(a, b) {
  return EARTH_RADIUS_KM * angleBetween(a, b);
}

/** The point `share` of the way from `a` to `b` along the great circle. */
export function between(a, b, share) {
  const angle = angleBetween(a, b);
  if (angle < 1e-9) return a;
  const s = Math.sin(angle);
  const [p, q] = s < 1e-9 ? [1 - share, share] : [Math.sin((1 - share) * angle) / s, Math.sin(share * angle) / s];
  const [u, v] = [vectorOf(a), vectorOf(b)];
  return pointOf([p * u[0] + q * v[0], p * u[1] + q * v[1], p * u[2] + q * v[2]]);
}

/** The great circle from `a` to `b`, both included, a point at least every `stepDeg`. */
export function greatCircle(a, b, stepDeg = 2) {
  const steps = Math.max(1, Math.ceil(angleBetween(a, b) / DEG / stepDeg));
  const points = [a];
  for (let i = 1; i < steps; i++) points.push(between(a, b, i / steps));
  points.push(b);
  return points;
}

/** Cuts a polyline where it crosses the date line, so that each piece can be drawn on a flat map. */
export function splitAtDateLine(points) {
  const pieces = [];
  let piece = [];
  for (let i = 0; i < points.length; i++) {
    const [lat, lon] = points[i];
    if (piece.length > 0) {
      const [lat0, lon0] = points[i - 1];
      const jump = lon - lon0;
      if (Math.abs(jump) > 180) {
        const edge = jump < 0 ? 180 : -180;
        const unwrapped = lon + (jump < 0 ? 360 : -360);
        const share = unwrapped === lon0 ? 0 : (edge - lon0) / (unwrapped - lon0);
        const crossing = lat0 + (lat - lat0) * share;
        piece.push([crossing, edge]);
        pieces.push(piece);
        piece = [[crossing, -edge]];
      }
    }
    piece.push([lat, lon]);
  }
  if (piece.length > 1) pieces.push(piece);
  return pieces;
}

/** A closed circle of `radiusDeg` around a point, as a polyline. */
export function circleAround([lat, lon], radiusDeg, count = 96) {
  const [sinLat, cosLat] = [Math.sin(lat * DEG), Math.cos(lat * DEG)];
  const [sinR, cosR] = [Math.sin(radiusDeg * DEG), Math.cos(radiusDeg * DEG)];
  const points = [];
  for (let i = 0; i <= count; i++) {
    const azimuth = (2 * Math.PI * i) / count;
    const phi = Math.asin(sinLat * cosR + cosLat * sinR * Math.cos(azimuth));
    const lambda = Math.atan2(
      Math.sin(azimuth) * sinR * cosLat, cosR - sinLat * Math.sin(phi));
    points.push([phi / DEG, wrapLongitude(lon + lambda / DEG)]);
  }
  return points;
}

/** How far the horizon lies from the ground point below a satellite, degrees of arc. */
export function horizonRadiusDeg(altitudeKm) {
  return Math.acos(EARTH_RADIUS_KM / (EARTH_RADIUS_KM + altitudeKm)) / DEG;
}

/** A longitude brought into [-180, 180). */
export function wrapLongitude(lon) {
  return ((((lon + 180) % 360) + 360) % 360) - 180;
}
