import Decisions
import Fleet

/// What each key has used and what that cost, by backend and uplink, for Prometheus. A key is told by its
/// name and its id; neither leads to its secret.
struct SpendMetrics {
  let totals: UsageTotals
  /// What people call each key, by its id.
  let names: [String: String]
  /// Each budget with its key's id and what is spent of it.
  var budgets: [(budget: Budget, key: String, spent: Money)] = []

  func write(to out: inout PrometheusText) {
    let lines = totals.lines.sorted { $0.key.order < $1.key.order }
      .map { (labels: labels($0.key), usage: $0.value) }
    func counter(
      _ name: String, _ help: String, _ label: String? = nil,
      _ values: (Usage) -> [(String, Double)]
    ) {
      out.family(name, .counter, help)
      for line in lines {
        for (value, count) in values(line.usage) {
          out.sample(name, line.labels + (label.map { [($0, value)] } ?? []), count)
        }
      }
    }
    counter("perigee_key_requests_total", "Requests, where the last attempt was.") {
      [("", Double($0.requests))]
    }
    counter(
      "perigee_key_tokens_total",
      "Tokens by type; cached_input and cache_write are part of input, reasoning of output.", "type"
    ) {
      [
        ("input", Double($0.inputTokens)), ("cached_input", Double($0.cachedInputTokens)),
        ("cache_write", Double($0.cacheWriteTokens)), ("output", Double($0.outputTokens)),
        ("reasoning", Double($0.reasoningTokens)),
      ]
    }
    counter("perigee_key_bytes_total", "Bytes that keys are billed for.", "direction") {
      [("up", Double($0.bytesUp)), ("down", Double($0.bytesDown))]
    }
    counter("perigee_key_cost_usd_total", "What it cost, tokens and bytes, US dollars.") {
      [("", $0.cost.dollars)]
    }
    gauge("perigee_key_budget_usd", "A key's budget, US dollars.", \.budget.amount, &out)
    gauge(
      "perigee_key_budget_spent_usd",
      "What is spent of it, US dollars; begins anew with its period.",
      \.spent, &out)
  }

  private func gauge(
    _ name: String, _ help: String,
    _ money: KeyPath<(budget: Budget, key: String, spent: Money), Money>,
    _ out: inout PrometheusText
  ) {
    out.family(name, .gauge, help)
    for budget in budgets.prefix(UsageTotals.maximumLines) {
      out.sample(
        name, keyLabels(budget.key) + [("period", budget.budget.period.rawValue)],
        budget[keyPath: money].dollars)
    }
  }

  private func labels(_ line: UsageTotals.Line) -> [(String, String)] {
    keyLabels(line.account)
      + [("backend", line.path.backend), ("uplink", line.path.uplink)]
  }

  private func keyLabels(_ id: String?) -> [(String, String)] {
    guard let id else { return [("key", "none"), ("key_id", "")] }
    return [("key", names[id] ?? id), ("key_id", id)]
  }
}

extension UsageTotals.Line {
  fileprivate var order: String { "\(account ?? "") \(path)" }
}
