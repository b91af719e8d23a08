import Network
import Orbits

extension FleetReader {
  mutating func site(_ value: Value) -> Site? {
    value.fields("a site") { fields in
      let nameValue = fields.required("name", example: "name: island-1")
      let name = locations.declare(nameValue)
      let kind = fields.required("kind", example: "kind: terminal")?
        .word("a kind of site", as: Site.Kind.self)
      if let text = nameValue?.rawText, siteKinds[text] == nil { siteKinds[text] = .some(kind) }
      let track = track(of: fields)
      if let kind, kind != .terminal, fields.has("track") {
        fields.optional("track")?.problem(
          "a \(kind.rawValue) does not move", cure: "Give it a `position`, or make it a terminal.")
      }
      let uplinks = uplinks(of: fields, kind: kind, site: name, track: track)
      let constellations = feederConstellations(of: fields, kind: kind)
      guard let name, let kind, let track else { return nil }
      return Site(
        name: name, kind: kind, track: track, uplinks: uplinks, constellations: constellations)
    }
  }

  private mutating func uplinks(
    of fields: Fields, kind: Site.Kind?, site: String?, track: Track?
  ) -> [Uplink] {
    guard let value = fields.optional("uplinks") else { return [] }
    if let kind, kind != .terminal {
      value.problem(
        "a \(kind.rawValue) has no uplinks",
        cure: "Connect it with `fibers`, or make it a terminal.")
    }
    var names = Namespace("uplink")
    return list(value, of: "uplinks").compactMap {
      uplink($0, names: &names, site: site, track: track)
    }
  }

  private mutating func feederConstellations(of fields: Fields, kind: Site.Kind?) -> [String]? {
    guard let value = fields.optional("constellations") else { return nil }
    if let kind, !kind.hasFeederLinks {
      value.problem(
        "a \(kind.rawValue) has no feeder links",
        cure: "Delete the key, or make the site a gateway or groundStation.")
    }
    return list(value, of: "constellations").compactMap { reference($0, to: .constellation) }
  }

  private func track(of fields: Fields) -> Track? {
    switch fields.exactlyOne(of: ["position", "track"], example: "position: [-37.07, -12.31]") {
    case "position":
      return fields.optional("position").flatMap(position).map(Track.fixed)
    case "track":
      return fields.optional("track").flatMap(waypoints).map(Track.waypoints)
    default:
      return nil
    }
  }

  /// `[lat, lon]` in degrees, or `{lat:, lon:, alt:}` where the altitude matters.
  private func position(_ value: Value) -> Geodetic? {
    if case .sequence(let nodes) = value.node.content {
      guard nodes.count == 2, let parts = value.list("two numbers") else {
        value.problem(
          "a position has two numbers, latitude and longitude; here are \(nodes.count)",
          cure: "Write `[LAT, LON]`, or `{lat: LAT, lon: LON, alt: 30 m}` with an altitude.")
        return nil
      }
      let latitude = latitude(parts[0])
      let longitude = longitude(parts[1])
      guard let latitude, let longitude else { return nil }
      return Geodetic(latitudeDeg: latitude, longitudeDeg: longitude)
    }
    return value.fields("a position") { fields in
      let latitude = fields.required("lat", example: "lat: -37.07").flatMap(latitude)
      let longitude = fields.required("lon", example: "lon: -12.31").flatMap(longitude)
      let altitude = fields.optional("alt").map {
        $0.quantity(.distance, in: -0.5...30, example: "alt: 30 m")
      }
      guard let latitude, let longitude, let altitude = altitude ?? .some(0) else { return nil }
      return Geodetic(latitudeDeg: latitude, longitudeDeg: longitude, altitudeKm: altitude)
    }
  }

  private func latitude(_ value: Value) -> Double? {
    value.number("a latitude in degrees, north positive", in: -90...90, example: "-37.07")
  }

  private func longitude(_ value: Value) -> Double? {
    value.number("a longitude in degrees, east positive", in: -180...180, example: "-12.31")
  }
}

// MARK: - Moving sites

extension FleetReader {
  /// Faster than this, a track is taken for a mistake: km/h. Airliners reach about 1,000.
  static let speedLimitKmh = 1_200.0

  private func waypoints(_ value: Value) -> [Track.Waypoint]? {
    guard let values = value.list("waypoints") else { return nil }
    if values.count < 2 {
      value.problem(
        "a track has at least two waypoints; here are \(values.count)",
        cure: "Add one, or give the site a `position`.")
    }
    var waypoints: [Track.Waypoint] = []
    for value in values {
      guard let waypoint = waypoint(value) else { continue }
      if let last = waypoints.last { checkLeg(from: last, to: waypoint, at: value) }
      waypoints.append(waypoint)
    }
    return waypoints
  }

  private func waypoint(_ value: Value) -> Track.Waypoint? {
    value.fields("a waypoint") { fields in
      let time = fields.required("time", example: "time: 2026-11-20T06:00:00Z").flatMap(instant)
      let position = fields.required("position", example: "position: [60.4, 5.3]")
        .flatMap(position)
      guard let time, let position else { return nil }
      return Track.Waypoint(time: time, position: position)
    }
  }

  private func checkLeg(from a: Track.Waypoint, to b: Track.Waypoint, at value: Value) {
    let hours = b.time.seconds(since: a.time) / 3_600
    guard hours > 0 else {
      value.problem(
        "the time \(b.time) is not after the waypoint before it, \(a.time)",
        cure: "Put the waypoints into the order of time, each later than the one before.")
      return
    }
    let distance = GreatCircle.distanceKm(a.position, b.position)
    guard distance / hours > Self.speedLimitKmh else { return }
    value.problem(
      "getting here takes \(Int((distance / hours).rounded())) km/h; "
        + "the limit is \(Int(Self.speedLimitKmh))",
      cure: "Check latitude and longitude for a swap, and the times.")
  }

  /// An ISO 8601 instant.
  func instant(_ value: Value) -> UTC? {
    let example = "2026-11-20T06:00:00Z"
    guard let text = value.text("a time", example: example) else { return nil }
    if let time = UTC(text) { return time }
    value.problem(
      "`\(shortened(text))` is not a time", cure: "Write ISO 8601 in UTC, as in `\(example)`.")
    return nil
  }
}
