import Foundation
import Server

/// The answer of `GET /api/keys`.
struct KeyList: Codable {
  var keys: [KeyReport]
}

/// The answer of `GET /api/audit`.
struct AuditList: Codable {
  var entries: [AuditReport]
}

/// Keys as rows.
enum KeyRows {
  static func print(_ keys: [KeyReport], _ format: OutputFormat) throws {
    var printer = RowPrinter(
      columns: [
        "id", "name", "status", "scopes", "models", "limits", "budgets_usd", "priority", "created",
        "expires", "last_used", "requests", "tokens", "bytes", "cost_usd", "cost_today_usd",
      ], format: format)
    for key in keys {
      try printer.add([
        .text(key.id), .text(key.name), .text(key.status), list(key.scopes),
        key.models.map(list) ?? .text("all"), list(key.limits), list(key.budgets),
        .text(key.priority), .text(key.created), optional(key.expires), optional(key.lastUsed),
        .integer(key.used.requests), .integer(key.used.inputTokens + key.used.outputTokens),
        .integer(key.used.bytesUp + key.used.bytesDown),
        .number(key.used.costUSD, decimals: 6), .number(key.usedToday.costUSD, decimals: 6),
      ])
    }
    printer.finish(empty: "no keys: the gateway asks for none, unless the manifest has some")
  }

  /// Prints a key that has just been made: the one time that its secret is seen.
  static func printMade(_ made: KeyReport, _ format: OutputFormat) throws {
    if format == .json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      writeOutput(String(decoding: try encoder.encode(made), as: UTF8.self) + "\n")
      return
    }
    writeOutput((made.key ?? "") + "\n")
    if format == .table {
      writeError("key        \(made.id), \(made.name): kept nowhere, so keep it now\n")
    }
  }

  private static func list(_ texts: [String]) -> Cell { .text(texts.joined(separator: " ")) }

  private static func optional(_ text: String?) -> Cell { text.map { .text($0) } ?? .missing }
}
