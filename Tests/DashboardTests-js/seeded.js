// Points that are the same in every run.

/** `count` points spread over the Earth, the poles and the date line among them. */
export function points(count, seed = 7) {
  let state = seed;
  const next = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const special = [[89.9, 12], [-89.9, -170], [10, 179.9], [-10, -179.9], [0, 0]];
  return Array.from({ length: count }, (_, i) =>
    special[i] ?? [Math.asin(2 * next() - 1) * (180 / Math.PI), next() * 360 - 180]);
}
