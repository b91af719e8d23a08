import ArgumentParser
import Fleet
import Foundation
import Network
import Orbits

/// `perigee forecast`: what a link will be like, step by step; or every link of a fleet, slot by slot.
struct ForecastCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "Forecast the path and the round trip between sites of a fleet.",
    discussion: """
      As scheduled: the serving satellite is chosen at slot edges (seconds 12, 27, 42, 57) and the \
      path is held through the slot; the round trip includes access, processing and mean jitter. With \
      --ideal: the shortest path that geometry allows at each time, propagation only.

      One pair gives a row for each --step, with its path. Several pairs (--from and --to take \
      all, or names with commas) give a row for each slot and pair at the slot's beginning, written as \
      they are worked out: rtt_ms, links (hops), the uplink and the serving satellite. --summary gives \
      one row a pair instead: how many slots have a way, the quantiles of their round trips, and how \
      often the serving satellite changed.

      EXAMPLES
        perigee forecast examples/tristan-da-cunha.yaml --from tristan --to eu-central-1
        perigee forecast examples/tristan-da-cunha.yaml --from all --to all --hours 24 --summary
        perigee forecast fleet.yaml --from all --to all --hours 24 --output csv > day.csv
        perigee forecast examples/hypatia.yaml --from New-York --to London --ideal \\
          --start 2000-01-01T00:00:00Z --stop 2000-01-01T01:35:30Z --step 15 --output csv
      """)

  @OptionGroup var ends: ForecastOptions

  @Option(help: "First time (ISO 8601, UTC), or now.")
  var start: TimeArgument = .now

  @Option(help: "Last time; 10 minutes after the start where not given.")
  var stop: TimeArgument?

  @Option(help: "How many hours, instead of --stop.")
  var hours: Double?

  @Option(help: "Time between rows of one pair: 15, 15s, 1m; a slot where not given.")
  var step: SpanArgument?

  @Flag(help: "The shortest path at each time, propagation only; for one pair.")
  var ideal = false

  @Flag(help: "One row a pair over all slots: quantiles instead of rows.")
  var summary = false

  @Option(help: "Threads for several pairs; all cores where not given.")
  var threads: Int?

  @OptionGroup var format: OutputOptions

  func validate() throws {
    if let step, step.seconds <= 0 { throw ValidationError("--step must be more than 0") }
    if let stop, stop.utc < start.utc { throw ValidationError("--stop is before --start") }
    if let hours {
      guard hours > 0, hours <= 100_000 else {
        throw ValidationError("--hours is more than 0 and at most 100000")
      }
      if stop != nil { throw ValidationError("--hours and --stop say the same: give one") }
    }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads is 1 to 256")
    }
    if summary, ideal || step != nil {
      throw ValidationError("--summary is over slots as scheduled: leave out --ideal and --step")
    }
  }

  private var end: UTC {
    stop?.utc ?? start.utc.adding(seconds: hours.map { $0 * 3_600 } ?? 600)
  }

  func run() async throws {
    let (file, from, to) = try ends.load()
    if from == [ends.from], to == [ends.to], !summary {
      try printPair(file, from: from[0], to: to[0])
    } else {
      try await printFleet(file, from: from, to: to)
    }
  }

  // MARK: Many pairs

  private func printFleet(_ file: FleetFile, from: [String], to: [String]) async throws {
    if ideal || step != nil {
      throw InputError(
        description: "several pairs are forecast slot by slot, as scheduled: leave out --ideal and "
          + "--step, or ask for one pair")
    }
    let topology = file.topology
    if let origin = from.first(where: { file.fleet.site(named: $0)?.kind != .terminal }),
      let terminal = to.first(where: { file.fleet.site(named: $0)?.kind == .terminal })
    {
      throw InputError(
        description: "\(ends.fleet): --to \(terminal) is a terminal and --from \(origin) is not: "
          + "paths are the same both ways, so put the terminal in --from")
    }
    let first = Slot(containing: start.utc)
    let slots = max(1, Int((end.seconds(since: first.start) / 15).rounded(.up)))
    let pairs = from.count * to.count
    guard slots < 10_000_000, !summary || slots * pairs <= FleetForecastRows.summaryLimit else {
      throw InputError(description: "too many slots to keep: take fewer --hours or fewer pairs")
    }
    let rows = FleetForecastRows(
      forecaster: FleetForecaster(
        topology,
        origins: from.compactMap { name in
          topology.sites.firstIndex { $0.name == name }
        }, destinations: to, uplink: ends.uplink),
      first: first, slots: slots)
    let columns = summary ? FleetForecastRows.summaryColumns : FleetForecastRows.columns
    if !summary, format.output == .table, slots * pairs > 100_000 {
      throw InputError(
        description: "\(slots * pairs) rows do not make a table: use --summary, or --output csv")
    }
    var printer = RowPrinter(columns: columns, format: format.output)
    var progress = Progress("forecasting slots", total: slots)
    let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    if summary {
      try await rows.printSummary(to: &printer, threads: threads, progress: &progress)
    } else {
      try await rows.print(to: &printer, threads: threads, progress: &progress)
    }
    progress.finish()
    printer.finish()
  }

  // MARK: One pair

  private func printPair(_ file: FleetFile, from: String, to: String) throws {
    let forecaster = Forecaster(file.topology)
    let step = step ?? .slot
    let steps = end.seconds(since: start.utc) / step.seconds
    guard steps < 10_000_000 else {
      throw InputError(description: "more than 10000000 rows: take a longer --step")
    }
    let count = Int((steps + 1e-9).rounded(.down))
    var printer = RowPrinter(
      columns: ["time", "reachable", "rtt_ms", "hops", "path"], format: format.output)
    var progress = Progress("forecasting", total: count + 1)
    var slots = SlotCursor(forecaster.topology)
    for index in 0...count {
      let time = start.utc.adding(seconds: Double(index) * step.seconds)
      try printer.add(row(at: time, from: from, to: to, forecaster: forecaster, slots: &slots))
      progress.update(index + 1)
    }
    progress.finish()
    printer.finish()
  }

  private func row(
    at time: UTC, from: String, to: String, forecaster: Forecaster, slots: inout SlotCursor
  ) -> [Cell] {
    let topology = forecaster.topology
    let state =
      ideal ? NetworkState(topology, instant: time) : slots.state(of: Slot(containing: time))
    guard
      let best = forecaster.bestPath(
        from: from, to: to, over: ends.uplink, state: state, propagationOnly: ideal)
    else {
      return [.text(time.description), .flag(false), .missing, .missing, .missing]
    }
    var oneWayMs = best.oneWayMs
    if !ideal {
      oneWayMs += topology.propagationMs(along: best.path, sky: topology.sky(at: time))
      oneWayMs -= topology.propagationMs(along: best.path, sky: state.sky)
    }
    return [
      .text(time.description), .flag(true), .number(2 * oneWayMs, decimals: 6),
      .integer(best.path.nodes.count - 1),
      .text(best.path.nodes.map(topology.name(of:)).joined(separator: ">")),
    ]
  }
}

/// Keeps the state of the slot in use, so that times within one slot cost one computation.
struct SlotCursor {
  private let topology: Topology
  private var held: (slot: Slot, state: NetworkState)?

  init(_ topology: Topology) { self.topology = topology }

  mutating func state(of slot: Slot) -> NetworkState {
    if let held, held.slot == slot { return held.state }
    let start = held.flatMap { $0.slot.next == slot ? $0.state.later : nil }
    let state = NetworkState(topology, slot: slot, start: start)
    held = (slot, state)
    return state
  }
}
