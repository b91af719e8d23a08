// Numbers as people read them. Absent values are an en dash.

const ABSENT = "–";

/** Milliseconds without the unit: 7.42, 41.2, 312. */
export function ms(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return ABSENT;
  if (value < 10) return value.toFixed(2);
  return value < 100 ? value.toFixed(1) : group(Math.round(value));
}

/** A whole number with thin spaces between thousands. */
export function group(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return ABSENT;
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** Bytes in SI units: 812 B, 4.1 kB, 91.8 MB. */
export function bytes(value) {
  if (value === null || value === undefined) return ABSENT;
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

/** A span: 0:07, 12:04, 5 h 02 m, 3 d 04 h. */
export function span(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return ABSENT;
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}:${two(whole % 60)}`;
  const hours = Math.floor(whole / 3600);
  if (hours < 48) return `${hours} h ${two(Math.floor((whole % 3600) / 60))} m`;
  return `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
}

/** The UTC time of day: 14:03:27. */
export function timeOfDay(timeMs) {
  return Number.isFinite(timeMs) ? new Date(timeMs).toISOString().slice(11, 19) : ABSENT;
}

/** A probability as percent: 1.0 %, 0.01 %. */
export function percent(share) {
  if (share === null || share === undefined) return ABSENT;
  const value = share * 100;
  return `${value === 0 ? "0" : value < 0.1 ? value.toFixed(2) : value.toFixed(1)} %`;
}

/** A point: 37.07° S 12.31° W. */
export function place([lat, lon]) {
  const part = (value, plus, minus) => `${Math.abs(value).toFixed(2)}° ${value < 0 ? minus : plus}`;
  return `${part(lat, "N", "S")} ${part(lon, "E", "W")}`;
}

/** What a site's kind is called. */
export function kindName(kind) {
  return { pop: "PoP", groundStation: "ground station" }[kind] ?? kind;
}
