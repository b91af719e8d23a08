import ArgumentParser
import Dialects
import Network
import Orbits

/// `perigee claims`: what is said of clouds in space, held against the forecast.
struct ClaimsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claims",
    abstract: "Hold the figures that space clouds are sold with against the forecast.",
    discussion: """
      The world: a shell of 1,584 satellites at 550 km with lasers, the hundred largest cities as terminals, and \
      the regions of four cloud providers with a gateway each. Documentation/Claims.md says how to read the \
      verdicts. The same start and slots print the same.

      EXAMPLES
        perigee claims
        perigee claims --start 2026-11-25T12:00:00Z --slots 24 --output json
      """)

  @Option(
    help: "The first slot's time (ISO 8601, UTC), or now; 2026-01-01T00:00:00Z where not given.")
  var start: TimeArgument?

  @Option(help: "How many slots to look at, 12 minutes apart.")
  var slots = 8

  @OptionGroup var format: OutputOptions

  func validate() throws {
    guard (1...1_000).contains(slots) else { throw ValidationError("--slots is 1 to 1000") }
  }

  func run() throws {
    let start = start?.utc ?? UTC(year: 2026, month: 1, day: 1)
    let check = ClaimsCheck(world: ClaimWorld(epoch: start), start: start, slots: slots)
    var progress = Progress("checking claims", total: check.steps)
    let claims = check.claims { progress.update($0) }
    progress.finish()
    switch format.output {
    case .table: writeOutput(claims.map(Self.paragraph).joined(separator: "\n"))
    case .json:
      writeOutput("[\n" + claims.map { " " + Self.json($0) }.joined(separator: ",\n") + "\n]\n")
    case .csv: try printFigures(of: claims)
    }
  }

  private static func paragraph(_ claim: Claim) -> String {
    let figures = claim.figures.map { figure in
      "    \(figure.name): \(number(figure)) \(figure.unit)\n"
    }
    return """
      \(claim.sentence)
        \(verdict(claim))
      \(figures.joined())    (\(claim.conditions))

      """
  }

  private static func verdict(_ claim: Claim) -> String {
    switch claim.verdict {
    case .holds: "HOLDS"
    case .holdsOnlyIf(let condition): "HOLDS ONLY IF \(condition)"
    case .doesNotHold: "DOES NOT HOLD"
    }
  }

  /// Milliseconds with a decimal, all else without.
  private static func number(_ figure: Claim.Figure) -> String {
    fixed(figure.value, decimals: figure.unit == "ms" ? 1 : 0)
  }

  private static func json(_ claim: Claim) -> String {
    let figures = claim.figures.map { figure in
      #"{"name": \#(JSONText.quoted(figure.name)), "value": \#(number(figure)), "#
        + #""unit": \#(JSONText.quoted(figure.unit))}"#
    }
    let (word, condition) = words(claim.verdict)
    return #"{"id": \#(JSONText.quoted(claim.id)), "claim": \#(JSONText.quoted(claim.sentence)), "#
      + #""verdict": \#(JSONText.quoted(word)), "only_if": \#(JSONText.quotedOrNull(condition)), "#
      + #""figures": [\#(figures.joined(separator: ", "))], "#
      + #""conditions": \#(JSONText.quoted(claim.conditions))}"#
  }

  private static func words(_ verdict: Claim.Verdict) -> (word: String, condition: String?) {
    switch verdict {
    case .holds: ("holds", nil)
    case .holdsOnlyIf(let condition): ("holds_only_if", condition)
    case .doesNotHold: ("does_not_hold", nil)
    }
  }

  private func printFigures(of claims: [Claim]) throws {
    var printer = RowPrinter(
      columns: ["id", "claim", "verdict", "only_if", "figure", "value", "unit"], format: .csv)
    for claim in claims {
      let (word, condition) = Self.words(claim.verdict)
      for figure in claim.figures {
        try printer.add([
          .text(claim.id), .text(claim.sentence), .text(word),
          condition.map(Cell.text) ?? .missing, .text(figure.name),
          .number(figure.value, decimals: figure.unit == "ms" ? 1 : 0), .text(figure.unit),
        ])
      }
    }
    printer.finish()
  }
}
