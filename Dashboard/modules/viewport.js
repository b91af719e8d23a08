// What part of the world the map shows: an equirectangular view, twice as wide as high, that never
// leaves the map.

const MAX_ZOOM = 24;

/** Maps degrees to CSS pixels and back. */
export class Viewport {
  width = 2;
  height = 1;
  zoom = 1;
  center = [0, 0];

  /** Fits the view to a canvas of `width` by half of it. */
  resize(width) {
    this.width = Math.max(2, width);
    this.height = this.width / 2;
    this.lookAt(this.center, this.zoom);
  }

  /** Pixels per degree. */
  get scale() {
    return (this.width / 360) * this.zoom;
  }

  /** The pixel column of a longitude. */
  x(lon) {
    return this.width / 2 + (lon - this.center[1]) * this.scale;
  }

  /** The pixel row of a latitude. */
  y(lat) {
    return this.height / 2 - (lat - this.center[0]) * this.scale;
  }

  /** Centres a point, as far as the edges of the map allow. */
  lookAt([lat, lon], zoom = this.zoom) {
    this.zoom = Math.min(MAX_ZOOM, Math.max(1, zoom));
    const [halfLat, halfLon] = [90 / this.zoom, 180 / this.zoom];
    this.center = [
      Math.min(90 - halfLat, Math.max(halfLat - 90, lat)),
      Math.min(180 - halfLon, Math.max(halfLon - 180, lon)),
    ];
  }

  /** Moves the map under the view by pixels. */
  panBy(dx, dy) {
    this.lookAt([this.center[0] + dy / this.scale, this.center[1] - dx / this.scale]);
  }
}
