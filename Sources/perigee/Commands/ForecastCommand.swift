import ArgumentParser
import Network
import Orbits

/// `perigee forecast`: what a link will be like, step by step.
struct ForecastCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "Forecast the path and the round trip between two sites of a fleet.",
    discussion: """
      As scheduled: the serving satellite is chosen at slot edges (seconds 12, 27, 42, 57) and the \
      path is held through the slot; the round trip includes access, processing and mean jitter. With \
      --ideal: the shortest path that geometry allows at each time, propagation only.

      EXAMPLES
        perigee forecast examples/tristan-da-cunha.yaml --from tristan --to eu-central-1
        perigee forecast examples/hypatia.yaml --from New-York --to London --ideal \\
          --start 2000-01-01T00:00:00Z --stop 2000-01-01T01:35:30Z --step 15 --output csv
      """)

  @OptionGroup var path: PathOptions

  @Option(help: "First time (ISO 8601, UTC), or now.")
  var start: TimeArgument = .now

  @Option(help: "Last time; 10 minutes after the start where not given.")
  var stop: TimeArgument?

  @Option(help: "Time between rows: 15, 15s, 1m.")
  var step: SpanArgument = .slot

  @Flag(help: "The shortest path at each time, propagation only.")
  var ideal = false

  @OptionGroup var format: OutputOptions

  func validate() throws {
    guard step.seconds > 0 else { throw ValidationError("--step must be more than 0") }
    if let stop, stop.utc < start.utc { throw ValidationError("--stop is before --start") }
  }

  func run() throws {
    let file = try path.load()
    let forecaster = Forecaster(file.topology)
    let end = stop?.utc ?? start.utc.adding(seconds: 600)
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
      try printer.add(row(at: time, forecaster: forecaster, slots: &slots))
      progress.update(index + 1)
    }
    progress.finish()
    printer.finish()
  }

  private func row(
    at time: UTC, forecaster: Forecaster, slots: inout SlotCursor
  ) -> [Cell] {
    let topology = forecaster.topology
    let state =
      ideal ? NetworkState(topology, instant: time) : slots.state(of: Slot(containing: time))
    guard
      let best = forecaster.bestPath(
        from: path.from, to: path.to, over: path.uplink, state: state, propagationOnly: ideal)
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
