// Numbers and points that are the same in every run.

/** A source of numbers in [0, 1). */
export function numbers(seed) {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** `count` points spread over the Earth, the poles and the date line among them. */
export function points(count, seed = 7) {
  const next = numbers(seed);
  const special = [[89.9, 12], [-89.9, -170], [10, 179.9], [-10, -179.9], [0, 0]];
  return Array.from({ length: count }, (_, i) =>
    special[i] ?? [Math.asin(2 * next() - 1) * (180 / Math.PI), next() * 360 - 180]);
}
