import ArgumentParser
import Dish
import Orbits

/// `perigee dish history`: the last seconds, one row each.
struct DishHistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "The last minutes, second by second: latency, loss, traffic, power.",
    discussion: """
      A terminal remembers 15 minutes. Times follow from this host's clock: the newest second is now.

      EXAMPLES
        perigee dish history
        perigee dish history --last 15m --output csv
      """)

  @OptionGroup var dish: DishOptions

  @Option(help: "How much of it.")
  var last: SpanArgument = .minute

  @OptionGroup var format: OutputOptions

  func validate() throws {
    guard last.seconds >= 1 else {
      throw ValidationError("--last is at least 1s: a terminal counts in seconds")
    }
  }

  func run() async throws {
    let history = try await dish.ask { client throws(TerminalError) in try await client.history() }
    let now = UTC.now
    var printer = RowPrinter(
      columns: [
        "second", "time", "latency_ms", "drop_rate", "downlink_mbps", "uplink_mbps", "power_w",
      ], format: format.output)
    for sample in history.samples.suffix(Int(min(1e6, last.seconds))) {
      let time = now.adding(seconds: Double(sample.number - history.count + 1))
      func number(_ value: Double?, _ decimals: Int) -> Cell {
        value.map { .number($0, decimals: decimals) } ?? .missing
      }
      try printer.add([
        .integer(sample.number), .text(time.formatted(fractionDigits: 0)),
        number(sample.popPingLatencyMs, 1), number(sample.popPingDropRate, 3),
        number(sample.downlinkBitsPerSecond.map { $0 / 1e6 }, 3),
        number(sample.uplinkBitsPerSecond.map { $0 / 1e6 }, 3), number(sample.powerW, 1),
      ])
    }
    printer.finish(empty: "the terminal has not measured anything yet")
  }
}

/// `perigee dish outages`: times without a connection.
struct DishOutagesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outages",
    abstract: "The times without a connection that the terminal remembers, and why.",
    discussion: """
      EXAMPLES
        perigee dish outages
        perigee dish outages 192.168.100.1 --output json
      """)

  @OptionGroup var dish: DishOptions

  @OptionGroup var format: OutputOptions

  func run() async throws {
    let history = try await dish.ask { client throws(TerminalError) in try await client.history() }
    var printer = RowPrinter(
      columns: ["start", "duration_s", "cause", "switched"], format: format.output)
    for outage in history.outages {
      try printer.add([
        outage.start.map { .text($0.formatted(fractionDigits: 0)) } ?? .missing,
        outage.durationSeconds.map { .number($0, decimals: 2) } ?? .missing,
        .text(outage.cause), outage.didSwitch.map { .flag($0) } ?? .missing,
      ])
    }
    printer.finish(empty: "no outages")
  }
}
