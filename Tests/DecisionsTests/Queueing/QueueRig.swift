import Fleet
import Testing

@testable import Decisions

/// What tests of queues share: backends `b` and `c` over `leo` and `geo`.
enum QueueRig {
  static let path = path("b")

  static func path(_ backend: String, _ uplink: String = "leo") -> PathID {
    PathID(backend: backend, uplink: uplink)
  }

  static func time(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

  static func ways(_ places: [String: Int?], uplinks: [String: Int?] = ["leo": nil]) -> Ways {
    Ways(
      uplinks: uplinks.keys.sorted(),
      backends: places.keys.sorted().map {
        Ways.Backend(name: $0, destination: "far", models: ["m"], places: places[$0] ?? nil)
      }, uplinkPlaces: uplinks.compactMapValues { $0 })
  }

  static func request(
    _ caller: String = "a", _ rank: QueueRank = .standard, _ paths: [PathID] = [path],
    headStartSeconds: Double = 0, until: Double = 1e6
  ) -> PlaceQueue.Request {
    PlaceQueue.Request(
      caller: caller, rank: rank,
      options: paths.enumerated().map { index, path in
        .init(path, headStart: .seconds(Double(index) * headStartSeconds))
      }, deadline: time(until))
  }
}

extension PlaceQueue {
  /// The place that a request gets at once.
  mutating func place(_ request: Request, at seconds: Double) -> Place? {
    if case .place(let place) = enter(request, at: QueueRig.time(seconds)).entry {
      place
    } else {
      nil
    }
  }

  /// The number of a request that waits.
  mutating func ticket(_ request: Request, at seconds: Double) -> Ticket? {
    if case .waits(let ticket, _) = enter(request, at: QueueRig.time(seconds)).entry {
      ticket
    } else {
      nil
    }
  }
}

extension PlaceQueue.Turn {
  var place: PlaceQueue.Place? { if case .place(let place) = entry { place } else { nil } }
}

/// The place that there has to be. (A macro would take the queue for immutable.)
func must(_ place: PlaceQueue.Place?) throws -> PlaceQueue.Place { try #require(place) }
