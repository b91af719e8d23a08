import Decisions
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
  let plan: NodePlan
  let now: @Sendable () -> UTC

  /// A loop that forecasts for `plan`; for the world's own where none is given.
  init(world: World, plan: NodePlan? = nil, now: @escaping @Sendable () -> UTC) {
    self.world = world
    self.plan = plan ?? world.plan
    self.now = now
  }

  /// Forecasts the horizon, publishes it, and returns what is needed to go on.
  func prime() -> Cursor {
    let cursor = forecast()
    world.publish(cursor.forecasts)
    world.enter(cursor.entered)
    return cursor
  }

  /// Forecasts the horizon and publishes nothing yet.
  func forecast() -> Cursor {
    let time = now()
    let first = Slot(containing: time.adding(seconds: -Self.pastSeconds))
    var cursor = Cursor(
      forecaster: Forecaster(plan.topology), slot: first, entered: Slot(containing: time),
      sky: plan.topology.sky(at: first.start),
      forecasts: plan.site.uplinks.flatMap { uplink in
        plan.ways.destinations.map { destination in
          Forecast(
            uplink: uplink.name, destination: destination, intervals: [],
            elementAgeSeconds: plan.topology.elementAgeSeconds(at: time))
        }
      })
    extend(&cursor, to: time)
    return cursor
  }

  /// Goes on at every slot edge until cancelled. Where the clock was set, or the machine slept, it
  /// begins anew rather than computing every slot in between.
  func run(from primed: Cursor) async {
    var cursor = primed
    while !Task.isCancelled {
      let wait = cursor.entered.end.seconds(since: now())
      guard (try? await Task.sleep(for: .seconds(min(max(0.001, wait), 15)))) != nil else {
        return
      }
      let slot = Slot(containing: now())
      if slot == cursor.entered { continue }
      guard slot > cursor.entered, slot <= cursor.slot else {
        cursor = prime()
        continue
      }
      cursor.entered = slot
      world.enter(slot)
      extend(&cursor, to: slot.start)
      world.publish(cursor.forecasts)
    }
  }

  /// A forecast in the making.
  struct Cursor: Sendable {
    var forecaster: Forecaster
    /// The next slot to add.
    var slot: Slot
    /// The slot whose beginning was counted last.
    var entered: Slot
    /// The sky at the start of the next slot to add.
    var sky: Sky
    var forecasts: [Forecast]
  }

  private func extend(_ cursor: inout Cursor, to time: UTC) {
    let end = time.adding(seconds: Self.horizonSeconds)
    while cursor.slot.start < end {
      let later = plan.topology.sky(at: cursor.slot.end)
      let state = NetworkState(plan.topology, slot: cursor.slot, start: cursor.sky, end: later)
      cursor.forecaster.append(
        cursor.slot, state: state, from: plan.site.name, to: plan.ways.destinations,
        onto: &cursor.forecasts)
      cursor.sky = later
      cursor.slot = cursor.slot.next
    }
    let oldest = time.adding(seconds: -Self.pastSeconds)
    for index in cursor.forecasts.indices {
      cursor.forecasts[index].intervals.removeAll { $0.end < oldest }
      cursor.forecasts[index].elementAgeSeconds = plan.topology.elementAgeSeconds(at: time)
    }
  }
}
