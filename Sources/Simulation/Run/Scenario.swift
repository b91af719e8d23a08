import Decisions
import Fleet
import Network
import Orbits

/// What all policies of a simulation share: the fleet, the requests, the links as they turn out, and the
/// forecasts as a live node would have them.
struct Scenario: Sendable {
  let fleet: Fleet
  let site: Site
  let workload: Workload
  let start: UTC
  let seconds: Double
  let seed: UInt64
  let ways: Ways
  /// Every path, in the order of the manifest.
  let paths: [PathID]
  let requests: [PlannedRequest]
  let links: RealLinks
  /// How each backend serves, in their order.
  let services: [ServiceLaw]
  /// When each backend is down, in their order.
  let backendFaults: [FaultWindows]
  /// What each backend does to its answers, and when, in their order.
  private let mischief: [[(kind: Mischief, windows: FaultWindows)]]
  let waits = RequestStateMachine.Waits.standard
  private let backendNumbers: [String: Int]
  private let elementAgeSeconds: Double

  /// How far back and ahead a node keeps its forecasts, in slots: three minutes and five.
  private static let pastSlots = 12
  private static let futureSlots = 20
  /// The longest that a simulation goes on after the last deadline, seconds.
  private static let longestTail = 7_200.0

  init(
    fleet: Fleet, site: Site, workload: Workload, start: UTC, seconds: Double, seed: UInt64,
    threads: Int, progress: (Int, Int) -> Void
  ) async {
    self.fleet = fleet
    self.site = site
    self.workload = workload
    self.start = start
    self.seconds = seconds
    self.seed = seed
    ways = site.ways(
      to: fleet.backends.map { backend in
        // A managed model's server is the simulated one, and run with as many places as that has.
        guard backend.places == nil, case .managed = backend.source else { return backend }
        var backend = backend
        backend.places = (workload.services[backend.name] ?? .standard).concurrency
        return backend
      })
    let ways = ways
    paths = ways.backends.flatMap { ways.paths(to: $0.name) }
    let requests = workload.requests(from: start, seconds: seconds, seed: seed)
    self.requests = requests
    services = ways.backends.map { workload.services[$0.name] ?? .standard }
    backendNumbers = Dictionary(
      ways.backends.enumerated().map { ($0.element.name, $0.offset) },
      uniquingKeysWith: { a, _ in a })

    let tail = Self.tail(requests, services)
    let topology = Topology(
      constellations: fleet.constellations, sites: fleet.sites, fibers: fleet.fibers,
      zones: fleet.zones)
    elementAgeSeconds = topology.elementAgeSeconds(at: start)
    let first = Slot(index: Slot(containing: start).index - Int64(Self.pastSlots))
    let last = Slot(containing: start.adding(seconds: seconds + tail))
    let slots = Int(last.index - first.index) + Self.futureSlots + 1
    let timeline = await NetworkTimeline(
      topology: topology, site: site.name, legs: ways.legs, first: first, slots: slots,
      threads: threads, progress: { progress($0, slots) })

    let origin = Instant(start)
    func faults(of subject: DeclaredFault.Subject) -> FaultWindows {
      FaultWindows(
        of: subject, in: workload.faults, start: origin, seconds: seconds + tail, seed: seed)
    }
    backendFaults = ways.backends.map { faults(of: .backend($0.name)) }
    mischief = ways.backends.map { backend in
      Mischief.allCases.map { ($0, faults(of: .answers(of: backend.name, $0))) }
        .filter { !$0.1.windows.isEmpty }
    }
    links = RealLinks(
      timeline: timeline, site: site,
      faults: site.uplinks.map { faults(of: .uplink($0.name)) },
      backgroundLoad: site.uplinks.map { workload.backgroundLoad[$0.name] ?? 0 }, seed: seed)
  }

  /// How long requests can go on after the last arrival, seconds: a deadline, then the longest stream at
  /// thrice its usual time, or ``longestTail`` of it.
  private static func tail(_ requests: [PlannedRequest], _ services: [ServiceLaw]) -> Double {
    let patience = requests.map { $0.facts.deadline.seconds(since: $0.facts.arrival) }.max() ?? 0
    let tokens = Double(requests.map(\.answerTokens).max() ?? 0)
    let perToken = (services.map(\.perTokenMs).max() ?? 0) / 1_000
    return patience + min(longestTail, 3 * tokens * perToken + 300)
  }

  /// The number of a backend, by its name.
  func number(ofBackend name: String) -> Int { backendNumbers[name] ?? 0 }

  /// What a backend, by its number, does to an answer that it begins at `time`; `nil` where it gives it.
  func mischief(of backend: Int, at time: UTC) -> Mischief? {
    mischief[backend].first { $0.windows.contains(Instant(time)) }?.kind
  }

  /// The leg of the timeline that a path takes; `nil` for a local one.
  func leg(of path: PathID) -> Int? {
    ways.leg(of: path).flatMap(links.timeline.number)
  }

  /// The forecasts that a live node has at the beginning of `slot`.
  func forecasts(in slot: Slot) -> [Forecast] {
    let timeline = links.timeline
    let here = Int(slot.index - timeline.first.index)
    return timeline.legs.enumerated().map { number, leg in
      let row = timeline.intervals[number]
      let range =
        min(row.count, max(0, here - Self.pastSlots))..<min(row.count, here + Self.futureSlots + 1)
      return Forecast(
        uplink: leg.uplink, destination: leg.destination, intervals: Array(row[range]),
        elementAgeSeconds: elementAgeSeconds + max(0, slot.start.seconds(since: start)))
    }
  }
}
