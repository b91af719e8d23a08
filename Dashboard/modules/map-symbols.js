// The marks on the map: sites by kind, labels that do not cover each other.

/** Traces the symbol of a site's kind, `r` pixels around (x, y). */
export function traceSymbol(context, kind, x, y, r) {
  context.beginPath();
  switch (kind) {
    case "gateway":
      context.moveTo(x, y - r * 1.1);
      context.lineTo(x + r * 1.05, y + r * 0.8);
      context.lineTo(x - r * 1.05, y + r * 0.8);
      break;
    case "groundStation":
      context.moveTo(x, y + r * 1.1);
      context.lineTo(x + r * 1.05, y - r * 0.8);
      context.lineTo(x - r * 1.05, y - r * 0.8);
      break;
    case "pop":
      context.moveTo(x, y - r * 1.2);
      context.lineTo(x + r * 1.2, y);
      context.lineTo(x, y + r * 1.2);
      context.lineTo(x - r * 1.2, y);
      break;
    case "region":
      context.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
      break;
    default:
      context.arc(x, y, r, 0, 2 * Math.PI);
  }
  context.closePath();
}

/** Places labels beside their marks, in order of importance; one that finds no room is left out. */
export class Labels {
  #taken = [];
  #context;
  #view;

  constructor(context, view) {
    this.#context = context;
    this.#view = view;
  }

  /** Keeps an area free of labels. */
  reserve(x, y, r) {
    this.#taken.push([x - r, y - r, x + r, y + r]);
  }

  /** Writes `text` beside (x, y) where there is room. `must` labels are written in any case. */
  place(text, x, y, { colour, halo, font, must = false }) {
    const context = this.#context;
    context.font = font;
    const width = context.measureText(text).width;
    const spots = [[12, 4], [7, 4], [-12 - width, 4], [-7 - width, 4], [-width / 2, -12], [-width / 2, 20], [8, 17], [8, -9], [-8 - width, 17], [-8 - width, -9]];
    let spot = spots.find(([dx, dy]) => this.#isFree([x + dx, y + dy - 9, x + dx + width, y + dy + 2]));
    if (!spot && !must) return;
    spot ??= spots[0];
    const [left, base] = [x + spot[0], y + spot[1]];
    this.#taken.push([left, base - 9, left + width, base + 2]);
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.strokeStyle = halo;
    context.strokeText(text, left, base);
    context.fillStyle = colour;
    context.fillText(text, left, base);
  }

  #isFree([x0, y0, x1, y1]) {
    if (x0 < 2 || y0 < 2 || x1 > this.#view.width - 2 || y1 > this.#view.height - 2) return false;
    return this.#taken.every((box) => x1 < box[0] || x0 > box[2] || y1 < box[1] || y0 > box[3]);
  }
}
