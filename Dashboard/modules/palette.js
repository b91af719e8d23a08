// The colours of the style sheet, for canvases. One place decides them: style.css.

const NAMES = [
  "panel", "text", "muted", "faint", "rule", "ocean", "land", "coast", "graticule", "night",
  "satellite", "zone", "home", "good", "bad", "warn", "local",
];

/** How many uplinks have colours of their own; more than that share. */
export const SERIES = 6;

const listeners = new Set();
let current = null;

function read() {
  const style = getComputedStyle(document.documentElement);
  const colours = Object.fromEntries(
    NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  colours.series = Array.from(
    { length: SERIES }, (_, i) => style.getPropertyValue(`--series-${i}`).trim());
  return colours;
}

/** The colours of the current theme. */
export function palette() {
  return (current ??= read());
}

/** Calls `listener` when the theme changes. */
export function onThemeChange(listener) {
  listeners.add(listener);
}

for (const query of ["(prefers-color-scheme: light)", "(prefers-contrast: more)"]) {
  matchMedia(query).addEventListener("change", () => {
    current = null;
    for (const listener of listeners) listener();
  });
}

/** Whether the person asked for less motion. */
export function reducedMotion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
