import Decisions
import Links

/// The connections of one event loop that can stand in for each other.
final class UpstreamLane {
  let key: UpstreamPool.Key
  /// Where they lead.
  let endpoint: Endpoint
  /// The path of the request that used it last.
  var path: PathID?
  /// The idle ones, the longest idle first.
  var idle: [UpstreamConnection] = []
  var spares = SpareRule()
  /// Whether a spare is being opened.
  var isOpening = false

  private let hearUnbilled: UpstreamPool.Unbilled

  init(_ endpoint: Endpoint, unbilled: @escaping UpstreamPool.Unbilled) {
    key = UpstreamPool.Key(endpoint)
    self.endpoint = endpoint
    hearUnbilled = unbilled
  }

  /// Hears what a connection that has closed had carried for nobody.
  func unbilled(_ bytes: (up: Int, down: Int)) {
    guard bytes.up + bytes.down > 0, let path else { return }
    hearUnbilled(path, bytes.up, bytes.down)
  }
}
