import Decisions
import Fleet
import Network
import Orbits

/// A fleet in virtual time: the decisions of a live gateway, on links and backends that are computed.
///
/// The same simulation gives the same report, with any number of threads. Between processors the last
/// bits of satellites' positions and of the link model may differ; figures are rounded so that this does
/// not show, short of a comparison that such a bit tips.
public struct Simulation: Sendable {
  /// The fleet.
  public var fleet: Fleet
  /// The site whose gateway takes the requests.
  public var site: Site
  /// What is asked, and what breaks.
  public var workload: Workload
  /// The first instant.
  public var start: UTC
  /// How long requests arrive, seconds.
  public var seconds: Double
  /// The seed of everything random.
  public var seed: UInt64
  /// What the fleet's files hold, for the report.
  public var fleetDigest = ""
  /// What the workload's files hold, for the report.
  public var workloadDigest = ""

  /// Creates a simulation of the gateway at `site`, one of the fleet's terminals.
  public init(
    fleet: Fleet, site: Site, workload: Workload, start: UTC, seconds: Double, seed: UInt64
  ) {
    self.fleet = fleet
    self.site = site
    self.workload = workload
    self.start = start
    self.seconds = seconds
    self.seed = seed
  }

  /// Runs each policy through the same requests, weather and faults.
  ///
  /// - Parameters:
  ///   - policies: The policies, in the order of the report.
  ///   - threads: How many threads compute at a time.
  ///   - progress: Told how many steps of how many are done; for a person who waits.
  public func run(
    _ policies: [SimulatedPolicy], threads: Int = 1, progress: (Int, Int) -> Void = { _, _ in }
  ) async -> Report {
    // The forecast is one part of the work, each policy another.
    let parts = policies.count + 1
    let scenario = await Scenario(
      fleet: fleet, site: site, workload: workload, start: start, seconds: seconds, seed: seed,
      threads: threads, progress: { progress($0, $1 * parts) })
    let slots = scenario.links.timeline.slots
    let reports = await Self.run(policies, of: scenario, threads: threads) { done in
      progress((done + 1) * slots, slots * parts)
    }
    return Report(
      fleet: fleet.name, fleetDigest: fleetDigest, site: site.name, workload: workload.name,
      workloadDigest: workloadDigest, start: start.description,
      hours: (seconds / 3_600 * 1e6).rounded() / 1e6, seed: seed,
      requests: scenario.requests.count, policies: reports)
  }

  private static func run(
    _ policies: [SimulatedPolicy], of scenario: Scenario, threads: Int,
    finished: (Int) -> Void
  ) async -> [PolicyReport] {
    var reports = [PolicyReport?](repeating: nil, count: policies.count)
    await withTaskGroup(of: (Int, PolicyReport).self) { group in
      var next = 0
      func begin() {
        guard next < policies.count else { return }
        let (number, policy) = (next, policies[next])
        next += 1
        group.addTask {
          var run = PolicyRun(scenario, policy: policy)
          return (number, run.run())
        }
      }
      for _ in 0..<max(1, threads) { begin() }
      for await (number, report) in group {
        reports[number] = report
        finished(reports.count { $0 != nil })
        begin()
      }
    }
    return reports.compactMap(\.self)
  }
}
