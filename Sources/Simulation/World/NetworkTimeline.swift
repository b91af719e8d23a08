import Decisions
import Network
import Orbits

/// The forecast of a whole simulation: what a live node computes slot by slot, kept from the first slot
/// to the last.
///
/// A slot's routes depend on the slot alone, so that those of a day can be computed on several threads
/// and handed out later, a slot at a time, as a live node would have them.
struct NetworkTimeline: Sendable {
  /// The first slot.
  let first: Slot
  /// Where each row of ``intervals`` leads.
  let legs: [Leg]
  /// By leg, then by slot.
  let intervals: [[Forecast.Interval]]
  private let numbers: [Leg: Int]

  /// Slots that one thread computes at a stretch.
  private static let stretch = 40

  /// Forecasts `slots` slots from `first` on.
  init(
    topology: Topology, site: String, legs: [Leg], first: Slot, slots: Int, threads: Int,
    progress: (Int) -> Void
  ) async {
    self.first = first
    self.legs = legs
    self.numbers = Dictionary(
      legs.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { a, _ in a })
    let stretches = stride(from: 0, to: slots, by: Self.stretch).map {
      (start: Slot(index: first.index + Int64($0)), count: min(Self.stretch, slots - $0))
    }
    var rows = [[[Forecast.Interval]]](repeating: [], count: stretches.count)
    await withTaskGroup(of: (Int, [[Forecast.Interval]]).self) { group in
      var next = 0
      var done = 0
      func begin() {
        guard next < stretches.count else { return }
        let (number, stretch) = (next, stretches[next])
        next += 1
        group.addTask {
          (
            number,
            Self.forecast(
              topology, site: site, legs: legs, from: stretch.start, count: stretch.count)
          )
        }
      }
      for _ in 0..<max(1, threads) { begin() }
      for await (number, row) in group {
        rows[number] = row
        done += stretches[number].count
        progress(done)
        begin()
      }
    }
    self.intervals = legs.indices.map { leg in rows.flatMap { $0[leg] } }
  }

  private static func forecast(
    _ topology: Topology, site: String, legs: [Leg], from first: Slot, count: Int
  ) -> [[Forecast.Interval]] {
    let forecaster = Forecaster(topology)
    var destinations: [String] = []
    for leg in legs where !destinations.contains(leg.destination) {
      destinations.append(leg.destination)
    }
    var forecasts = legs.map {
      Forecast(uplink: $0.uplink, destination: $0.destination, intervals: [])
    }
    var slot = first
    var sky = topology.sky(at: slot.start)
    for _ in 0..<count {
      let later = topology.sky(at: slot.end)
      let state = NetworkState(topology, slot: slot, start: sky, end: later)
      forecaster.append(slot, state: state, from: site, to: destinations, onto: &forecasts)
      sky = later
      slot = slot.next
    }
    return forecasts.map(\.intervals)
  }

  /// How many slots there are.
  var slots: Int { intervals.first?.count ?? 0 }

  /// The number of a leg.
  func number(of leg: Leg) -> Int? { numbers[leg] }

  /// The place of the slot that contains `time` in each row; may lie outside.
  func index(at time: UTC) -> Int { Int(Slot(containing: time).index - first.index) }

  /// The interval of a leg in force at `time`; `nil` outside the timeline.
  func interval(leg: Int, at time: UTC) -> Forecast.Interval? {
    let index = index(at: time)
    return intervals[leg].indices.contains(index) ? intervals[leg][index] : nil
  }

  /// How often the serving satellite of a leg changes between two times.
  func handoffs(leg: Int, from start: UTC, to end: UTC) -> Int {
    let row = intervals[leg]
    let slots = (index(at: start), min(index(at: end), row.count - 1))
    guard slots.0 >= 0, slots.1 > slots.0 else { return 0 }
    var serving = row[slots.0].route?.servingSatellite
    var count = 0
    for index in (slots.0 + 1)...slots.1 {
      guard let next = row[index].route?.servingSatellite else { continue }
      if let before = serving, before != next { count += 1 }
      serving = next
    }
    return count
  }
}
