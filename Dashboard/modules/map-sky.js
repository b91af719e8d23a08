// The satellites: thousands of dots, written straight into pixels so that they move by fractions of
// one and cost next to nothing.

/** A CSS colour as 24 bits in the byte order of image data. */
function packed(colour) {
  const value = parseInt(colour.slice(1), 16);
  return ((value & 0xff) << 16) | (value & 0xff00) | ((value >> 16) & 0xff);
}

/** The layer of satellites. */
export class MapSky {
  #canvas;
  #image = null;
  #pixels = null;

  constructor(canvas) {
    this.#canvas = canvas;
  }

  /** Draws the shown satellites where they are; those of an orbital zone are larger and of their own colour. */
  draw(view, sky, colours) {
    const context = this.#canvas.getContext("2d");
    const { width, height } = this.#canvas;
    if (this.#image?.width !== width || this.#image?.height !== height) {
      this.#image = context.createImageData(width, height);
      // Image data is RGBA in memory; as 32-bit words that is ABGR on every machine browsers run on.
      this.#pixels = new Uint32Array(this.#image.data.buffer);
    }
    this.#pixels.fill(0);
    const ratio = width / view.width;
    const scale = view.scale * ratio;
    const [left, top] = [view.x(0) * ratio, view.y(0) * ratio];
    const size = ratio * (view.scale > 5 ? 2 : view.scale > 1.6 ? 1.35 : 1);
    const colour = packed(colours.satellite);
    for (const i of sky.shown) {
      this.#splat(left + sky.lon[i] * scale, top - sky.lat[i] * scale, size, colour);
    }
    const zoneSize = ratio * (view.scale > 1.6 ? 2.6 : 1.8);
    const zoneColour = packed(colours.zone);
    for (const i of sky.zone) {
      this.#splat(left + sky.lon[i] * scale, top - sky.lat[i] * scale, zoneSize, zoneColour);
    }
    context.putImageData(this.#image, 0, 0);
  }

  /** Adds a square of `size` pixels centred at (x, y), its edges blended by how much of a pixel they cover. */
  #splat(x, y, size, colour) {
    const { width, height } = this.#image;
    const [x0, y0] = [x - size / 2, y - size / 2];
    const [x1, y1] = [x0 + size, y0 + size];
    if (x0 < 0 || y0 < 0 || x1 >= width - 1 || y1 >= height - 1) return;
    for (let row = y0 | 0; row < y1; row++) {
      const tall = Math.min(row + 1, y1) - Math.max(row, y0);
      for (let column = x0 | 0; column < x1; column++) {
        const wide = Math.min(column + 1, x1) - Math.max(column, x0);
        const at = row * width + column;
        const alpha = Math.min(255, (this.#pixels[at] >>> 24) + tall * wide * 255);
        this.#pixels[at] = ((alpha << 24) | colour) >>> 0;
      }
    }
  }
}
