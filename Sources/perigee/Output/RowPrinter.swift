import Gateway

/// Prints rows as they come: CSV and JSON at once, a table when its widths are known.
struct RowPrinter {
  private let columns: [String]
  private let format: OutputFormat
  private var buffer = ""
  private var tableRows: [[Cell]] = []
  private var rowCount = 0

  /// Rows beyond this make no table a person reads, and would have to be held in memory.
  private static let tableLimit = 100_000

  init(columns: [String], format: OutputFormat) {
    self.columns = columns
    self.format = format
    if format == .csv { buffer = columns.joined(separator: ",") + "\n" }
    if format == .json { buffer = "[" }
  }

  mutating func add(_ row: [Cell]) throws {
    rowCount += 1
    switch format {
    case .csv:
      for (index, cell) in row.enumerated() {
        if index > 0 { buffer += "," }
        buffer += csvField(cell.plain)
      }
      buffer += "\n"
    case .json:
      buffer += rowCount > 1 ? ",\n " : "\n "
      let members = zip(columns, row).map { "\(JSONText.quoted($0)): \($1.json)" }
      buffer += "{" + members.joined(separator: ", ") + "}"
    case .table:
      guard tableRows.count < Self.tableLimit else {
        throw InputError(
          description: "more than \(Self.tableLimit) rows do not make a table: use --output csv")
      }
      tableRows.append(row)
    }
    if buffer.utf8.count > 1 << 16 { flush() }
  }

  /// Prints what is left. Call once, after the last row.
  mutating func finish(empty: String = "nothing to show") {
    switch format {
    case .csv: break
    case .json: buffer += rowCount > 0 ? "\n]\n" : "]\n"
    case .table: buffer = rowCount == 0 ? empty + "\n" : table()
    }
    flush()
  }

  private mutating func flush() {
    writeOutput(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  private func csvField(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 44 || $0 == 34 || $0 == 10 || $0 == 13 }) else {
      return text
    }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  private func table() -> String {
    let texts = tableRows.map { $0.map(\.plain) }
    let widths = columns.indices.map { column in
      max(columns[column].count, texts.map { $0[column].count }.max() ?? 0)
    }
    func line(_ cells: [String], numeric: [Bool]) -> String {
      var text = ""
      for (column, cell) in cells.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        text += numeric[column] ? padding + cell : cell + padding
        if column < cells.count - 1 { text += "  " }
      }
      while text.last == " " { text.removeLast() }
      return text + "\n"
    }
    let numeric = columns.indices.map { column in tableRows.contains { $0[column].isNumeric } }
    var text = line(columns, numeric: numeric)
    text += line(widths.map { String(repeating: "-", count: $0) }, numeric: numeric)
    for row in texts { text += line(row, numeric: numeric) }
    return text
  }
}
