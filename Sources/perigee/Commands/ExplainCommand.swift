import ArgumentParser
import Foundation

/// `perigee explain`: why a request went where it went.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show what was known, considered and decided for a request.",
    discussion: """
      The id is in the response's x-request-id header. Without an id: the newest requests.

      EXAMPLES
        perigee explain req_0000019c3d2f
        perigee explain --output json
        PERIGEE_API_KEY=… perigee explain ID --url https://gateway.example:8443 --ca ca.pem
      """)

  @Argument(help: "The request's id.")
  var id: String?

  @OptionGroup var node: NodeAddress
  @OptionGroup var format: OutputOptions

  func run() async throws {
    let client = try node.client()
    guard let id else { return try await list(client) }
    guard id.utf8.allSatisfy({ (0x30...0x7A).contains($0) }) else {
      throw InputError(description: "\(id) is no request's id: list them with `perigee explain`")
    }
    let data = try await client.get(
      "/api/requests/\(id)",
      missing: "knows no request \(id): list them with `perigee explain`")
    if format.output == .json {
      writeOutput(String(decoding: data, as: UTF8.self) + "\n")
      return
    }
    let explanation = try client.decode(Explanation.self, from: data)
    if format.output == .table { printSummary(explanation) }
    try printConsidered(explanation)
    if format.output == .table { try printAttempts(explanation) }
  }

  private func list(_ client: NodeClient) async throws {
    let data = try await client.get("/api/requests?limit=20")
    if format.output == .json {
      writeOutput(String(decoding: data, as: UTF8.self) + "\n")
      return
    }
    var printer = RowPrinter(
      columns: ["id", "time", "model", "backend", "uplink", "predicted_ms", "actual_ms", "status"],
      format: format.output)
    for request in try client.decode(RequestList.self, from: data).requests {
      try printer.add([
        .text(request.id), .text(request.time), .text(request.model),
        .text(request.backend ?? "none"), .text(request.uplink ?? "none"),
        milliseconds(request.predicted_ms), milliseconds(request.actual_ms),
        .integer(request.status),
      ])
    }
    printer.finish(empty: "no requests yet")
  }

  private func printSummary(_ request: Explanation) {
    let answered =
      request.backend.map { "by \($0) over \(request.uplink ?? "?")" } ?? "by nobody"
    writeOutput(
      """
      request    \(request.id) at \(request.time)
      asked      \(request.endpoint) for \(request.model)\(request.stream ? ", streaming" : "")
      answered   \(answered), status \(request.status)\(request.error.map { ", \($0)" } ?? "")
      first byte predicted \(text(request.predicted_ms)), actual \(text(request.actual_ms))
      path       \(request.hops.isEmpty ? "on site" : request.hops.joined(separator: " > "))
      \(extras(request))

      """)
  }

  /// What was planned beside the first attempt, and what was done against trouble; a line each.
  private func extras(_ request: Explanation) -> String {
    var lines: [String] = []
    if let plan = request.hedge {
      lines.append(
        "hedge      \(plan.backend) over \(plan.uplink) after \(text(plan.delay_ms)): \(plan.reason)"
          + (request.hedged.map { "; it \($0)" } ?? "; it was not made"))
    }
    if let resumes = request.resumes, resumes > 0 {
      lines.append("resumed    \(resumes) times after its stream broke")
    }
    if let heldMs = request.held_ms, heldMs > 0 {
      lines.append("waited     \(text(heldMs)) for a link to come back")
    }
    if let waitedMs = request.waited_ms, waitedMs > 0 {
      lines.append("queued     \(text(waitedMs)) for a place at a backend or on an uplink")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private func printConsidered(_ request: Explanation) throws {
    var printer = RowPrinter(
      columns: [
        "rank", "backend", "uplink", "score_ms", "predicted_ms", "path_ms", "service_ms", "risk_ms",
        "cost_usd", "rtt_forecast_ms", "rtt_correction_ms", "rtt_80%_ms", "next_change", "reason",
      ], format: format.output)
    for candidate in request.considered {
      try printer.add([
        candidate.rank.map { .integer($0) } ?? .text("-"), .text(candidate.backend),
        .text(candidate.uplink), milliseconds(candidate.score_ms),
        milliseconds(candidate.predicted_ms), milliseconds(candidate.path_ms),
        milliseconds(candidate.service_ms), milliseconds(candidate.risk_ms),
        candidate.cost_usd.map { .number($0, decimals: 6) } ?? .missing,
        milliseconds(candidate.rtt_forecast_ms), milliseconds(candidate.rtt_correction_ms),
        band(candidate.rtt_low_ms, candidate.rtt_high_ms),
        candidate.next_change.map { .text($0) } ?? .missing, .text(candidate.reason),
      ])
    }
    printer.finish(empty: "no candidate: no backend serves this model")
  }

  private func printAttempts(_ request: Explanation) throws {
    writeOutput("\n")
    var printer = RowPrinter(
      columns: [
        "attempt", "backend", "uplink", "hedge", "started", "first_byte", "ended", "outcome",
        "bytes_up", "bytes_down", "detail",
      ], format: format.output)
    for (index, attempt) in request.attempt_log.enumerated() {
      try printer.add([
        .integer(index + 1), .text(attempt.backend), .text(attempt.uplink),
        .text(attempt.hedge == true ? "yes" : "no"), .text(attempt.started),
        attempt.first_byte.map { .text($0) } ?? .missing,
        .text(attempt.ended), .text(attempt.outcome), .integer(attempt.bytes_up),
        .integer(attempt.bytes_down), attempt.error.map { .text($0) } ?? .missing,
      ])
    }
    printer.finish(empty: "nothing was tried")
  }

  private func milliseconds(_ value: Double?) -> Cell {
    value.map { .number($0, decimals: 1) } ?? .missing
  }

  private func band(_ low: Double?, _ high: Double?) -> Cell {
    guard let low, let high else { return .missing }
    return .text("\(fixed(low, decimals: 1)) to \(fixed(high, decimals: 1))")
  }

  private func text(_ value: Double?) -> String {
    value.map { "\(fixed($0, decimals: 1)) ms" } ?? "unknown"
  }
}
