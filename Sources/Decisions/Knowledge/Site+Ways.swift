import Fleet
import Network

extension Site {
  /// The ways from this site to `backends`, as the manifest declares them.
  public func ways(to backends: [Backend]) -> Ways {
    Ways(
      uplinks: uplinks.map(\.name), backends: backends.map { $0.seen(from: name) },
      uplinkPlaces: Dictionary(
        uplinks.compactMap { uplink in uplink.places.map { (uplink.name, $0) } },
        uniquingKeysWith: { first, _ in first }))
  }
}

extension Backend {
  fileprivate func seen(from site: String) -> Ways.Backend {
    var speaksTLS = false
    if case .url(let url) = source { speaksTLS = url.scheme == .https }
    return Ways.Backend(
      name: name, destination: location == .site(site) ? nil : location.name,
      models: models.map(\.name), handshakeRoundTrips: speaksTLS ? 2 : 1, health: health,
      prices: modelPrices, places: placesInEffect)
  }
}
