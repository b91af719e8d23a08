import Dish

/// A node's figures laid out for a terminal: a pure function of the figures and the size.
struct TopScreen {
  /// Columns and rows.
  var width: Int
  var height: Int

  /// At most ``height`` lines of at most ``width`` characters, the first of which is the heading.
  func lines(_ figures: TopFigures) -> [String] {
    let traffic = figures.requests
    var lines = [
      "perigee \(figures.version)  \(figures.fleet) at \(figures.site)  \(figures.now)  "
        + "up \(Self.span(figures.uptime_seconds))  manifest reading \(figures.generation)",
      "requests \(number(traffic.per_second, 2))/s  failed \(traffic.failed) of \(traffic.count)  "
        + "attempts \(traffic.attempts)  first token p50 \(ms(traffic.ttft_p50_ms))  "
        + "p95 \(ms(traffic.ttft_p95_ms))  tokens \(traffic.tokens_out)   (last minute)",
      "hedges \(traffic.hedges), \(traffic.hedges_won) won  resumes \(traffic.resumes)  "
        + "waited for a link \(traffic.held)",
      "",
    ]
    lines += table(
      [
        "UPLINK", "KIND", "STATE", "SATELLITE", "FORECAST", "EXPECTED", "MEASURED", "HANDOFF",
        "OUTAGE", "UP", "DOWN", "$",
      ], figures.uplinks.map(row))
    lines.append("")
    lines += table(
      ["BACKEND", "AT", "PATHS", "UNDER WAY", "WAITING", "SERVICE", "STATE", "MODELS"],
      figures.backends.map(row))
    lines.append("")
    let room = max(0, height - lines.count - 1)
    lines += table(
      [
        "TIME", "MODEL", "STATUS", "BACKEND", "UPLINK", "TRIES", "PREDICTED", "ACTUAL", "WHOLE",
        "ID",
      ],
      figures.recent.prefix(room).map(row))
    return fitted(lines)
  }

  /// As much of `lines` as there is room for. What a node tells may not steer the terminal: a question
  /// mark stands for each character that can't be printed.
  func fitted(_ lines: [String]) -> [String] {
    lines.prefix(max(1, height)).map { line in
      let clean = String(line.map { $0.unicodeScalars.allSatisfy(\.isPrintable) ? $0 : "?" })
      return String(clean.prefix(max(1, width)))
    }
  }

  private func row(_ uplink: TopFigures.Uplink) -> [String] {
    [
      uplink.name, uplink.kind, uplink.up ? "up" : "DOWN", uplink.serving_satellite ?? "-",
      ms(uplink.rtt_forecast_ms), ms(uplink.rtt_estimate_ms), ms(uplink.rtt_measured_ms),
      uplink.next_change_seconds.map { "in \(Self.span($0))" } ?? "-",
      Self.span(uplink.outage_seconds), Self.bytes(uplink.bytes_up), Self.bytes(uplink.bytes_down),
      number(uplink.usd, 4),
    ]
  }

  private func row(_ backend: TopFigures.Backend) -> [String] {
    let isWell = backend.healthy_paths > 0
    let state =
      backend.model_state.flatMap { $0 == "ready" ? nil : $0 }
      ?? (backend.healthy_paths == backend.paths
        ? "healthy" : (isWell ? "partly: " : "DOWN: ") + (backend.last_error ?? "unknown"))
    return [
      backend.name, backend.location, "\(backend.healthy_paths)/\(backend.paths)",
      "\(backend.in_flight)\(backend.places.map { "/\($0)" } ?? "")", "\(backend.waiting)",
      ms(backend.service_ms), String(state.prefix(40)),
      backend.models.joined(separator: ","),
    ]
  }

  private func row(_ request: TopFigures.Request) -> [String] {
    [
      String(request.time.dropFirst(11).prefix(8)), request.model,
      "\(request.status)\(request.error.map { " \($0)" } ?? "")", request.backend ?? "-",
      request.uplink ?? "-", tries(request), ms(request.predicted_ms),
      ms(request.actual_ms), ms(request.total_ms), request.id,
    ]
  }

  /// How many attempts, and what they were for.
  private func tries(_ request: TopFigures.Request) -> String {
    "\(request.attempts)" + (request.hedged.map { " hedge \($0)" } ?? "")
      + (request.resumes > 0 ? " resumed" : "")
  }

  /// Columns as wide as what is in them.
  private func table(_ header: [String], _ rows: [[String]]) -> [String] {
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    return ([header] + rows).map { row in
      zip(row, widths).map { Self.padded($0, $1) }.joined(separator: "  ")
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func ms(_ value: Double?) -> String { value.map { "\(number($0, 1)) ms" } ?? "-" }

  private func number(_ value: Double, _ decimals: Int) -> String {
    fixed(value, decimals: decimals)
  }

  /// Seconds as people say them.
  static func span(_ seconds: Double) -> String {
    let whole = Int(max(0, min(seconds, 1e9)))
    switch whole {
    case ..<120: return "\(whole) s"
    case ..<7200: return "\(whole / 60) min"
    case ..<172_800: return "\(whole / 3600) h"
    default: return "\(whole / 86_400) d"
    }
  }

  /// Bytes in decimal units.
  static func bytes(_ count: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = Double(count)
    var unit = 0
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return unit == 0 ? "\(count) B" : "\(fixed(value, decimals: 1)) \(units[unit])"
  }
}
