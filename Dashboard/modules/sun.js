// Where the Sun stands, good to about 0.01 degree between 1950 and 2050 (the Astronomical Almanac's
// low-precision formula).

const DEG = Math.PI / 180;
const J2000_MS = Date.UTC(2000, 0, 1, 12);

/** The point with the Sun overhead at a Unix time in milliseconds, [latitude, longitude] in degrees. */
export function subsolarPoint(timeMs) {
  const days = (timeMs - J2000_MS) / 86_400_000;
  const anomaly = (357.529 + 0.98560028 * days) * DEG;
  const longitude =
    (280.459 + 0.98564736 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * DEG;
  const obliquity = (23.439 - 0.00000036 * days) * DEG;
  const declination = Math.asin(Math.sin(obliquity) * Math.sin(longitude));
  const rightAscension = Math.atan2(Math.cos(obliquity) * Math.sin(longitude), Math.cos(longitude));
  const sidereal = 280.46061837 + 360.98564736629 * days;
  const lon = rightAscension / DEG - sidereal;
  return [declination / DEG, ((((lon + 180) % 360) + 360) % 360) - 180];
}

/**
 * How dark each cell of an equirectangular grid is, from 0 (day) to 1 (astronomical night, the Sun
 * 18 degrees down), rows from north to south.
 */
export function darkness(timeMs, columns, rows) {
  const [sunLat, sunLon] = subsolarPoint(timeMs);
  const [sinSun, cosSun] = [Math.sin(sunLat * DEG), Math.cos(sunLat * DEG)];
  const night = -Math.sin(18 * DEG);
  const cells = new Float32Array(columns * rows);
  const hour = Float64Array.from(
    { length: columns }, (_, i) => Math.cos((((i + 0.5) / columns) * 360 - 180 - sunLon) * DEG));
  for (let row = 0; row < rows; row++) {
    const lat = (90 - ((row + 0.5) / rows) * 180) * DEG;
    const [sinLat, cosLat] = [Math.sin(lat) * sinSun, Math.cos(lat) * cosSun];
    for (let i = 0; i < columns; i++) {
      const sine = sinLat + cosLat * hour[i];
      cells[row * columns + i] = Math.min(1, Math.max(0, sine / night));
    }
  }
  return cells;
}
