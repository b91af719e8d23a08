import Links

/// The connections of one event loop that can stand in for each other.
final class UpstreamLane {
  let key: UpstreamPool.Key
  /// Where they lead.
  let endpoint: Endpoint
  /// The idle ones, the longest idle first.
  var idle: [UpstreamConnection] = []
  var spares = SpareRule()
  /// Whether a spare is being opened.
  var isOpening = false

  init(_ endpoint: Endpoint) {
    key = UpstreamPool.Key(endpoint)
    self.endpoint = endpoint
  }
}
