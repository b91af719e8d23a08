import Links
import Logging
import Network
import Orbits

/// Keeps the forecasts ahead of time: slot by slot, each computed once.
struct ForecastLoop: Sendable {
  /// How far back forecasts are kept, for the latency strip.
  static let pastSeconds = 180.0
  /// How far ahead forecasts reach.
  static let horizonSeconds = 300.0

  let world: World
  let now: @Sendable () -> UTC

  /// Forecasts the horizon, publishes it, and returns what is needed to go on.
  func prime() -> Cursor {
    let time = now()
    let plan = world.plan
    let forecaster = Forecaster(plan.topology)
    let first = Slot(containing: time.adding(seconds: -Self.pastSeconds))
    var cursor = Cursor(
      forecaster: forecaster, slot: first, sky: plan.topology.sky(at: first.start),
      forecasts: plan.site.uplinks.flatMap { uplink in
        plan.destinations.map { destination in
          Forecast(
            uplink: uplink.name, destination: destination, intervals: [],
            elementAgeSeconds: plan.topology.elementAgeSeconds(at: time))
        }
      })
    extend(&cursor, to: time)
    world.enter(Slot(containing: time))
    return cursor
  }

  /// Goes on at every slot edge until cancelled.
  func run(from primed: Cursor) async {
    var cursor = primed
    while !Task.isCancelled {
      let edge = Slot(containing: now()).end
      let wait = edge.seconds(since: now())
      guard (try? await Task.sleep(for: .seconds(max(0.001, wait)))) != nil else { return }
      world.enter(Slot(containing: edge))
      extend(&cursor, to: edge)
    }
  }

  /// A forecast in the making: the next slot to add, and the sky at its start.
  struct Cursor: Sendable {
    var forecaster: Forecaster
    var slot: Slot
    var sky: Sky
    var forecasts: [Forecast]
    /// The state of the slot in force, kept while later slots are added.
    var states: [Slot: NetworkState] = [:]
  }

  private func extend(_ cursor: inout Cursor, to time: UTC) {
    let plan = world.plan
    let end = time.adding(seconds: Self.horizonSeconds)
    while cursor.slot.start < end {
      let later = plan.topology.sky(at: cursor.slot.end)
      let state = NetworkState(plan.topology, slot: cursor.slot, start: cursor.sky, end: later)
      cursor.forecaster.append(
        cursor.slot, state: state, from: plan.site.name, to: plan.destinations,
        onto: &cursor.forecasts)
      cursor.states[cursor.slot] = state
      cursor.sky = later
      cursor.slot = cursor.slot.next
    }
    let oldest = time.adding(seconds: -Self.pastSeconds)
    for index in cursor.forecasts.indices {
      cursor.forecasts[index].intervals.removeAll { $0.end < oldest }
      cursor.forecasts[index].elementAgeSeconds = plan.topology.elementAgeSeconds(at: time)
    }
    let current = Slot(containing: time)
    cursor.states = cursor.states.filter { $0.key >= current }
    if let state = cursor.states[current] { world.publish(cursor.forecasts, network: state) }
  }
}
