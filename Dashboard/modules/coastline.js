// The coastline file: delta-encoded polylines without the artificial edges along the date line.

/** The polylines, each a flat array of longitude, latitude, longitude, … in degrees. */
export function decodeCoastline({ scale, lines }) {
  return lines.map((deltas) => {
    const line = new Float32Array(deltas.length);
    let [x, y] = [0, 0];
    for (let i = 0; i < deltas.length; i += 2) {
      x += deltas[i];
      y += deltas[i + 1];
      line[i] = x * scale;
      line[i + 1] = y * scale;
    }
    return line;
  });
}

/**
 * The polylines as rings to fill by the even-odd rule. A line that ends on the meridian it began on
 * closes along it; the one that runs across the whole map (Antarctica) closes around the South Pole.
 */
export function landRings(lines) {
  return lines.map((line) => {
    const [first, last] = [line[0], line[line.length - 2]];
    if (Math.abs(first - last) < 350) return line;
    return Float32Array.from([...line, last, -90, first, -90]);
  });
}
