import ArgumentParser
import Calibration
import Fleet
import Simulation

/// `perigee replay`: what the gateway's decisions would have made of a recorded link.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Replay a recorded link beside a second one, with and without hedging.",
    discussion: """
      TRACE is a CSV file of pings with the columns unix_s and rtt_ms (-1 where lost). Each ping is a request; \
      the live gateway's policy, its hedges and their budget decide about it. The second link is drawn: \
      60 ms in the median, 4.75 % of it late or lost, in bursts. Documentation/Scoring.md explains the table.

      EXAMPLES
        perigee replay pings.csv
        perigee replay pings.csv --budget 6.5 --late 150 --seed 7
        perigee replay pings.csv --output json
      """)

  @Argument(help: "CSV file of pings.")
  var trace: String

  @Option(help: "What is late, ms.")
  var late: Double = 200

  @Option(help: "The budget of the learned hedges, percent of the requests.")
  var budget: Double = 5

  @Option(help: "The seed of the second link.")
  var seed: UInt64 = 1

  @OptionGroup var format: OutputOptions

  func validate() throws {
    guard late > 0, late <= 5_000 else { throw ValidationError("--late is above 0, to 5000 ms") }
    guard (0...50).contains(budget) else { throw ValidationError("--budget is 0 to 50 percent") }
  }

  func run() throws {
    let text = try readText(trace)
    let recording: Trace
    do {
      recording = try Trace.read(text)
    } catch {
      throw InputError(description: "\(trace):\(error)")
    }
    try print(LinkReplay(pings: recording.pings, seed: seed, limitMs: late))
  }

  private var methods: [(name: String, LinkReplay.Method)] {
    let share = budget / 100
    return [
      ("first alone", .firstAlone), ("second alone", .secondAlone),
      ("no hedge", .decided(.off)),
      ("hedge at 80 ms", .decided(HedgingSettings(budget: 0.5, delay: .milliseconds(80)))),
      ("hedge at 100 ms", .decided(HedgingSettings(budget: 0.5, delay: .milliseconds(100)))),
      ("hedge learned", .decided(HedgingSettings(budget: share))),
      (
        "hedge learned, slot edges", .decided(HedgingSettings(budget: share, hedgesSlotEdges: true))
      ),
    ]
  }

  private func print(_ replay: LinkReplay) throws {
    var printer = RowPrinter(
      columns: [
        "method", "requests", "late", "late_pct", "fewer_times", "lost", "extra_pct", "hedges_won",
        "over_first_pct", "p50_ms", "p95_ms", "p99_ms", "p99.9_ms",
      ], format: format.output)
    var alone: Double?
    for (name, method) in methods {
      let outcome = replay.run(method)
      let count = Double(max(1, outcome.requests))
      let share = Double(outcome.late) / count * 100
      alone = alone ?? share
      try printer.add([
        .text(name), .integer(outcome.requests), .integer(outcome.late),
        .number(share, decimals: 2),
        share > 0 ? .number((alone ?? 0) / share, decimals: 1) : .missing,
        .integer(outcome.lost), .number(Double(outcome.hedges) / count * 100, decimals: 2),
        .integer(outcome.hedgesWon),
        .number(Double(outcome.overFirst) / count * 100, decimals: 1),
        .number(outcome.p50Ms, decimals: 1), .number(outcome.p95Ms, decimals: 1),
        .number(outcome.p99Ms, decimals: 1), .number(outcome.p999Ms, decimals: 1),
      ])
    }
    printer.finish(empty: "no pings")
  }
}
