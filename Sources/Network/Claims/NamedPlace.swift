import Orbits

/// A place on the ground with a name.
public struct NamedPlace: Sendable, Equatable {
  /// The name, unique among the places used together.
  public var name: String
  /// Where it is; on the ellipsoid.
  public var place: Geodetic

  /// Creates a named place.
  public init(name: String, place: Geodetic) {
    self.name = name
    self.place = place
  }

  /// The places of `name,latitude,longitude` lines in degrees; other lines are left out.
  static func read(_ lines: String) -> [NamedPlace] {
    lines.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: ",")
      guard fields.count == 3, let latitude = Double(fields[1]), let longitude = Double(fields[2])
      else { return nil }
      return NamedPlace(
        name: String(fields[0]),
        place: Geodetic(latitudeDeg: latitude, longitudeDeg: longitude))
    }
  }

  /// The place nearest to this one along the surface; `nil` where there is none.
  func nearest(of places: [NamedPlace]) -> NamedPlace? {
    places.min {
      GreatCircle.distanceKm(place, $0.place) < GreatCircle.distanceKm(place, $1.place)
    }
  }
}
