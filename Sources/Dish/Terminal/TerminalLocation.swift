import Orbits

/// Where a terminal says it is.
public struct TerminalLocation: Sendable, Equatable {
  /// The place.
  public var place: Geodetic
  /// How sure it is, metres (one sigma).
  public var sigmaM: Double?
  /// How it knows, such as `GPS`.
  public var source: String?

  /// `nil` where there is no place in it.
  init?(_ message: DynamicMessage) {
    guard let place = message.message("lla"), let latitude = place.number("lat"),
      let longitude = place.number("lon"), abs(latitude) <= 90, abs(longitude) <= 360
    else { return nil }
    self.place = Geodetic(
      latitudeDeg: latitude, longitudeDeg: longitude,
      altitudeKm: (place.number("alt") ?? 0) / 1_000)
    sigmaM = message.number("sigma_m")
    source = message.enumerationName("source").map(String.init(fromPeer:))
  }
}
