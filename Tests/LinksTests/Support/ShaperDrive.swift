import Network
import Orbits

@testable import Links

/// Connections over one uplink in one direction, in virtual time.
struct ShaperDrive {
  struct Offer {
    var connection: Int
    var time: UTC
    var bytes: Int
  }

  struct Arrival: Equatable {
    var connection: Int
    var offered: UTC
    var arrived: UTC
    var bytes: Int
  }

  var sky: Forecast
  var direction: LinkDirection

  /// What the link does in its slots; `nil` for one that does exactly as forecast.
  var uplink: SharedUplink?

  private func link(at time: UTC) -> RealisedInterval? {
    sky.interval(at: time).map { uplink?.realised($0, at: time) ?? RealisedInterval($0) }
  }

  /// Runs offers, in order of time, to the last arrival.
  func run(_ offers: [Offer], seed: UInt64) -> [Arrival] {
    let connections = (offers.map(\.connection).max() ?? 0) + 1
    var shapers = (0..<connections).map {
      LinkShaper(direction: direction, seed: seed &+ UInt64($0))
    }
    var pending = Array(repeating: [Offer](), count: connections)
    var line = TransmissionLine()
    var arrivals: [Arrival] = []
    var next = 0
    while true {
      let event = shapers.indices.filter { shapers[$0].nextEvent != nil }
        .min { shapers[$0].nextEvent! < shapers[$1].nextEvent! }
      let eventTime = event.flatMap { shapers[$0].nextEvent }
      if next < offers.count, eventTime.map({ offers[next].time <= $0 }) ?? true {
        let offer = offers[next]
        next += 1
        pending[offer.connection].append(offer)
        shapers[offer.connection].offer(
          .data(bytes: offer.bytes), at: offer.time, over: link(at: offer.time), on: &line)
      } else if let event, let now = eventTime {
        let count = shapers[event].advance(to: now, over: link(at: now), on: &line)
        for offer in pending[event].prefix(count) {
          arrivals.append(
            Arrival(connection: event, offered: offer.time, arrived: now, bytes: offer.bytes))
        }
        pending[event].removeFirst(count)
      } else {
        return arrivals
      }
    }
  }

  /// Seeded offers of several connections over a few seconds.
  static func offers(_ random: inout SplitMix64, connections: Int = 3) -> [Offer] {
    var time = epoch
    return (0..<Int.random(in: 1...60, using: &random)).map { _ in
      time = time.later(byMs: random.exponential(mean: 60))
      return Offer(
        connection: Int.random(in: 0..<connections, using: &random), time: time,
        bytes: Int.random(in: 1...65_536, using: &random))
    }
  }
}
